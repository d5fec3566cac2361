"""The layout of records with whole assessments: every text of an assessment, each with its column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from triage.evaluation.records import whole_columns as where
from triage.evaluation.records.hollow_parts import (
    LIST,
    VALUE,
    answer,
    caution,
    doubtful_sign,
    open_rule,
    possible_cause,
    reason,
    route_to_care,
    self_care_step,
    withheld_step,
)
from triage.evaluation.records.layouts import Found, Group, Layout, Piece, always, urgency
from triage.evaluation.records.rows import Column, Entry, Leaf, Row, Said, in_each_form, item, plain
from triage.evaluation.records.whole_view import WholeView
from triage.inference.assessment import (
    SCHEMA_VERSION,
    UNDETERMINED,
    Assessment,
    Stamp,
)
from triage.inference.columns.column_supports import Reach
from triage.inference.columns.compiled import compiled
from triage.inference.wording import Wording, wording
from triage.knowledge.model import KnowledgeBase, Rule, Rung, Step, Undetermined
from triage.knowledge.reviews import signed

CASE = "case"
"""The name of the value that holds the id of the case; other values are numbers, named by their findings."""


def whole_layout(knowledge: KnowledgeBase, given: int, ends: bytes) -> Layout:
    """Return the layout of a record with a whole assessment.

    Args:
        knowledge: the knowledge base.
        given: the number of texts with which each record begins.
        ends: the end of a record.
    """
    assessments = _Assessments(knowledge)
    row = assessments.row()

    def columns(found: Found) -> Iterable[int]:
        laid: list[int] = []
        row.lay(WholeView(found, assessments.reach), found.full, laid)
        return laid

    return Layout(given, (Group(row.texts, columns), always(ends)), b",")


class _Assessments:
    """Every assessment that a knowledge base can give, as rows."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.reach = Reach(knowledge)
        self._knowledge = knowledge
        self._wordings = [wording(knowledge, about_other=about_other) for about_other in (False, True)]
        self._compiled = compiled(knowledge)
        self._number = self._compiled.number_of
        self._rules = [*knowledge.rules.values()]
        self._withholding = [rule for rule in self._rules if rule.withholds]
        self._by_urgency = sorted(self._rules, key=lambda rule: urgency(knowledge, rule))
        self._ends: Mapping[str, Rung | Undetermined] = {
            **knowledge.rungs,
            UNDETERMINED: knowledge.undetermined,
        }
        self._with_all = [name for name, end in self._ends.items() if end.offers == "all"]

    def row(self) -> Row:
        ends = (*self._knowledge.rungs, "")
        fillings: Mapping[str, Iterable[Row]] = {
            "case": [Leaf(Piece.VALUE, CASE.encode(), where.full)],
            "disposition": (plain(name, where.comes_to([name])) for name in self._ends),
            "title": self._titles(),
            "time_frame": self._time_frames(),
            "soon": where.yes_or_no(lambda view: view.outcomes.soon),
            "action": self._actions(),
            "routes": self._routes(),
            "lowest": (plain(name, where.of("lowest", name)) for name in ends),
            "highest": (plain(name, where.of("highest", name)) for name in ends),
            "not_ruled_out": self._not_ruled_out(),
            "not_sure": self._not_sure(),
            "about_other": where.yes_or_no(lambda view: view.about_other),
            "questions": (item(name, where.asked(name)) for name in self._knowledge.questions),
            "reasons": self._reasons(),
            "causes": self._causes(),
            "steps": self._steps(),
            "withheld": self._withheld(),
            "explanations": self._explanations(),
            "watch_for": self._watch_for(),
            "fired": map(self._fired, self._rules),
            "open_rules": (item(rule.id, self._open(rule)) for rule in self._rules),
            "knowledge_base": (
                self._fired(rule) for rule in self._rules if rule.id in signed(self._knowledge)
            ),
        }
        record: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
        for field in fields(Assessment):
            record[field.name] = LIST if str(field.type).startswith("tuple") else VALUE
        record["knowledge_base"] = self._stamp()
        holes = [[*fillings[name]] for name in record if name in fillings]
        whole = {"assessment": record}
        return Entry((whole, whole), where.full, holes, Piece.PLAIN, b",")

    def _stamp(self) -> Stamp:
        knowledge = self._knowledge
        return Stamp(
            knowledge.id,
            knowledge.version,
            knowledge.sha256,
            knowledge.reviewed_by_clinician,
            "" if knowledge.reviewed_by_clinician else knowledge.laws.not_reviewed,
            LIST,
        )

    def _entry(
        self, make: Callable[[Wording], object], column: Column, fillings: Sequence[Sequence[Row]] = ()
    ) -> Row:
        to, about = map(make, self._wordings)
        return Entry((to, about), column, fillings)

    def _said(self, text: str) -> Said:
        to, about = (each.say(text) for each in self._wordings)
        return to, about

    def _plain(self, text: str, column: Column) -> Iterator[Row]:
        yield from (plain(said, lanes) for said, lanes in in_each_form(self._said(text), column))

    def _fires(self, rule: Rule) -> Column:
        number = self._number[rule.id]
        return lambda view: view.fired[number]

    def _open(self, rule: Rule) -> Column:
        number = self._number[rule.id]
        return lambda view: view.open[number]

    def _fired(self, rule: Rule) -> Row:
        return item(rule.id, self._fires(rule))

    def _titles(self) -> Iterator[Row]:
        for name, end in self._ends.items():
            yield from self._plain(end.title, where.comes_to([name]))

    def _time_frames(self) -> Iterator[Row]:
        for name, rung in self._knowledge.rungs.items():
            yield plain(rung.time_frame, where.told(name, soon=False))
            yield plain(rung.soon_time_frame, where.told(name, soon=True))
        yield plain(self._knowledge.undetermined.time_frame, where.comes_to([UNDETERMINED]))

    def _actions(self) -> Iterator[Row]:
        for name, rung in self._knowledge.rungs.items():
            yield from self._plain(rung.action, where.comes_to([name]))
        end, undetermined = self._knowledge.undetermined, where.comes_to([UNDETERMINED])
        yield from self._plain(end.action, where.both(undetermined, where.asked_for_more))
        yield from self._plain(
            end.action_when_all_answered, where.but_not(undetermined, [where.asked_for_more])
        )

    def _routes(self) -> Iterator[Row]:
        for route in self._knowledge.routes.values():
            naming = [rule for rule in self._rules if rule.route == route.id and rule.disposition]
            bringing = [where.both(self._fires(rule), where.comes_to([rule.disposition])) for rule in naming]
            rules = [item(rule.id, column) for rule, column in zip(naming, bringing, strict=True)]
            yield self._entry(route_to_care(route), where.any_of(bringing), [rules])

    def _not_ruled_out(self) -> Iterator[Row]:
        rungs = self._knowledge.rungs
        for rule in sorted(self._knowledge.reasons_for_care, key=lambda rule: -rungs[rule.disposition].rank):
            tested = self.reach.tests(rule).keys()
            asking = [
                item(question.id, where.asks(self._number[rule.id], concerned))
                for question in self._knowledge.questions.values()
                if (concerned := tested & set(question.findings))
            ]
            unsure = where.yes_or_no(where.not_sure(self._number[rule.id]))
            yield self._entry(open_rule(rule), self._open(rule), [asking, unsure])

    def _not_sure(self) -> Iterator[Row]:
        care = sorted(self._knowledge.reasons_for_care, key=lambda rule: urgency(self._knowledge, rule))
        for finding, question in self._knowledge.question_of.items():
            if question.kind in ("checklist", "yes_no"):
                resting = [rule for rule in care if finding in self.reach.tests(rule)]
                label = self._knowledge.label_of(finding)
                for name in dict.fromkeys(rule.disposition for rule in resting):
                    yield self._entry(
                        doubtful_sign(finding, label, name), where.raised(finding, name, resting)
                    )

    def _reasons(self) -> Iterator[Row]:
        for rule in self._by_urgency:
            if rule.disposition:
                number = self._number[rule.id]
                through = [
                    item(other.id, where.through(number, other.id)) for other in self.reach.rules(rule)
                ]
                yield self._entry(reason(rule), self._fires(rule), [[*self._answers(rule)], through])

    def _answers(self, rule: Rule) -> Iterator[Row]:
        number, tests = self._number[rule.id], self.reach.tests(rule)
        for finding, question in self._knowledge.question_of.items():
            if finding not in tests:
                continue
            rests, label = where.rests(number, finding), self._knowledge.label_of(finding)
            if question.kind == "number":
                value: Sequence[Row] = [Leaf(Piece.VALUE, finding.encode(), rests)]
                yield self._entry(answer(finding, VALUE, label), rests, [value])
                continue
            for index, each in enumerate(self._compiled.domains[finding].values):
                if any(test.accepts_value(each) for test in tests[finding]):
                    yield self._entry(
                        answer(finding, each, label), where.both(rests, where.has(finding, index))
                    )

    def _causes(self) -> Iterator[Row]:
        """Yield each cause for each rule that can be the first to name it, with it and all later ones."""
        naming: dict[str, list[Rule]] = {}
        for rule in self._by_urgency:
            for cause in rule.causes:
                naming.setdefault(cause, []).append(rule)
        for rule in self._by_urgency:
            for cause in rule.causes:
                place = naming[cause].index(rule)
                before = [self._fires(other) for other in naming[cause][:place]]
                rules = [self._fired(other) for other in naming[cause][place:]]
                named = possible_cause(self._knowledge.causes[cause])
                yield self._entry(named, where.but_not(self._fires(rule), before), [rules])

    def _steps(self) -> Iterator[Row]:
        for step in self._knowledge.steps.values():
            offering = [self._fired(rule) for rule in self._rules if step.id in rule.steps]
            cautions = [self._entry(caution(rule), self._open(rule)) for rule in self._against(step)]
            yield self._entry(self_care_step(step), where.given(step.id), [offering, cautions])

    def _against(self, step: Step) -> list[Rule]:
        return [rule for rule in self._withholding if not set(step.kinds).isdisjoint(rule.withholds)]

    def _withheld(self) -> Iterator[Row]:
        laws, unknown = self._knowledge.laws, where.comes_to([UNDETERMINED])
        for step in self._knowledge.steps.values():
            against = self._against(step)
            held = where.any_of([self._fires(rule) for rule in against])
            because = [
                *((rule.reason, self._fires(rule)) for rule in against),
                (laws.withheld_until_known, where.but_not(unknown, [held])),
                (laws.withheld_until_help, where.but_not(where.full, [held, unknown])),
            ]
            holes = [[*self._first_said(because)], [self._fired(rule) for rule in against]]
            yield self._entry(withheld_step(step), where.kept(step.id), holes)

    def _explanations(self) -> Iterator[Row]:
        for each in self._knowledge.explanations.values():
            naming = where.any_of([self._fires(rule) for rule in self._rules if each.id in rule.explains])
            column = where.both(naming, where.comes_to(self._with_all))
            yield from (item(said, lanes) for said, lanes in in_each_form(self._said(each.text), column))

    def _watch_for(self) -> Iterator[Row]:
        by_ends = [
            (text, where.comes_to([name])) for name, end in self._ends.items() for text in end.watch_for
        ]
        by_rules = [
            (text, where.both(self._fires(rule), where.comes_to({*self._with_all, rule.disposition} - {""})))
            for rule in self._by_urgency
            for text in rule.watch_for
        ]
        yield from self._first_said([*by_ends, *by_rules])

    def _first_said(self, texts: Iterable[tuple[str, Column]]) -> Iterator[Row]:
        """Yield texts, each only where no earlier text is the same."""
        before: dict[str, list[Column]] = {}
        for text, column in texts:
            for said, lanes in in_each_form(self._said(text), column):
                yield item(said, where.but_not(lanes, [*before.setdefault(said, [])]))
                before[said].append(lanes)
