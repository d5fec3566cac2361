"""Where a conversation is held, and how it can end before its end."""

from __future__ import annotations

from typing import Protocol


class Terminal(Protocol):
    """Where a conversation is held.

    `interactive` says that a person reads what is said and can answer again; a pipe is no person. `line` is
    the number of the line heard last.
    """

    width: int
    interactive: bool
    line: int

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print lines."""

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed.

        Raises:
            EOFError: there is no more input.
        """


class Quit(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person ends the interview early; `keep_in` names a file to keep the answers in, or is empty."""

    def __init__(self, keep_in: str = "") -> None:
        self.keep_in = keep_in
        super().__init__(keep_in)


class OutOfInput(Exception):  # noqa: N818 - says where the input ended
    """The input ended before the interview; `question` is the first one unanswered."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(question)


class Misread(Exception):  # noqa: N818 - says where a script went wrong
    """A line of a script was not understood: to go on would take the next lines for other answers."""

    def __init__(self, line: int, question: str, message: str) -> None:
        at = f" at the question {question}" if question else ""
        super().__init__(f"Line {line} was not understood{at}: {message}")
