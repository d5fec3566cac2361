"""`triage new-rule`: a rule and its cases begun, whole or with gaps that cannot be overlooked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.rules import rule_base
from support.shipped import KNOWLEDGE

from triage.authoring.drafting import cases_text
from triage.authoring.rule_draft import Draft, DraftError, read_test, rule_text
from triage.cli import main
from triage.cli.new_rule import EXAMPLES
from triage.knowledge.files import bundled_rules

WHOLE = (
    "--title=A long calf cramp in later life",
    "--finding=cramp_or_spasm",
    "--finding=site.calf",
    "--finding=episode_seconds=over_ten_minutes",
    "--finding=age=at_least:older",
    "--finding=frequency=weekly,daily",
    "--finding=one_side=no",
    "--disposition=urgent",
    '--reason=a cramp "as long as this" is not usual',
    "--rationale=Tried.",
    "--claim=mms.48",
    "--guidance=nhs-leg-cramps",
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def here(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the rules and the folders of their cases, called from there."""
    shutil.copytree(bundled_rules(), tmp_path / "rules")
    for folder in (root / "cases").iterdir():
        (tmp_path / "cases" / folder.name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new_rule(*arguments: str) -> Result:
    return run("new-rule", *arguments)


def files(here: Path) -> set[str]:
    return {path.relative_to(here).as_posix() for path in here.rglob("*")}


def test_with_enough_said_the_rule_loads_and_its_cases_pass(here: Path) -> None:
    result = new_rule("patterns", "long-cramp-in-later-life", *WHOLE)
    assert result.exit_code == 0
    assert "FILL IN" not in result.stdout
    assert (here / "rules/patterns/long-cramp-in-later-life.toml").read_text("utf-8") == (
        'id = "long-cramp-in-later-life"\n'
        'title = "A long calf cramp in later life"\n'
        'status = "active"\n'
        "\n"
        "[when]\n"
        "all = [\n"
        '  { finding = "cramp_or_spasm", is = "yes" },\n'
        '  { finding = "site.calf", is = "yes" },\n'
        '  { finding = "episode_seconds", at_least = "over_ten_minutes" },\n'
        '  { finding = "age", at_least = "older" },\n'
        '  { finding = "frequency", in = ["weekly", "daily"] },\n'
        '  { finding = "one_side", is = "no" },\n'
        "]\n"
        "\n"
        "[then]\n"
        'disposition = "urgent"\n'
        "\n"
        "[why]\n"
        'reason = "a cramp \\"as long as this\\" is not usual"\n'
        'rationale = "Tried."\n'
        "\n"
        "[source]\n"
        'claims = ["mms.48"]\n'
        'guidance = ["nhs-leg-cramps"]\n'
    )
    path = "cases/patterns/long-cramp-in-later-life.json"
    checked = run("evaluate", path, "--rules", "rules", "--format", "json")
    assert checked.exit_code == 0, checked.stderr
    expectations = [set(case["expect"]) for case in json.loads((here / path).read_text("utf-8"))]
    assert {"disposition", "fires"} in expectations
    assert {"silent"} in expectations
    assert {"silent", "open"} in expectations
    linted = json.loads(run("lint", "--rules", "rules", "--cases", "cases", "--format", "json").stdout)
    assert linted["loads"]
    assert not [problem for problem in linted["problems"] if "long-cramp-in" in problem["file"]]


def test_the_cases_try_every_test_and_every_edge(here: Path) -> None:
    new_rule("patterns", "long-cramp-in-later-life", *WHOLE)
    cases = json.loads((here / "cases/patterns/long-cramp-in-later-life.json").read_text("utf-8"))
    names = [case["id"].removeprefix("long-cramp-in-later-life.") for case in cases]
    assert names == [
        "typical",
        "no-painful-tightening",
        "no-calf",
        "episode-seconds-600",
        "age-59",
        "frequency-monthly",
        "one-side-yes",
        "episode-seconds-602",
        "age-61",
        "not-sure",
    ]
    assert cases[2]["answers"]["site"] == "none"
    assert cases[-1]["answers"]["feels"] == ["?painful_tightening"]


def test_what_follows_beside_a_disposition(here: Path) -> None:
    said = ("--cause=exercise", "--step=gentle_warmth", "--step=calf_wall", "--withholds=massage")
    more = (
        "--caution=not on a sore calf",
        "--title=A sore calf",
        "--reason=the calf is sore",
        "--rationale=Tried.",
    )
    result = new_rule(
        "patterns", "sore-calf", *said, *more, "--finding=site.calf", "--guidance=project-judgement"
    )
    assert result.exit_code == 0, result.stderr
    assert "FILL IN" not in result.stdout
    written = (here / "rules/patterns/sore-calf.toml").read_text("utf-8")
    assert written.partition("[then]\n")[2].partition("\n\n")[0] == (
        'causes = ["exercise"]\nsteps = ["gentle_warmth", "calf_wall"]\n'
        'withholds = ["massage"]\ncaution = "not on a sore calf"'
    )
    assert run("evaluate", "cases/patterns/sore-calf.json", "--rules", "rules").exit_code == 0


def test_a_caution_that_is_not_said_is_a_gap(here: Path) -> None:
    assert new_rule("patterns", "sore-calf", "--withholds=massage").exit_code == 0
    assert 'caution = "FILL IN: ' in (here / "rules/patterns/sore-calf.toml").read_text("utf-8")


@pytest.mark.usefixtures("here")
def test_what_is_not_said_is_a_gap_that_loading_names() -> None:
    result = new_rule("patterns", "calf-cramp-on-stairs")
    assert result.exit_code == 0
    rule, cases = "rules/patterns/calf-cramp-on-stairs.toml", "cases/patterns/calf-cramp-on-stairs.json"
    told = [line.split()[0] for line in result.stdout.splitlines() if "/calf-cramp-on-stairs." in line]
    places = [f"{rule}:{line}" for line in (2, 7, 11, 14, 15, 18, 19)]
    assert told[2:9] == places
    assert told[9:15] == [f"{cases}:{line}" for line in (4, 5, 10, 11, 16, 17)]
    assert f"{rule}:2 /title the pattern in a few words" in result.stdout
    assert f"triage lint --rules rules --cases cases\n  triage evaluate {cases}" in result.stdout
    linted = run("lint", "--rules", "rules", "--cases", "cases")
    assert linted.exit_code == 4
    assert [line.split()[0] for line in linted.stdout.splitlines()[:-1]] == places
    assert run("evaluate", cases, "--rules", "rules").exit_code == 4
    assert run("evaluate", cases).exit_code == 3
    again = new_rule("patterns", "another-cramp")
    assert again.exit_code == 4
    assert "fix this first" in again.stderr


def test_cases_are_drafted_before_the_rule_is_whole(here: Path) -> None:
    result = new_rule("patterns", "calf-cramp-on-stairs", "--finding=site.calf")
    assert "cases/patterns/calf-cramp-on-stairs.json:" not in result.stdout
    written = (here / "rules/patterns/calf-cramp-on-stairs.toml").read_text("utf-8")
    assert '[when]\nfinding = "site.calf"\nis = "yes"\n' in written
    cases = json.loads((here / "cases/patterns/calf-cramp-on-stairs.json").read_text("utf-8"))
    assert cases[0]["answers"] == {"site": ["calf"]}
    assert cases[0]["expect"] == {"fires": ["calf-cramp-on-stairs"]}


@pytest.mark.usefixtures("here")
def test_a_first_case_that_does_not_come_to_the_disposition_is_named() -> None:
    about = "The first case fires the rule, but does not yet come to self_care"
    arguments = ("--finding=site.calf", "--disposition=self_care")
    assert about in new_rule("patterns", "calf-cramp-on-stairs", *arguments, "--reason=x").stdout


def test_tests_that_exclude_each_other_are_told(here: Path) -> None:
    result = new_rule("patterns", "moon-and-no-moon", "--finding=one_side", "--finding=one_side=no")
    assert "Does one --finding exclude another?" in result.stdout
    assert "FILL IN" in (here / "cases/patterns/moon-and-no-moon.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["pattern", "Calf_Cramp", "--disposition=urgnt", "--finding=age", "--finding=site"],
            [
                'no topic "pattern"; did you mean "patterns"? (--new-topic begins a new one)',
                '"Calf_Cramp" cannot be an id',
                'try "calf-cramp"',
                '"urgnt" is not a disposition; did you mean "urgent"?',
                '"age" needs a value; say age=at_least:NAME or at_most:NAME with ',
                '"site" needs a value; say an item as site.',
            ],
        ),
        (
            [
                "moon",
                "see-the-doctor",
                "--finding=age=64",
                "--finding=age=over:older",
                "--finding=frequency=",
            ],
            [
                'no topic "moon"; the topics are ',
                'says what to do ("see")',
                '"64" is not a threshold of age',
                '"over" is not a comparison; say age=at_least:older or age=at_most:older',
                '"frequency=" breaks off',
            ],
        ),
        (
            ["Moon", "cramp-over-ten-minutes", "--new-topic", "--finding=frequency=dayly"],
            ['"Moon" cannot be a topic', "is already in patterns/", 'did you mean "daily"?'],
        ),
        (["vignettes", "x" * 61, "--new-topic"], ["holds whole people", "is too long"]),
        (
            [
                "patterns",
                "moon-cramp",
                "--finding=site.calfs",
                "--finding=limb_sit",
                "--finding=danger_signs.faint=no",
                "--claim=mms.64",
                "--guidance=nhs-leg-cramp",
            ],
            [
                '--finding: unknown finding "site.calfs"; did you mean "site.calf"?',
                '--finding: unknown finding "limb_sit"; did you mean "limb_site"?',
                '--finding: "danger_signs.faint" is a red flag',
                "--claim: claim mms.64 is excluded",
                '--guidance: unknown name "nhs-leg-cramp"; did you mean',
            ],
        ),
        (
            [
                "patterns",
                "moon-cramp",
                "--step=calf_wal",
                "--cause=exercize",
                "--withholds=mass",
                "--concludes=limb_sit",
            ],
            [
                "--step: ",
                '"calf_wal"; did you mean "calf_wall"?',
                "--cause: ",
                "--withholds: ",
                "--concludes: ",
            ],
        ),
        (["patterns", "moon-cramp", "--caution=x"], ["--caution goes with --withholds"]),
        (["patterns", "moon-cramp", "--finding=limb_sit"], ['--finding: unknown finding "limb_sit"']),
        (["patterns", "moon-cramp", "--title=FILL IN: later"], ["--title: is not filled in yet: later"]),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(
    here: Path, arguments: list[str], said: list[str]
) -> None:
    before = files(here)
    result = new_rule(*arguments)
    assert result.exit_code == 2
    for part in said:
        assert part in result.stderr
    assert result.stderr.endswith("Nothing was written.\n")
    assert files(here) == before


def test_a_new_topic_is_begun_when_it_is_asked_for(here: Path) -> None:
    assert new_rule("moonlight", "moon-cramp", "--new-topic").exit_code == 0
    assert (here / "rules/moonlight/moon-cramp.toml").is_file()
    assert (here / "cases/moonlight/moon-cramp.json").is_file()


def test_nothing_is_overwritten(here: Path) -> None:
    path = here / "cases" / "patterns" / "moon-cramp.json"
    path.write_text("mine", "utf-8")
    result = new_rule("patterns", "moon-cramp")
    assert result.exit_code == 2
    assert "cases/patterns/moon-cramp.json already exists" in result.stderr
    assert path.read_text("utf-8") == "mine"
    assert not (here / "rules/patterns/moon-cramp.toml").exists()


def test_both_are_written_or_none(here: Path) -> None:
    (here / "cases" / "moonlight").write_text("a file where a folder should be", "utf-8")
    before = files(here)
    result = new_rule("moonlight", "moon-cramp", "--new-topic")
    assert result.exit_code == 2
    assert "cases/moonlight: cannot be written: file exists" in result.stderr
    assert files(here) == before


def test_without_the_folders_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = new_rule("patterns", "moon-cramp")
    assert result.exit_code == 2
    assert "or name both with --rules and --cases" in result.stderr
    assert "name the folder of the rules with --rules" in new_rule("a", "b", "--rules", "no").stderr


def test_the_forms_of_the_help_are_read() -> None:
    said = {
        "QUESTION.ITEM": ("site.calf", {"finding": "site.calf", "is": "yes"}),
        "QUESTION=ITEM,ITEM": ("site=calf,foot", {"finding": "site", "includes": ["calf", "foot"]}),
        "QUESTION=ANSWER": ("one_side=no", {"finding": "one_side", "is": "no"}),
        "QUESTION=THRESHOLD": (
            "episode_seconds=over_ten_minutes",
            {"finding": "episode_seconds", "at_least": "over_ten_minutes"},
        ),
        "QUESTION=at_least:THRESHOLD": ("age=at_least:older", {"finding": "age", "at_least": "older"}),
        "FINDING": ("cramp_or_spasm", {"finding": "cramp_or_spasm", "is": "yes"}),
    }
    assert [line.split()[0] for line in EXAMPLES.splitlines() if line.startswith("  ")] == list(said)
    for example, wanted in said.values():
        assert read_test(example, KNOWLEDGE) == wanted


def test_a_scale_is_compared_as_other_rules_compare_it() -> None:
    assert read_test("frequency=occasional", KNOWLEDGE) == {"finding": "frequency", "at_most": "occasional"}
    assert read_test("frequency=often", KNOWLEDGE) == {"finding": "frequency", "at_least": "often"}


def test_a_threshold_that_rules_compare_with_both_ways_needs_its_direction() -> None:
    with pytest.raises(
        DraftError, match="say frequency=at_least:on_most_days or frequency=at_most:on_most_days"
    ):
        read_test("frequency=on_most_days", KNOWLEDGE)


def test_a_threshold_that_no_rule_compares_with_needs_its_direction() -> None:
    with pytest.raises(DraftError, match="say age=at_least:older or age=at_most:older"):
        read_test("age=older", rule_base(KNOWLEDGE))


def test_files_are_written_as_the_project_writes_them(root: Path) -> None:
    """A rule and a case file of the project, read and written again, are the same text."""
    name = "patterns/cramp-over-ten-minutes"
    cases = (root / "cases" / f"{name}.json").read_text("utf-8")
    assert cases_text(json.loads(cases)) == cases
    rule = KNOWLEDGE.rules["cramps-with-cirrhosis"]
    draft = Draft(
        rule.topic,
        rule.id,
        title=rule.title,
        tests=({"finding": "conditions.cirrhosis", "is": "yes"}, {"finding": "cramp_or_spasm", "is": "yes"}),
        disposition="doctor",
        reason=rule.reason,
        rationale=rule.rationale,
        guidance=rule.provenance.guidance,
    )
    written = (bundled_rules() / rule.file).read_text("utf-8")
    then = written.partition("[then]\n")[2].partition("\n\n")[0]
    assert rule_text(draft, KNOWLEDGE.rungs).replace('disposition = "doctor"', then) == written
