"""Killed, or on a full disk: what was answered is kept, or it is said at once and asked where else."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pexpect
import pytest
from click.testing import CliRunner
from support.shipped import HEALTHY, KNOWLEDGE
from support.unprivileged import triage_without_powers

from triage.cli import main
from triage.cli.interview.line_terminal import ClickTerminal
from triage.interview.saving import save_answers

FULL = 350
"""Bytes that hold two answers, and not three."""
TWO = {"for_whom": "self", "age": 35}


def spawn(*arguments: str) -> pexpect.spawn[bytes]:
    return pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", "--color", "never", *arguments],
        timeout=30,
        env={**os.environ, "TERM": "xterm"},
        dimensions=(40, 80),
    )


def answer(child: pexpect.spawn[bytes], *lines: bytes) -> None:
    for line in lines:
        child.expect(b"\n> ")
        child.send(line + b"\r")


def leave(child: pexpect.spawn[bytes]) -> str:
    child.expect(pexpect.EOF)
    child.close()
    return " ".join((child.before or b"").decode("utf-8", "replace").split())


def kept(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))["answers"]


def files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_who_is_killed_loses_no_more_than_the_answer_being_typed(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    child = spawn("--save", str(path))
    child.expect(b"\n> ")
    assert files(tmp_path) == [], "nothing is answered yet"
    child.send(b"1\r")
    answer(child, b"35")
    child.expect(b"\n> ")
    child.send(b"1 3")
    child.kill(signal.SIGKILL)
    child.close()
    assert kept(path) == TWO
    assert path.stat().st_mode & 0o777 == 0o600
    assert files(tmp_path) == ["kept.json"]


def test_an_earlier_interview_stays_also_where_the_new_one_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    CliRunner().invoke(main, ["intake", "--save", str(path)], input="1\n35\n")
    child = spawn("--save", str(path))
    answer(child, b"2")
    child.expect(b"\n> ")
    child.kill(signal.SIGKILL)
    child.close()
    assert kept(path) == {"for_whom": "other"}
    assert kept(tmp_path / "kept.json.earlier-1") == TWO


def full_after_two(path: Path) -> pexpect.spawn[bytes]:
    """Answer three questions on a disk that has room for two answers."""
    child = spawn("--save", str(path))
    child.expect(b"\n> ")
    assert isinstance(child.pid, int)
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))
    child.send(b"1\r")
    answer(child, b"35", b"leg", b"calf")
    child.expect(b"Your answers cannot be kept just now.")
    return child


def test_a_full_disk_is_told_at_once_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    child = full_after_two(path)
    assert kept(path) == TWO, "the file of before is whole"
    assert files(tmp_path) == ["kept.json"]
    assert isinstance(child.pid, int)
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    answer(child, b"1")
    child.expect(b"5/")
    child.expect(b"\n> ")
    child.kill(signal.SIGKILL)
    child.close()
    assert set(kept(path)) == {*TWO, "site", "feels"}
    assert kept(path)["site"] == ["calf"]


def test_who_leaves_while_the_disk_is_full_is_asked_where_else(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    child = full_after_two(path)
    answer(child, b"q")
    child.expect(b"Your answers are not kept yet.")
    child.expect(b"to go on: ")
    child.send(b"q\r")
    child.expect(b"or Enter to leave without them: ")
    assert b"cannot be written: file too large" in b" ".join((child.before or b"").split())
    child.send(f"{tmp_path}/no/folder.json\r".encode())
    child.expect(rb"Please\s+name\s+another\s+place\.")
    child.expect(b"or Enter to leave without them: ")
    assert isinstance(child.pid, int)
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    child.send(f"{tmp_path}/b.json\r".encode())
    said = leave(child)
    assert "Your answers are kept in" in said
    assert "Traceback" not in said
    assert child.exitstatus == 0
    assert kept(path) == TWO
    assert set(kept(tmp_path / "b.json")) == {*TWO, "site"}
    assert files(tmp_path) == ["b.json", "kept.json"]


def test_who_leaves_without_another_place_hears_it_in_the_exit_code(tmp_path: Path) -> None:
    child = full_after_two(tmp_path / "kept.json")
    answer(child, b"q")
    child.expect(b"to go on: ")
    child.send(b"q\r")
    child.expect(b"or Enter to leave without them: ")
    child.send(b"\r")
    leave(child)
    assert child.exitstatus == 2
    assert files(tmp_path) == ["kept.json"]


@pytest.mark.usefixtures("loaded")
def test_a_script_is_told_of_a_full_disk_and_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.json"
    path.write_text("", "utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = CliRunner().invoke(main, ["intake", "--save", str(path)], input="1\n35\nq\n")
    assert result.exit_code == 2
    assert result.stdout.count("Your answers cannot be kept just now.") == 1
    assert "kept.json: cannot be written: no space left on device" in result.stderr
    assert path.read_text("utf-8") == ""
    assert files(tmp_path) == ["kept.json"]
    assert isinstance(result.exception, SystemExit), "no traceback"


def test_a_folder_that_may_not_be_written_to_is_told_before_the_first_question(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    done = triage_without_powers(tmp_path, "intake", "--save", str(folder / "a.json"), text="1\n")
    folder.chmod(0o700)
    assert done.returncode == 2
    assert "Question" not in done.stdout
    assert "takes no new file (permission denied). Please name another place." in done.stderr


def test_an_emergency_is_told_again_before_a_script_ends(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    typed = "1\n35\nleg\ncalf\n1\n1\n1\nmore\nrubbish\nnone\n"
    result = CliRunner().invoke(main, ["intake", "--save", str(path)], input=typed)
    assert result.exit_code == 3
    assert "Line 9 was not understood at the question" in result.stderr
    assert result.stdout.rindex("EMERGENCY") > result.stdout.index("6/")
    assert kept(path)["danger_signs"] == ["chest_tightness"]


@pytest.mark.usefixtures("loaded")
def test_the_answers_about_another_complaint_are_kept_after_each_question_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    ask = ClickTerminal.ask

    def watched(terminal: ClickTerminal, prompt: str) -> str:
        seen.append(files(tmp_path))
        return ask(terminal, prompt)

    monkeypatch.setattr(ClickTerminal, "ask", watched)
    first = tmp_path / "me.json"
    save_answers(first, KNOWLEDGE, HEALTHY, dict.fromkeys(HEALTHY, datetime.now(UTC)))
    result = CliRunner().invoke(
        main, ["intake", "--resume", str(first), "--save", str(first)], input="o\nleg\nfoot\ntwitch\n"
    )
    assert result.exit_code == 3, "more would be asked"
    assert seen[-1] == ["me-2.json", "me.json"], "before the input ends"
    second = kept(tmp_path / "me-2.json")
    assert second["feels"] != kept(first)["feels"]
    assert second["site"] != kept(first)["site"]
    times = json.loads((tmp_path / "me-2.json").read_text("utf-8"))["given_at"]
    assert set(times) == set(second), "what is shared keeps the time at which it was given"
