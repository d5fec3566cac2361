"""The standard streams of a process that was started without some of them."""

from __future__ import annotations

import os
import sys


def fill_missing_streams() -> None:
    """Let no file that is opened later take the number of a standard stream that is closed.

    Whoever writes to standard output, or starts a worker, would else write into that file. A closed standard
    input is an empty one; `sys.stdout` and `sys.stderr` stay None, and whoever writes to them says so.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest free number: this one
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
