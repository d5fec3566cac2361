"""`triage lint`: every check has an example that trips it alone, at the line of the fault."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result
from support.shipped import KNOWLEDGE

from triage.authoring.lint.case_files import mirror
from triage.authoring.lint.checks import BASE_CHECKS, CASE_CHECKS, REACH_CHECKS
from triage.cli import main
from triage.knowledge.checking.lint import Check
from triage.knowledge.files import bundled_rules
from triage.knowledge.model import Rule
from triage.knowledge.parts.conditions import tests_of

CHECKS: tuple[Check[Any], ...] = (*BASE_CHECKS, *REACH_CHECKS)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["lint", *arguments], catch_exceptions=False)


@dataclass(frozen=True)
class Example:
    """A fault: texts added to the ends of files (new ones too), and the file and line to be named."""

    file: str
    line: str
    added: dict[str, str]

    def make(self, folder: Path) -> None:
        for name, text in self.added.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(text)


def row(table: str, *lines: str) -> str:
    return "\n".join(("", f"[[{table}]]", *lines, ""))


WHEN = 'finding = "limb_site"\nis = "yes"'
WHEN_INLINE = 'finding = "limb_site", is = "yes"'
SEES_NO_MOON = 'finding = "sees_no_moon", is = "yes"'


def rule(
    name: str,
    *,
    title: str = "",
    when: str = WHEN,
    then: str = 'causes = ["exercise"]',
    why: str = 'rationale = "x"',
    source: str = 'guidance = ["project-judgement"]',
) -> dict[str, str]:
    """A rule of a topic of its own, without fault unless one is put in."""
    text = (
        f'id = "{name}"\ntitle = "{title or name}"\nstatus = "active"\n\n[when]\n{when}\n\n[then]\n{then}\n'
    )
    return {f"trial/{name}.toml": f"{text}\n[why]\n{why}\n\n[source]\n{source}\n"}


def checklist(name: str, *labels: str) -> str:
    """A checklist of the questionnaire, with items `name_0`, `name_1` and so on."""
    lines = [f'id = "{name}"', 'kind = "checklist"', 'ask = "x"', 'means = "x"', 'why = "x"']
    options = [row("question.options", f'id = "{name}_{index}"', label) for index, label in enumerate(labels)]
    return "".join([row("question", *lines), *options])


JUDGEMENT = 'guidance = ["project-judgement"]'
SAID = ('means = "x"', 'reason = "x"', JUDGEMENT)
STEP = ('body_parts = ["any"]', 'how = "x"', 'how_long = "x"', 'how_often = "x"', JUDGEMENT)
SOURCE = ('kind = "judgement"', 'publisher = "x"', 'title = "x"', 'date = "undated"', 'seen = "unverified"')

EXAMPLES = {
    "unused-gate": Example(
        "gates.toml",
        'id = "moonlit"',
        {
            "gates.toml": row(
                "gate", 'id = "moonlit"', 'means = "x"', 'when = { finding = "leg_pain", is = "yes" }'
            )
        },
    ),
    "unused-cause": Example(
        "causes.toml",
        'id = "moonlight"',
        {"causes.toml": row("cause", 'id = "moonlight"', 'name = "Moonlight"', 'text = "x"')},
    ),
    "unused-claim": Example(
        "claims.toml",
        'id = "mms.98"',
        {
            "claims.toml": row(
                "claim", 'id = "mms.98"', 'document = "mms"', 'kind = "x"', 'use = "explain"', 'text = "x"'
            )
        },
    ),
    "idle-claim": Example(
        "claims.toml",
        'use = "encode" # idle',
        {
            "claims.toml": row(
                "claim",
                'id = "mms.96"',
                'document = "mms"',
                'kind = "x"',
                'use = "encode" # idle',
                'text = "x"',
            ),
            "thresholds.toml": row(
                "threshold",
                'id = "moon_rise"',
                'finding = "age"',
                "value = 28",
                'means = "x"',
                'reason = "x"',
                'claims = ["mms.96"]',
            ),
            **rule("moon-rising", when='finding = "age"\nat_least = "moon_rise"'),
        },
    ),
    "unused-explanation": Example(
        "explanations.toml",
        'id = "moon_phases"',
        {"explanations.toml": row("explanation", 'id = "moon_phases"', 'text = "x"', JUDGEMENT)},
    ),
    "unused-finding": Example(
        "findings.toml",
        'id = "full_moon"',
        {
            "findings.toml": row("finding", 'id = "full_moon"', 'text = "x"'),
            **rule("moon-is-full", then='findings = ["full_moon"]'),
        },
    ),
    "unconcluded-finding": Example(
        "findings.toml",
        'id = "new_moon"',
        {
            "findings.toml": row("finding", 'id = "new_moon"', 'text = "x"'),
            **rule("moon-is-new", when='finding = "new_moon"\nis = "yes"'),
        },
    ),
    "unused-source": Example(
        "sources.toml",
        'id = "moon-calendar"',
        {"sources.toml": row("source", 'id = "moon-calendar"', *SOURCE, 'note = "x"')},
    ),
    "unused-step": Example(
        "steps.toml",
        'id = "moon_walk"',
        {
            "steps.toml": row(
                "step", 'id = "moon_walk"', 'name = "x"', 'when = "now"', 'kinds = ["stretch"]', *STEP
            )
        },
    ),
    "unused-threshold": Example(
        "thresholds.toml",
        'id = "moon_age"',
        {"thresholds.toml": row("threshold", 'id = "moon_age"', 'finding = "age"', "value = 29", *SAID)},
    ),
    "unread-answer": Example(
        "questionnaire.toml",
        'id = "sees_moon"',
        {
            "questionnaire.toml": row(
                "question", 'id = "sees_moon"', 'kind = "yes_no"', 'ask = "x"', 'means = "x"', 'why = "x"'
            )
        },
    ),
    "unread-file": Example("trial/moon.tml", "", {"trial/moon.tml": "\n"}),
    "always-true-test": Example(
        "trial/moon-at-any-age.toml",
        'at_least = "any_age"',
        {
            "thresholds.toml": row("threshold", 'id = "any_age"', 'finding = "age"', "value = 0", *SAID),
            **rule("moon-at-any-age", when='finding = "age"\nat_least = "any_age"'),
        },
    ),
    "same-threshold": Example(
        "thresholds.toml",
        "value = 2_9 # again",
        {
            "thresholds.toml": row("threshold", 'id = "month"', 'finding = "age"', "value = 29", *SAID)
            + row("threshold", 'id = "moon"', 'finding = "age"', "value = 2_9 # again", *SAID),
            **rule("moon-by-month", when='finding = "age"\nat_least = "month"'),
            **rule("moon-by-moon", when='finding = "age"\nat_least = "moon"'),
        },
    ),
    "repeated-test": Example(
        "trial/moon-twice.toml",
        '{ finding = "leg_site", is = "yes" }, # again',
        rule(
            "moon-twice",
            when='all = [\n  { finding = "leg_site", is = "yes" },\n'
            '  { finding = "limb_site", is = "yes" },\n  { finding = "leg_site", is = "yes" }, # again\n]',
        ),
    ),
    "list-of-one": Example(
        "trial/moon-alone.toml",
        "all = [",
        rule("moon-alone", when='all = [\n  { finding = "leg_site", is = "yes" },\n]'),
    ),
    "list-in-list": Example(
        "trial/moon-nested.toml",
        "{ any = [",
        rule(
            "moon-nested",
            when='any = [\n  { finding = "leg_site", is = "yes" },\n  { any = [\n'
            '    { finding = "limb_site", is = "yes" },\n'
            '    { finding = "back_site", is = "yes" },\n  ] },\n]',
        ),
    ),
    "advice-as-name": Example("trial/see-the-moon.toml", 'id = "see-the-moon"', rule("see-the-moon")),
    "key-order": Example(
        "trial/moon-reversed.toml",
        'rationale = "moon"',
        rule("moon-reversed", why='rationale = "moon"\nreason = "x"'),
    ),
    "stray-blank": Example(
        "trial/moon-blank.toml", 'title = "The  moon"', rule("moon-blank", title="The  moon")
    ),
    "unknown-placeholder": Example(
        "trial/moon-in-braces.toml", 'title = "A {moon}"', rule("moon-in-braces", title="A {moon}")
    ),
    "reason-wording": Example(
        "trial/moon-because.toml",
        'reason = "because of the moon"',
        rule("moon-because", why='reason = "because of the moon"'),
    ),
    "one-country-number": Example(
        "trial/moon-call.toml", 'reason = "911 is far"', rule("moon-call", why='reason = "911 is far"')
    ),
    "stopped-medicine": Example(
        "trial/moon-dust.toml",
        'title = "Stop taking moon dust"',
        rule("moon-dust", title="Stop taking moon dust"),
    ),
    "uncited-row": Example(
        "explanations.toml",
        'id = "moon_is_far"',
        {
            "explanations.toml": row("explanation", 'id = "moon_is_far"', 'text = "x"'),
            **rule("moon-far", then='explains = ["moon_is_far"]'),
        },
    ),
    "untraceable-source": Example(
        "sources.toml",
        'id = "moon-hearsay"',
        {
            "sources.toml": row("source", 'id = "moon-hearsay"', *SOURCE),
            **rule("moon-heard-of", source='guidance = ["moon-hearsay"]'),
        },
    ),
    "bare-exclusion": Example(
        "claims.toml",
        'use = "exclude" # bare',
        {
            "claims.toml": row(
                "claim",
                'id = "mms.97"',
                'document = "mms"',
                'kind = "x"',
                'use = "exclude" # bare',
                'text = "x"',
            )
        },
    ),
    "unused-kind": Example(
        "steps.toml",
        'kinds = ["lunar"]',
        {
            "steps.toml": row(
                "step", 'id = "moon_bath"', 'name = "x"', 'when = "now"', 'kinds = ["lunar"]', *STEP
            ),
            **rule("moon-bathing", then='steps = ["moon_bath"]'),
        },
    ),
    "same-title": Example(
        "trial/moon-two.toml",
        'title = "One moon"',
        {**rule("moon-one", title="One moon"), **rule("moon-two", title="One moon")},
    ),
    "same-label": Example(
        "questionnaire.toml",
        'label = "a Moon" # again',
        {
            "questionnaire.toml": checklist("lunar_labels", 'label = "A moon"', 'label = "a Moon" # again'),
            **rule("moon-labelled", when='finding = "lunar_labels"\nincludes = "any"'),
        },
    ),
    "bare-you": Example(
        "trial/moon-waking.toml",
        'reason = "the moon wakes you at night"',
        rule("moon-waking", why='reason = "the moon wakes you at night"'),
    ),
    "curly-quote": Example(
        "trial/moon-quoted.toml",
        'title = "The moon\u2019s light"',
        rule("moon-quoted", title="The moon\u2019s light"),
    ),
    "lost-red-flag": Example(
        "questionnaire.toml",
        'id = "lunar_signs_0"',
        {
            "questionnaire.toml": checklist("lunar_signs", 'label = "One moon"', 'label = "Two moons"'),
            **rule(
                "moon-sign",
                when='any = [\n  { finding = "lunar_signs.lunar_signs_0", is = "yes" },\n'
                '  { all = [\n    { finding = "lunar_signs.lunar_signs_1", is = "yes" },\n'
                '    { finding = "limb_site", is = "yes" },\n  ] },\n]',
                then='disposition = "emergency"',
                why='reason = "x"',
            ),
        },
    ),
    "unmarked-sign": Example(
        "questionnaire.toml",
        'id = "lunar_marks_0"',
        {
            "questionnaire.toml": checklist("lunar_marks", 'label = "One moon"', 'label = "Two moons"'),
            **rule(
                "moon-mark",
                when='any = [\n  { finding = "lunar_marks.lunar_marks_0", is = "yes" },\n'
                '  { all = [\n    { finding = "lunar_marks.lunar_marks_1", is = "yes" },\n'
                '    { finding = "limb_site", is = "yes" },\n  ] },\n]',
                then='disposition = "doctor"',
                why='reason = "x"',
            ),
        },
    ),
    "question-for-nobody": Example(
        "questionnaire.toml",
        'id = "sees_no_moon"',
        {
            "questionnaire.toml": row(
                "question",
                'id = "sees_no_moon"',
                'kind = "yes_no"',
                'ask = "x"',
                'means = "x"',
                'why = "x"',
                'asked_when = { all = [{ finding = "for_whom", is = "self" }, '
                '{ finding = "for_whom", is = "other" }] }',
            ),
            **rule("moon-unseen", when=f"any = [\n  {{ {WHEN_INLINE} }},\n  {{ {SEES_NO_MOON} }},\n]"),
        },
    ),
    "rule-for-nobody": Example(
        "trial/moon-for-nobody.toml",
        '{ finding = "leg_site", is = "yes" },',
        rule(
            "moon-for-nobody",
            when='all = [\n  { finding = "leg_site", is = "yes" },\n'
            '  { finding = "for_whom", is = "self" },\n  { finding = "for_whom", is = "other" },\n]',
        ),
    ),
    "step-out-of-place": Example(
        "steps.toml",
        'body_parts = ["eyelid"] # out of place',
        {
            "steps.toml": row(
                "step",
                'id = "moon_gaze"',
                'name = "x"',
                'when = "now"',
                'kinds = ["stretch"]',
                'body_parts = ["eyelid"] # out of place',
                'how = "x"',
                'how_long = "x"',
                'how_often = "x"',
                JUDGEMENT,
            ),
            **rule("moon-gazing", when='finding = "site.calf"\nis = "yes"', then='steps = ["moon_gaze"]'),
        },
    ),
}
MORE_EXAMPLES = (
    (
        "always-true-test",
        Example(
            "trial/moon-at-no-age.toml",
            'at_most = "no_age"',
            {
                "thresholds.toml": row("threshold", 'id = "no_age"', 'finding = "age"', "value = 120", *SAID),
                **rule("moon-at-no-age", when='finding = "age"\nat_most = "no_age"'),
            },
        ),
    ),
    (
        "always-true-test",
        Example(
            "trial/moon-for-all.toml",
            'in = ["self", "other"]',
            rule("moon-for-all", when='finding = "for_whom"\nin = ["self", "other"]'),
        ),
    ),
    (
        "advice-as-name",
        Example("trial/moon-emergency.toml", 'id = "moon-emergency"', rule("moon-emergency")),
    ),
    (
        "reason-wording",
        Example("trial/moon-stop.toml", 'reason = "moon."', rule("moon-stop", why='reason = "moon."')),
    ),
)


def case(name: str, **expect: list[str]) -> dict[str, Any]:
    return {"id": name, "answers": {}, **({"expect": expect} if expect else {})}


def least(rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
    """The least that the cases of a rule hold."""
    return case(f"{rule.id}.fires", fires=[rule.id]), case(f"{rule.id}.silent", silent=[rule.id])


def cases_of(rule: Rule, line: str, *cases: dict[str, Any]) -> Example:
    file = mirror(rule.file)
    return Example(file, line, {file: json.dumps(cases, indent=2)})


def has_threshold(rule: Rule) -> bool:
    return any(test.threshold for test in tests_of(rule.when))


RULES = list(KNOWLEDGE.rules.values())
EDGED, ODD = [rule for rule in RULES if has_threshold(rule)][:2]
BARE, NEVER_FIRED, NEVER_SILENT, FOREIGN, IDLE, UNFINISHED, INVALID = [
    rule for rule in RULES if not has_threshold(rule)
][:7]
UNANSWERED = {"id": f"{INVALID.id}.moon", "expect": {"silent": [INVALID.id]}}
CASE_EXAMPLES = {
    "rule-without-cases": Example(BARE.file, f'id = "{BARE.id}"', {}),
    "cases-without-rule": Example(
        "trial/moon.json", "[", {"trial/moon.json": json.dumps([case("moon.a", silent=[BARE.id])], indent=2)}
    ),
    "rule-never-fired": cases_of(NEVER_FIRED, "[", least(NEVER_FIRED)[1]),
    "rule-never-silent": cases_of(NEVER_SILENT, "[", least(NEVER_SILENT)[0]),
    "untried-edge": cases_of(EDGED, "[", *least(EDGED)),
    "foreign-case-id": cases_of(
        FOREIGN, '"id": "moon.fires",', *least(FOREIGN), case("moon.fires", fires=[FOREIGN.id])
    ),
    "idle-case": cases_of(IDLE, "{", case(f"{IDLE.id}.idle"), *least(IDLE)),
    "unfinished-case": cases_of(
        UNFINISHED,
        '"title": "FILL IN: the moon"',
        *least(UNFINISHED),
        {**case(f"{UNFINISHED.id}.moon", silent=[UNFINISHED.id]), "title": "FILL IN: the moon"},
    ),
    "invalid-case": cases_of(
        INVALID, '"nonsense": "yes"', *least(INVALID), {"answers": {"nonsense": "yes"}, **UNANSWERED}
    ),
    "unreadable-case": Example("vignettes/moon.json", "{", {"vignettes/moon.json": "\n{"}),
}
ODD_CASES = (5, {"id": 3, "answers": [1], "expect": {"fires": "x"}})
MORE_CASE_EXAMPLES = tuple(
    (check, Example(mirror(ODD.file), "[", {mirror(ODD.file): json.dumps(ODD_CASES, indent=2)}))
    for check in ("rule-never-fired", "rule-never-silent", "untried-edge")
)

Found: TypeAlias = set[tuple[str, str, int]]


def found(result: Result) -> Found:
    problems = json.loads(result.stdout)["problems"]
    return {(problem["check"], problem["file"], problem["line"]) for problem in problems}


def expected(examples: Iterable[tuple[str, Example]], folder: Path, rules: Path) -> Found:
    places: Found = set()
    for check, each in examples:
        file = (rules if each.file.endswith(".toml") else folder) / each.file
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
        places.add((check, str(file), lines.index(each.line) + 1))
    return places


@pytest.fixture(scope="module")
def clean(root: Path) -> Result:
    """The project's own rules and cases."""
    return run("--rules", str(bundled_rules()), "--cases", str(root / "cases"), "--format", "json")


def test_nothing_is_to_fix_in_the_project_itself(clean: Result) -> None:
    to_fix = [problem for problem in json.loads(clean.stdout)["problems"] if problem["level"] == "fix"]
    assert not to_fix, "fix these"
    assert clean.exit_code == 0


@pytest.mark.parametrize(("checks", "examples"), [(CHECKS, EXAMPLES), (CASE_CHECKS, CASE_EXAMPLES)])
def test_every_check_has_an_example(checks: tuple[Check[Any], ...], examples: dict[str, Example]) -> None:
    without = [check.id for check in checks if check.id not in examples]
    assert not without, f"add an example that trips these checks: {without}"
    assert set(examples) == {check.id for check in checks}, "fix the names of the examples"


def test_every_check_of_the_rules_finds_its_example_and_nothing_else(tmp_path: Path, clean: Result) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(bundled_rules(), rules)
    examples = [*EXAMPLES.items(), *MORE_EXAMPLES]
    for _, each in examples:
        each.make(rules)
    result = run("--rules", str(rules), "--format", "json")
    own = str(bundled_rules())
    before = {(check, file.replace(own, str(rules)), line) for check, file, line in found(clean)}
    assert found(result) - before == expected(examples, rules, rules)
    assert result.exit_code == 1


def test_every_check_of_the_cases_finds_its_example_and_nothing_else(
    tmp_path: Path, root: Path, clean: Result
) -> None:
    cases = tmp_path / "cases"
    shutil.copytree(root / "cases", cases)
    (cases / mirror(BARE.file)).unlink()
    examples = [*CASE_EXAMPLES.items(), *MORE_CASE_EXAMPLES]
    for _, each in examples:
        for name in each.added:
            (cases / name).unlink(missing_ok=True)
        each.make(cases)
    own = str(bundled_rules())
    result = run("--rules", own, "--cases", str(cases), "--format", "json")
    odd = {("invalid-case", str(cases / mirror(ODD.file)), line) for line in (2, 4, 5, 9)}
    assert found(result) - found(clean) - odd == expected(examples, cases, bundled_rules())
    assert result.exit_code == 1


def test_the_list_names_every_check_in_80_columns() -> None:
    shown = run("--list").stdout
    checks: list[Check[Any]] = [*CHECKS, *CASE_CHECKS]
    for check in checks:
        assert f"  {check.id} " in shown
        assert check.finds in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_line_a_problem_and_a_summary(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(bundled_rules(), rules)
    for check in ("advice-as-name", "same-title"):
        EXAMPLES[check].make(rules)
    *lines, summary = run("--rules", str(rules)).stdout.splitlines()
    assert lines[0] == (
        f'{rules}/trial/see-the-moon.toml:1 /id the id says what to do ("see"); '
        "name it for the pattern that it recognises [advice-as-name]"
    )
    assert (
        f"{rules}/trial/moon-two.toml:2 /title to know: trial/moon-one.toml has the same title; "
        "can readers tell the two apart? [same-title]"
    ) in lines
    assert summary.startswith(f"{len(KNOWLEDGE.rules) + 3} rules looked at: 1 thing to fix, ")


def test_a_knowledge_base_that_does_not_load(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(bundled_rules(), rules)
    for each in (rule("moon-one", then='causes = ["exercize"]'), rule("moon-two", title="FILL IN: the moon")):
        Example("", "", each).make(rules)
    result = run("--rules", str(rules))
    assert result.exit_code == 4
    first = f"{rules}/trial/moon-two.toml:2 /title is not filled in yet: the moon [load]"
    assert result.stdout.splitlines() == [first, "The knowledge base does not load: 1 thing to fix."]
    (rules / "trial" / "moon-two.toml").unlink()
    problems = json.loads(run("--rules", str(rules), "--format", "json").stdout)
    assert problems["loads"] is False
    (problem,) = problems["problems"]
    assert problem["line"] == 10
    assert problem["message"] == 'unknown name "exercize"; did you mean "exercise"?'


def test_folders_that_are_not_there(tmp_path: Path) -> None:
    result = run("--rules", str(tmp_path / "no"))
    assert result.exit_code == 4
    assert f"{tmp_path / 'no'} / is not a folder of rules" in result.stdout
    assert run("--cases", str(tmp_path / "no")).exit_code == 2
