"""Keeping what the person asked for: the answers after each question, the transcript and note at the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from triage.cli.interview.answer_file import AnswerFile
from triage.cli.interview.line_terminal import ClickTerminal
from triage.cli.interview.places import Places, is_written_through, no_place
from triage.interview.afterwards.follow_up import FollowUp
from triage.interview.afterwards.replies import today
from triage.interview.saving import (
    Saved,
    free_name_beside,
    is_note,
    is_transcript,
    save_note,
    write_private,
)
from triage.interview.terminal import say_wrapped
from triage.source.atomic import set_aside
from triage.source.targets import TargetError


@dataclass
class Keeper:
    """Keeps an interview: the answers about each complaint in a file of their own, all in one folder."""

    follow_up: FollowUp
    places: Places
    saved: Saved
    now: Callable[[], datetime]
    _files: list[AnswerFile] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first complaint."""
        save, resume = self.places.save, self.places.resume
        self._files = [AnswerFile(self.follow_up.talk, save, resume, self.saved, self.now)]

    def note(self) -> None:
        """Keep the answers so far, if the person asked for that."""
        self._begin_others()
        for file in self._files:
            file.note()

    def _begin_others(self) -> None:
        """Begin a file for each further complaint."""
        first = self._files[0]
        for talk in self.follow_up.talks[len(self._files) :]:
            place = None if first.place is None else _beside(first.place)
            self._files.append(AnswerFile(talk, place, None, Saved({}, given_at=first.given_at), self.now))

    def finish(self, save: str | None, heard: list[str]) -> tuple[list[str], bool]:
        """Keep everything that was asked for; return what to say about it, and whether all of it was kept.

        Args:
            save: the file for the answers; the person may have chosen it on leaving.
            heard: the whole conversation, line by line.
        """
        notes: list[str] = []
        whole = True
        for keep in (
            partial(self.finish_answers, save),
            partial(self._keep_transcript, heard),
            self._keep_note,
        ):
            try:
                notes += keep()
            except TargetError as error:
                whole = False
                notes.append(str(error))
        return notes, whole

    def finish_answers(self, save: str | None) -> list[str]:
        """Keep the answers as they are at the end; return what to say about it.

        Raises:
            TargetError: they cannot be kept.
        """
        if save is None:
            return []
        self._begin_others()
        first, *others = self._files
        moved = first.place != save
        first.finish(save)
        notes = [] if first.aside is None else [f"The earlier file is kept as {first.aside}."]
        notes.append(f"Your answers are kept in {save}.")
        for file in others:
            beside = _beside(save) if moved or file.place is None else file.place
            file.finish(beside)
            notes.append(f"Those about the other complaint are kept in {beside}.")
        return notes

    def _keep_transcript(self, heard: list[str]) -> list[str]:
        transcript = self.places.transcript
        if transcript is None:
            return []
        knowledge = self.follow_up.talk.interview.knowledge
        aside = _set_aside(transcript, partial(is_transcript, knowledge=knowledge))
        write_private(Path(transcript), "  \n".join(heard) + "\n")
        return [] if aside is None else [f"The earlier transcript is kept as {aside}."]

    def _keep_note(self) -> list[str]:
        note = self.places.note
        if note is None:
            return []
        aside = _set_aside(note, is_note)
        save_note(Path(note), [talk.interview for talk in self.follow_up.talks], today())
        notes = [] if aside is None else [f"The earlier note is kept as {aside}."]
        return [*notes, f"The note for the doctor is kept in {note}."]


def keep_elsewhere(keeper: Keeper, terminal: ClickTerminal) -> bool:
    """Ask for another file for answers that could not be kept; return whether they are kept now."""
    say_wrapped(terminal, "Your answers are not kept yet.", strong=True)
    with suppress(EOFError, KeyboardInterrupt, OSError):
        while typed := terminal.ask("A file name to keep them in, or Enter to leave without them: ").strip():
            if refusal := no_place(typed):
                say_wrapped(terminal, refusal)
                continue
            try:
                notes = keeper.finish_answers(typed)
            except TargetError as error:
                say_wrapped(terminal, f"{error}.")
                continue
            for note in notes:
                say_wrapped(terminal, note)
            return True
    return False


def _beside(place: str) -> str:
    return str(free_name_beside(Path(place)))


def _set_aside(name: str, is_ours: Callable[[Path], bool]) -> Path | None:
    """Rename an earlier file of the same kind; return its new name, or None if there was none."""
    place = Path(name)
    return set_aside(place) if is_ours(place) and not is_written_through(name) else None
