"""Decoding the texts of cases into bits.

msgspec parses each text into a typed record, whatever its spacing, order of keys or escapes. Each answer is
looked up in a table that gives its bytes; a new answer is encoded, and compared with what the strict reader
reads from the same text. The last case of every block is compared as a whole, because an error in any case
before it would shift its bits.

A text that msgspec or the table rejects, or that has a key twice, is left to the strict parser and to
jsonschema, which say what is wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET
from msgspec.structs import asdict, astuple

from triage.bulk.decoding.answer_bits import BitLayout, differing_findings
from triage.bulk.decoding.answer_table import AnswerTable, Place, TogetherTable
from triage.bulk.decoding.decoded import Decoded, MisreadError
from triage.bulk.decoding.typed_case import case_type
from triage.cases.expectations import ACCEPTABLE, DISPOSITION, KNOWN_MISS
from triage.evaluation.metadata import colons_of, compact
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.inference.columns.compiled import Columns, Compiled
from triage.knowledge.model import Question
from triage.source.strict_json import JsonError, parse

_REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, IntakeError)
_ESCAPE = b"\\"
_ESCAPED_COLON = b"\\u003"
_COLON = ":"


class JsonlDecoder:
    """Decodes the texts of cases, and remembers a bounded number of answers."""

    def __init__(self, compiled: Compiled) -> None:
        """Generate the record type and lay out the bits."""
        self._compiled = compiled
        groups = _groups(compiled.knowledge.questions.values())
        questions = [question for group in groups for question in group]
        self._layout = BitLayout(compiled, questions)
        self._parse = msgspec.json.Decoder(case_type(compiled.knowledge, questions)).decode
        place = Place()
        tables = [AnswerTable(compiled.knowledge, each, place) for each in self._layout.questions]
        sizes = [len(group) for group in groups]
        self._row = _row_function(tables, sizes, place, objects=False)
        self._row_with_objects = _row_function(tables, sizes, place, objects=True)

    def decode(self, texts: Sequence[bytes], refused: Collection[int] = ()) -> Decoded:
        """Decode the texts of cases.

        Args:
            texts: the texts, one case each.
            refused: the places of texts to reject, whatever they hold.

        Raises:
            MisreadError: the table does not agree with the strict reader.
        """
        data = b"".join(texts)
        rows, ids, colons, more, rejected = self._rows(texts, refused)
        block = self._layout.block(b"".join(rows))
        count = len(texts)
        places = _others(count, rejected)
        raw = _count_of(_COLON, data) - sum(texts[place].count(b":") for place in rejected)
        if raw != colons + block.keys or (_ESCAPE in data and _ESCAPED_COLON in data):
            repeating = {place for place in places if self._repeats(texts[place])}
            lanes = [lane for lane, place in enumerate(places) if place not in repeating]
            rejected |= repeating
            places, ids = _others(count, rejected), [ids[lane] for lane in lanes]
            block = self._layout.block(b"".join([rows[lane] for lane in lanes]))
        if ids:
            self._check(block.columns, texts[places[-1]], len(ids) - 1)
        beside = {bisect_left(places, place): case for place, case in more.items() if place not in rejected}
        return Decoded(
            block.columns,
            ids,
            places,
            [(place - before, place) for before, place in enumerate(sorted(rejected))],
            {lane: _given(case.expect) for lane, case in beside.items() if case.expect is not UNSET},
            {lane: compact(case.meta) for lane, case in beside.items() if case.meta is not UNSET},
        )

    def _rows(
        self, texts: Sequence[bytes], refused: Collection[int]
    ) -> tuple[list[bytes], list[str], int, dict[int, Any], set[int]]:
        """Decode text by text.

        Returns:
            The rows and the ids of the accepted texts; how many colons these texts have outside their
            answers; by place, the cases that hold more than an id and answers; and the places of the rejected
            texts.
        """
        rows: list[bytes] = []
        ids: list[str] = []
        more: dict[int, tuple[int, Any]] = {}
        rejected: set[int] = set()
        parse_text, row, add, name = self._parse, self._row, rows.append, ids.append
        for place, text in enumerate(texts):
            if refused and place in refused:
                rejected.add(place)
                continue
            try:
                case: Any = parse_text(text)
                if not (
                    case.title is case.source is case.expect is case.meta is UNSET
                    and case.knowledge_base is case.given_at is case.from_words is UNSET
                ):
                    more[place] = _colons_beside(case), case
                try:
                    add(row(case.answers, text))
                except TypeError:
                    add(self._row_with_objects(case.answers, text))
                name(case.id)
            except _REFUSALS:
                rejected.add(place)
                more.pop(place, None)
        # Every case has the keys "id" and "answers", and its id may hold colons.
        colons = 2 * len(ids) + "".join(ids).count(_COLON) + sum(each for each, _ in more.values())
        return rows, ids, colons, {place: case for place, (_, case) in more.items()}, rejected

    def _repeats(self, text: bytes) -> bool:
        """Tell whether an accepted text has a key twice, of which the parser silently keeps the last.

        A colon follows each key, so that a text with no unexplained colon has no key twice. If a text may
        hold an escaped colon, the strict parser decides.
        """
        if _ESCAPED_COLON not in text:
            case: Any = self._parse(text)
            answers = [answer for answer in astuple(case.answers) if answer is not UNSET]
            keys = 2 + len(answers) + sum(len(answer) for answer in answers if isinstance(answer, dict))
            if text.count(b":") == keys + case.id.count(_COLON) + _colons_beside(case):
                return False
        try:
            parse(text.decode())
        except JsonError:
            return True
        return False

    def _check(self, columns: Columns, line: bytes, lane: int) -> None:
        """Compare a lane of a block with what the strict reader reads from its line."""
        try:
            findings = read_answers(self._compiled.knowledge, parse(line.decode())["answers"])
            differing = differing_findings(self._compiled, columns, lane, findings)
        except (JsonError, IntakeError):
            differing = tuple(self._compiled.knowledge.questions)
        if differing:
            raise MisreadError(line.removesuffix(b"\n"), differing)


def _groups(questions: Iterable[Question]) -> Sequence[Sequence[Question]]:
    """Group questions: those with few values are looked up together, each of the others alone."""
    groups: list[list[Question]] = [[]]
    for question in questions:
        if question.kind in ("number", "checklist"):
            groups.append([question])
        else:
            groups[0].append(question)
    return [group for group in groups if group]


def _row_function(
    tables: Sequence[AnswerTable], sizes: Sequence[int], place: Place, *, objects: bool
) -> Callable[[Any, bytes], bytes]:
    """Return a function that looks up each answer of a record and joins their bytes.

    Its source is generated, one look-up for each field or group of fields, since a loop takes three times as
    long. Without `objects` it is quicker, but raises TypeError for an answer that is an object.

    Args:
        tables: the tables of the questions, in the order of their bytes.
        sizes: how many tables each group has; the tables of a group are looked up together.
        place: gets the line that is being decoded.
        objects: whether an answer may be an object.
    """
    space: dict[str, Any] = {"join": b"".join, "place": place}
    looked_up = []
    first = 0
    for size in sizes:
        keys = []
        for number, table in enumerate(tables[first : first + size], first):
            key = f"answers.f{number}"
            if objects and table.bits.question.kind == "checklist":
                key = f"(answer if type(answer := {key}) is not dict else tuple(answer.items()))"
            keys.append(key)
        together = tables[first : first + size]
        space[f"table{first}"] = together[0] if size == 1 else TogetherTable(together)
        looked_up.append(f"table{first}[{', '.join(keys)}]")
        first += size
    source = f"def row(answers, line):\n place.line = line\n return join(({', '.join(looked_up)},))\n"
    exec(source, space)  # noqa: S102 - numbers alone enter the source
    function: Callable[[Any, bytes], bytes] = space["row"]
    return function


def _others(count: int, rejected: Collection[int]) -> Sequence[int]:
    """Return the places of the lines that are not rejected."""
    return [place for place in range(count) if place not in rejected] if rejected else range(count)


def _count_of(character: str, data: bytes) -> int:
    """Return what `data.count` would, in a fifth of the time."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(character)))


def _colons_beside(case: Any) -> int:
    """Return how many colons a case has outside its id and its answers.

    Raises:
        IntakeError: a case cannot hold this.
    """
    colons: int = sum(1 + each.count(_COLON) for each in (case.title, case.source) if each is not UNSET)
    stamp = UNSET if case.knowledge_base is UNSET else _given(case.knowledge_base)
    for told in (stamp, case.given_at, case.from_words):
        if told is not UNSET:
            colons += 1 + len(told) + sum(text.count(_COLON) for pair in told.items() for text in pair)
    if case.expect is not UNSET:
        colons += 1 + len(_checked(_given(case.expect)))
    if case.meta is not UNSET:
        colons += 1 + colons_of(case.meta)
    return colons


def _given(record: Any) -> Mapping[str, Any]:
    """Return the fields of a record that are set."""
    return {name: value for name, value in asdict(record).items() if value is not UNSET}


def _checked(expect: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the expectations of a case unchanged, if they are valid.

    Raises:
        IntakeError: it expects nothing or a name twice, or its keys about the disposition do not fit.
    """
    lists = [each for each in expect.values() if isinstance(each, tuple)]
    if not expect or any(len(set(each)) != len(each) for each in lists):
        raise IntakeError("expect", "expects nothing, or a name twice")
    if (ACCEPTABLE in expect or KNOWN_MISS in expect) and DISPOSITION not in expect:
        raise IntakeError("expect", "names no disposition")
    if expect.get(DISPOSITION) in expect.get(ACCEPTABLE, ()):
        raise IntakeError("expect", "names the disposition twice")
    return expect
