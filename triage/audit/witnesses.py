"""Witnesses as cases that run, so that an author can look at them, name them and keep them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from triage.audit.model import Name, Witness
from triage.cases.expectations import DISPOSITION, NAMES, SOON
from triage.inference.answers.case_answers import as_answers
from triage.inference.columns.compiled import Compiled
from triage.knowledge.model import KnowledgeBase, Rule
from triage.proof.variation import Change, Variation
from triage.proof.world import World


def cases_of(knowledge: KnowledgeBase, witnesses: Sequence[Witness]) -> Mapping[str, list[dict[str, Any]]]:
    """Return witnesses as case data, by the rule or gate that they are about ("base" for the rest).

    Each case expects what the rules give now: the disposition, the effects of the rule, cause or step that it
    is about, and everything that its change would alter, so that it notices the change. Its author must judge
    whether all of that is right.
    """
    program = Compiled(knowledge, fine=True)
    world = World(program, program.columns([witness.findings for witness in witnesses]))
    rules = list(knowledge.rules)
    columns = {key: each.field.columns(rules, world.verdicts, world.outcomes) for key, each in NAMES.items()}
    files: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for lane, witness in enumerate(witnesses):
        ends = world.outcomes.disposition
        expect: dict[str, Any] = {DISPOSITION: next(name for name in ends if ends[name] >> lane & 1)}
        rule = knowledge.rules.get(witness.rule)
        altered = _altered(world, witness.change, lane) if witness.change else frozenset()
        if (rule and rule.disposition) or (SOON, "") in altered:
            expect[SOON] = bool(world.outcomes.soon >> lane & 1)
        about = _about(world, rule) if rule else _shown(witness.shows)
        for key, each in NAMES.items():
            changed = (name for name in columns[key] if (each.field.id, name) in altered)
            names = dict.fromkeys((*about.get(key, ()), *changed))
            met = [name for name in names if columns[key].get(name, 0) >> lane & 1 == each.present]
            expect |= {key: met} if met else {}
        answers = as_answers(knowledge, witness.findings)
        case = {"id": witness.name, "title": witness.title, "answers": answers, "expect": expect}
        files[witness.rule or "base"].append(case)
    return files


def _altered(world: World, change: Change, lane: int) -> AbstractSet[tuple[str, str]]:
    """Return what a change alters in one intake, as the (field, name) pairs that a case can expect."""
    differences = Variation(world, change).differences()
    return {(field, name) for field, name, lanes in differences if lanes >> lane & 1}


def _shown(shows: Name | None) -> Mapping[str, Sequence[str]]:
    """Return, by key, the names with which a case expects a cause or a step, whichever rule brings it."""
    key = {"cause": "causes", "step": "steps"}.get(shows.kind) if shows else None
    return {key: [shows.id]} if shows and key else {}


def _about(world: World, rule: Rule) -> Mapping[str, Sequence[str]]:
    """Return, by key, the names that a case about a rule may expect."""
    rules = [rule.id, *(each.id for each in world.knowledge.resting_on(rule.findings))]
    return {
        "fires": rules,
        "silent": [rule.id],
        "open": rules,
        "causes": rule.causes,
        "steps": rule.steps,
        "withheld": list(dict.fromkeys((*rule.steps, *world.fold.held_by(rule)))),
        "cautions": [rule.id],
    }
