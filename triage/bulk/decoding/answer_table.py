"""Tables from answers to their bits: each answer is encoded and compared once, then looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from msgspec import UNSET

from triage.bulk.decoding.answer_bits import AnswerBits
from triage.bulk.decoding.decoded import MisreadError
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.reading import read_answer
from triage.knowledge.model import KnowledgeBase

# A table compares and remembers so many items in total (each list counts one more), or so many numbers.
MOST_ITEMS = 1 << 11
# Then it remembers so many items more without comparing: all parts of these answers were compared before.
MOST_TRUSTED = 1 << 14
MOST_NUMBERS = 1 << 16
MOST_TOGETHER = 1 << 13


class Place:
    """Holds the line that is being decoded."""

    __slots__ = ("line",)

    def __init__(self) -> None:
        """Begin before the first line."""
        self.line = b""


class AnswerTable(dict[Any, bytes]):
    """From the answers to one question, as the typed record holds them, to their bytes; objects are tuples.

    A new answer is encoded, compared with the strict reader's reading, and remembered while there is room.
    """

    def __init__(self, knowledge: KnowledgeBase, bits: AnswerBits, place: Place) -> None:
        """Begin with a question that was not asked."""
        super().__init__({UNSET: bytes(bits.size)})
        self.bits = bits
        self._knowledge = knowledge
        self._place = place
        self._room = MOST_NUMBERS if bits.question.kind == "number" else MOST_ITEMS
        self._room_for_trusted = MOST_TRUSTED
        self._met: set[Any] = set()

    def __missing__(self, answer: Any) -> bytes:
        """Return the bytes of a new answer.

        Raises:
            IntakeError: the question does not take it.
            MisreadError: the strict reader reads it differently.
        """
        encoded = self.bits.encode(answer)
        size = 1 + (len(answer) if isinstance(answer, tuple) else 0)
        if self._room > 0:
            self._room -= size
            self[answer] = encoded
        elif self._met.issuperset(_parts(answer, encoded)):
            if self._room_for_trusted > 0:
                self._room_for_trusted -= size
                self[answer] = encoded
            return encoded
        try:
            as_read = self._as_read(answer, encoded)
        except IntakeError:
            self.pop(answer, None)
            raise
        if as_read != self.get(answer, encoded):
            raise MisreadError(self._place.line.removesuffix(b"\n"), (self.bits.question.id,))
        return encoded

    def _as_read(self, answer: Any, encoded: bytes) -> bytes:
        """Return the bytes of an answer as the strict reader reads it; b"" if it refuses the answer.

        An answer with an item or bytes never met before is read again from its line, by another parser.

        Raises:
            IntakeError: that parser does not take the line.
        """
        question = self.bits.question.id
        parts = _parts(answer, encoded)
        given = answer
        if not self._met.issuperset(parts):
            try:
                given = orjson.loads(self._place.line)["answers"].get(question)
            except orjson.JSONDecodeError as error:
                raise IntakeError(question, str(error)) from None
            self._met.update(parts)
        elif isinstance(answer, tuple):
            given = list(answer) if answer and isinstance(answer[0], str) else dict(answer)
        try:
            reading = read_answer(self.bits.question, given)
        except IntakeError:
            return b""
        return self.bits.of_reading(reading, item_by_item=isinstance(given, dict))


def _parts(answer: Any, encoded: bytes) -> tuple[Any, ...]:
    """Return the parts of an answer: the items of a list or an object; for any other answer, its bytes."""
    return answer if isinstance(answer, tuple) else (encoded,)


class TogetherTable(dict[tuple[Any, ...], bytes]):
    """From the answers to several questions with few values to their joined bytes."""

    def __init__(self, tables: Sequence[AnswerTable]) -> None:
        """Take the table of each question."""
        super().__init__()
        self._tables = tables

    def __missing__(self, answers: tuple[Any, ...]) -> bytes:
        """Return the bytes of a new combination of answers."""
        encoded = b"".join(table[answer] for table, answer in zip(self._tables, answers, strict=True))
        if len(self) < MOST_TOGETHER:
            self[answers] = encoded
        return encoded
