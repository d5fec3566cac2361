"""The examples of the pages, and the picture of the floors: what they show now.

`python tests/showcase.py` writes the pages anew where an example or the picture has drifted.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
from support.floors import picture

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = (
    README,
    *(ROOT / room / "README.md" for room in ("cases", "rules", "tests")),
    *sorted((ROOT / "triage").glob("**/README.md")),
    *sorted((ROOT / ".github").glob("*.md")),
)
FLOORS = re.compile(r"(?<=```floors\n).*?(?=```)", re.DOTALL)
INDENT = "    "
COMMAND = "$ .venv/bin/triage "
CUT = "..."
_SECONDS = re.compile(r"\d+\.\d seconds")


def examples(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every example of a page: the line it starts at, and its lines without the indent."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        if line.startswith(INDENT + COMMAND):
            end = start
            while end < len(lines) and (not lines[end] or lines[end].startswith(INDENT)):
                end += 1
            while not lines[end - 1]:
                end -= 1
            yield start, [each.removeprefix(INDENT) for each in lines[start:end]]


def whole(example: list[str]) -> list[str]:
    """Return the command of an example, and all that it prints now."""
    arguments = example[0].removeprefix(COMMAND).split()
    answers = [line.removeprefix("> ") for line in example if line.startswith("> ")]
    printed = _talk(arguments, answers) if answers else _run(arguments)
    while printed and not printed[-1].strip():
        printed.pop()
    return [example[0], *printed]


def now(example: list[str]) -> list[str]:
    """Return an example as its command prints it now, cut in the same places."""
    shown, printed = example[1:], whole(example)[1:]
    if CUT not in shown:
        return [example[0], *printed]
    head = shown.index(CUT)
    tail = len(shown) - head - 1
    fresh = [*printed[:head], CUT, *printed[len(printed) - tail :]]
    return [example[0], *map(_timeless, fresh, shown)]


def _timeless(fresh: str, shown: str) -> str:
    """Keep a line as it is shown where it differs in the seconds alone."""
    return shown if _SECONDS.sub("", fresh) == _SECONDS.sub("", shown) else fresh


def _command(arguments: list[str]) -> list[str]:
    """The command as installed beside this Python: as a reader calls it, and without a tracer's cost."""
    return [str(Path(sys.executable).with_name("triage")), *arguments]


def _run(arguments: list[str]) -> list[str]:
    done = subprocess.run(
        _command(arguments), stdout=subprocess.PIPE, cwd=ROOT, encoding="utf-8", check=False
    )
    return done.stdout.splitlines()


def _talk(arguments: list[str], answers: list[str]) -> list[str]:
    """Hold a conversation on a terminal of 80 columns, up to the prompt after the last answer."""
    command = _command(arguments)
    plain = {**os.environ, "NO_COLOR": "1"}
    child: pexpect.spawn[str] = pexpect.spawn(
        command[0], command[1:], encoding="utf-8", dimensions=(50, 80), timeout=60, env=plain
    )
    said = ""
    for answer in answers:
        child.expect_exact("> ")
        said += f"{child.before}> "
        child.sendline(answer)
    child.expect_exact("> ")
    said += f"{child.before}> "
    child.close(force=True)
    return [line.rstrip() for line in said.replace("\r", "").splitlines()]


def renewed(text: str) -> str:
    """Return a page with every example, and the picture of the floors, as they are now."""
    lines = text.splitlines()
    for start, example in reversed(list(examples(text))):
        fresh = [f"{INDENT}{line}".rstrip() for line in now(example)]
        lines[start : start + len(example)] = fresh
    floors = picture(ROOT / "triage")
    return FLOORS.sub(lambda _: floors, "\n".join(lines) + "\n")


if __name__ == "__main__":
    for page in PAGES:
        before = page.read_text("utf-8")
        if (after := renewed(before)) != before:
            page.write_text(after, "utf-8")
