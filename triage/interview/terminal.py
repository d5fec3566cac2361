"""The terminal of a conversation, and the ways in which a conversation can end early."""

from __future__ import annotations

from typing import Protocol

from triage.source.text import wrap

_NARROWEST = 20
_EDGE = 2
"""Some terminals break a line that fills the last column."""


class Terminal(Protocol):
    """The terminal of a conversation.

    `interactive` says that a person reads what is said and can answer again; it is false for a pipe. `line`
    is the number of the last line that was read.
    """

    interactive: bool
    line: int

    @property
    def width(self) -> int:
        """How many columns it has now; the size of a window can change."""

    @property
    def pages(self) -> bool:
        """Whether a person reads in a window, so that long texts must wait for them."""

    @property
    def height(self) -> int:
        """How many lines it has now."""

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print lines."""

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed.

        Raises:
            EOFError: there is no more input.
        """


def say_wrapped(terminal: Terminal, text: str, *, strong: bool = False, hang: int = 0) -> None:
    """Print a text in lines that fit, indented by `hang` columns after the first."""
    for line in wrapped(terminal, text, hang=hang):
        terminal.say(line, strong=strong)


def wrapped(terminal: Terminal, text: str, *, hang: int = 0) -> list[str]:
    """Return a text in lines that fit, indented by `hang` columns after the first."""
    return wrap(text, later=" " * hang, width=columns(terminal))


def columns(terminal: Terminal) -> int:
    """Return how many columns of a terminal a line may take."""
    return max(_NARROWEST, terminal.width - _EDGE)


class Quit(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person ends the interview early; `keep_in` names a file to keep the answers in, or is empty."""

    def __init__(self, keep_in: str = "") -> None:
        self.keep_in = keep_in
        super().__init__(keep_in)


class WentBack(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person goes back from an answer that they wanted to change; with `whole`, nothing is to change."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        super().__init__(whole)


class Enough(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person wants no more questions after they were told of an emergency."""


class OutOfInput(Exception):  # noqa: N818 - says where the input ended
    """The input ended before the interview did; `question` is the first that was not answered."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(question)


class Misread(Exception):  # noqa: N818 - says where a script went wrong
    """A line of a script was not understood, so the next lines could answer the wrong questions."""

    def __init__(self, line: int, question: str, message: str) -> None:
        at = f" at the question {question}" if question else ""
        super().__init__(f"Line {line} was not understood{at}: {message}")
