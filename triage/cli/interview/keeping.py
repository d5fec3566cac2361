"""Keeping the answers, after each of them and at the end, and the transcript, where they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from triage.cli.interview.line_terminal import ClickTerminal
from triage.cli.interview.places import is_written_through, no_place, same_place
from triage.interview.conversation import Conversation
from triage.interview.dating import dated
from triage.interview.saving import (
    Saved,
    holds_something,
    is_saved_interview,
    is_transcript,
    loses_answers,
    save_answers,
    write_private,
)
from triage.interview.terminal import say_wrapped
from triage.source.atomic import TargetError, set_aside


@dataclass
class Keeper:
    """Keeps the answers of a talk in the file `place`, if there is one.

    `saved` is the interview that was taken up from the file `resumed`; `now` tells the time.
    """

    talk: Conversation
    place: str | None
    resumed: str | None
    saved: Saved
    now: Callable[[], datetime]
    aside: Path | None = None
    given_at: Mapping[str, datetime] = field(init=False)
    _answers: Mapping[str, Any] = field(init=False)
    _stale: frozenset[str] = field(init=False)
    _kept: object = None
    _owned: bool = False

    def __post_init__(self) -> None:
        """Begin with the answers that the talk begins with."""
        self._answers, self._stale = dict(self.talk.session.answers), frozenset(self.talk.stale)
        self.given_at = dict(self.saved.given_at)

    def note(self) -> None:
        """Keep the answers, where they have changed since; say so, once, where that cannot be."""
        if not self._date() or self.place is None or is_written_through(self.place):
            return
        try:
            self._write(self.place)
        except TargetError as error:
            if self.talk.kept:
                told = f"Your answers cannot be kept just now. {error}. It is tried again after each answer."
                say_wrapped(self.talk.terminal, told, strong=True)
            self.talk.kept = False
        else:
            self.talk.kept = True

    def finish(self, place: str | None) -> list[str]:
        """Keep the answers as they are at the end; return what to say about it.

        Raises:
            TargetError: they cannot be kept.
        """
        self._date()
        if place is None:
            return []
        if place != self.place:
            self.place, self._owned, self._kept = place, False, None
        if self._kept != self._state():
            self._write(place)
        notes = [] if self.aside is None else [f"The earlier file is kept as {self.aside}."]
        return [*notes, f"Your answers are kept in {place}."]

    def _state(self) -> tuple[Mapping[str, Any], Mapping[str, datetime]]:
        return self._answers, self.given_at

    def _date(self) -> bool:
        """Note when new answers were given; return whether there are any, or some are gone."""
        answers, stale = dict(self.talk.session.answers), frozenset(self.talk.stale)
        if answers == self._answers and stale == self._stale:
            return False
        confirmed = self._stale - stale
        self.given_at = dated(self.given_at, self._answers, answers, self.now(), confirmed=confirmed)
        self._answers, self._stale = answers, stale
        return True

    def _write(self, place: str) -> None:
        path = Path(place)
        if not self._owned and self._is_only_copy(place):
            self.aside = set_aside(path)
        self._owned = True
        save_answers(path, self.talk.session.knowledge, self._answers, self.given_at)
        self._kept = self._state()

    def _is_only_copy(self, place: str) -> bool:
        """Whether a file holds answers that would be lost if it were written over."""
        path = Path(place)
        if is_written_through(place) or not holds_something(path):
            return False
        if self.resumed is not None and same_place(place, self.resumed):
            return bool(self.saved.lost)
        return is_saved_interview(path) and loses_answers(path, self._answers)


def keep_all(keeper: Keeper, place: str | None, transcript: str | None) -> tuple[list[str], bool]:
    """Keep what was asked for; return what to say about it, and whether all could be kept."""
    notes: list[str] = []
    whole = True
    for keep in (partial(keeper.finish, place), partial(_keep_transcript, keeper.talk, transcript)):
        try:
            notes += keep()
        except TargetError as error:
            whole = False
            notes.append(str(error))
    return notes, whole


def keep_elsewhere(keeper: Keeper, terminal: ClickTerminal) -> bool:
    """Ask where answers that could not be kept are to be kept; return whether they are."""
    say_wrapped(terminal, "Your answers are not kept yet.", strong=True)
    with suppress(EOFError, KeyboardInterrupt, OSError):
        while typed := terminal.ask("A file name to keep them in, or Enter to leave without them: ").strip():
            if refusal := no_place(typed):
                say_wrapped(terminal, refusal)
                continue
            try:
                notes = keeper.finish(typed)
            except TargetError as error:
                say_wrapped(terminal, f"{error}.")
                continue
            for note in notes:
                say_wrapped(terminal, note)
            return True
    return False


def _keep_transcript(talk: Conversation, transcript: str | None) -> list[str]:
    if transcript is None:
        return []
    place = Path(transcript)
    earlier = is_transcript(place, talk.session.knowledge) and not is_written_through(transcript)
    aside = set_aside(place) if earlier else None
    heard: list[str] = getattr(talk.terminal, "heard", [])
    write_private(place, "  \n".join(heard) + "\n")
    return [] if aside is None else [f"The earlier transcript is kept as {aside}."]
