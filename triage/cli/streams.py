"""Standard streams for a process that was started without some of them."""

from __future__ import annotations

import os
import sys


def fill_missing_streams() -> None:
    """Occupy the numbers of closed standard streams, so that no file that is opened later gets one.

    Otherwise whatever writes to standard output, or a worker, would write into that file. A closed standard
    input becomes an empty one; `sys.stdout` and `sys.stderr` stay None, and code that needs them says so.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest free number: this one
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
