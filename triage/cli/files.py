"""Output: to standard output piece by piece, or to a file, whole and at once."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NoReturn

import click

from triage.cli.common import Exit, leave
from triage.source import atomic, targets
from triage.source.atomic import Piece
from triage.source.targets import TargetError


def named(_: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """Refuse an empty name; a callback for options that name a file or a folder to write."""
    if name == "":
        raise click.BadParameter("the name is empty; name a file", param=option)
    return name


def or_standard_output(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """Turn `-` into None, which means standard output; a callback for an option -o."""
    return None if name == "-" else named(context, option, name)


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
        write_whole(output, pieces)


def print_lines(*lines: str) -> None:
    """Write lines to standard output, or say why they cannot be written."""
    print_all((f"{line}\n" for line in lines), sys.stdout)


def print_all(pieces: Iterable[Any], stream: IO[Any] | None) -> None:
    """Write everything to standard output, or say why not; if the reader has gone, stop without an error."""
    if stream is None:
        click.echo(
            "standard output: cannot be written: it is closed; leave it open, or use -o FILE", err=True
        )
        leave(Exit.USAGE)
    try:
        name = _name_of(stream)
        if name is None:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
        else:
            stream.flush()
            atomic.write_whole(name, (_encoded(piece, stream) for piece in pieces))
    except BrokenPipeError:
        fall_silent(sys.stdout)
    except UnicodeEncodeError:
        click.echo("this terminal cannot show some characters; set PYTHONUTF8=1 or use -o FILE", err=True)
        leave(Exit.USAGE)
    except TargetError as error:
        fall_silent(sys.stdout)
        if error.errno != errno.EPIPE:
            click.echo(f"standard output: cannot be written: {error.strerror}", err=True)
            leave(Exit.USAGE)


def _name_of(stream: IO[Any]) -> str | None:
    """Return the system's name of an open stream; None for a stream that is only in memory.

    It is written by that name because an unbuffered Python stream may write only a part, without an error.
    """
    try:
        return f"/dev/fd/{stream.fileno()}"
    except (OSError, ValueError, AttributeError):
        return None


def _encoded(piece: Any, stream: IO[Any]) -> Piece:
    if isinstance(piece, str):
        written: Any = stream  # only text streams get text
        return piece.encode(written.encoding, written.errors)
    data: Piece = piece
    return data


def fall_silent(*streams: IO[Any]) -> None:
    """Send all further output nowhere: the reader has gone, and Python must not complain at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams or (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())


def write_whole(output: str | Path, pieces: Iterable[Piece]) -> None:
    """Write a file whole or not at all, or say why not; if the reader of a pipe has gone, stop silently."""
    try:
        atomic.write_whole(output, pieces)
    except TargetError as error:
        if error.errno != errno.EPIPE:
            refuse(error)


def check_targets(*outputs: str | None) -> None:
    """Refuse, before any long work, files that cannot be written."""
    try:
        for output in outputs:
            if output is not None:
                targets.check_target(output)
    except TargetError as error:
        refuse(error)


def refuse(error: TargetError) -> NoReturn:
    """Say what cannot be written, and leave."""
    click.echo(str(error), err=True)
    leave(Exit.USAGE)
