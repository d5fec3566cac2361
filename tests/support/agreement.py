"""Do the evaluators agree? Each intake by experta, by the compiled rules alone, and in a block of columns."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias

from support.bulk import block
from support.rule_intakes import Intake, RuleIntakes
from support.shipped import KNOWLEDGE

from triage.bulk.blocks import BlockEvaluator, Settings
from triage.evaluation.crosscheck import Mismatch, assess_by_both, mismatch
from triage.evaluation.records.compact import recorded
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.assessment import Assessment
from triage.inference.columns.compiled import compiled
from triage.inference.columns.outcomes import outcomes
from triage.inference.truth import Missing, Truth, truth_of
from triage.knowledge.model import KnowledgeBase

Directed: TypeAlias = Literal["met", "turned", "some turned", "left open"]
Source: TypeAlias = int | Directed
"""A seed, or one of the directed lists."""

Part: TypeAlias = tuple[Source, range]
"""The numbers of some intakes of a source."""

_A_PART = 250


@dataclass
class Seen:
    """What was compared: how many intakes, of what kind, and which rules and edges came up."""

    counts: Counter[str] = field(default_factory=Counter)
    fired: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    edges: set[tuple[str, int]] = field(default_factory=set)

    def add(self, other: Seen) -> None:
        self.counts += other.counts
        self.fired |= other.fired
        self.open |= other.open
        self.edges |= other.edges

    @property
    def intakes(self) -> int:
        return self.counts["intakes"]

    def share(self, kind: str) -> float:
        return self.counts[kind] / self.intakes

    def __str__(self) -> str:
        lines = [
            f"{self.intakes:,} intakes, each by experta, compiled alone, and in a block of columns; of these"
        ]
        lines += [
            f"{number / self.intakes:7.1%}  {kind}"
            for kind, number in sorted(self.counts.items())
            if kind != "intakes"
        ]
        lines.append(
            f"{len(self.fired)} rules fired, {len(self.open)} were open, {len(self.edges)} edges met"
        )
        return "\n".join(lines)


class Comparer:
    """Compares the evaluators on one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.intakes = RuleIntakes(knowledge)
        self._blocks = [BlockEvaluator(knowledge, Settings(full=full)) for full in (False, True)]

    def warm_up(self) -> None:
        first = next(iter(self.knowledge.rules.values()))
        directed = (*self.intakes.turned_of(first)[:1], *self.intakes.left_open_of(first)[:1])
        self.compare([*directed, self.intakes.intake(0, 1)])

    def compare(self, intakes: Sequence[Intake]) -> Seen:
        """Compare; where something differs, raise with the intake as a case that can be run.

        Raises:
            Mismatch: two of the three differ.
        """
        references = [self._by_both(name, answers) for name, answers in intakes]
        self._compare_records(intakes, references)
        self._compare_columns(intakes, references)
        seen = Seen()
        for (_, answers), reference in zip(intakes, references, strict=True):
            self._look_at(seen, answers, reference)
        return seen

    def _by_both(self, name: str, answers: Mapping[str, Any]) -> Assessment:
        try:
            return assess_by_both(self.knowledge, answers, name, name)
        except Exception as error:  # noqa: BLE001 - raised again, with what it takes to see it
            raise _told(error, {"id": name, "answers": answers}) from None

    def _compare_records(self, intakes: Sequence[Intake], references: Sequence[Assessment]) -> None:
        """Compare what is written of a whole block, as ids and in full, with the assessments."""
        lines = "".join(
            json.dumps({"id": name, "answers": answers}, separators=(",", ":")) + "\n"
            for name, answers in intakes
        )
        ids, whole = (each(block(lines.encode())).output.splitlines() for each in self._blocks)
        for (name, answers), reference, line, full in zip(intakes, references, ids, whole, strict=True):
            record = json.loads(line) | {"assessment": json.loads(full)["assessment"]}
            wanted = {"case": name, "valid": True, **recorded(self.knowledge, reference)}
            wanted["assessment"] = json.loads(reference.to_json())
            different = tuple(key for key, value in wanted.items() if record.get(key) != value)
            if different:
                raise _told(mismatch(reference, answers, name, different, record.get("fired", ())))

    def _compare_columns(self, intakes: Sequence[Intake], references: Sequence[Assessment]) -> None:
        """Compare every column that the audit reads, "not sure" among them, with the assessments."""
        wanted: Counter[str] = Counter()
        for number, reference in enumerate(references):
            for name in _columns_of(reference):
                wanted[name] |= 1 << number
        rules = compiled(self.knowledge)
        columns = rules.columns([read_answers(self.knowledge, answers) for _, answers in intakes])
        verdicts = rules.run(columns)
        found = dict(outcomes(self.knowledge, columns.full, verdicts).columns())
        for rule, fired, possible, not_sure in zip(
            rules.rules, verdicts.fired, verdicts.possible, verdicts.not_sure, strict=True
        ):
            found[f"fired.{rule.id}"] = fired
            found[f"open.{rule.id}"] = possible & ~fired
            if rule in self.knowledge.reasons_for_care:
                found[f"not_sure.{rule.id}"] = not_sure
        for name in sorted({*wanted, *found}):
            different = wanted[name] ^ found.get(name, 0)
            if different:
                number = (different & -different).bit_length() - 1
                case, answers = intakes[number]
                raise _told(mismatch(references[number], answers, case, (f"the column {name}",)))

    def _look_at(self, seen: Seen, answers: Mapping[str, Any], found: Assessment) -> None:
        findings = read_answers(self.knowledge, answers)
        memory = working_memory(self.knowledge, findings)
        closed = {
            finding
            for question in self.knowledge.questions.values()
            for gate, behind in question.behind.items()
            if gate is not None and truth_of(gate, memory) is Truth.FALSE
            for finding in behind
        }
        skipped = {
            question.id
            for question in self.knowledge.questions.values()
            if question.id not in answers and not closed.issuperset(question.findings)
        }
        whole = {
            finding
            for name, answer in answers.items()
            if not isinstance(answer, Mapping)
            for finding in self.knowledge.questions[name].findings
        }
        edges = {
            (each, value)
            for each, near in self.intakes.near.items()
            for value in [findings.get(each)]
            if isinstance(value, int) and value in near
        }
        kinds = {
            f"disposition {found.disposition}": True,
            "something not sure": Missing.UNKNOWN in memory.values(),
            "a question skipped": bool(skipped),
            "an item left out": Missing.NOT_ASKED in memory.values(),
            "an edge of a threshold": bool(edges),
            "an answer that does not apply": not closed.isdisjoint(findings),
            "a list beside closed gates": bool(closed & whole - findings.keys()),
            "nothing open": not found.open_rules,
        }
        seen.counts.update(["intakes", *(kind for kind, there in kinds.items() if there)])
        seen.fired.update(found.fired)
        seen.open.update(found.open_rules)
        seen.edges |= edges


def parts(source: Source, count: int) -> list[Part]:
    """The first intakes of a source, cut into parts."""
    return [(source, range(start, min(start + _A_PART, count))) for start in range(0, count, _A_PART)]


def directed(source: Directed) -> list[Part]:
    """All intakes of a directed list."""
    return parts(source, len(_listed(source)))


def _listed(source: Directed) -> Sequence[Intake]:
    intakes: Sequence[Intake] = getattr(comparer().intakes, source.replace(" ", "_"))
    return intakes


def compared(wanted: Sequence[Part]) -> Iterator[Seen]:
    """Yield what was seen in each part, in any order, on all processors.

    Raises:
        Mismatch: two evaluators differ.
    """
    comparer().warm_up()  # what is built before processes are forked is built once
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    with ProcessPoolExecutor(os.cpu_count(), context) as pool:
        waiting = [pool.submit(_compare, part) for part in wanted]
        try:
            yield from (done.result() for done in as_completed(waiting))
        finally:
            pool.shutdown(cancel_futures=True)


@cache
def comparer() -> Comparer:
    return Comparer(KNOWLEDGE)


def _compare(part: Part) -> Seen:
    (source, numbers), known = part, comparer()
    if isinstance(source, int):
        return known.compare([known.intakes.intake(source, number) for number in numbers])
    return known.compare([_listed(source)[number] for number in numbers])


def _columns_of(found: Assessment) -> Iterator[str]:
    """Yield the columns in which an assessment has its lane set."""
    if found.soon:
        yield "soon"
    for name in ("disposition", "lowest", "highest"):
        yield f"{name}.{getattr(found, name)}"
    several: Mapping[str, Iterable[str]] = {
        "fired": found.fired,
        "open": found.open_rules,
        "not_sure": (entry.rule for entry in found.not_ruled_out if entry.not_sure),
        "causes": (cause.id for cause in found.causes),
        "given": (step.id for step in found.steps),
        "withheld": (step.id for step in found.withheld),
        "cautions": (caution.rule for step in found.steps for caution in step.cautions),
    }
    for kind, names in several.items():
        for name in names:
            yield f"{kind}.{name}"


def _told(error: Exception, data: Mapping[str, Any] | None = None) -> Exception:
    """Add the intake to an error, as a case file."""
    case = json.dumps(error.data if isinstance(error, Mismatch) else data, indent=1)
    error.add_note(f"Save this as case.json and run `triage explain case.json`:\n{case}")
    return error
