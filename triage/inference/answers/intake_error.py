"""The error that says which answers do not fit the questionnaire, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from triage.inference.answers.misfits import Misfit
from triage.source.diagnostic import Diagnostic, Location
from triage.source.pointer import pointer_text


class IntakeError(ValueError):
    """Answers that do not fit the questionnaire; `question` is the first question at fault, if there is one.

    `problems` are all misfits. The `pointer` of each leads to the value among the answers, and the message
    says what is wrong and what to write instead.
    """

    def __init__(self, question: str, message: str, misfits: Sequence[Misfit] = ()) -> None:
        self.question = question
        self.misfits = tuple(misfits) or (((question,) if question else (), message),)
        super().__init__(message)

    @classmethod
    def of(cls, question: str, misfits: Sequence[Misfit]) -> IntakeError:
        """Return an error that holds all these misfits; its text tells the first."""
        said = misfits[0][1]
        if len(misfits) > 1:
            said = f"{said}; and {len(misfits) - 1:,} more (see problems)"
        return cls(question, said, misfits)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """All misfits, in the order of the answers."""
        return tuple(
            Diagnostic(Location("answers", pointer=pointer_text(place)), message)
            for place, message in self.misfits
        )

    def __reduce__(self) -> tuple[type[IntakeError], tuple[Any, ...]]:
        """Pass to another process whole."""
        return type(self), (self.question, str(self), self.misfits)
