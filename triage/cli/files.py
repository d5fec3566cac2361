"""Writing files whole: what is half written is never seen under its name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from triage.cli.common import Exit, leave


def write_whole(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Write beside the file first and replace it at the end; text is written as UTF-8."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        click.echo(f"{path}: cannot be written: {(error.strerror or 'no reason given').lower()}", err=True)
        leave(Exit.USAGE)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece.encode() if isinstance(piece, str) else piece)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
