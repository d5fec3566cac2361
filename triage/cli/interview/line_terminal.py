"""The terminal of the interview: plain lines, for a pipe and a screen reader too."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable

import click

from triage.cli.interview.line_editing import line_editor
from triage.cli.interview.typed_ahead import waiting_lines
from triage.cli.terminals import wants_style
from triage.interview.hearing.typed import quoted
from triage.interview.terminal import columns, say_wrapped
from triage.source.text import wrap

_LONGEST_LINE = 10_000
_CUT = "\udc00"
_NARROWEST, _WIDEST = 20, 120
_MOST_PASTES = 20
_MOST_QUOTED = 3


class ClickTerminal:
    """Plain lines through click; bold only if the terminal and the person allow it.

    A person can edit a line. If several lines come at once, the person is asked about them, so that none of
    them answers a question that was not shown yet. `heed_dropped` gets the lines that are not used.
    """

    def __init__(self, color: str) -> None:
        self.heard: list[str] = []
        self.line = 0
        self.heed_dropped: Callable[[list[str]], None] = lambda _: None
        self.interactive = sys.stdin.isatty()
        self._color = color == "always" or (color == "auto" and wants_style(sys.stdout))
        for stream, errors in (
            (sys.stdout, "replace"),
            (sys.stderr, "replace"),
            (sys.stdin, "surrogateescape"),
        ):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors=errors)
        self._edit = line_editor() if self.interactive else None

    @property
    def width(self) -> int:
        """The columns of the window now, within sensible limits."""
        return min(max(_NARROWEST, shutil.get_terminal_size().columns), _WIDEST)

    @property
    def pages(self) -> bool:
        """Whether both input and output are a terminal, so that a long text stops when the window is full."""
        return self.interactive and sys.stdout is not None and sys.stdout.isatty()

    @property
    def height(self) -> int:
        """The lines of the window now."""
        return shutil.get_terminal_size().lines

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print a line."""
        self.heard.append(f"**{text}**" if strong and text else text)
        click.echo(click.style(text, bold=True) if strong and self._color else text, color=self._color)

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed.

        Bytes that are not text become lone surrogates, and a line that is far too long becomes one.

        Raises:
            EOFError: there is no more input.
            OSError: the terminal is gone.
        """
        if early := self._waiting():
            self._say(f"This came before the question was shown, so it does not count: {_listed(early)}.")
            self.heed_dropped(early)
        for _ in range(_MOST_PASTES):
            line = self._hear(prompt)
            more = self._waiting()
            answer = self._chosen([line.strip(), *more]) if more else line
            if answer:
                return answer
        raise EOFError

    def _chosen(self, lines: list[str]) -> str:
        """Ask which of several lines is the answer; return it, or "" for none."""
        self._say(f"Several lines came at once: {_listed(lines)}.")
        self._say(
            "A question takes one answer, so nothing is taken yet. Type y to take all of it as one answer, "
            "1 to take the first line alone, or press Enter to take nothing."
        )
        reply = self._hear("> ").strip().lower()
        whole = reply in ("y", "yes")
        more = self._waiting()
        if more or not (whole or reply == "1"):
            self.heed_dropped([*lines, *more])
            self._say("Nothing is taken. Please answer the question now.")
            return ""
        if not whole:
            self._say(
                "The other lines do not count. Please type again what matters of them when it is asked."
            )
            self.heed_dropped(lines[1:])
        return " ".join(lines) if whole else lines[0]

    def _waiting(self) -> list[str]:
        return waiting_lines(sys.stdin.fileno()) if self.interactive else []

    def _say(self, text: str) -> None:
        say_wrapped(self, text)

    def _hear(self, prompt: str) -> str:
        *above, last = wrap(prompt, width=columns(self))
        for text in above:
            self.say(text)
        line = self._read(f"{last} " if prompt.endswith(" ") else last)
        if not line:
            click.echo()
            raise EOFError
        self.line += 1
        if not self.interactive:
            click.echo()
        self.heard.append(f"> {line.strip().encode('utf-8', 'replace').decode()}")
        return line

    def _read(self, prompt: str) -> str:
        """Return a line with its end, or "" if there is no more input."""
        if self._edit:
            try:
                line = self._edit(prompt)
            except EOFError:
                os.get_terminal_size(sys.stdin.fileno())  # raises OSError if the window was closed
                return ""
            return f"{line}\n" if len(line) < _LONGEST_LINE else _CUT
        click.echo(prompt, nl=False)
        line = sys.stdin.readline(_LONGEST_LINE)
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith("\n"):
            # The rest of the line must not answer the next question, and its beginning not this one.
            rest = sys.stdin.readline(_LONGEST_LINE)
            line = _CUT
        return line


def _listed(lines: list[str]) -> str:
    shown = ", ".join(quoted(line) for line in lines[:_MOST_QUOTED])
    more = len(lines) - _MOST_QUOTED
    return f"{shown} and {more} more" if more > 0 else shown
