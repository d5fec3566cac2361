"""Output: to the terminal piece by piece, or to a file, whole and at once."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import click

from triage.cli.common import Exit, leave


def or_standard_output(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    """Take `-` for standard output, as a callback of an option -o."""
    return None if name == "-" else name


output_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True),
    callback=or_standard_output,
    metavar="FILE",
    help="Write to this file, all at once at the end; - is standard output.",
)


def put(pieces: Iterable[str], output: str | None) -> None:
    """Write text to a file, or to standard output where no file is named."""
    if output is None:
        print_all(pieces, sys.stdout)
    else:
        write_whole(Path(output), pieces)


def print_all(pieces: Iterable[Any], stream: IO[Any]) -> None:
    """Write to standard output; a reader that has gone is no fault."""
    try:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
    except BrokenPipeError:
        # The reader has gone: nothing more to say, and Python must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UnicodeEncodeError:
        click.echo("this terminal cannot show some characters; set PYTHONUTF8=1 or use -o FILE", err=True)
        leave(Exit.USAGE)


def write_whole(path: Path, pieces: Iterable[str | bytes | memoryview]) -> None:
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
