"""Records as a table for people: one line of at most 80 columns for each case, then the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from triage.evaluation.evaluate import EXPECTATIONS, Outcome
from triage.evaluation.records.layouts import Columns, Found, Lanes, Layout, choice
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import printable

_WIDTH = 39
_MARKS = dict(zip(EXPECTATIONS, ("", "as expected", "MISSED", "known miss"), strict=True))


class Table:
    """One line for each case, then the counts."""

    name: ClassVar[str] = "table"
    between: bytes = b""

    def __init__(self, knowledge: KnowledgeBase, *, full: bool = False, meta: Sequence[str] = ()) -> None:
        """Take the knowledge base; a table shows neither whole assessments nor `meta`."""
        del full, meta
        self._knowledge = knowledge
        self.opening = f"{'case':<{_WIDTH}} {'disposition':<13} {'when':<14} check\n".encode()

    def closing(self, tally: Tally, *, empty: bool) -> bytes:
        """Return the counts, after the header if there was no record."""
        counts = "\n".join(tally.counts(self._knowledge))
        return (self.opening if empty else b"") + f"\n{counts}\n".encode()

    def block(self, records: Iterable[bytes]) -> bytes:
        """Return the records of a block, joined."""
        return b"".join(records)

    def record(self, outcome: Outcome) -> bytes:
        """Return one record with its line end."""
        found = outcome.assessment
        name = _name(outcome.case or outcome.file)
        if found is None:
            return name + f" {'invalid':<13} see the messages\n".encode()
        return name + self._rest(found.disposition, outcome.expectation, soon=found.soon)

    def _rest(self, disposition: str, expectation: str, *, soon: bool) -> bytes:
        rung = self._knowledge.rungs.get(disposition)
        when = "" if rung is None else rung.soon_time_frame if soon else rung.time_frame
        return f" {disposition:<13} {when:<14} {_MARKS[expectation]}".rstrip().encode() + b"\n"

    def given(self, lanes: Lanes) -> Sequence[Sequence[bytes]]:
        """Return the texts with which each record of a block begins."""
        return ([_name(each) for each in lanes.ids],)

    def values(self, lanes: Lanes, texts: Sequence[bytes]) -> Callable[[str], Sequence[bytes]]:
        """Return a function that has no values: this layout holds none."""
        del lanes, texts
        return lambda _: ()

    def layout(self) -> Layout:
        """Return the layout of a record behind the texts of `given`."""
        columns = Columns(self._knowledge)
        texts = [
            self._rest(name, expectation, soon=soon)
            for expectation in EXPECTATIONS
            for soon in (True, False)
            for name in columns.dispositions
        ]

        def laid(found: Found) -> Iterator[int]:
            for expectation in EXPECTATIONS:
                for soon in columns.of_soon(found):
                    both = soon & found.expectations.get(expectation, 0)
                    yield from (both & column for column in columns.of_disposition(found))

        return Layout(1, (choice(texts, laid),), b"")


def _name(text: str) -> bytes:
    text = printable(text)
    if len(text) > _WIDTH:
        text = text[: _WIDTH - 3] + "..."
    return f"{text:<{_WIDTH}}".encode()
