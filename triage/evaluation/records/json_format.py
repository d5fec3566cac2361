"""Records as JSON: one on each line, or all in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

import orjson

from triage.evaluation.evaluate import NOTHING, SCHEMA_VERSION, Outcome
from triage.evaluation.metadata import META
from triage.evaluation.records.compact import compact_record, stamp
from triage.evaluation.records.layouts import Columns, Lanes, Layout, always, choice, listed
from triage.evaluation.records.whole_layout import CASE, whole_layout
from triage.evaluation.tally import Tally
from triage.inference.assessment import SCHEMA_VERSION as ASSESSMENT_VERSION
from triage.inference.assessment import Assessment
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import encodable

_GIVEN = 2
_VALID = b',"valid":true,"errors":[],"expectation":%b,"missed":%b'
_NOTHING_EXPECTED = _VALID % (orjson.dumps(NOTHING), b"[]")


class JsonLines:
    """One record on each line."""

    name: ClassVar[str] = "jsonl"
    ends: ClassVar[bytes] = b"\n"
    """The end of a record."""
    opening: bytes = b""
    between: bytes = b""

    def __init__(self, knowledge: KnowledgeBase, *, full: bool = False, meta: Sequence[str] = ()) -> None:
        """Take the knowledge base, and whether records hold whole assessments; `meta` is always shown."""
        self._knowledge = knowledge
        self._full = full
        del meta

    def closing(self, _: Tally, *, empty: bool) -> bytes:
        """Return nothing: no text follows the last record."""
        del empty
        return b""

    def block(self, records: Iterable[bytes]) -> bytes:
        """Return the records of a block, joined."""
        return b"".join(records)

    def record(self, outcome: Outcome) -> bytes:
        """Return one record with its end."""
        if self._full:
            found = outcome.assessment
            assessed = orjson.Fragment(_assessed(found)) if found else None
            data = {**outcome.record(), "assessment": assessed}
        else:
            data = compact_record(self._knowledge, outcome)
        if outcome.meta:
            data[META] = orjson.Fragment(outcome.meta)
        return orjson.dumps(data) + self.ends

    def given(self, lanes: Lanes) -> Sequence[Sequence[bytes]]:
        """Return the texts with which each record of a block begins."""
        openings: list[bytes] = []
        for file, count in lanes.files:
            openings += _openings(file, lanes.numbers[len(openings) : len(openings) + count])
        texts = json_texts(lanes.ids, _NOTHING_EXPECTED)
        for lane in lanes.meta.keys() | lanes.expected.keys():
            what, missed = lanes.expected.get(lane, (NOTHING, ()))
            meta = b',"meta":%b' % lanes.meta[lane] if lane in lanes.meta else b""
            name = texts[lane].removesuffix(_NOTHING_EXPECTED)
            texts[lane] = name + meta + _VALID % (orjson.dumps(what), orjson.dumps(missed))
        return openings, texts

    def values(self, lanes: Lanes, texts: Sequence[bytes]) -> Callable[[str], Sequence[bytes]]:
        """Return a function from the name of a value to its texts, one for each of the cases in `texts`."""
        answers = [orjson.loads(text)["answers"] for text in texts] if self._full else []

        def values(name: str) -> Sequence[bytes]:
            if name == CASE:
                return json_texts(lanes.ids, b"")
            given = (each.get(name) for each in answers)
            return [b"%d" % each if isinstance(each, int | float) else b"" for each in given]

        return values

    def layout(self) -> Layout:
        """Return the layout of a record behind the texts of `given`."""
        if self._full:
            return whole_layout(self._knowledge, _GIVEN, self.ends)
        columns = Columns(self._knowledge)
        return Layout(
            _GIVEN,
            (
                choice(_keyed("disposition", columns.dispositions), columns.of_disposition),
                choice((b',"soon":true', b',"soon":false'), columns.of_soon),
                choice(_keyed("lowest", columns.ends), columns.of_lowest),
                choice(_keyed("highest", columns.ends), columns.of_highest),
                listed(b',"questions":[', _texts(columns.questions), columns.of_questions),
                listed(b'],"causes":[', _texts(columns.causes), columns.of_causes),
                listed(b'],"steps":[', _texts(columns.steps), columns.of_steps),
                listed(b'],"withheld":[', _texts(columns.steps), columns.of_withheld),
                listed(b'],"cautions":[', _texts(columns.cautioning), columns.of_cautions),
                listed(b'],"fired":[', _texts(columns.speaking), columns.of_speaking),
                always(b'],"knowledge_base":%b}%b' % (orjson.dumps(stamp(self._knowledge)), self.ends)),
            ),
            b",",
        )


class JsonList(JsonLines):
    """All records in one list, one on each line."""

    name = "json"
    ends = b",\n"
    opening = b"[\n"
    between = b",\n"

    def closing(self, _: Tally, *, empty: bool) -> bytes:
        """Return the end of the list; all of the list if it is empty."""
        return b"[]\n" if empty else b"\n]\n"

    def block(self, records: Iterable[bytes]) -> bytes:
        """Return the records of a block with a comma between them."""
        return b"".join(records).removesuffix(self.ends)


def _assessed(found: Assessment) -> bytes:
    """Return an assessment as JSON with the content of its `to_dict`, in a thirtieth of the time."""
    return b'{"schema_version":%b,%b' % (orjson.dumps(ASSESSMENT_VERSION), orjson.dumps(found)[1:])


def json_texts(texts: Sequence[str], behind: bytes) -> list[bytes]:
    """Return each text as JSON, followed by `behind`.

    orjson writes all of them at once, one on each line; JSON text holds no line break, so lines divide them.
    """
    if not texts:
        return []
    lines = orjson.dumps(texts, option=orjson.OPT_INDENT_2)[4:-2].replace(b",\n  ", behind + b"\n")
    return (lines + behind).split(b"\n")


def _keyed(key: str, names: Iterable[str]) -> Iterable[bytes]:
    return (b',"%b":%b' % (key.encode(), orjson.dumps(name)) for name in names)


def _texts(names: Iterable[str]) -> Iterable[bytes]:
    return map(orjson.dumps, names)


def _openings(file: str, numbers: Sequence[int]) -> list[bytes]:
    """Return the beginning of each record, up to the id of the case."""
    opening = b'{"schema_version":%b,"file":%b,"line":' % (
        orjson.dumps(SCHEMA_VERSION),
        orjson.dumps(encodable(file)),
    )
    closing = b',"case":'
    lines = orjson.dumps(list(numbers))[1:-1].replace(b",", closing + b"\n" + opening)
    return (opening + lines + closing).split(b"\n")
