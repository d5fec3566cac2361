"""The files of an interview: checked before the first question, written at the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from triage.cli.common import Exit, leave
from triage.interview.follow_up import FollowUp
from triage.interview.replies import today
from triage.interview.saving import (
    free_name_beside,
    holds_something,
    is_note,
    is_saved_interview,
    is_transcript,
    loses_answers,
    save_answers,
    save_note,
    write_private,
)
from triage.interview.terminal import Terminal
from triage.knowledge.model import KnowledgeBase
from triage.source.atomic import TargetError, check_target, is_written_through, set_aside

NOTE_ENDINGS = (".md", ".markdown", ".txt")


@dataclass(frozen=True)
class InterviewFiles:
    """Where the answers, the transcript and the note are to be kept, and whence answers are taken up."""

    save: str | None
    resume: str | None
    transcript: str | None
    note: str | None

    def check(self, terminal: Terminal, knowledge: KnowledgeBase) -> None:
        """Leave with 2 where a file cannot be written, or is another's that must not be written over."""
        for written in (self.save, self.transcript, self.note):
            if written and (refusal := no_place(written, new=False)):
                _refuse(refusal)
        if self.note and not self.note.lower().endswith(NOTE_ENDINGS):
            _refuse(f"{self.note}: please give a name that ends in .md or .txt.")
        for own, others in (
            (self.transcript, (self.save, self.resume)),
            (self.note, (self.save, self.resume, self.transcript)),
        ):
            if own and any(other and _same(own, other) for other in others):
                _refuse(f"{own}: is named twice; please give each its own file.")
        for name, is_ours in (
            (self.save, is_saved_interview),
            (self.transcript, partial(is_transcript, knowledge=knowledge)),
            (self.note, is_note),
        ):
            if name and not (self.resume and _same(name, self.resume)):
                _ask_about_anothers(terminal, name, is_ours)

    @property
    def is_a_pipe(self) -> bool:
        """Whether something is written through, so that it may wait for its reader."""
        return any(map(_is_written_through, (self.save, self.transcript, self.note)))

    def keep(
        self, follow_up: FollowUp, heard: list[str], save: str | None, *, lost: bool
    ) -> tuple[list[str], bool]:
        """Keep what was asked for; return what to say about it, and whether all could be kept.

        Args:
            follow_up: the talk that ends.
            heard: all that was said, line by line.
            save: where the answers are kept, perhaps chosen when leaving.
            lost: whether the resumed file alone holds some answers.
        """
        notes: list[str] = []
        whole = True
        for keep in (
            partial(self._keep_answers, follow_up, save, lost=lost),
            partial(self._keep_transcript, follow_up, heard),
            partial(self._keep_note, follow_up),
        ):
            try:
                notes += keep()
            except TargetError as error:
                whole = False
                notes.append(str(error))
        return notes, whole

    def _keep_answers(self, follow_up: FollowUp, save: str | None, *, lost: bool) -> list[str]:
        if save is None:
            return []
        first, *others = (talk.session for talk in follow_up.talks)
        place, answers = Path(save), first.answers
        resumed = self.resume is not None and _same(save, self.resume)
        only_copy = lost if resumed else is_saved_interview(place) and loses_answers(place, answers)
        only_copy = only_copy and holds_something(place) and not _is_written_through(save)
        aside = set_aside(place) if only_copy else None
        save_answers(place, first.knowledge, answers)
        notes = [] if aside is None else [f"The earlier file is kept as {aside}."]
        notes.append(f"Your answers are kept in {save}.")
        for session in others:
            beside = free_name_beside(place)
            save_answers(beside, session.knowledge, session.answers)
            notes.append(f"Those about the other complaint are kept in {beside}.")
        return notes

    def _keep_transcript(self, follow_up: FollowUp, heard: list[str]) -> list[str]:
        if self.transcript is None:
            return []
        place = Path(self.transcript)
        is_ours = partial(is_transcript, knowledge=follow_up.talk.session.knowledge)
        aside = _set_aside(self.transcript, is_ours)
        write_private(place, "  \n".join(heard) + "\n")
        return [] if aside is None else [f"The earlier transcript is kept as {aside}."]

    def _keep_note(self, follow_up: FollowUp) -> list[str]:
        if self.note is None:
            return []
        aside = _set_aside(self.note, is_note)
        save_note(Path(self.note), [talk.session for talk in follow_up.talks], today())
        notes = [] if aside is None else [f"The earlier note is kept as {aside}."]
        return [*notes, f"The note for the doctor is kept in {self.note}."]


def no_place(name: str, *, new: bool = True) -> str:
    """Return why a file cannot be written, or "" where it can; with `new`, none may stand there."""
    try:
        check_target(name)
    except TargetError as refusal:
        return f"{refusal}. Please name another place."
    return f"{name} already exists. Please name another." if new and Path(name).exists() else ""


def _ask_about_anothers(terminal: Terminal, name: str, is_ours: Callable[[Path], bool]) -> None:
    """Ask before a file of another kind is written over; leave with 2 unless the person allows it."""
    if is_ours(Path(name)) or not holds_something(Path(name)) or _is_written_through(name):
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


def _set_aside(name: str, is_ours: Callable[[Path], bool]) -> Path | None:
    """Keep an earlier file of the same kind beside the new one."""
    place = Path(name)
    return set_aside(place) if is_ours(place) and not _is_written_through(name) else None


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _is_written_through(name: str | None) -> bool:
    try:
        return name is not None and is_written_through(name)
    except TargetError:
        return False
