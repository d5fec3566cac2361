"""Conversations held in the test itself, with a person who types these lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from support.shipped import KNOWLEDGE

from triage.interview.afterwards.follow_up import FollowUp
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.course import Course
from triage.interview.conversation import Conversation
from triage.interview.interview import Interview
from triage.interview.terminal import Misread, OutOfInput, Quit


@dataclass
class Typist:
    """A terminal whose person types some lines and then leaves."""

    lines: list[str]
    interactive: bool = True
    width: int = 80
    height: int = 24
    line: int = 0
    said: list[str] = field(default_factory=list)
    pages: bool = False

    def say(self, text: str = "", *, strong: bool = False) -> None:  # noqa: ARG002 - the protocol's
        self.said.append(text)

    def ask(self, prompt: str) -> str:
        self.said.append(prompt)
        if self.line == len(self.lines):
            raise EOFError
        self.line += 1
        self.said.append(f"> {self.lines[self.line - 1]}")
        return f"{self.lines[self.line - 1]}\n"

    @property
    def text(self) -> str:
        """All that was said, in one line: how it is wrapped does not matter."""
        return " ".join(" ".join(self.said).split())


def talk(*lines: str, answers: dict[str, Any] | None = None, **options: Any) -> tuple[Conversation, Typist]:
    """Hold a conversation until its lines or its questions end."""
    begun = dict(answers or {})
    typist = Typist(
        list(lines), interactive=options.pop("interactive", True), pages=options.pop("pages", False)
    )
    held = Conversation(
        typist, Interview(KNOWLEDGE, answers=begun, way=tuple(begun)), asked=len(begun), **options
    )
    try:
        Course(held).hold()
        FollowUp([held]).hold()
    except (OutOfInput, Misread, Quit) as end:
        typist.said.append(f"{type(end).__name__} {end}")
        if isinstance(end, Quit):
            Alarm(held).remind()
    return held, typist
