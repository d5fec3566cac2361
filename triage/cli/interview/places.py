"""The files that an interview is to write: checked before the first question."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from triage.cli.common import Exit, leave
from triage.cli.interview.line_terminal import ClickTerminal
from triage.interview.saving import holds_something, is_saved_interview, is_transcript
from triage.knowledge.model import KnowledgeBase
from triage.source import atomic
from triage.source.atomic import TargetError, check_target


def check_places(
    terminal: ClickTerminal,
    knowledge: KnowledgeBase,
    save: str | None,
    resume: str | None,
    transcript: str | None,
) -> None:
    """Leave with 2 where a file cannot be written, or is another's that must not be written over."""
    for name in (save, transcript):
        refusal = no_place(name, new=False) if name is not None else ""
        if refusal:
            click.echo(refusal, err=True)
            leave(Exit.USAGE)
    if transcript is not None and any(name and same_place(name, transcript) for name in (save, resume)):
        click.echo(f"{transcript}: is named twice; please give the transcript its own file.", err=True)
        leave(Exit.USAGE)
    for name, ours in (
        (save, save is not None and is_saved_interview(Path(save))),
        (transcript, transcript is not None and is_transcript(Path(transcript), knowledge)),
    ):
        if name is None or ours or (resume and same_place(name, resume)):
            continue
        if not holds_something(Path(name)) or is_written_through(name):
            continue
        question = f"{name} already exists and is not a saved interview. "
        if not terminal.interactive:
            click.echo(f"{question}Please name another.", err=True)
            leave(Exit.USAGE)
        with suppress(EOFError):
            if terminal.ask(f"{question}Write over it? (y or n) ").strip().lower() in ("y", "yes"):
                continue
        leave(Exit.USAGE)


def no_place(name: str, *, new: bool = True) -> str:
    """Return why a file cannot be written, or "" where it can; with `new`, none may stand there."""
    try:
        check_target(name)
    except TargetError as refusal:
        return f"{refusal}. Please name another place."
    return f"{name} already exists. Please name another." if new and Path(name).exists() else ""


def same_place(one: str, other: str) -> bool:
    """Whether two names lead to the same file."""
    return os.path.realpath(one) == os.path.realpath(other)


def is_written_through(name: str | None) -> bool:
    """Whether a name is that of a device or a pipe, which is written to as it is."""
    try:
        return name is not None and atomic.is_written_through(name)
    except TargetError:
        return False
