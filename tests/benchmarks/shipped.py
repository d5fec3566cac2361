"""experta as shipped: what one would write from its documentation for these rules.

One fact holds all answers, what was concluded is declared stage by stage, and strategy, matcher and reset are
experta's own. (Each `any` is one predicate here too: as experta's OR it would multiply into thousands.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any

from benchmarks.lenses import Lens
from triage.inference.lean_experta import experta
from triage.inference.truth import Missing, Truth, Value, truth_of, truth_of_test
from triage.knowledge.model import YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Condition, Test, findings_of


class Shipped:
    """The rules as an engine in experta's own way."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        strata = knowledge.strata
        self._stages = 1 + max(strata.values(), default=0)
        self._level = {
            finding: max((strata[rule.id] for rule in concluding), default=0)
            for finding, concluding in knowledge.concluders.items()
        }
        self._concludes = {rule.id: rule.findings for rule in knowledge.rules.values()}
        names = [*knowledge.question_of, *knowledge.findings]
        self._fields = {name: f"finding_{index}" for index, name in enumerate(names)}
        kinds = ["Answers", *(f"Conclusions{stage}" for stage in range(self._stages))]
        self._facts = [type(kind, (experta.Fact,), {}) for kind in kinds]
        self._fired: set[str] = set()
        rules = {f"rule_{number}": self._rule(rule) for number, rule in enumerate(knowledge.rules.values())}
        self._engine = type("Shipped", (experta.KnowledgeEngine,), rules)()

    def fired(self, lens: Lens) -> frozenset[str]:
        """Return the rules that fire over one lens of a working memory."""
        self._fired.clear()
        self._engine.reset()
        self._engine.declare(self._facts[0](**{self._fields[name]: value for name, value in lens.items()}))
        for stage in range(self._stages):
            self._engine.run()
            concluded = {finding for rule in self._fired for finding in self._concludes[rule]}
            level = {
                self._fields[finding]: YES if finding in concluded else Missing.NOT_CONCLUDED
                for finding, at in self._level.items()
                if at == stage
            }
            self._engine.declare(self._facts[1 + stage](**level))
        return frozenset(self._fired)

    def _rule(self, rule: Rule) -> Any:
        parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
        tests = [part for part in parts if isinstance(part, Test)]
        groups = [part for part in parts if not isinstance(part, Test)]
        patterns = []
        for number in sorted({self._number_of(finding) for finding in rule.tested}):
            fields = {
                self._fields[finding]: experta.P(
                    _predicate([test for test in tests if test.finding == finding])
                )
                for finding in {test.finding for test in tests}
                if self._number_of(finding) == number
            }
            patterns.append(getattr(experta.AS, f"fact{number}") << self._facts[number](**fields))
        patterns += [experta.TEST(self._group(group)) for group in groups]

        def record(engine: Any, **facts: Any) -> None:  # noqa: ARG001 - experta binds the facts by name
            self._fired.add(rule.id)

        return experta.Rule(*patterns)(record)

    def _number_of(self, finding: str) -> int:
        return 1 + self._level[finding] if finding in self._level else 0

    def _group(self, group: Condition) -> Callable[..., bool]:
        places = {
            finding: (f"fact{self._number_of(finding)}", self._fields[finding])
            for finding in findings_of(group)
        }
        names = sorted({fact for fact, _ in places.values()})

        def holds(**bound: Mapping[str, Value]) -> bool:
            memory = {finding: bound[fact][field] for finding, (fact, field) in places.items()}
            return truth_of(group, memory) is not Truth.FALSE

        # experta binds facts by the names of parameters.
        parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names]
        holds.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        return holds


def _predicate(tests: list[Test]) -> Callable[[Value], bool]:
    return lambda value: all(truth_of_test(test, value) is not Truth.FALSE for test in tests)
