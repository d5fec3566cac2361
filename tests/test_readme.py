"""The pages show what the program prints and what Python answers, and their links lead somewhere."""

from __future__ import annotations

import doctest
import json
import pkgutil
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from showcase import CUT, FLOORS, PAGES, README, ROOT, examples, whole
from support.floors import picture

from triage.cli import COMMANDS, main
from triage.cli.common import Exit

_NUMBER = re.compile(r"\b(?:[0-9a-f]{12}|\d[\d.,]*\d|\d)\b")
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
_BLOCK = re.compile(r"```.*?```", re.DOTALL)
_CASES = re.compile(r"```json\n(\[.*?)```", re.DOTALL)
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in PAGES}
EXAMPLES = [
    pytest.param(example, id=f"{name}:{line}")
    for name, text in TEXTS.items()
    for line, example in examples(text)
]
ROOMS = sorted(each.parent.name for each in (ROOT / "triage").glob("*/__init__.py"))
COMMANDS_PAGE = TEXTS["triage/cli/README.md"]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 3


def test_the_first_page_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 130


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: list[str], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert is_shown(example, whole(example)), (
        "it has drifted: run `python tests/showcase.py`, which writes the pages anew, and read what changed"
    )


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if "\n>>> " in text])
def test_python(name: str) -> None:
    ran = doctest.testfile(
        str(ROOT / name), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8"
    )
    assert ran.failed == 0, "see what doctest printed"


def test_the_cases_of_the_pages_pass(tmp_path: Path) -> None:
    cases = [case for text in TEXTS.values() for block in _CASES.findall(text) for case in json.loads(block)]
    assert cases
    (tmp_path / "cases.json").write_text(json.dumps(cases), "utf-8")
    ran = CliRunner().invoke(main, ["evaluate", str(tmp_path / "cases.json")])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    links = _LINK.findall(_BLOCK.sub("", TEXTS[name]))
    assert [f"{path}#{anchor}" for path, anchor in links if not _leads(ROOT / name, path, anchor)] == []


def _leads(page: Path, path: str, anchor: str) -> bool:
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in _anchors(target.read_text("utf-8")))


def _anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", _BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", TEXTS)
def test_modules_that_a_page_names_are_there(name: str) -> None:
    files = re.findall(r"`([\w/]+/\w+\.py)`", TEXTS[name])
    assert [
        file for file in files if not any((above / file).exists() for above in (ROOT, ROOT / "triage"))
    ] == []
    for dotted in re.findall(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+)+)`", TEXTS[name]):
        assert pkgutil.resolve_name(f"triage.{dotted}"), dotted


def test_the_picture_of_the_floors_is_drawn_from_the_imports(root: Path) -> None:
    shown = [drawn for text in TEXTS.values() for drawn in FLOORS.findall(text)]
    assert shown == [picture(root / "triage")], "run `python tests/showcase.py`"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told(command: str) -> None:
    assert f"`triage {command}" in COMMANDS_PAGE


def test_every_exit_code_is_told() -> None:
    told = " ".join(re.findall(r"^\| ([\d, ]+) \|", COMMANDS_PAGE, re.MULTILINE))
    assert [int(code) for code in re.findall(r"\d+", told)] == [*Exit]


def is_shown(example: list[str], fresh: list[str]) -> bool:
    """Whether an example says what is printed now, up to numbers, which change with every rule and case."""
    shown, printed = _words(example), _words(fresh)
    if CUT not in shown:
        return shown == printed
    left = iter(printed)
    return all(word in left for word in shown if word != CUT)


def _words(lines: list[str]) -> list[str]:
    """Return the words of lines, with one mark for each number or hash."""
    return [_NUMBER.sub("#", word) for word in " ".join(lines).split()]


@pytest.mark.parametrize(
    ("example", "fresh", "is_one"),
    [
        (["$ a", "12,345 cases, sha256 7a509a04eea9"], ["$ a", "9 cases,", "sha256 0123456789ab"], True),
        (["$ a", "12 cases"], ["$ a", "12 rules"], False),
        (["$ a", "12 cases"], ["$ a", "12 cases", "more"], False),
        (
            ["$ a", "...", "12 cases", "done"],
            ["$ a", "begun", "one line more", "13 cases", "seen, done"],
            True,
        ),
        (["$ a", "...", "12 cases", "done"], ["$ a", "begun", "done", "12 cases"], False),
    ],
)
def test_numbers_may_drift_and_words_may_not(example: list[str], fresh: list[str], *, is_one: bool) -> None:
    assert is_shown(example, fresh) is is_one
