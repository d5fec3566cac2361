"""The files that an interview reads and writes; they are checked before the first question."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from triage.cli.common import Exit, leave
from triage.interview.saving import holds_something, is_note, is_saved_interview, is_transcript
from triage.interview.terminal import Terminal
from triage.knowledge.model import KnowledgeBase
from triage.source import targets
from triage.source.targets import TargetError, check_target

NOTE_ENDINGS = (".md", ".markdown", ".txt")


@dataclass(frozen=True)
class Places:
    """The files for the answers, the transcript and the note, and the file with earlier answers."""

    save: str | None
    resume: str | None
    transcript: str | None
    note: str | None

    def check(self, terminal: Terminal, knowledge: KnowledgeBase) -> None:
        """Leave with 2 if a file cannot be written, or holds something else that must not be overwritten."""
        for written in (self.save, self.transcript, self.note):
            if written and (refusal := no_place(written, new=False)):
                _refuse(refusal)
        if self.note and not self.note.lower().endswith(NOTE_ENDINGS):
            _refuse(f"{self.note}: please give a name that ends in .md or .txt.")
        for own, others in (
            (self.transcript, (self.save, self.resume)),
            (self.note, (self.save, self.resume, self.transcript)),
        ):
            if own and any(other and same_place(own, other) for other in others):
                _refuse(f"{own}: is named twice; please give each its own file.")
        for name, is_ours in (
            (self.save, is_saved_interview),
            (self.transcript, partial(is_transcript, knowledge=knowledge)),
            (self.note, is_note),
        ):
            if name and not (self.resume and same_place(name, self.resume)):
                _ask_about_anothers(terminal, name, is_ours)

    def with_resumed(self, terminal: Terminal) -> tuple[Places, str]:
        """Return the places for a person who goes on with saved answers, and what to say about it.

        At a terminal, new answers go into the file of the saved ones, unless another file is named. A script
        must name the file itself.
        """
        if self.resume is None or self.save is not None or not terminal.interactive:
            return self, ""
        if not is_saved_interview(Path(self.resume)) or no_place(self.resume, new=False):
            told = f"New answers cannot be kept in {self.resume}; --save FILE keeps them in another file."
            return self, told
        told = f"New answers are also kept in {self.resume}; --no-save leaves that file as it is."
        return replace(self, save=self.resume), told

    @property
    def is_a_pipe(self) -> bool:
        """Whether a file is a pipe or a device, so that writing may wait for a reader."""
        return any(map(is_written_through, (self.save, self.transcript, self.note)))


def no_place(name: str, *, new: bool = True) -> str:
    """Return why a file cannot be written, or ""; with `new`, a file that exists is a reason too."""
    try:
        check_target(name)
    except TargetError as refusal:
        return f"{refusal}. Please name another place."
    return f"{name} already exists. Please name another." if new and Path(name).exists() else ""


def same_place(one: str, other: str) -> bool:
    """Whether two names lead to the same file."""
    return os.path.realpath(one) == os.path.realpath(other)


def is_written_through(name: str | None) -> bool:
    """Whether a name is that of a device or a pipe, which is written to directly."""
    try:
        return name is not None and targets.is_written_through(name)
    except TargetError:
        return False


def _ask_about_anothers(terminal: Terminal, name: str, is_ours: Callable[[Path], bool]) -> None:
    """Ask before a file of another kind is overwritten; leave with 2 unless the person allows it."""
    if is_ours(Path(name)) or not holds_something(Path(name)) or is_written_through(name):
        return
    question = f"{name} already exists and is not a saved interview. "
    if not terminal.interactive:
        _refuse(f"{question}Please name another.")
    with suppress(EOFError):
        if terminal.ask(f"{question}Write over it? (y or n) ").strip().lower() in ("y", "yes"):
            return
    leave(Exit.USAGE)


def _refuse(message: str) -> None:
    click.echo(message, err=True)
    leave(Exit.USAGE)
