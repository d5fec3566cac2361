"""What other processes are doing."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def has_written(process: int, folder: Path, least: int = 1) -> bool:
    """Tell whether a process holds a file of a folder open, named or not, of at least so many bytes."""
    with suppress(FileNotFoundError):
        for each in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):
                target = os.readlink(each)  # noqa: PTH115 - of a nameless file it is no path
                if target.startswith(f"{folder}/") and each.stat().st_size >= least:
                    return True
    return False
