"""Evaluating all cases of a block at once, as columns of bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from triage.bulk.decoding.decoded import Decoded
from triage.bulk.decoding.jsonl_decoder import JsonlDecoder
from triage.bulk.fragments import FragmentWriter, Records
from triage.evaluation.evaluate import KNOWN, MET, MISSED, NOTHING
from triage.evaluation.records.formats import Format
from triage.evaluation.records.layouts import Columns, Found, Lanes
from triage.evaluation.tally import Tally
from triage.inference.columns.compiled import compiled
from triage.inference.columns.outcomes import Fold
from triage.knowledge.model import KnowledgeBase


class ByColumns:
    """Turns texts into columns of bits, and columns into verdicts, outcomes and records."""

    def __init__(self, knowledge: KnowledgeBase, form: Format) -> None:
        """Build what every block needs."""
        self.compiled = compiled(knowledge)
        self.rules = list(knowledge.rules)
        self._for_care = [self.compiled.number_of[rule.id] for rule in knowledge.reasons_for_care]
        self._fold = Fold(knowledge)
        self._writer = FragmentWriter(form.layout())
        self._format = form
        self._names = Columns(knowledge)
        self.decode = JsonlDecoder(self.compiled).decode

    def found(self, decoded: Decoded) -> Found:
        """Return the outcomes of accepted cases; their expectations are not looked at yet."""
        verdicts = self.compiled.run(decoded.columns)
        outcomes = self._fold.outcomes(decoded.columns.full, verdicts)
        return Found(self.compiled, decoded.columns, verdicts, outcomes, {NOTHING: decoded.columns.full})

    def records(self, found: Found, lanes: Lanes, texts: Sequence[bytes]) -> Records:
        """Return the records of the cases; `texts` are the texts of the cases."""
        given = self._format.given(lanes)
        return self._writer.records(found, given, len(lanes.ids), self._format.values(lanes, texts))

    def count(self, tally: Tally, found: Found) -> None:
        """Add the outcomes of cases to a tally."""
        dispositions = found.outcomes.disposition
        tally.cases += found.full.bit_count()
        tally.dispositions.update({name: column.bit_count() for name, column in dispositions.items()})
        tally.causes.update({name: column.bit_count() for name, column in found.outcomes.causes.items()})
        fired = zip(self.rules, found.verdicts.fired, strict=True)
        tally.rules.update({rule: column.bit_count() for rule, column in fired})
        tally.open.update(
            {
                self.rules[number]: count
                for number in self._for_care
                if (count := (found.verdicts.possible[number] & ~found.verdicts.fired[number]).bit_count())
            }
        )
        missed, known = found.expectations.get(MISSED, 0), found.expectations.get(KNOWN, 0)
        tally.missed += missed.bit_count()
        tally.known_misses += known.bit_count()
        tally.checked += (missed | known | found.expectations.get(MET, 0)).bit_count()

    def prepare(self) -> None:
        """Evaluate one case, so that everything is built."""
        texts = [b'{"id":"-","answers":{}}']
        self.records(self.found(self.decode(texts)), Lanes([("", 1)], [1], ["-"], {}, {}), texts)

    def decided(self, found: Found) -> Decided:
        """Return the decisions of the cases."""
        return Decided(self._names, found)


class Decided:
    """The decisions of the cases of a block, one by one, by their names in an assessment."""

    def __init__(self, names: Columns, found: Found) -> None:
        """Lay out the columns."""
        self._soon = found.outcomes.soon
        self._one = {
            "disposition": (names.dispositions, [*names.of_disposition(found)]),
            "lowest": (names.ends, [*names.of_lowest(found)]),
            "highest": (names.ends, [*names.of_highest(found)]),
        }
        self._many = {
            "questions": (names.questions, [*names.of_questions(found)]),
            "causes": (names.causes, [*names.of_causes(found)]),
            "steps": (names.steps, [*names.of_steps(found)]),
            "withheld": (names.steps, [*names.of_withheld(found)]),
            "cautions": (names.cautioning, [*names.of_cautions(found)]),
            "fired": (names.rules, [*names.of_rules(found)]),
        }

    def of(self, lane: int) -> dict[str, Any]:
        """Return the decisions of one case."""
        shown: dict[str, Any] = {"soon": bool(self._soon >> lane & 1)}
        for key, (every, columns) in self._one.items():
            (shown[key],) = _in_lane(every, columns, lane)
        for key, (every, columns) in self._many.items():
            shown[key] = _in_lane(every, columns, lane)
        return shown


def _in_lane(names: Sequence[str], columns: Sequence[int], lane: int) -> list[str]:
    bit = 1 << lane
    return [name for name, column in zip(names, columns, strict=True) if column & bit]
