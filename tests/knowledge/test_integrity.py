"""The knowledge base as data: each failure names what is missing and how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from support.edges import edges

from triage import KnowledgeBase, assess
from triage.inference.intake import read_answers
from triage.knowledge.conditions import tests_of
from triage.knowledge.model import Provenance, Rule


def cited_by(knowledge: KnowledgeBase) -> Iterator[tuple[str, Provenance]]:
    """Everything that rests on a source: rules, steps, thresholds and explanations."""
    for rule in knowledge.rules.values():
        yield f"rules/{rule.file}", rule.provenance
    for table in (knowledge.steps, knowledge.thresholds, knowledge.explanations, knowledge.rungs):
        for row in table.values():
            yield row.id, row.provenance


def cases_of(root: Path, rule: Rule) -> list[dict[str, Any]]:
    path = (root / "cases" / rule.file).with_suffix(".json")
    if not path.is_file():
        return []
    loaded: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return loaded


# Claims, both ways.


def test_every_claim_in_use_has_a_rule_step_or_text(knowledge: KnowledgeBase) -> None:
    used = {claim for _, provenance in cited_by(knowledge) for claim in provenance.claims}
    idle = [
        claim.id for claim in knowledge.claims.values() if claim.use != "exclude" and claim.id not in used
    ]
    assert not idle, (
        f"cite these claims in a rule, step or explanation, or exclude them with a reason: {idle}"
    )


def test_every_encoded_claim_changes_what_someone_gets(knowledge: KnowledgeBase) -> None:
    """It stands behind a rule that does something, or behind a step or explanation that a rule gives."""
    given = {name for rule in knowledge.rules.values() for name in (*rule.steps, *rule.explains)}
    acting = {claim for rule in knowledge.rules.values() for claim in rule.provenance.claims}
    for table in (knowledge.steps, knowledge.explanations):
        acting |= {claim for row in table.values() if row.id in given for claim in row.provenance.claims}
    idle = [
        claim.id for claim in knowledge.claims.values() if claim.use == "encode" and claim.id not in acting
    ]
    assert not idle, f"no rule acts on these claims; write one or let a rule give their step: {idle}"


def test_every_excluded_claim_has_its_reason(knowledge: KnowledgeBase) -> None:
    bare = [claim.id for claim in knowledge.claims.values() if claim.use == "exclude" and not claim.reason]
    assert not bare, f"add a reason to these claims in rules/claims.toml: {bare}"


def test_everything_says_where_it_comes_from(knowledge: KnowledgeBase) -> None:
    bare = [
        place
        for place, provenance in cited_by(knowledge)
        if not provenance.claims and not provenance.guidance
    ]
    assert not bare, f"add claims or guidance to: {bare}"


def test_no_source_stands_idle(knowledge: KnowledgeBase) -> None:
    used = {name for _, provenance in cited_by(knowledge) for name in provenance.guidance}
    used |= {claim.document for claim in knowledge.claims.values()}
    idle = sorted(set(knowledge.sources) - used)
    assert not idle, f"cite these sources or remove them from rules/sources.toml: {idle}"


def test_every_source_can_be_found_or_says_why_not(knowledge: KnowledgeBase) -> None:
    for source in knowledge.sources.values():
        assert source.url or source.note, f"{source.id}: say how it was seen"


# Nothing is defined and never used.


def test_every_name_is_used(knowledge: KnowledgeBase) -> None:
    rules = knowledge.rules.values()
    tested = {finding for rule in rules for finding in rule.tested}
    thresholds = {test.threshold for rule in rules for test in tests_of(rule.when)}
    gates = [question.asked_when for question in knowledge.questions.values() if question.asked_when]
    tested |= {test.finding for gate in gates for test in tests_of(gate)}
    thresholds |= {test.threshold for gate in gates for test in tests_of(gate)}
    used: dict[str, tuple[Mapping[str, Any], set[Any]]] = {
        "causes.toml": (knowledge.causes, {name for rule in rules for name in rule.causes}),
        "steps.toml": (knowledge.steps, {name for rule in rules for name in rule.steps}),
        "explanations.toml": (knowledge.explanations, {name for rule in rules for name in rule.explains}),
        "findings.toml": (knowledge.findings, tested),
        "thresholds.toml": (knowledge.thresholds, thresholds),
    }
    for file, (defined, named) in used.items():
        idle = sorted(set(defined) - named)
        assert not idle, f"no rule uses these of rules/{file}; use them or remove them: {idle}"


def test_every_finding_is_concluded_by_a_rule(knowledge: KnowledgeBase) -> None:
    bare = [name for name, rules in knowledge.concluders.items() if not rules]
    assert not bare, f"no rule concludes these of rules/findings.toml: {bare}"


def test_every_answer_matters(knowledge: KnowledgeBase) -> None:
    """Every item and option is read by a rule or a gate, or chooses the wording."""
    tests = [test for rule in knowledge.rules.values() for test in tests_of(rule.when)]
    tests += [test for q in knowledge.questions.values() if q.asked_when for test in tests_of(q.asked_when)]
    read = {test.finding for test in tests} | set(knowledge.rewording or ())
    idle = [finding for finding in knowledge.question_of if finding not in read]
    assert not idle, (
        f"no rule reads these answers; write a rule or remove the item from the questionnaire: {idle}"
    )


# The words.


def test_nobody_is_told_to_stop_a_medicine(knowledge: KnowledgeBase) -> None:
    texts = [
        text for rule in knowledge.rules.values() for text in (rule.reason, rule.caution, *rule.watch_for)
    ]
    texts += [step.how for step in knowledge.steps.values()]
    pattern = re.compile(r"\bstop (taking|using|the (medicine|tablet|statin))", re.IGNORECASE)
    told = [text for text in texts if pattern.search(text)]
    assert not told, f"say to ask the prescriber instead: {told}"


def test_no_product_is_promoted(knowledge: KnowledgeBase) -> None:
    texts = [step.how for step in knowledge.steps.values()]
    texts += [
        text for rule in knowledge.rules.values() for text in (rule.title, rule.reason, *rule.watch_for)
    ]
    brands = re.compile(r"freezie|inferno|bfst|electromagnet|\u00ae|\u2122", re.IGNORECASE)
    assert not [text for text in texts if brands.search(text)]


def test_no_emergency_number_is_hard_wired(knowledge: KnowledgeBase) -> None:
    texts = [rung.action for rung in knowledge.rungs.values()] + [
        step.how for step in knowledge.steps.values()
    ]
    texts += [text for rule in knowledge.rules.values() for text in (rule.reason, *rule.watch_for)]
    assert not [text for text in texts if re.search(r"\b(999|911|112|111)\b", text)]


def test_the_knowledge_base_says_that_no_clinician_has_reviewed_it(knowledge: KnowledgeBase) -> None:
    assert knowledge.reviewed_by_clinician is False
    assert "No clinician has reviewed" in assess(knowledge, {}).knowledge_base.notice


def test_reasons_complete_a_sentence(knowledge: KnowledgeBase) -> None:
    wrong = [
        rule.file
        for rule in knowledge.rules.values()
        if rule.reason and (rule.reason.endswith(".") or rule.reason.lower().startswith("because"))
    ]
    assert not wrong, f'the reason completes "because ..."; no "because" and no full stop in: {wrong}'


# Cases mirror the rules.


def test_every_rule_has_a_case_that_fires_it(knowledge: KnowledgeBase, root: Path) -> None:
    bare = [
        rule.file
        for rule in knowledge.rules.values()
        if not any(rule.id in case.get("expect", {}).get("fires", ()) for case in cases_of(root, rule))
    ]
    assert not bare, f"add a case with expect.fires to cases/ for: {bare}"


def test_every_rule_has_a_near_miss(knowledge: KnowledgeBase, root: Path) -> None:
    """A case where the rule stays silent although at least one of its tests holds, or one answer away."""
    bare = [
        rule.file
        for rule in knowledge.rules.values()
        if not any(rule.id in case.get("expect", {}).get("silent", ()) for case in cases_of(root, rule))
    ]
    assert not bare, f"add a case with expect.silent to cases/ for: {bare}"


def test_every_threshold_in_a_rule_has_its_edges(knowledge: KnowledgeBase, root: Path) -> None:
    """For each threshold of each rule there are cases just below, at, and just above it."""
    missing: list[str] = []
    for rule in knowledge.rules.values():
        for test in tests_of(rule.when):
            if test.threshold is None:
                continue
            question = knowledge.question_of[test.finding]
            answers = {
                read_answers(knowledge, case["answers"]).get(test.finding) for case in cases_of(root, rule)
            }
            cut = knowledge.thresholds[test.threshold].value
            if isinstance(cut, int):
                wanted: set[Any] = {v for v in (cut - 1, cut, cut + 1) if v in edges(knowledge, question)}
            else:
                at = question.values.index(cut)
                wanted = set(question.values[max(0, at - 1) : at + 2])
            if wanted - answers:
                missing.append(f"{rule.file}: {test.finding} = {sorted(map(str, wanted - answers))}")
    assert not missing, "add cases at these values:\n" + "\n".join(missing)


def test_there_are_whole_people_on_every_level(root: Path) -> None:
    vignettes = [
        case
        for path in (root / "cases" / "vignettes").glob("*.json")
        for case in json.loads(path.read_text("utf-8"))
    ]
    assert len(vignettes) >= 40
    for level in ("self_care", "doctor", "urgent", "emergency"):
        assert sum(case["expect"].get("disposition") == level for case in vignettes) >= 10, level
    assert any(case["answers"] == {} for case in vignettes), "the empty intake is a case"
