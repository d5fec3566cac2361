"""An id that is retired keeps its meaning: it moves where it has one, and a red flag is never lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.small_base import write_base

from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.cases.retirement import moved
from triage.cli import main
from triage.knowledge import KnowledgeBase, KnowledgeBaseError, load_knowledge_base

pytest_plugins = ["pytester"]

RETIRED = """
[[retired]]
id = "signs.stiff_or_choking"
red_flag = true
successors = ["signs.swallow", "signs.jaw"]
reason = "It asked for two things."

[[retired]]
id = "flags.lockjaw"
red_flag = true
successors = ["signs.jaw"]
reason = "Moved to the other list."

[[retired]]
id = "feels.sore"
successors = ["feels.tight"]
reason = "Another word for it."

[[retired]]
id = "feels.odd"
successors = ["feels.tight", "feels.twitch"]
reason = "It meant both."

[[retired]]
id = "in_the_back"
successors = ["site.back"]
reason = "A question became an item."

[[retired]]
id = "how_long"
successors = ["lasts"]
reason = "The same in another word."

[[retired]]
id = "for_whom.relative"
successors = ["for_whom.other"]
reason = "Whoever it is."
"""


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retirement")
    (write_base(folder / "rules") / "retired.toml").write_text(RETIRED)
    return folder


@pytest.fixture(scope="session")
def knowledge(clinic: Path) -> KnowledgeBase:
    return load_knowledge_base(clinic / "rules")


@pytest.fixture
def _in_a_folder_with_rules(clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").symlink_to(clinic / "rules")
    monkeypatch.chdir(tmp_path)


def run(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [command, "--rules", "rules", *arguments], catch_exceptions=False)


# The table.


@pytest.mark.parametrize(
    ("row", "line", "message"),
    [
        (
            'id = "lasts"\nsuccessors = ["site"]',
            2,
            '"lasts" is in use; an id that is retired never comes back',
        ),
        ('id = "signs.jaw"\nsuccessors = ["site"]', 2, '"signs.jaw" is in use'),
        ('id = "for_whom.self"\nsuccessors = ["site"]', 2, '"for_whom.self" is in use'),
        ('id = "x"\nsuccessors = [\n"site",\n"sit"]', 5, 'unknown successor "sit"; did you mean "site"?'),
        ('id = "x"\nsuccessors = ["site.knee"]', 3, 'unknown successor "site.knee"'),
        ('id = "x"\nsuccessors = ["x"]', 3, '"x" is retired too; name what came after it'),
        (
            'id = "x.y"\nred_flag = true\nsuccessors = ["feels.tight"]',
            3,
            "is a red flag; name at least one item that is a red flag as its successor",
        ),
        ('id = "x"\nred_flag = true\nsuccessors = ["signs.jaw"]', 3, "is a question; only an item"),
        ('id = "x"\nsuccessors = []', 3, "is empty; fill it in"),
        ('id = "x"', 1, "lacks successors"),
        ('id = "x"\nsuccessor = ["site"]\nsuccessors = ["site"]', 3, 'unknown key "successor"'),
    ],
)
def test_a_table_that_cannot_be_is_refused_at_load(tmp_path: Path, row: str, line: int, message: str) -> None:
    (write_base(tmp_path) / "retired.toml").write_text(f'[[retired]]\n{row}\nreason = "So."\n')
    with pytest.raises(KnowledgeBaseError) as refused:
        load_knowledge_base(tmp_path)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("retired.toml", line)
    assert message in problem.message


def test_an_id_retires_once(tmp_path: Path) -> None:
    row = '[[retired]]\nid = "x"\nsuccessors = ["site"]\nreason = "So."\n'
    (write_base(tmp_path) / "retired.toml").write_text(row * 2)
    with pytest.raises(KnowledgeBaseError, match='the id "x" appears twice'):
        load_knowledge_base(tmp_path)


def test_a_base_without_the_table_or_with_an_empty_one_retires_nothing(tmp_path: Path) -> None:
    assert load_knowledge_base(write_base(tmp_path)).retired == {}
    (tmp_path / "retired.toml").write_text("# Nothing yet.\n")
    assert load_knowledge_base(tmp_path).retired == {}


# Where answers move.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"signs": ["stiff_or_choking"]}, {"signs": ["jaw"]}),
        ({"signs": ["?stiff_or_choking"]}, {"signs": ["?jaw"]}),
        ({"signs": ["stiff_or_choking", "jaw"]}, {"signs": ["jaw"]}),
        ({"signs": ["stiff_or_choking", "?jaw"]}, {"signs": ["jaw"]}),
        ({"signs": ["?stiff_or_choking", "jaw"]}, {"signs": ["jaw"]}),
        ({"signs": {"stiff_or_choking": "yes"}}, {"signs": {"jaw": "yes"}}),
        ({"signs": {"stiff_or_choking": "unknown", "jaw": "no"}}, {"signs": {"jaw": "unknown"}}),
        ({"signs": {"stiff_or_choking": "no", "jaw": "no"}}, {"signs": {"jaw": "no"}}),
        ({"signs": {"stiff_or_choking": "no"}}, {}),
        ({"flags": ["lockjaw"]}, {"flags": "none", "signs": {"jaw": "yes"}}),
        ({"flags": ["lockjaw"], "signs": "none"}, {"flags": "none", "signs": ["jaw"]}),
        ({"signs": "unknown", "flags": {"lockjaw": "yes"}}, {"signs": {"jaw": "yes", "swallow": "unknown"}}),
        ({"signs": "unknown", "flags": {"lockjaw": "no"}}, {"signs": "unknown"}),
        ({"signs": ["jaw"], "flags": {"lockjaw": "no"}}, {"signs": ["jaw"]}),
        ({"signs": "none", "flags": {"lockjaw": "unknown"}}, {"signs": ["?jaw"]}),
        ({"signs": {"swallow": "no"}, "flags": {"lockjaw": "no"}}, {"signs": {"swallow": "no", "jaw": "no"}}),
    ],
)
def test_a_red_flag_moves_to_its_most_urgent_successor_and_is_never_weakened(
    knowledge: KnowledgeBase, before: Any, after: Any
) -> None:
    for red_flags_alone in (True, False):
        now, moves = moved(knowledge, before, red_flags_alone=red_flags_alone)
        assert now == after
        assert moves


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"feels": ["twitch", "sore"]}, {"feels": ["twitch", "tight"]}),
        ({"feels": {"sore": "no"}}, {"feels": {"tight": "no"}}),
        ({"in_the_back": "yes", "lasts": 3}, {"lasts": 3, "site": {"back": "yes"}}),
        ({"site": "none", "in_the_back": "no"}, {"site": "none"}),
        ({"how_long": 30, "signs": "none"}, {"lasts": 30, "signs": "none"}),
        ({"how_long": 30, "lasts": 30}, {"lasts": 30}),
        ({"for_whom": "relative"}, {"for_whom": "other"}),
    ],
)
def test_one_successor_is_one_meaning(knowledge: KnowledgeBase, before: Any, after: Any) -> None:
    now, moves = moved(knowledge, before)
    assert now == after
    assert len(moves) == 1
    assert moved(knowledge, before, red_flags_alone=True) == (before, [])


@pytest.mark.parametrize(
    "answers",
    [
        {"feels": ["odd"]},
        {"how_long": 30, "lasts": 40},
        {"in_the_back": 3},
        {"flags": {"lockjaw": "perhaps"}},
        {"signs": "jaw", "flags": {"lockjaw": "yes"}},
        {"signs": [["stiff_or_choking"], None, 3]},
        {"feels": ["tight"], "how_long": None},
        {"signs": None, "flags": ["lockjaw"]},
    ],
)
def test_what_has_no_single_meaning_stays_and_is_told(knowledge: KnowledgeBase, answers: Any) -> None:
    assert moved(knowledge, answers) == (answers, [])
    data = {"id": "a", "answers": answers}
    assert CaseChecker(knowledge).check(RawCase("a", data, json.dumps(data), (), 1))


STATES = st.sampled_from(["yes", "no", "unknown"])
RED = ["stiff_or_choking", "jaw", "swallow"]
LISTS = st.lists(st.sampled_from([mark + item for item in RED for mark in ("", "?")]), min_size=1, max_size=4)
SIGNS = st.sampled_from(["none", "unknown"]) | LISTS | st.dictionaries(st.sampled_from(RED), STATES)


@conditional(at_least=0.3)  # measured: 0.6
@given(answers=st.fixed_dictionaries({}, optional={"signs": SIGNS, "flags": st.just(["lockjaw"])}))
def test_no_danger_sign_is_lost(antecedent: Antecedent, knowledge: KnowledgeBase, answers: Any) -> None:
    now, _ = moved(knowledge, answers, red_flags_alone=True)
    signs = now.get("signs", [])
    before = answers.get("signs", [])
    if antecedent(before and before not in ("none", "unknown")):
        said = before if isinstance(before, list) else [name for name in before if before[name] == "yes"]
        present = signs if isinstance(signs, list) else [name for name in signs if signs[name] == "yes"]
        for item in {"jaw" if each == "stiff_or_choking" else each for each in said}:
            assert item in present or (item.startswith("?") and {item, item[1:], "?jaw", "jaw"} & {*present})
    if "flags" in answers:
        assert "jaw" in signs
        assert isinstance(signs, list) or signs["jaw"] == "yes"


# What the commands make of it.


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_a_retired_red_flag_counts_and_is_warned_of() -> None:
    Path("a.jsonl").write_text('{"id": "a", "answers": {"signs": ["stiff_or_choking"]}}\n')
    result = run("evaluate", "--format", "jsonl", "a.jsonl")
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    assert (record.get("assessment") or record)["disposition"] == "emergency"
    assert result.stderr == (
        'a.jsonl:1:35 /answers/signs/0 "signs.stiff_or_choking" was retired; it counts as signs.jaw, '
        "the most urgent of what came after it; ask about signs.swallow too\n"
    )


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_a_null_beside_it_is_refused_and_stays() -> None:
    text = '{"id": "a", "answers": {"signs": ["stiff_or_choking"], "feels": null}}\n'
    Path("a.jsonl").write_text(text)
    for command in ("evaluate", "convert"):
        result = run(command, "a.jsonl")
        assert "/answers/feels null says nothing" in result.stderr
        assert result.exit_code == {"evaluate": 3, "convert": 1}[command]
    assert '"feels": null' in Path("a.jsonl").read_text()


def test_the_pytest_plugin_warns_too(clinic: Path, pytester: pytest.Pytester) -> None:
    case = {"id": "a", "answers": {"signs": ["stiff_or_choking"]}, "expect": {"disposition": "emergency"}}
    pytester.path.joinpath("a.json").write_text(json.dumps(case))
    result = pytester.runpytest_subprocess(
        "--triage-cases", "a.json", "--triage-rules", str(clinic / "rules"), "a.json"
    )
    result.assert_outcomes(passed=1, warnings=1)
    assert '"signs.stiff_or_choking" was retired; it counts as signs.jaw' in "".join(result.outlines)


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_explain_and_audit_warn_too() -> None:
    Path("a.json").write_text('{"id": "a", "answers": {"signs": ["stiff_or_choking"]}}\n')
    told = 'a.json:1:35 /answers/signs/0 "signs.stiff_or_choking" was retired'
    result = run("explain", "a.json", "--format", "json")
    assert result.stderr.startswith(told)
    assert json.loads(result.stdout)["assessment"]["disposition"] == "emergency"
    assert told in run("audit", "a.json", "--format", "json").stderr


@pytest.mark.usefixtures("_in_a_folder_with_rules")
@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            {"feels": ["sore"]},
            '/answers/feels/0 "feels.sore" was retired; use feels.tight (triage convert does',
        ),
        ({"feels": {"sore": "no"}}, '/answers/feels/sore "feels.sore" was retired; use feels.tight'),
        (
            {"feels": ["odd"]},
            '/answers/feels/0 "feels.odd" was retired and has no single meaning now; use feels.tight or',
        ),
        ({"how_long": 3}, '/answers/how_long "how_long" was retired; use lasts (triage convert does it)'),
        ({"for_whom": "relative"}, '/answers/for_whom "for_whom.relative" was retired; use for_whom.other'),
    ],
)
def test_another_retired_id_is_refused_with_what_to_use(answers: Any, told: str) -> None:
    Path("a.json").write_text(json.dumps({"id": "a", "answers": answers}))
    result = run("evaluate", "a.json")
    assert result.exit_code == 3
    assert told in result.stderr


# triage convert.

OLD = """[
  {"id": "a", "knowledge_base": {"version": "0"},
   "answers": {"how_long":  30,
               "feels": ["twitch",
                         "sore"]}},
  {"id": "b", "answers": {"signs": "none"}},
  {"id": "c", "answers": {"feels": ["odd"]}}
]
"""


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_convert_rewrites_what_has_one_meaning_and_lists_the_rest() -> None:
    Path("a.json").write_text(OLD)
    result = run("convert", "a.json", "--dry-run")
    assert result.exit_code == 1
    assert result.stdout == (
        'a.json:3:29 /0/answers/how_long "how_long" was retired; it counts as lasts\n'
        'a.json:5:26 /0/answers/feels/1 "feels.sore" was retired; it counts as feels.tight\n'
        "2 answers of 1 case would be rewritten; 1 left to do.\n"
    )
    assert result.stderr == (
        'a.json:7:37 /2/answers/feels/0 "feels.odd" was retired and has no single meaning now; '
        "use feels.tight or feels.twitch\n"
    )
    assert Path("a.json").read_text() == OLD
    assert run("convert", "a.json").exit_code == 1
    assert Path("a.json").read_text() == OLD.replace("how_long", "lasts").replace("sore", "tight")
    assert run("convert", "a.json").stdout == "0 answers of 0 cases rewritten; 1 left to do.\n"


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_convert_warns_of_a_red_flag_that_had_several_successors() -> None:
    Path("saved.json").write_text(
        json.dumps(
            {"id": "saved", "knowledge_base": {}, "answers": {"signs": ["stiff_or_choking"]}}, indent=2
        )
    )
    result = run("convert", "saved.json")
    assert result.exit_code == 0
    assert "ask about signs.swallow too" in result.stdout
    assert json.loads(Path("saved.json").read_text())["answers"] == {"signs": ["jaw"]}
    assert run("evaluate", "saved.json").stderr == ""


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_convert_leaves_what_it_cannot_read() -> None:
    good = '{"id": "a", "answers": {"how_long": 3}}'
    for name, text in {
        "bad.json": f"[{good},]",
        "odd.json": '[3, {"answers": [1]}]',
        "good.json": good,
    }.items():
        Path(name).write_text(text)
    result = run("convert", "bad.json", "odd.json", "good.json", "nowhere.json")
    assert result.exit_code == 3
    assert "bad.json:1:41 / is not JSON" in result.stderr
    assert "odd.json:1:2 /0 a case is an object" in result.stderr
    assert "nowhere.json / cannot be read" in result.stderr
    assert Path("bad.json").read_text() == f"[{good},]"
    assert Path("odd.json").read_text() == '[3, {"answers": [1]}]'
    assert Path("good.json").read_text() == good.replace("how_long", "lasts")


@pytest.mark.usefixtures("_in_a_folder_with_rules")
def test_convert_writes_nothing_where_one_file_cannot_be_written() -> None:
    good = '{"id": "a", "answers": {"how_long": 3}}'
    Path("a.json").write_text(good)
    Path("b").mkdir()
    Path("b/a.json.gz").write_bytes(gzip.compress(good.encode()))
    result = run("convert", "a.json", "b")
    assert (result.exit_code, result.stderr) == (2, "b/a.json.gz / is compressed; unpack it first\n")
    assert Path("a.json").read_text() == good
