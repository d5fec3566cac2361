"""The file that holds the answers about one complaint: written when they have changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.cli.interview.places import is_written_through, same_place
from triage.interview.conversation import Conversation
from triage.interview.dating import dated
from triage.interview.saving import (
    Saved,
    holds_something,
    is_saved_interview,
    loses_answers,
    save_answers,
)
from triage.interview.terminal import say_wrapped
from triage.source.atomic import set_aside
from triage.source.targets import TargetError


@dataclass
class AnswerFile:
    """Keeps the answers of a talk in the file `place`, if there is one.

    `saved` is the interview that was taken up from the file `resumed`; `now` tells the time. `aside` is where
    an earlier file was put.
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
        self._answers, self._stale = dict(self.talk.interview.answers), frozenset(self.talk.stale)
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

    def finish(self, place: str) -> None:
        """Keep the answers as they are at the end.

        Raises:
            TargetError: they cannot be kept.
        """
        self._date()
        if place != self.place:
            self.place, self._owned, self._kept = place, False, None
        if self._kept != self._state():
            self._write(place)

    def _state(self) -> tuple[Mapping[str, Any], Mapping[str, datetime]]:
        return self._answers, self.given_at

    def _date(self) -> bool:
        """Note when new answers were given; return whether there are any, or some are gone."""
        answers, stale = dict(self.talk.interview.answers), frozenset(self.talk.stale)
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
        interview = self.talk.interview
        save_answers(path, interview.knowledge, self._answers, self.given_at, interview.words())
        self._kept = self._state()

    def _is_only_copy(self, place: str) -> bool:
        """Whether a file holds answers that would be lost if it were written over."""
        path = Path(place)
        if is_written_through(place) or not holds_something(path):
            return False
        if self.resumed is not None and same_place(place, self.resumed):
            return bool(self.saved.lost)
        return is_saved_interview(path) and loses_answers(path, self._answers)
