"""Lines typed at a real terminal: edited, called up again, several at once, in a window that changes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

Window: TypeAlias = "pexpect.spawn[bytes]"
EDITING = pytest.mark.parametrize("term", ["xterm-256color", "dumb"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def begin(home: Path, tmp_path: Path) -> Callable[..., Window]:
    """Begin an interview that is kept in `kept.json`, and answer whom it is about."""

    def begun(term: str = "xterm-256color", width: int = 80, **environment: str) -> Window:
        window: Window = pexpect.spawn(
            sys.executable,
            ["-m", "triage", "intake", "--color", "never", "--save", str(tmp_path / "kept.json")],
            timeout=30,
            env={**os.environ, "TERM": term, "HOME": str(home), **environment},
            dimensions=(24, width),
        )
        window.expect(b"\n> ")
        window.send(b"1\r")
        window.expect(b"\n> ")
        return window

    return begun


def heard(window: Window, typed: bytes) -> str:
    """Return what is said after a line, up to the next prompt."""
    window.send(typed)
    window.expect(b"\n> ")
    return " ".join((window.before or b"").decode("utf-8", "replace").split())


def kept(tmp_path: Path) -> dict[str, object]:
    answers: dict[str, object] = json.loads((tmp_path / "kept.json").read_text("utf-8"))["answers"]
    return answers


def test_a_line_can_be_edited_with_the_arrow_keys(begin: Callable[..., Window], tmp_path: Path) -> None:
    window = begin()
    assert "3/" in heard(window, b"4\x1b[D3\x1b[C\x7f5\r")
    assert kept(tmp_path)["age"] == 35
    window.close(force=True)


def test_a_letter_of_two_bytes_is_taken_back_whole(begin: Callable[..., Window], tmp_path: Path) -> None:
    window = begin(LC_ALL="C.UTF-8")
    assert "3/" in heard(window, "é".encode() + b"\x7f35\r")
    assert kept(tmp_path)["age"] == 35
    window.close(force=True)


def test_a_byte_that_is_no_letter_does_not_get_into_an_edited_line(begin: Callable[..., Window]) -> None:
    window = begin(LC_ALL="C.UTF-8")
    assert heard(window, b"\xe935\r").startswith("35 3/"), "what is read is what stands there"
    window.close(force=True)


@pytest.mark.parametrize("place", ["C", "C.UTF-8"])
def test_without_editing_such_a_byte_is_not_understood(begin: Callable[..., Window], place: str) -> None:
    window = begin("dumb", LC_ALL=place)
    assert "Some of that could not be read" in heard(window, b"\xe935\r")
    assert "3/" in heard(window, b"35\r")
    window.close(force=True)


def test_in_a_plain_locale_a_line_can_be_edited_too(begin: Callable[..., Window]) -> None:
    window = begin(LC_ALL="C")
    window.send("é".encode() + b"\x7f\x15")
    assert "3/" in heard(window, b"4\x7f35\r")
    window.close(force=True)


def test_earlier_lines_can_be_called_up_and_never_touch_the_disk(
    begin: Callable[..., Window], home: Path, tmp_path: Path
) -> None:
    window = begin()
    heard(window, b"77777\r")
    assert "77777" in heard(window, b"\x1b[A\r")
    window.sendcontrol("d")
    window.expect(pexpect.EOF)
    window.close()
    assert list(home.iterdir()) == []
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["kept.json"]
    assert "77777" not in (tmp_path / "kept.json").read_text("utf-8")


def test_escape_escape_lists_no_files(begin: Callable[..., Window]) -> None:
    window = begin()
    assert "triage" not in heard(window, b"\x1b\x1b\x1b?\x1535\r")
    window.close(force=True)


def test_the_terminal_is_sent_no_escape_before_a_key_is_struck(
    begin: Callable[..., Window], home: Path
) -> None:
    (home / ".inputrc").write_text("set enable-bracketed-paste on\nset enable-meta-key on\n", "utf-8")
    window = begin()
    assert b"\x1b" not in (window.before or b"")
    window.close(force=True)


@EDITING
def test_of_several_lines_none_answers_before_it_is_said_which(
    begin: Callable[..., Window], term: str, tmp_path: Path
) -> None:
    window = begin(term)
    said = heard(window, b"35\r1\rcalf\r")
    assert 'Several lines came at once: "35", "1", "calf".' in said
    assert kept(tmp_path) == {"for_whom": "self"}
    assert "Nothing is taken. Please answer the question now." in heard(window, b"\r")
    assert "Several lines came at once" in heard(window, b"35\r1\r")
    assert "3/" in heard(window, b"1\r")
    assert kept(tmp_path) == {"for_whom": "self", "age": 35}
    window.close(force=True)


@pytest.mark.parametrize("reply", [b"\r", b"1\r"])
def test_a_danger_sign_in_lines_that_are_not_taken_is_asked(
    begin: Callable[..., Window], tmp_path: Path, reply: bytes
) -> None:
    window = begin()
    heard(window, b"35\rno fever\rbut chest\rpain\r")
    said = heard(window, reply)
    assert 'You wrote "chest pain". Is this so now, or did it come with the cramp or spasm?' in said
    assert "EMERGENCY" in heard(window, b"yes\r")
    assert "danger_signs" in kept(tmp_path)
    window.close(force=True)


@EDITING
def test_several_lines_can_be_one_answer(begin: Callable[..., Window], term: str, tmp_path: Path) -> None:
    window = begin(term)
    heard(window, b"35\r")
    heard(window, b"leg\r")
    assert "4/" in heard(window, b"calf\r")
    assert 'Several lines came at once: "1", "4"' in heard(window, b"1\n4\n")
    assert "5/" in heard(window, b"y\r")
    feels = kept(tmp_path)["feels"]
    assert isinstance(feels, dict)
    assert list(feels.values()).count("yes") == 2
    window.close(force=True)


@EDITING
def test_a_second_enter_answers_nothing(begin: Callable[..., Window], term: str, tmp_path: Path) -> None:
    window = begin(term)
    assert "3/" in heard(window, b"35\r\r\r")
    assert "Which? 1 Calf" in heard(window, b"1\r\r\r"), "and is not answered before"
    assert "4/" in heard(window, b"1\r"), "nor is what is asked further"
    assert kept(tmp_path)["site"] == ["calf"]
    window.close(force=True)


def test_each_line_is_wrapped_to_the_window_as_it_is_then(begin: Callable[..., Window]) -> None:
    window = begin(width=100)
    for columns, least, most in ((60, 45, 60), (120, 90, 120), (200, 90, 120), (30, 20, 30)):
        window.setwinsize(24, columns)
        window.send(b"?\r")
        window.expect(b"\n> ")
        lines = (window.before or b"").decode("utf-8").splitlines()
        assert least <= max(map(len, lines)) <= most, columns
    window.close(force=True)


@pytest.mark.parametrize("shell", [["bash", "--norc", "-i"], ["dash", "-i", "-m"]])
def test_ctrl_z_gives_the_shell_its_terminal_and_fg_goes_on_with_the_line(
    shell: list[str], home: Path
) -> None:
    if not shutil.which(shell[0]):
        pytest.skip(f"there is no {shell[0]} here")
    environment = {**os.environ, "TERM": "xterm", "PS1": "ready% ", "HOME": str(home)}
    window: Window = pexpect.spawn(shell[0], shell[1:], timeout=30, env=environment, dimensions=(24, 80))
    window.expect(b"ready% ")
    window.send(f"'{sys.executable}' -m triage intake --color never\r".encode())
    window.expect(b"\n> ")
    window.send(b"so")
    window.expect(b"so")
    window.send(b"\x1a")
    window.expect(b"ready% ")
    window.send(b"stty -a\r")
    window.expect(b"ready% ")
    modes = (window.before or b"").replace(b";", b" ").split()
    assert {b"icanon", b"echo", b"isig"} <= set(modes)
    window.send(b"fg\r")
    window.expect(b"> so")
    window.send(b"meone else\r")
    window.expect(b"How old are they")
    window.close(force=True)
