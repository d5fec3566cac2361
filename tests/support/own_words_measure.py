"""How well sentences are understood: labelled sentences read, and proposals compared with the labels.

A line of the file is an object: `text`; `labels`, what two readers took it to say ("site.calf", "age=45");
`danger`, the signs of danger that both found in it; `either`, what one of them found; `denied`, what it
denies, or tells of the past or of somebody else. Run as a script with the name of a file (without one, that
of the tests), it prints the figures; with `-v` also each miss.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from typing import Any

from triage import KnowledgeBase, load_knowledge_base
from triage.interview.own_words.proposals import listener
from triage.interview.own_words.told import Proposal, Told

SENTENCES = Path(__file__).parent.parent / "interview" / "own_words.jsonl"
_MONTHS = 0.035


@dataclass
class Score:
    """What was counted over all sentences."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    dangers: int = 0
    dangers_missed: list[str] = field(default_factory=list)
    dangers_not_listed: list[str] = field(default_factory=list)
    lists_first: int = 0
    lists_first_needless: int = 0
    needless: list[int] = field(default_factory=list)
    denied: int = 0
    denied_proposed: list[str] = field(default_factory=list)
    sentences: int = 0
    slowest: float = 0.0

    @property
    def precision(self) -> float:
        """The share of proposals that the sentence gives."""
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """The share of what the sentence gives that is proposed."""
        return self.right / max(1, self.right + len(self.missed))

    def summary(self) -> str:
        """Return the figures as lines of text."""
        return "\n".join(
            [
                f"sentences         {self.sentences}",
                f"precision         {self.precision:.3f} ({len(self.wrong)} wrong)",
                f"recall            {self.recall:.3f} ({len(self.missed)} missed)",
                f"danger signs      {self.dangers}, missed {len(self.dangers_missed)}",
                f"  with the list   {len(self.dangers_not_listed)} missed (the lists put at once)",
                f"lists put at once {self.lists_first} sentences, {self.lists_first_needless} without danger",
                f"without danger    {len(self.needless)} sentences, asked {sum(map(bool, self.needless))}",
                f"  signs asked     {sum(self.needless)}",
                f"denied            {self.denied}, proposed {len(self.denied_proposed)}",
                f"slowest sentence  {1000 * self.slowest:.1f} ms",
            ]
        )


def name_of(knowledge: KnowledgeBase, proposal: Proposal) -> str:
    """Return a proposal as a label writes it."""
    if knowledge.questions[proposal.question].kind == "checklist":
        return proposal.finding
    return f"{proposal.finding}={proposal.value}"


def normal(knowledge: KnowledgeBase, label: str) -> str:
    """Return a label in its one form: "frequency.daily" is "frequency=daily"."""
    question, _, option = label.partition(".")
    if "=" in label or not option or knowledge.questions[question].kind == "checklist":
        return label
    return f"{question}={option}"


def measure(knowledge: KnowledgeBase, rows: Iterable[Mapping[str, Any]]) -> Score:
    """Compare what is proposed for some sentences with their labels.

    A danger sign counts as found where it is asked about at once, by itself or on a list of what the very
    words hint at; it is no proposal, for it is never taken. What lists hold that are put before all else is
    counted apart. The readers did not know which day it was, so that names of days say nothing.
    """
    score, hearing = Score(), listener(knowledge)
    hearing.hear("A first sentence makes the lexicon ready: atorvastatinn.")
    for row in rows:
        text = row["text"]
        begun = time.perf_counter()
        found = hearing.hear(text)
        score.slowest = max(score.slowest, time.perf_counter() - begun)
        score.sentences += 1
        _compare(score, knowledge, row, found)
    return score


def _compare(score: Score, knowledge: KnowledgeBase, row: Mapping[str, Any], told: Told) -> None:
    text, found = row["text"], told.proposals
    dangers = {normal(knowledge, each) for each in row.get("danger", ())}
    labels = {normal(knowledge, each) for each in row.get("labels", ())} - dangers
    labels -= set(knowledge.red_flags)
    asked = {each.finding for each in found if each.danger}
    proposed = {_as_labelled(name_of(knowledge, each), labels) for each in found if not each.danger}
    score.right += len(proposed & labels)
    score.wrong += (f"{each}: {text}" for each in sorted(proposed - labels))
    score.missed += (f"{each}: {text}" for each in sorted(labels - proposed - asked))
    score.dangers += len(dangers)
    score.dangers_missed += (f"{each}: {text}" for each in sorted(dangers - asked))
    listed = {finding for name in told.first for finding in knowledge.questions[name].findings}
    score.dangers_not_listed += (f"{each}: {text}" for each in sorted(dangers - asked - listed))
    score.lists_first += bool(told.first)
    score.lists_first_needless += bool(told.first) and not dangers
    if not dangers:
        score.needless.append(len(asked - {normal(knowledge, each) for each in row.get("either", ())}))
    denied = {normal(knowledge, each) for each in row.get("denied", ())}
    score.denied += len(denied)
    score.denied_proposed += (f"{each}: {text}" for each in sorted(denied & (proposed | asked)))


def _as_labelled(name: str, labels: Collection[str]) -> str:
    """Return the label for the same span of time, a month or a year being more or fewer days."""
    question, _, value = name.partition("=")
    if question != "course_days":
        return name
    spans = (each for each in labels if each.startswith(f"{question}="))
    return next(
        (each for each in spans if isclose(int(each.split("=")[1]), int(value), rel_tol=_MONTHS)), name
    )


def read_rows(path: Path) -> list[Mapping[str, Any]]:
    """Return the labelled sentences of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def main(*options: str) -> None:
    """Print the figures for a file of sentences."""
    names = [each for each in options if not each.startswith("-")]
    score = measure(load_knowledge_base(), read_rows(Path(names[0]) if names else SENTENCES))
    print(score.summary())  # noqa: T201 - a script
    if "-v" in options:
        for title, lines in (
            ("danger passed over", score.dangers_not_listed),
            ("danger missed", score.dangers_missed),
            ("denied proposed", score.denied_proposed),
            ("wrong", score.wrong),
            ("missed", score.missed),
        ):
            for line in lines:
                print(f"{title}: {line}")  # noqa: T201 - a script


if __name__ == "__main__":
    main(*sys.argv[1:])
