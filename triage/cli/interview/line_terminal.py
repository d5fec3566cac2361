"""The terminal of the interview: plain lines, which a pipe and a screen reader can follow."""

from __future__ import annotations

import shutil
import sys

import click

from triage.cli.terminals import wants_style
from triage.source.text import WIDTH

_LONGEST_LINE = 10_000
_CUT = "\udc00"


class ClickTerminal:
    """Plain lines through click; bold only where the terminal and the person allow it."""

    def __init__(self, color: str) -> None:
        self.width = min(WIDTH, shutil.get_terminal_size().columns)
        self.heard: list[str] = []
        self.line = 0
        self.interactive = sys.stdin is not None and sys.stdin.isatty()
        self._color = color == "always" or (color == "auto" and wants_style(sys.stdout))
        for stream, errors in (
            (sys.stdout, "replace"),
            (sys.stderr, "replace"),
            (sys.stdin, "surrogateescape"),
        ):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors=errors)

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print a line."""
        self.heard.append(f"**{text}**" if strong and text else text)
        click.echo(click.style(text, bold=True) if strong and self._color else text, color=self._color)

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed.

        Bytes that are no text come as lone surrogates, and so does a line that is far too long.

        Raises:
            EOFError: there is no more input.
        """
        click.echo(prompt, nl=False)
        line = sys.stdin.readline(_LONGEST_LINE) if sys.stdin is not None else ""
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith("\n"):
            # What is left of a line must not answer the next question, nor the line this one.
            rest = sys.stdin.readline(_LONGEST_LINE)
            line = _CUT
        if not line:
            click.echo()
            raise EOFError
        self.line += 1
        if not self.interactive:
            click.echo()
        self.heard.append(f"> {line.strip().encode('utf-8', 'replace').decode()}")
        return line
