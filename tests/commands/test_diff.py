"""`triage diff`: two rule bases compared by meaning."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.shipped import HEALTHY, KNOWLEDGE

from triage.cli import main
from triage.comparison.cases import KnownCase
from triage.comparison.difference import Difference, compare
from triage.comparison.report import person, record, text, witness_cases
from triage.comparison.rules import Kind
from triage.inference.answers.intake import read_answers
from triage.inference.assess import assess
from triage.knowledge.files import bundled_rules
from triage.knowledge.model import KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All
from triage.knowledge.parts.conditions import Any as AnyOf
from triage.proof.solver import Answer

pytestmark = pytest.mark.usefixtures("loaded")

LONG = KNOWLEDGE.rules["cramp-over-ten-minutes"]


def with_rule(rule: Rule) -> KnowledgeBase:
    return replace(KNOWLEDGE, rules={**KNOWLEDGE.rules, rule.id: rule})


def shown(found: Difference) -> str:
    said = text(found, ("old", "new"))
    assert max(map(len, said.splitlines())) <= 80
    return said


def test_the_same_rules_differ_for_nobody() -> None:
    found = compare(KNOWLEDGE, replace(KNOWLEDGE))
    assert found.is_same_meaning
    assert "Nobody becomes less urgent (proved)." in shown(found)
    assert "Nobody gets other advice (proved)." in shown(found)


def test_conditions_in_another_order_mean_the_same() -> None:
    def turned(condition: Any) -> Any:
        if isinstance(condition, (All, AnyOf)):
            return type(condition)(tuple(turned(part) for part in reversed(condition.parts)))
        return condition

    rules = {name: replace(rule, when=turned(rule.when)) for name, rule in KNOWLEDGE.rules.items()}
    assert compare(KNOWLEDGE, replace(KNOWLEDGE, rules=rules)).is_same_meaning


def test_a_lower_disposition_is_found_with_somebody_who_shows_it() -> None:
    new = with_rule(replace(LONG, disposition="doctor"))
    found = compare(KNOWLEDGE, new)
    assert found.answer(less_urgent=True) is Answer.FOUND
    assert found.answer(less_urgent=False) is Answer.NONE
    assert shown(found).startswith("1 change makes somebody less urgent.")
    assert f"old/{LONG.file}:{LONG.line_of('disposition')}" in shown(found)
    cases = witness_cases(found)
    assert cases
    for case in cases:
        now = assess(new, case["answers"]).disposition
        before = assess(KNOWLEDGE, case["answers"]).disposition
        assert case["expect"] == {"disposition": now}
        assert case["title"] == f"{before} before, {now} now"
        assert before != now or case["id"].count("cramp-over-ten-minutes")


def test_the_other_way_round_somebody_becomes_more_urgent() -> None:
    found = compare(with_rule(replace(LONG, disposition="doctor")), KNOWLEDGE)
    assert found.answer(less_urgent=True) is Answer.NONE
    assert found.answer(less_urgent=False) is Answer.FOUND


def test_a_rule_by_another_name_is_renamed() -> None:
    rules = {name: rule for name, rule in KNOWLEDGE.rules.items() if name != LONG.id}
    found = compare(KNOWLEDGE, replace(KNOWLEDGE, rules={**rules, "renamed": replace(LONG, id="renamed")}))
    assert found.is_same_meaning
    assert [change.id for change in found.rules if change.kind is Kind.RENAMED] == ["renamed"]


def test_a_step_left_out_is_advice_that_changes() -> None:
    rule = next(rule for rule in KNOWLEDGE.rules.values() if rule.id == "any-cramp")
    found = compare(KNOWLEDGE, with_rule(replace(rule, steps=rule.steps[1:])))
    assert {(change.kind, change.id) for change in found.advice} >= {("step", rule.steps[0])}
    assert not found.ways
    assert json.loads(json.dumps(record(found)))["less_urgent"] == "none"


def test_wording_is_counted_and_changes_nobody() -> None:
    found = compare(KNOWLEDGE, with_rule(replace(LONG, reason="in other words")))
    assert found.is_same_meaning
    assert "Not written as before" in shown(found)


def test_what_differs_in_the_questionnaire_is_named() -> None:
    """An id is for ever: what has another id is another question, though it asks the same."""
    number = next(each for each in KNOWLEDGE.questions.values() if each.kind == "number")
    last = next(each for each in reversed([*KNOWLEDGE.questions.values()]) if each.kind == "yes_no")
    questions = {
        name: replace(each, maximum=each.maximum - 1) if each is number else each
        for name, each in KNOWLEDGE.questions.items()
    }
    questions["another-id"] = replace(last, id="another-id")
    told = shown(compare(KNOWLEDGE, replace(KNOWLEDGE, questions=questions)))
    flat = " ".join(told.split())
    limits = f"from {number.minimum} to {number.maximum} in OLD"
    assert f"{number.id}: {limits}, from {number.minimum} to {number.maximum - 1} in NEW" in flat
    assert f"only in NEW: another-id ({last.ask})" in flat


def test_known_cases_are_compared() -> None:
    findings = read_answers(KNOWLEDGE, {**HEALTHY, "episode_seconds": 700})
    found = compare(KNOWLEDGE, with_rule(replace(LONG, disposition="doctor")), [KnownCase("long", findings)])
    assert found.cases.moves == {"long": (("urgent", False), ("doctor", False))}


def test_known_cases_that_one_questionnaire_cannot_hold_are_named() -> None:
    question = next(each for each in KNOWLEDGE.questions.values() if each.kind == "choice")
    *others, gone = question.options
    shorter = replace(question, options=tuple(others))
    old = replace(KNOWLEDGE, questions={**KNOWLEDGE.questions, question.id: shorter})
    cases = [KnownCase(option.id, {question.id: option.id}) for option in question.options]
    difference = compare(old, KNOWLEDGE, cases)
    assert difference.cases.compared == len(others)
    assert difference.cases.not_comparable == (gone.id,)
    assert "1 known case could not be compared" in shown(difference)
    assert record(difference)["cases"]["not_comparable"] == (gone.id,)


def test_a_person_is_told_in_plain_words() -> None:
    told = person(KNOWLEDGE, read_answers(KNOWLEDGE, {"age": 40, "danger_signs": "none", "site": ["?calf"]}))
    assert "40 years" in told
    assert "not sure about: Calf" in told
    assert "Nothing in 1 other list" in told


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def later(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rules in which a long cramp may last fifteen minutes."""
    copy = tmp_path_factory.mktemp("later") / "rules"
    shutil.copytree(root / "rules", copy)
    thresholds = copy / "thresholds.toml"
    thresholds.write_text(thresholds.read_text("utf-8").replace("value = 601", "value = 901"), "utf-8")
    return copy


def test_the_command_says_who_becomes_less_urgent(later: Path, root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "people.json"
    result = run(
        "bundled", str(later), "--write-witnesses", str(kept), "--cases", str(root / "cases/vignettes")
    )
    assert result.exit_code == 1
    assert "LESS URGENT: cramp-over-ten-minutes" in result.stdout
    assert "known cases" in result.stdout
    evaluated = CliRunner().invoke(
        main, ["evaluate", str(kept), "--rules", str(later)], catch_exceptions=False
    )
    assert evaluated.exit_code == 0, evaluated.output


def test_the_same_files_are_told_at_once() -> None:
    result = run("bundled", "bundled")
    assert (result.exit_code, result.stdout[:34]) == (0, "The two rule bases are the same fi")
    assert json.loads(run("bundled", "bundled", "--format", "json").stdout)["same_meaning"] is True


def test_what_is_no_rule_base_is_refused(tmp_path: Path) -> None:
    assert run("bundled", str(tmp_path / "nowhere")).exit_code == 2
    assert run("bundled", str(tmp_path)).exit_code == 4


def test_bundled_rules_that_are_the_same_files_say_how_to_compare_with_the_last_commit() -> None:
    result = CliRunner().invoke(main, ["diff", "bundled", str(bundled_rules())])
    assert result.exit_code == 0
    assert "The two rule bases are the same files" in result.stdout
    assert "git worktree add" in result.stderr
