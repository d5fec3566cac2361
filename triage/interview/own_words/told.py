"""What a sentence seems to tell: answers to confirm, signs to ask about, words that leave something open."""

from __future__ import annotations

from dataclasses import dataclass

from triage.inference.truth import Value


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that some words seem to give.

    `finding` is the question, or the item of a checklist (`question.item`); `value` is what it would be;
    `words` are the person's own. `danger` marks a red flag, or what a hint names: it is asked about.
    """

    finding: str
    value: Value
    words: str
    danger: bool = False

    @property
    def question(self) -> str:
        """The question that it answers."""
        return self.finding.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """Words that leave open which of some items of a checklist they mean; items without their question."""

    question: str
    items: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a text seems to say: answers to confirm, and words of which one must choose what they mean.

    `alarm` are words of fear that name no sign; "" where there are none. `uncovered` are words that nothing
    was made of, as typed; `first` the lists of signs that are therefore put before all else.
    """

    proposals: tuple[Proposal, ...]
    choices: tuple[Choice, ...]
    alarm: str = ""
    uncovered: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def keep_longest(told: dict[Value, Proposal], proposal: Proposal) -> None:
    """Keep a proposal, unless the same is told in more words."""
    earlier = told.get(proposal.value)
    if earlier is None or len(proposal.words) > len(earlier.words):
        told[proposal.value] = proposal
