"""The evaluators side by side: which rules fire, and which are not ruled out, for the same people.

Reading the answers is not counted. All must agree, or nothing that was measured would mean anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.clips_rules import Clips
from benchmarks.lenses import Lens, lenses
from benchmarks.rounds import Measure, Measured, measure, processor_time
from benchmarks.shipped import Shipped
from benchmarks.table import Row, microseconds
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.columns.compiled import Compiled, Verdicts, compiled
from triage.inference.engine import infer
from triage.inference.firings import Firings
from triage.knowledge.model import KnowledgeBase

SHIPPED, LEAN, CLIPS, COMPILED = "experta as shipped", "experta, lean", "CLIPS", "compiled"


class DisagreementError(Exception):
    """Two evaluators differ on a case."""


def compare(
    knowledge: KnowledgeBase, people: Sequence[Mapping[str, Any]], rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Measure the evaluators, and compare what they find for each of the people.

    The engines get some of the people in each round, all of them in the end. The compiled evaluator works on
    blocks, and gets them all each time.

    Raises:
        DisagreementError: on any case.
    """
    findings = [read_answers(knowledge, answers) for answers in people]
    memories = [working_memory(knowledge, given) for given in findings]
    looked_at = [lenses(memory) for memory in memories]
    shipped, in_clips, columns = Shipped(knowledge), Clips(knowledge), compiled(knowledge)
    infer(knowledge, memories[0])
    found: dict[str, dict[int, Firings]] = {SHIPPED: {}, LEAN: {}, CLIPS: {}}
    verdicts: list[Verdicts] = []

    def engine(name: str, firings: Callable[[int], Firings]) -> Measure:
        def turn(number: int) -> float:
            chosen = range(number, len(people), rounds)
            return processor_time(
                lambda: found[name].update((person, firings(person)) for person in chosen)
            ) / len(chosen)

        return turn

    def block(_: int) -> float:
        return processor_time(lambda: verdicts.append(columns.run(columns.columns(findings)))) / len(people)

    measured = measure(
        {
            SHIPPED: engine(SHIPPED, lambda person: _both(shipped.fired, looked_at[person])),
            LEAN: engine(LEAN, lambda person: infer(knowledge, memories[person])),
            CLIPS: engine(CLIPS, lambda person: _both(in_clips.fired, looked_at[person])),
            COMPILED: block,
        },
        rounds,
        say,
    )
    for each in verdicts:
        found[COMPILED] = dict(enumerate(_by_person(columns, each, len(people))))
        _must_agree(found, people)
    return _rows(measured)


def _both(fired: Callable[[Lens], frozenset[str]], looked_at: tuple[Lens, Lens]) -> Firings:
    certain, possible = looked_at
    return Firings(fired(certain), fired(possible), frozenset())


def _by_person(columns: Compiled, verdicts: Verdicts, count: int) -> Iterator[Firings]:
    """Yield what a block found for each person in it."""
    for person in range(count):
        fired, possible = (
            frozenset(
                rule.id for rule, column in zip(columns.rules, each, strict=True) if column >> person & 1
            )
            for each in (verdicts.fired, verdicts.possible)
        )
        yield Firings(fired, possible, frozenset())


def _must_agree(found: Mapping[str, Mapping[int, Firings]], people: Sequence[Mapping[str, Any]]) -> None:
    for name, firings in found.items():
        for person, answers in enumerate(people):
            one, other = found[LEAN][person], firings[person]
            differing = sorted(one.fired ^ other.fired | one.possible ^ other.possible)
            if differing:
                raise DisagreementError(f"{name} and {LEAN} differ in {', '.join(differing)} on {answers}")


def _rows(measured: Measured) -> list[Row]:
    def row(name: str, *others: tuple[str, int]) -> Row:
        against = [f"{1 / measured.ratio(name, other):,.1f} times {other}" for other, _ in others]
        wanted = [f"at least {least}" for _, least in others]
        found = microseconds(measured.median(name), 1)
        return Row(f"rules: {name}", found, ", ".join(against), ", ".join(wanted))

    return [
        row(SHIPPED),
        row(LEAN, (SHIPPED, 2)),
        row(CLIPS),
        row(COMPILED, (SHIPPED, 100), (CLIPS, 10)),
    ]
