"""Witness intakes as cases that run, so that an author can look at them, name them and keep them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from triage.audit.model import Witness
from triage.cases.expectations import DISPOSITION, NAMES, SOON
from triage.inference.compiled import compiled
from triage.inference.intake import as_answers
from triage.knowledge.model import KnowledgeBase, Rule
from triage.proof.world import World


def cases_of(knowledge: KnowledgeBase, witnesses: Sequence[Witness]) -> Mapping[str, list[dict[str, Any]]]:
    """Return witnesses as case data, by the rule or gate they are about ("base" for the rest).

    Each expects what the rules as they are come to: its disposition, whether its rule fires, is open or stays
    silent, which rules that rest on it, or on what is behind its gate, fire or are open, and what of its
    consequences is to be seen. Whether that is right is for its author to say.
    """
    program = compiled(knowledge)
    world = World(program, program.columns([witness.findings for witness in witnesses]))
    rules = list(knowledge.rules)
    columns = {key: each.field.columns(rules, world.verdicts, world.outcomes) for key, each in NAMES.items()}
    files: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for lane, witness in enumerate(witnesses):
        ends = world.outcomes.disposition
        expect: dict[str, Any] = {DISPOSITION: next(name for name in ends if ends[name] >> lane & 1)}
        rule = knowledge.rules.get(witness.rule)
        if rule and rule.disposition:
            expect[SOON] = bool(world.outcomes.soon >> lane & 1)
        about = _about(world, rule) if rule else _behind(knowledge, witness.rule)
        for key, names in about.items():
            present = NAMES[key].present
            met = [name for name in names if columns[key].get(name, 0) >> lane & 1 == present]
            expect |= {key: met} if met else {}
        answers = as_answers(knowledge, witness.findings)
        case = {"id": witness.name, "title": witness.title, "answers": answers, "expect": expect}
        files[witness.rule or "base"].append(case)
    return files


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


def _behind(knowledge: KnowledgeBase, about: str) -> Mapping[str, Sequence[str]]:
    """Return, by key, the names that a case about a gate may expect; nothing for a case about no gate."""
    gates = [gate for gate in knowledge.every_gate if about == f"gates/{gate.id}"]
    behind = frozenset[str]().union(*map(knowledge.findings_behind, gates))
    rules = [rule for rule, read in knowledge.read_by.items() if behind & read]
    return {"fires": rules, "open": rules}
