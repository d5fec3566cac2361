"""Write the source of compiled rules: Python that evaluates a block of intakes in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, Self

from triage.inference.columns.standing import Standing, standing
from triage.inference.domains import Domain, conditions_of
from triage.knowledge.model import NO, YES, KnowledgeBase, Question, Rule
from triage.knowledge.parts.conditions import Condition, Test, tests_of


class Placed(Protocol):
    """The rules and findings of a knowledge base, each with its place in a block of columns."""

    knowledge: KnowledgeBase
    rules: tuple[Rule, ...]
    findings: tuple[str, ...]
    domains: Mapping[str, Domain]
    number_of: dict[str, int]
    index_of: dict[str, int]
    place: dict[str, int]


class RuleSource:
    """Writes the source.

    Names in the source: `g` a gate; `o`, `u`, `a` a finding open, not sure, absent; `t`, `p` a test certain,
    possible; `f`, `q`, `n`, `s` a rule fired, possible, not sure, suspected; `d`, `e`, `m`, `r` the same for
    a derived finding; `w`, `x` where an answerable or derived finding is wanted; `l` the lanes still in
    question.
    """

    def __init__(self, compiled: Placed) -> None:
        """Take the rules and their layout in columns."""
        self._compiled = compiled
        self._knowledge = compiled.knowledge
        self._names: dict[tuple[str, tuple[int, ...]], str] = {}
        self._tested = _tested_classes(compiled)
        self._derived = {finding: str(index) for index, finding in enumerate(self._knowledge.findings)}
        self._reasons_for_care = {rule.id for rule in self._knowledge.reasons_for_care}
        self._red_flags = frozenset(self._knowledge.red_flags)
        strata = self._knowledge.strata
        self._level = {
            finding: max((strata[rule.id] for rule in concluding), default=-1)
            for finding, concluding in self._knowledge.concluders.items()
        }

    def lines(self) -> Iterator[str]:
        """Yield the function that evaluates a block."""
        yield "def run(full, known, unknown):"
        yield from self._questions()
        strata = self._knowledge.strata
        for stage in range(-1, 1 + max(strata.values(), default=0)):
            for number, rule in enumerate(self._compiled.rules):
                if strata[rule.id] == stage:
                    yield from self._rule(number, rule)
            for finding, at in self._level.items():
                if at == stage:
                    yield from self._conclusion(finding)
        numbers = range(len(self._compiled.rules))
        for letter in "fqns":
            yield f" {letter} = ({''.join(f'{letter}{number},' for number in numbers)})"
        findings = range(len(self._compiled.findings))
        yield f" o = ({''.join(f'o{index},' for index in findings)})"
        yield " return f, q, n, s, o"

    def lines_of_asking(self) -> Iterator[str]:
        """Yield the function that finds the questions that keep wanted rules open."""
        body = [*self._lines_of_wanted()]
        yield "def asked(known, unknown, o, f, q, wanted):"
        for finding, accepted in self._names:
            open_lanes = f"o[{self._compiled.index_of[finding]}]"
            absent = (
                f"~({open_lanes} | {self._known(finding)})" if finding in self._knowledge.gated_items else ""
            )
            yield from self._sides_of_test(finding, accepted, open_lanes, absent)
        for finding in self._derived:
            yield from self._sides(finding, "f[{}]", "q[{}]")
            yield f" x{self._derived[finding]} = 0"
        for index in range(len(self._compiled.findings)):
            yield f" w{index} = 0"
        yield from body
        first = []
        for question in self._knowledge.questions.values():
            indexes = [self._compiled.index_of[finding] for finding in question.findings]
            first.append(" | ".join(f"w{index} & o[{index}] & ~unknown[{index}]" for index in indexes))
        yield f" return ({''.join(f'{columns},' for columns in first)})"

    def _lines_of_wanted(self) -> Iterator[str]:
        for number, rule in enumerate(self._compiled.rules):
            yield from self._ask(rule.when, f"wanted[{number}]", 1)
        for finding in sorted(self._derived, key=lambda name: -self._level[name]):
            for rule in self._knowledge.concluders[finding]:
                number = self._compiled.number_of[rule.id]
                open_lanes = f"x{self._derived[finding]} & q[{number}] & ~f[{number}]"
                yield from self._ask(rule.when, open_lanes, 1)

    def _ask(self, condition: Condition, lanes: str, depth: int) -> Iterator[str]:
        """Mark every finding of a condition in these lanes as wanted; that counts only where it is open."""
        indent = " " * depth
        yield f"{indent}l{depth} = {lanes}"
        yield f"{indent}if l{depth}:"
        for part in (condition,) if isinstance(condition, Test) else condition.parts:
            if not isinstance(part, Test):
                yield from self._ask(part, f"l{depth} & {self._standing(part).open}", depth + 1)
            elif part.finding in self._derived:
                index = self._derived[part.finding]
                yield f"{indent} x{index} |= l{depth} & e{index} & ~d{index}"
            else:
                yield f"{indent} w{self._compiled.index_of[part.finding]} |= l{depth}"

    def _questions(self) -> Iterator[str]:
        for question in self._knowledge.questions.values():
            yield from self._question(question)

    def _question(self, question: Question) -> Iterator[str]:
        gates: dict[Condition, str] = {}
        for finding in question.findings:
            index = self._compiled.index_of[finding]
            known = self._known(finding)
            applies = "full"
            if gate := question.gates.get(finding):
                if gate not in gates:
                    gates[gate] = f"g{len(gates)}"
                    yield f" {gates[gate]} = {self._standing(gate).possible}"
                applies = f"({gates[gate]} | unknown[{index}])"
            yield f" o{index} = {applies} & ~({known})"
            yield f" u{index} = o{index} & unknown[{index}]"
            absent = ""
            if finding in self._knowledge.gated_items:
                absent = f"a{index}"
                yield f" {absent} = full & ~({applies} | {known})"
            for accepted in self._tested.get(finding, ()):
                yield from self._sides_of_test(finding, accepted, f"o{index}", absent)

    def _known(self, finding: str) -> str:
        place = self._compiled.place[finding]
        classes = range(len(self._compiled.domains[finding].values))
        return " | ".join(f"known[{place + each}]" for each in classes)

    def _sides_of_test(
        self, finding: str, accepted: tuple[int, ...], open_lanes: str, absent: str = ""
    ) -> Iterator[str]:
        """Yield where a test is certain and possible; the lanes `absent` count as "no" without an answer."""
        name = self._name(finding, accepted)
        place = self._compiled.place[finding]
        true = [f"known[{place + each}]" for each in accepted]
        if absent and NO in [self._compiled.domains[finding].values[each] for each in accepted]:
            true.append(absent)
        yield f" t{name} = {' | '.join(true) or '0'}"
        yield f" p{name} = t{name} | {open_lanes}"

    def _name(self, finding: str, accepted: tuple[int, ...]) -> str:
        return self._names.setdefault((finding, accepted), str(len(self._names)))

    def _rule(self, number: int, rule: Rule) -> Iterator[str]:
        stands = self._standing(rule.when)
        yield f" f{number} = {stands.true}"
        yield f" q{number} = {stands.possible}"
        wanted = rule.findings or rule.id in self._reasons_for_care
        yield f" n{number} = {stands.not_sure if wanted else '0'}"
        wanted = rule.findings or rule.disposition in self._knowledge.in_doubt
        yield f" s{number} = {stands.suspected if wanted else '0'}"

    def _conclusion(self, finding: str) -> Iterator[str]:
        index = self._derived[finding]
        yield from self._sides(finding, "f{}", "q{}")
        concluding = [self._compiled.number_of[rule.id] for rule in self._knowledge.concluders[finding]]
        behind = " | ".join(f"n{number}" for number in concluding) or "0"
        yield f" m{index} = ({behind}) & ~d{index}"
        suspected = " | ".join(f"s{number}" for number in concluding) or "0"
        yield f" r{index} = {suspected}"

    def _sides(self, finding: str, fired: str, possible: str) -> Iterator[str]:
        """Yield where a derived finding is certain and possible, from the rules that conclude it."""
        concluding = [self._compiled.number_of[rule.id] for rule in self._knowledge.concluders[finding]]
        for derived, rule in (("d", fired), ("e", possible)):
            columns = " | ".join(rule.format(number) for number in concluding) or "0"
            yield f" {derived}{self._derived[finding]} = {columns}"

    def _standing(self, condition: Condition) -> Standing:
        return standing(condition, self._test)

    def _test(self, test: Test) -> Standing:
        if test.finding in self._derived:
            return Standing(*(_Source(f"{letter}{self._derived[test.finding]}") for letter in "demr"))
        accepted = self._compiled.domains[test.finding].accepted(test)
        name = self._name(test.finding, accepted)
        unsure = _Source(f"u{self._compiled.index_of[test.finding]}")
        true = _Source(f"t{name}")
        may_be = test.finding in self._red_flags and test.accepts_value(YES)
        suspected = true | unsure if may_be else true
        return Standing(true, _Source(f"p{name}"), unsure, suspected)


class _Source(str):
    """A piece of source that acts as a bit: an operation on it returns the source of the operation."""

    __slots__ = ("loose",)
    loose: str

    def __new__(cls, text: str, loose: str = "") -> Self:
        """Keep a text; `loose` is its outermost operation, if there is one."""
        piece = super().__new__(cls, text)
        piece.loose = loose
        return piece

    def __and__(self, other: _Source) -> _Source:
        return _Source(f"{self._beside('&')} & {other._beside('&')}", "&")

    def __or__(self, other: _Source) -> _Source:
        return _Source(f"{self._beside('|')} | {other._beside('|')}", "|")

    def __ror__(self, other: int) -> _Source:  # the 0 that a union starts with
        return self

    def __invert__(self) -> _Source:
        return _Source(f"~{self._beside('')}")

    def _beside(self, operation: str) -> str:
        return f"({self})" if self.loose not in ("", operation) else self


def _tested_classes(compiled: Placed) -> Mapping[str, list[tuple[int, ...]]]:
    """Return the different sets of classes that tests accept, for each finding."""
    found: dict[str, dict[tuple[int, ...], None]] = {}
    for condition in conditions_of(compiled.knowledge):
        for test in tests_of(condition):
            if test.finding in compiled.domains:
                accepted = compiled.domains[test.finding].accepted(test)
                found.setdefault(test.finding, {})[accepted] = None
    return {finding: list(classes) for finding, classes in found.items()}
