"""The file with the answers about one complaint; it is written whenever they have changed."""

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
    """Keeps the answers of a conversation in the file `place`, if there is one.

    `saved` is the interview that was read from the file `resumed`; `now` returns the time. `aside` is the new
    name of an earlier file that would have been lost.
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
        """Begin with the answers at the beginning of the conversation."""
        self._answers, self._stale = dict(self.talk.interview.answers), frozenset(self.talk.stale)
        self.given_at = dict(self.saved.given_at)

    def note(self) -> None:
        """Keep the answers if they have changed; if that fails, tell the person, but only once."""
        if not self._date() or self.place is None or is_written_through(self.place):
            return
        try:
            self._write(self.place)
        except TargetError as error:
            if self.talk.kept:
                again = "The program tries again after each answer."
                told = f"Your answers cannot be kept just now. {error}. {again}"
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
        """Note the time of new answers; return whether any answer is new, changed or gone."""
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
        """Whether overwriting a file would lose answers that stand nowhere else."""
        path = Path(place)
        if is_written_through(place) or not holds_something(path):
            return False
        if self.resumed is not None and same_place(place, self.resumed):
            return bool(self.saved.lost)
        return is_saved_interview(path) and loses_answers(path, self._answers)
