"""The interview on a real terminal: what is asked again, what signals leave, what is said last."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import sys
import time
from pathlib import Path

import pexpect
import pytest
from support.shipped import KNOWLEDGE

from triage.inference.answers.intake import read_answers

TO_THE_DANGERS = (b"35", b"leg", b"calf", b"1")
"""How old, where, a painful tightening: asked before the dangers."""


def spawn(*arguments: str, cwd: Path | None = None, **environment: str) -> pexpect.spawn[bytes]:
    return pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", "--color", "never", *arguments],
        timeout=30,
        cwd=cwd,
        env={**os.environ, "TERM": "xterm", **environment},
        dimensions=(40, 80),
    )


def answer(child: pexpect.spawn[bytes], *lines: bytes) -> None:
    for line in lines:
        child.expect(b"\n> ")
        child.sendline(line)


def leave(child: pexpect.spawn[bytes]) -> str:
    child.expect(pexpect.EOF)
    child.close()
    return " ".join((child.before or b"").decode("utf-8", "replace").split())


def test_a_line_that_is_not_understood_is_asked_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    child = spawn("--save", str(kept), PYTHONIOENCODING="utf-8:strict")
    answer(child, b"1", b"\xc3none", b"9" * 500, b"perhaps", b"35")
    child.expect(b"3/")
    answer(child, b"q")
    leave(child)
    assert child.exitstatus == 0
    assert json.loads(kept.read_text("utf-8"))["answers"] == {"for_whom": "self", "age": 35}


def test_half_a_letter_left_by_backspace_ends_nothing() -> None:
    child = spawn()
    answer(child, b"1")
    child.expect(b"\n> ")
    child.send("é".encode() + b"\x7f" + b"35\r")
    child.expect(b"Some of that could not be read|3/")
    child.close(force=True)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGQUIT, 131)],
)
def test_a_signal_keeps_the_answers(tmp_path: Path, number: signal.Signals, code: int) -> None:
    kept = tmp_path / "kept.json"
    child = spawn("--save", str(kept))
    answer(child, b"1", b"35")
    child.expect(b"3/")
    child.expect(b"\n> ")
    child.kill(number)
    leave(child)
    assert child.exitstatus == code
    answers = json.loads(kept.read_text("utf-8"))["answers"]
    assert answers == {"for_whom": "self", "age": 35}
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]


@pytest.mark.parametrize("turn", range(4))
def test_a_window_that_is_closed_keeps_the_answers(tmp_path: Path, turn: int) -> None:
    """The lines that can no longer be printed and the signal come at once, in either order."""
    kept = tmp_path / "kept.json"
    program, window = pty.fork()
    if not program:
        os.execv(sys.executable, [sys.executable, "-m", "triage", "intake", "--save", str(kept)])  # noqa: S606 - its own command
    _read_until(window, b"\n> ")
    os.write(window, b"1\n")
    _read_until(window, b"How old are you")
    time.sleep(turn / 1000)
    os.close(window)
    _, status = os.waitpid(program, 0)
    assert os.waitstatus_to_exitcode(status) == 129
    assert json.loads(kept.read_text("utf-8"))["answers"] == {"for_whom": "self"}


def _read_until(window: int, awaited: bytes) -> None:
    heard = b""
    while awaited not in heard:
        heard += os.read(window, 65536)


def test_an_emergency_is_said_first_on_resuming_and_last_on_leaving(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    child = spawn("--save", str(kept))
    answer(child, b"1", *TO_THE_DANGERS, b"6")
    child.expect(b"EMERGENCY")
    child.expect(b"\n> ")
    child.sendintr()
    assert "EMERGENCY" in leave(child)
    again = spawn("--resume", str(kept))
    again.expect(b"EMERGENCY")
    assert not re.search(rb"\d/\d", again.before or b"")
    answer(again, b"more")
    again.expect(b"6/")
    answer(again, b"q")
    said = leave(again)
    assert "EMERGENCY" in said
    assert "advice above still holds" in said


def test_words_for_a_danger_count_after_a_yes(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    child = spawn("--save", str(kept))
    answer(child, b"2", *TO_THE_DANGERS, b"can't breathe")
    child.expect(b"Do you mean")
    answer(child, b"y")
    child.expect(b"Taken as: New shortness of breath")
    child.expect(b"\n> ")
    child.sendeof()
    leave(child)
    assert child.exitstatus == 3
    answers = json.loads(kept.read_text("utf-8"))["answers"]
    assert answers["for_whom"] == "other"
    assert answers["danger_signs"] == {"breathless": "yes"}, "the other line about breath is still open"
    read_answers(KNOWLEDGE, answers)


def test_answers_can_be_kept_after_all_when_leaving(tmp_path: Path) -> None:
    (tmp_path / "taken.json").write_text("mine", "utf-8")
    child = spawn()
    answer(child, b"1")
    child.expect(b"How old are you")
    answer(child, b"q")
    for name in ("taken.json", "no/folder.json", "me.json"):
        child.expect(b"to go on: ")
        child.sendline(f"{tmp_path}/{name}".encode())
    assert "Your answers are kept in" in leave(child)
    assert child.exitstatus == 0
    assert (tmp_path / "taken.json").read_text("utf-8") == "mine"
    assert json.loads((tmp_path / "me.json").read_text("utf-8"))["answers"] == {"for_whom": "self"}


@pytest.mark.parametrize(("said", "code"), [(b"n", 2), (b"y", 0)])
def test_a_file_of_another_kind_is_written_over_only_when_allowed(
    tmp_path: Path, said: bytes, code: int
) -> None:
    path = tmp_path / "notes.json"
    path.write_text("my notes", "utf-8")
    child = spawn("--save", str(path))
    child.expect(rb"Write over it\? \(y or n\) ")
    child.sendline(said)
    if code == 0:
        answer(child, b"q")
    leave(child)
    assert child.exitstatus == code
    assert (path.read_text("utf-8") == "my notes") is (code == 2)


LEFT = "triage intake --save my-answers.json keeps them as you go."
SENTENCE = (b"my left calf cramps at night, I am 45", b"y")


def to_the_result(child: pexpect.spawn[bytes]) -> None:
    """Answer everything by none, or by the first that is offered."""
    for line in SENTENCE:
        child.expect(b"\n> ")
        child.sendline(line)
    for _ in KNOWLEDGE.questions:
        if child.expect([b"\n> ", b"More\\? "]):
            return
        asked = re.split(rb"\n\d+/\d+\r", child.before or b"")[-1]
        child.sendline(b"none" if b"none" in asked else b"90 s" if b"90 s" in asked else b"1")
    pytest.fail("no result after as many lines as there are questions")


def test_enter_at_the_menu_says_what_happens_and_what_would_be_lost(tmp_path: Path) -> None:
    child = spawn(cwd=tmp_path)
    to_the_result(child)
    child.sendline(b"")
    child.expect(b"Press Enter once more, or q, to leave")
    child.expect(b"Your answers are not kept yet")
    child.expect(b"More\\? ")
    child.sendline(b"kept.json")
    child.expect(b"Your answers will be kept in kept.json. Type q to leave.")
    child.sendline(b"q")
    said = leave(child)
    assert "You have left. The advice above still holds." in said
    assert LEFT not in said
    assert read_answers(KNOWLEDGE, json.loads((tmp_path / "kept.json").read_text("utf-8"))["answers"])


@pytest.mark.parametrize("ends", [b"\x03", b"\x04", b"q\r"])
def test_whoever_leaves_hears_what_holds_and_what_is_lost(ends: bytes) -> None:
    child = spawn()
    to_the_result(child)
    child.send(ends)
    said = leave(child)
    assert "advice above still holds." in said
    assert LEFT in said


def test_ctrl_c_at_a_question_is_answered_with_words() -> None:
    child = spawn()
    answer(child, b"1", b"35")
    child.expect(b"3/")
    child.expect(b"\n> ")
    child.sendintr()
    said = leave(child)
    assert "You have stopped before the end, so there is no result." in said
    assert LEFT in said
    assert child.exitstatus == 130


def test_whoever_goes_on_with_saved_answers_keeps_them_in_the_same_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    child = spawn("--save", str(kept))
    answer(child, b"1", b"35", b"q")
    leave(child)
    before = kept.read_bytes()
    child = spawn("--resume", "kept.json", "--no-save", cwd=tmp_path)
    answer(child, b"leg", b"calf", b"q")
    child.expect(b"Enter to go on: ")
    child.sendline(b"q")
    leave(child)
    assert kept.read_bytes() == before
    child = spawn("--resume", "kept.json", cwd=tmp_path)
    child.expect(b"New answers are also kept in kept.json")
    answer(child, b"leg", b"calf", b"q")
    assert "Your answers are kept in kept.json." in leave(child)
    answers = json.loads(kept.read_text("utf-8"))["answers"]
    assert answers.keys() > {"for_whom", "age"}


def test_a_file_that_is_no_saved_interview_is_not_written_to_when_it_is_resumed(tmp_path: Path) -> None:
    case = {"id": "a", "title": "A case", "answers": {"for_whom": "self", "age": 35}}
    (tmp_path / "case.json").write_text(json.dumps(case), "utf-8")
    child = spawn("--resume", "case.json", "--force", cwd=tmp_path)
    child.expect(b"New answers cannot be kept in case.json")
    answer(child, b"leg", b"calf", b"q")
    child.expect(b"Enter to go on: ")
    child.sendline(b"q")
    leave(child)
    assert json.loads((tmp_path / "case.json").read_text("utf-8")) == case
