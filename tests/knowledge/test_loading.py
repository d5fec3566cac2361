"""What is written is evaluated: a broken knowledge base names file, place and remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from triage import KnowledgeBase, KnowledgeBaseError, load_knowledge_base
from triage.knowledge.files import bundled_rules, read_folder, schema

RULE = "patterns/cramp-over-ten-minutes.toml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(bundled_rules(), folder)
    return folder


def change(rules: Path, file: str, old: str, new: str) -> tuple[int, int]:
    """Put a fault into a file; return the first and last line of it."""
    path = rules / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}: fix this test"
    path.write_text(text.replace(old, new, 1), "utf-8")
    first = text.partition(old)[0].count("\n") + 1
    return first, first + new.count("\n")


def problems(rules: Path) -> str:
    with pytest.raises(KnowledgeBaseError) as caught:
        load_knowledge_base(rules)
    return str(caught.value)


def test_a_copy_loads_with_the_same_hash(rules: Path, knowledge: KnowledgeBase) -> None:
    assert load_knowledge_base(rules).sha256 == knowledge.sha256


def test_jsonschema_accepts_what_the_quicker_one_accepted() -> None:
    files = read_folder(bundled_rules())
    named = [*files.tables.items(), *(("rule", document) for document in files.rules)]
    assert not [
        document.path
        for name, document in named
        if not Draft202012Validator(schema(name)).is_valid(document.data)
    ]


def test_any_change_changes_the_hash(rules: Path, knowledge: KnowledgeBase) -> None:
    change(rules, RULE, "title = ", "title  = ")
    assert load_knowledge_base(rules).sha256 != knowledge.sha256


def test_line_endings_do_not_change_the_hash(rules: Path, knowledge: KnowledgeBase) -> None:
    path = rules / RULE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_knowledge_base(rules).sha256 == knowledge.sha256


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            RULE,
            '"episode_seconds"',
            '"episode_second"',
            'unknown finding "episode_second"; did you mean "episode_seconds"?',
        ),
        (RULE, '"limb_site"', '"limb_sit"', 'did you mean "limb_site"?'),
        (
            RULE,
            '"over_ten_minutes"',
            '"over_ten_minute"',
            'unknown threshold "over_ten_minute"; did you mean',
        ),
        (RULE, '"over_ten_minutes"', '"older"', "belongs to age, not to episode_seconds"),
        (RULE, "at_least", "is", "test it with at_least or at_most, not is"),
        (RULE, 'is = "yes"', 'is = "maybe"', 'test it with is = "yes" or is = "no"'),
        (
            RULE,
            'disposition = "urgent"',
            'disposition = "urgently"',
            'unknown disposition "urgently"; did you mean "urgent"?',
        ),
        (
            RULE,
            'disposition = "urgent"',
            'dispositon = "urgent"',
            'unknown key "dispositon"; did you mean "disposition"?',
        ),
        (
            RULE,
            'disposition = "urgent"',
            'disposition = "urgent"\nsoon = true',
            '"urgent" has no soon_time_frame in ladder.toml',
        ),
        (RULE, "causes = [", 'causes = ["bad_luck", ', 'unknown name "bad_luck"'),
        (RULE, "claims = [", 'claims = ["mms.64", ', "claim mms.64 is excluded"),
        (RULE, 'id = "cramp-over-ten-minutes"', 'id = "long-cramp"', "is not the file name; rename the file"),
        (RULE, 'status = "active"\n', "", "lacks status; add it"),
        (RULE, "reason = ", "rationales = ", 'unknown key "rationales"; did you mean "rationale"?'),
        (RULE, "title = ", "title = = ", "is not valid TOML"),
        (RULE, 'title = "', 'title = 2026-01-01 # "', "must be a text in quotes, not 2026-01-01"),
        (
            "steps.toml",
            'body_parts = ["hamstring"]',
            'body_parts = ["hamstrings"]',
            'did you mean "hamstring"?',
        ),
        ("thresholds.toml", "value = 601", "value = 99999999", "is not an answer to episode_seconds"),
        ("thresholds.toml", 'value = "weekly"', 'value = "often"', "is not on the scale frequency"),
        (
            "thresholds.toml",
            'finding = "age"',
            'finding = "ages"',
            'unknown question "ages"; did you mean "age"?',
        ),
        ("thresholds.toml", 'finding = "age"', 'finding = "site"', "only a number or a scale has thresholds"),
        ("causes.toml", 'id = "muscle_stiffness"', 'id = "muscle_tightness"', "appears twice"),
        ("questionnaire.toml", 'id = "saddle_numbness"', 'id = "both_legs_weak"', "appears twice"),
        (
            "questionnaire.toml",
            'asked_when = { finding = "timing.in_heat"',
            'asked_when = { finding = "conditions.diabetes"',
            "asked later",
        ),
        (
            "questionnaire.toml",
            'id = "fever"\nred_flag = true\n',
            'id = "fever"\nred_flag = true\nasked_when = { finding = "danger_signs.faint", is = "yes" }\n',
            "must not decide whether another is asked",
        ),
        (
            "questionnaire.toml",
            'id = "fever"\nred_flag = true\n',
            'id = "fever"\nred_flag = true\nasked_when = { finding = "eyelid_pulls", is = "yes" }\n',
            "needs a rationale",
        ),
        (
            "questionnaire.toml",
            'id = "fever"\nred_flag = true\n',
            'id = "fever"\nred_flag = true\nasked_when = "bakc"\n',
            'unknown gate "bakc"',
        ),
        (
            "questionnaire.toml",
            'id = "poor_diet"\n',
            'id = "poor_diet"\nred_flag = true\n',
            "on the red flag",
        ),
        ("claims.toml", 'document = "mms"', 'document = "mm"', 'unknown document "mm"'),
        (
            "ladder.toml",
            'not_sure_disposition = "doctor"',
            'not_sure_disposition = "docter"',
            'unknown disposition "docter"; did you mean "doctor"?',
        ),
        ("ladder.toml", "rank = 2", "rank = 1", "another disposition has the rank 1 too"),
        ("findings.toml", 'id = "leg_site"', 'id = "one_side"', '"one_side" is a question'),
        ("questionnaire.toml", "minimum = 0", "minimum = 200", "the minimum is above the maximum"),
        (RULE, 'title = "One', 'title = "FILL IN: one', "is not filled in yet: one"),
        ("claims.toml", 'use = "explain"', 'use = "FILL IN"', "is not filled in yet"),
        ("steps.toml", 'claims = ["mms.53"]', 'claims = ["mms.99"]', 'unknown source "mms.99"'),
    ],
)
def test_a_fault_is_named_with_file_and_remedy(rules: Path, file: str, old: str, new: str, said: str) -> None:
    first, last = change(rules, file, old, new)
    found = [line for line in problems(rules).splitlines() if said in line]
    assert found
    where, place, _ = found[0].split(" ", 2)
    assert place.startswith("/")
    named, line = where.split(":")
    assert named == file
    assert first <= int(line) <= last or (said.startswith("lacks") and line == "1")


def test_a_fault_names_its_line(rules: Path) -> None:
    change(rules, RULE, '"episode_seconds"', '"episode_second"')
    line = next(
        number
        for number, text in enumerate((rules / RULE).read_text("utf-8").splitlines(), start=1)
        if "episode_second" in text
    )
    assert problems(rules).startswith(f"{RULE}:{line} /when ")


def test_a_red_flag_cannot_be_tested_for_absence(rules: Path) -> None:
    change(
        rules,
        RULE,
        '{ finding = "limb_site", is = "yes" }',
        '{ finding = "limb_signs.dark_urine", is = "no" }',
    )
    assert "the absence of one cannot be a condition" in problems(rules)


def test_a_conclusion_cannot_be_tested_for_absence(rules: Path) -> None:
    change(rules, RULE, '{ finding = "limb_site", is = "yes" }', '{ finding = "limb_site", is = "no" }')
    assert 'is concluded by rules; test it with is = "yes"' in problems(rules)


def test_a_circle_of_conclusions_is_named(rules: Path) -> None:
    change(rules, RULE, "[then]\n", '[then]\nfindings = ["limb_site"]\n')
    found = problems(rules)
    assert "out of order" in found or "circle" in found
    change(rules, RULE, 'findings = ["limb_site"]\n', "")
    change(rules, RULE, "\n[why]", 'findings = ["limb_site"]\n\n[why]')
    assert "in a circle" in problems(rules)


def test_a_rule_needs_a_topic_folder(rules: Path) -> None:
    (rules / RULE).rename(rules / "cramp-over-ten-minutes.toml")
    assert "belongs in the folder of its topic" in problems(rules)


def test_the_same_rule_twice_is_named(rules: Path) -> None:
    shutil.copy(rules / RULE, rules / "injury" / "cramp-over-ten-minutes.toml")
    assert "is also in" in problems(rules)


def _missing(rules: Path) -> None:
    (rules / "sources.toml").unlink()


def _not_utf8(rules: Path) -> None:
    (rules / RULE).write_bytes(b'title = "\xff"\n')


def _not_a_folder(rules: Path) -> None:
    shutil.rmtree(rules)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_missing, "sources.toml / is missing"),
        (_not_utf8, f"{RULE}:1 / is not UTF-8; save the file as UTF-8"),
        (_not_a_folder, "is not a folder of rules"),
    ],
)
def test_a_folder_that_cannot_be_read_says_why(rules: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(rules)
    assert said in problems(rules)


def test_a_gap_is_named_once_and_is_no_fault_of_the_schema(rules: Path) -> None:
    disposition, _ = change(rules, RULE, 'disposition = "urgent"', 'disposition = "FILL IN: how soon"')
    claims, _ = change(rules, RULE, '"mms.48"', '"FILL IN: a claim"')
    assert problems(rules).splitlines() == [
        f"{RULE}:{disposition} /then/disposition is not filled in yet: how soon",
        f"{RULE}:{claims} /source/claims/0 is not filled in yet: a claim",
    ]


def test_a_text_that_breaks_off_is_named_at_its_end(rules: Path) -> None:
    (rules / RULE).write_text('id = "x"\nwhen = [\n', "utf-8")
    assert problems(rules).startswith(f"{RULE}:2 / is not valid TOML")


def test_a_folder_named_like_a_file_is_said(rules: Path) -> None:
    (rules / "patterns" / "folder.toml").mkdir()
    assert "patterns/folder.toml / is a folder; name it without .toml" in problems(rules)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("medicines.toml", '"Zocor"', '"Zocor", "li-PITOR"', '"li-PITOR" stands in statin already'),
        (
            "medicines.toml",
            'items = ["statin"]',
            'items = ["statins"]',
            'unknown item of medicines "statins"',
        ),
        ("medicines.toml", '"gpnotebook-statins"', '"gpnotebook"', 'unknown source "gpnotebook"'),
        ("medicines.toml", 'atorvastatin = ["atorvostatin"', 'atorva = ["atorvostatin"', "is not a name of"),
        ("medicines.toml", '"Zocor"', '"-"', "with at least one letter or digit"),
        ("questionnaire.toml", 'names = "medicine_names"', "", "no list can be filled by names"),
        ("questionnaire.toml", 'names = "medicine_names"', 'names = "age"', '"age" is a question'),
        ("questionnaire.toml", 'id = "age"', 'id = "age"\nnames = "ages"', "checklist"),
        (
            "questionnaire.toml",
            'id = "danger_signs"',
            'id = "danger_signs"\nnames = "sign_names"',
            '"danger_signs" has names already',
        ),
    ],
)
def test_names_of_medicines_are_checked(rules: Path, file: str, old: str, new: str, said: str) -> None:
    first, last = change(rules, file, old, new)
    message = problems(rules)
    assert said in message
    if "has names already" not in said and "no list" not in said:
        assert any(f"{file}:{line} " in message for line in range(first - 1, last + 2)), message


def test_names_need_their_table(rules: Path) -> None:
    (rules / "medicines.toml").unlink()
    assert "there is no medicines.toml that holds the names" in problems(rules)
