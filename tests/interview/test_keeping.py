"""What is kept, and what is taken up again: no answer is lost without a word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.shipped import KNOWLEDGE

from triage.cli import main
from triage.inference.answers.intake import read_answers
from triage.interview.saving import CannotResume, read_saved

pytestmark = pytest.mark.usefixtures("loaded")


def run(lines: list[str], *arguments: str) -> Result:
    typed = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(main, ["intake", *arguments], input=typed, catch_exceptions=False)


def write(path: Path, answers: Any, sha256: str = KNOWLEDGE.sha256) -> str:
    saved = {"id": path.stem, "knowledge_base": {"version": "1", "sha256": sha256}, "answers": answers}
    path.write_text(json.dumps(saved), "utf-8")
    return str(path)


def kept(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))["answers"]


# Places.


@pytest.mark.parametrize("option", ["--save", "--transcript"])
@pytest.mark.parametrize("place", ["no/such/folder/x.json", "", "x" * 300, "folder/", "file/x.json"])
def test_a_place_that_cannot_be_written_is_told_before_the_first_question(
    tmp_path: Path, option: str, place: str
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    result = run(["1"], option, f"{tmp_path}/{place}" if place else place)
    assert result.exit_code == 2
    assert "Question" not in result.stdout
    assert ("Please name another place" if place else "name a file") in result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("option", ["--save", "--transcript"])
@pytest.mark.parametrize(
    "text", ["my notes", "{}", '{"answers": {"age": 4}}', '[{"id": "a", "answers": {}}]']
)
def test_a_file_of_another_kind_is_not_written_over(tmp_path: Path, option: str, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    result = run(["1"], option, str(path))
    assert result.exit_code == 2
    assert "Question" not in result.stdout
    assert path.read_text("utf-8") == text


def test_an_earlier_interview_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    run(["1", "35"], "--save", str(path))
    result = run(["2"], "--save", str(path))
    assert kept(path) == {"for_whom": "other"}
    assert kept(tmp_path / "me.json.earlier-1") == {"for_whom": "self", "age": 35}
    assert "me.json.earlier-1" in result.stderr
    run(["1"], "--save", str(path))
    assert kept(tmp_path / "me.json.earlier-2") == {"for_whom": "other"}


def test_going_on_with_a_file_writes_it_anew(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    run(["1", "35"], "--save", str(path))
    run(["none"], "--resume", str(path), "--save", str(path))
    assert set(kept(path)) == {"for_whom", "age", "site"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["me.json"]


def test_an_earlier_transcript_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    run(["1"], "--transcript", str(path))
    run(["2"], "--transcript", str(path))
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["talk.md", "talk.md.earlier-1"]


def test_answers_and_transcript_do_not_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "x")
    assert run(["1"], "--save", path, "--transcript", path).exit_code == 2


# Resuming.


def test_other_rules_are_refused_unless_forced(tmp_path: Path) -> None:
    path = write(tmp_path / "kept.json", {"for_whom": "self", "gone": 1}, sha256="0")
    refused = run([], "--resume", path)
    assert refused.exit_code == 3
    assert "was made with other rules" in refused.stderr
    assert "- gone: cannot be read: 1" in refused.stderr
    forced = run([], "--resume", path, "--force")
    assert "2/" in forced.stdout
    assert "- gone: cannot be read: 1" in forced.stdout, "in the talk, and so in its transcript"


def test_an_answer_that_does_not_fit_is_named_and_refused_dangers_first(tmp_path: Path) -> None:
    answers = {"for_whom": "self", "age": 400, "danger_signs": ["no_longer_known"]}
    refused = run([], "--resume", write(tmp_path / "kept.json", answers))
    assert refused.exit_code == 3
    lines = refused.stderr.splitlines()
    assert "danger_signs: DANGER SIGNS were answered here and cannot be read" in lines[1]
    assert "age: cannot be read: 400" in lines[2]
    assert "--force" in lines[0]


def test_what_can_still_be_read_of_a_danger_list_counts_and_the_list_is_asked_again(tmp_path: Path) -> None:
    calf = {"age": 35, "feels": ["painful_tightening"], "site": ["calf"]}
    answers = {"for_whom": "self", **calf, "danger_signs": ["chest_tightness", "no_longer_known", "?faint"]}
    path = write(tmp_path / "kept.json", answers)
    out = tmp_path / "new.json"
    result = run(["more", ""], "--resume", path, "--force", "--save", str(out))
    assert result.stdout.index("EMERGENCY") < result.stdout.index("5/")
    assert "Enter keeps: Tight, squeezing" in result.stdout
    read_answers(KNOWLEDGE, kept(out))
    signs = kept(out)["danger_signs"]
    assert {item for item, value in signs.items() if value == "yes"} == {"chest_tightness"}
    assert {item for item, value in signs.items() if value == "unknown"} == {"faint"}


def test_the_only_copy_of_what_cannot_be_read_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    before = {"for_whom": "self", "danger_signs": ["no_longer_known"]}
    name = write(path, before)
    result = run(["35"], "--resume", name, "--force", "--save", name)
    assert kept(path) == {"for_whom": "self", "age": 35}
    assert kept(tmp_path / "kept.json.earlier-1") == before
    assert "kept.json.earlier-1" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"id": "a"}',
        "not json",
        "[" * 100_000,
        '{"answers": ' * 50_000,
        f'{{"answers": {{"age": {"9" * 5000}}}}}',
        '{"answers": {"age": 4, "age": 5}}',
        '{"answers": 4}',
        '{"answers": {}, "knowledge_base": 3}',
        "\x00",
    ],
)
def test_a_file_that_is_no_interview_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    result = run([], "--resume", str(path))
    assert result.exit_code == 3
    assert "is not a saved interview" in result.stderr
    assert len(result.stderr) < 400


@pytest.mark.parametrize(
    "answer",
    [None, True, 1.5, [], ["?"], {"chest_tightness": "perhaps"}, {"x": 1}, [["chest_tightness"]], "x", "nan"],
)
def test_whatever_stands_in_a_saved_answer_is_taken_or_named(tmp_path: Path, answer: Any) -> None:
    path = write(tmp_path / "x.json", {"for_whom": "self", "danger_signs": answer})
    assert "danger_signs: DANGER SIGNS" in run([], "--resume", path).stderr
    out = tmp_path / "new.json"
    run([], "--resume", path, "--force", "--save", str(out))
    read_answers(KNOWLEDGE, kept(out))


# Bytes, and no input at all: as a program, since the test's own standard input is none of these.

PROGRAM = [sys.executable, "-m", "triage", "intake"]


def program(typed: bytes, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=typed,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_byte_that_is_no_text_is_not_understood_and_the_answers_are_kept(
    tmp_path: Path, errors: str
) -> None:
    out, transcript = tmp_path / "kept.json", tmp_path / "talk.md"
    done = program(
        b"1\n35\n\xc3none\nnone\n",
        "--save",
        str(out),
        "--transcript",
        str(transcript),
        PYTHONIOENCODING=f"utf-8:{errors}",
    )
    assert done.returncode == 3
    assert b"Line 3 was not understood" in done.stderr
    assert b"Traceback" not in done.stderr
    assert kept(out) == {"for_whom": "self", "age": 35}
    assert transcript.read_text("utf-8").count("> ") >= 3


@pytest.mark.parametrize(
    "typed", [b"1\n" + b"9" * 5000 + b"\n", b"1\nnone\n\x00\x01\n", b"1\n" + b"x" * 200_000]
)
def test_no_line_ends_in_a_traceback(tmp_path: Path, typed: bytes) -> None:
    out = tmp_path / "kept.json"
    done = program(typed, "--save", str(out))
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert kept(out)["for_whom"] == "self"


def test_a_closed_standard_input_is_an_empty_one() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" <&-', "sh", *PROGRAM],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 3
    assert done.stderr.decode() == "The input ended before the question for_whom.\n"


def test_a_reader_that_goes_away_loses_no_answer(tmp_path: Path) -> None:
    out = tmp_path / "kept.json"
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            'yes "?" | (echo 1; head -n 60) | "$@" | head -n 30',
            "sh",
            *PROGRAM,
            "--save",
            str(out),
        ],
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert kept(out)["for_whom"] == "self"


def test_what_is_left_of_a_long_line_answers_no_other_question(tmp_path: Path) -> None:
    result = run(["1" + " " * 9999 + "none"], "--save", str(tmp_path / "me.json"))
    assert result.exit_code == 3
    assert (
        "Line 1 was not understood at the question for_whom: Some of that could not be read." in result.stderr
    )
    assert kept(tmp_path / "me.json") == {}


def test_names_of_medicines_in_a_file_become_the_list(tmp_path: Path) -> None:
    answers = {"feels": ["painful_tightening"], "medicine_names": ["Lipitor"], "medicines": ["quinine"]}
    saved = read_saved(Path(write(tmp_path / "a.json", answers)), KNOWLEDGE, force=False)
    assert set(saved.answers) == {"feels", "medicines"}
    assert read_answers(KNOWLEDGE, saved.answers) == read_answers(KNOWLEDGE, answers)


def test_names_that_cannot_be_read_have_the_list_asked_anew(tmp_path: Path) -> None:
    path = Path(write(tmp_path / "a.json", {"medicine_names": ["xyzzy"], "medicines": ["quinine"]}))
    with pytest.raises(CannotResume, match="medicine_names: cannot be read"):
        read_saved(path, KNOWLEDGE, force=False)
    assert dict(read_saved(path, KNOWLEDGE, force=True).answers) == {}
