"""`triage accept`: what is taken over is what was missed, and nothing else of a file changes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.small_base import write_base
from support.unprivileged import triage_without_powers

from triage.cli import main

LONG = '{"signs": "none", "lasts": 700, "feels": ["tight"]}'
CASES = f"""[
  {{
    "id": "a.long",   "title": "L\\u00e4nger",
    "answers": {LONG},
    "expect": {{"disposition": "emergency",
               "acceptable": ["doctor"], "fires": ["tight-muscle",
      "short-cramp", "long-cramp"],   "silent": ["long-cramp"]}}
  }},
  {{"id": "a.met", "answers": {{}}, "expect": {{"disposition": "undetermined"}}}}
]\r
"""


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accept")
    write_base(folder / "rules")
    return folder


@pytest.fixture(autouse=True)
def _in_a_folder_with_rules(clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").symlink_to(clinic / "rules")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["accept", "--rules", "rules", *arguments], catch_exceptions=False)


def evaluated(*paths: str) -> int:
    arguments = ["evaluate", "--rules", "rules", "--format", "jsonl", *paths]
    return CliRunner().invoke(main, arguments, catch_exceptions=False).exit_code


def case(
    name: str = "a", answers: str = LONG, expect: str = '{"disposition": "doctor"}', more: str = ""
) -> str:
    return f'{{"id": "{name}", {more}"answers": {answers}, "expect": {expect}}}'


def test_what_is_missed_is_taken_over_and_all_else_stays() -> None:
    Path("a.json").write_bytes(CASES.encode())
    result = run("a.json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        'a.json:5:31 a.long LESS URGENT: disposition: "emergency" -> "urgent"\n'
        'a.json:6:51 a.long fires: ["tight-muscle", "short-cramp", "long-cramp"]'
        ' -> ["tight-muscle", "long-cramp"]\n'
        'a.json:7:49 a.long silent: ["long-cramp"] -> nothing\n'
        "3 expectations of 1 case in 1 file changed.\n"
    )
    changed = (
        CASES.replace('"emergency"', '"urgent"')
        .replace(',\n      "short-cramp", "long-cramp"', ', "long-cramp"')
        .replace(',   "silent": ["long-cramp"]', "")
    )
    assert Path("a.json").read_bytes() == changed.encode()
    assert evaluated("a.json") == 0
    assert run("a.json").stdout == "0 expectations of 0 cases changed.\n"
    assert Path("a.json").read_bytes() == changed.encode()


@pytest.mark.parametrize(
    ("before", "answers", "marked"),
    [
        ("urgent", "{}", True),
        ("self_care", "{}", False),
        ("undetermined", '{"signs": "none", "feels": ["tight"], "lasts": 60}', True),
        ("doctor", LONG, False),
        ("undetermined", LONG, False),
    ],
)
def test_who_becomes_less_urgent_is_marked(before: str, answers: str, *, marked: bool) -> None:
    Path("a.json").write_text(case(answers=answers, expect=f'{{"disposition": "{before}"}}'))
    stdout = run("a.json", "--dry-run").stdout
    assert f'disposition: "{before}" -> ' in stdout
    assert ("LESS URGENT" in stdout) is marked


def test_a_dry_run_shows_the_same_and_writes_nothing() -> None:
    Path("a.json").write_bytes(CASES.encode())
    result = run("a.json", "--dry-run")
    assert result.exit_code == 0
    assert "LESS URGENT" in result.stdout
    assert result.stdout.endswith("3 expectations of 1 case in 1 file would be changed.\n")
    assert Path("a.json").read_bytes() == CASES.encode()


def test_lines_keep_their_ends_and_the_mark_at_the_beginning() -> None:
    lines = ["\ufeff" + case("a"), "", case("b", expect='{"disposition": "urgent"}'), case("c")]
    Path("a.jsonl").write_bytes("\r\n".join(lines).encode())
    assert run(".").exit_code == 0
    changed = "\r\n".join(lines).replace('"doctor"', '"urgent"')
    assert Path("a.jsonl").read_bytes() == changed.encode()


def test_soon_is_taken_over_and_what_is_acceptable_is_no_miss() -> None:
    swallow = '{"signs": ["swallow"]}'
    soon = case("soon", swallow, '{"disposition": "doctor", "soon": false}')
    fine = case("fine", swallow, '{"disposition": "urgent", "acceptable": ["doctor"]}')
    Path("a.json").write_text(f"[{soon}, {fine}]")
    assert "soon: false -> true\n" in run("a.json").stdout
    assert Path("a.json").read_text() == f"[{soon}, {fine}]".replace("false", "true")


@pytest.mark.parametrize(
    ("file", "more", "why"),
    [
        (
            "vignettes/a.json",
            "",
            "it is a person of the folder vignettes, whose expectation comes from a source",
        ),
        ("a.json", '"source": "NICE NG226, 1.2", ', 'its expectation comes from "NICE NG226, 1.2"'),
    ],
)
def test_an_expectation_that_comes_from_a_source_stays(file: str, more: str, why: str) -> None:
    Path("vignettes").mkdir()
    Path(file).write_text(case("a", more=more))
    Path("b.json").write_text(case("b"))
    result = run(file, "b.json")
    assert result.exit_code == 1
    assert f'a disposition: "doctor" -> "urgent"; not changed: {why}\n' in result.stdout
    assert Path(file).read_text() == case("a", more=more)
    assert Path("b.json").read_text() == case("b", expect='{"disposition": "urgent"}')


def test_a_vignette_is_known_from_inside_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "vignettes").mkdir()
    (tmp_path / "vignettes" / "a.json").write_text(case())
    (tmp_path / "vignettes" / "rules").symlink_to(tmp_path / "rules")
    monkeypatch.chdir(tmp_path / "vignettes")
    assert run("a.json").exit_code == 1
    assert (tmp_path / "vignettes" / "a.json").read_text() == case()


def test_a_case_of_which_nothing_would_be_left_stays() -> None:
    Path("a.json").write_text(case(expect='{"fires": ["stiff-jaw"]}'))
    result = run("a.json")
    assert result.exit_code == 1
    assert "not changed: nothing would be left that it expects" in result.stdout
    assert json.loads(Path("a.json").read_text())["expect"] == {"fires": ["stiff-jaw"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"[{case()}, {case()}]", 'the id "a" is also used at a.json:1'),
        (f'[{case()}, {{"id": "c", "answers": {{"sings": "none"}}}}]', 'unknown question "sings"'),
        (f"[{case()}, ]", "is not JSON"),
        ("", "is empty"),
    ],
)
def test_a_file_that_holds_something_invalid_stays_as_it_is(text: str, told: str) -> None:
    Path("a.json").write_text(text)
    Path("b.json").write_text(case("b"))
    result = run("a.json", "b.json")
    assert result.exit_code == 3
    assert told in result.stderr
    assert Path("a.json").read_text() == text
    assert Path("b.json").read_text() == case("b", expect='{"disposition": "urgent"}')


def test_where_one_file_cannot_be_written_none_is() -> None:
    Path("shut").mkdir()
    for name in ("a.json", "shut/b.json"):
        Path(name).write_text(case(Path(name).stem))
    Path("shut/b.json").chmod(0o444)
    result = triage_without_powers(Path.cwd(), "accept", "--rules", "rules", "a.json", "shut")
    assert result.returncode == 2
    assert result.stderr == "shut/b.json: cannot be written: permission denied\n"
    assert result.stdout == ""
    for name in ("a.json", "shut/b.json"):
        assert Path(name).read_text() == case(Path(name).stem)


def test_what_cannot_be_written_again_is_refused() -> None:
    Path("a.json.gz").write_bytes(gzip.compress(case().encode()))
    result = run("a.json.gz")
    assert (result.exit_code, result.stderr) == (2, "a.json.gz / is compressed; unpack it first\n")
    assert gzip.decompress(Path("a.json.gz").read_bytes()) == case().encode()
    assert run("-").exit_code == 2


def test_a_link_stays_a_link() -> None:
    Path("real.json").write_text(case())
    Path("a.json").symlink_to("real.json")
    assert run("a.json").exit_code == 0
    assert Path("a.json").is_symlink()
    assert "urgent" in Path("real.json").read_text()


def test_a_folder_without_cases_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("empty").exit_code == 5


def test_a_known_miss_is_counted() -> None:
    Path("a.json").write_text(case(expect='{"disposition": "doctor", "known_miss": "urgent"}'))
    table = CliRunner().invoke(main, ["evaluate", "--rules", "rules", "a.json"], catch_exceptions=False)
    assert table.exit_code == 0
    assert "0 of 1 expectation met, 1 known miss" in table.stdout


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"urgent", "known_miss": "doctor"', '"urgent"'),
        ('"self_care", "known_miss": "doctor"', '"self_care", "known_miss": "urgent"'),
    ],
)
def test_a_known_miss_is_taken_over_and_goes_where_the_source_is_met(before: str, after: str) -> None:
    Path("a.json").write_text(case(expect=f'{{"disposition": {before}}}'))
    assert evaluated("a.json") == 1
    assert run("a.json").exit_code == 0
    assert json.loads(Path("a.json").read_text())["expect"] == json.loads(f'{{"disposition": {after}}}')
    assert evaluated("a.json") == 0
