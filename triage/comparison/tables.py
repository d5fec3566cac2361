"""The differences of two knowledge bases outside their rules: questions, ladder, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.comparison.rules import RulePairs
from triage.comparison.world_pair import WorldPair
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase

_TABLES = (
    "questions",
    "gates",
    "thresholds",
    "findings",
    "causes",
    "steps",
    "explanations",
    "rungs",
    "rules",
)
BASES = ("OLD", "NEW")
_LADDER = ("time_frame", "soon_time_frame", "action", "offers", "action_when_all_answered", "watch_for")


@dataclass(frozen=True)
class TableChanges:
    """The differences outside the rules.

    `questionnaire` and `ladder` are in words. `rewritten` names, by table, the rows with any difference, even
    if only in their words.
    """

    questionnaire: tuple[str, ...]
    ladder: tuple[str, ...]
    rewritten: Mapping[str, tuple[str, ...]]


def table_changes(pair: WorldPair, rules: RulePairs) -> TableChanges:
    """Compare everything but the meaning of the rules."""
    rewritten = {table: tuple(_rewritten(*pair.knowledge, table)) for table in _TABLES}
    return TableChanges(
        tuple(_questionnaire(pair, rules)),
        tuple(_ladder(*pair.knowledge)),
        {table: names for table, names in rewritten.items() if names},
    )


def _questionnaire(pair: WorldPair, rules: RulePairs) -> Iterator[str]:
    old, new = pair.knowledge
    for side, finding in pair.matching.lone:
        yield f"only in {BASES[side]}: {finding} ({pair.knowledge[side].label_of(finding)})"
    for finding, answers in pair.matching.shared.items():
        before, after = old.question_of[finding], new.question_of[finding]
        for question, base in zip((before, after), BASES, strict=True):
            alone = (f"{finding}.{value}" for value in question.values if value not in answers)
            yield from (f"only in {base}, so not compared: the answer {answer}" for answer in alone)
        was, now = (f"from {each.minimum} to {each.maximum}" for each in (before, after))
        if was != now:
            yield f"{finding}: {was} in OLD, {now} in NEW, and compared where both allow it"
        if (finding in old.red_flags) != (finding in new.red_flags):
            yield f"{finding}: {'now' if finding in new.red_flags else 'no longer'} marked as a red flag"
    regated = dict.fromkeys(map(rules.asked_as, rules.regated))
    yield from (f"{name}: asked of other people" for name in regated)


def _ladder(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[str]:
    for name in (*new.rungs, UNDETERMINED):
        before, after = (knowledge.rungs.get(name, knowledge.undetermined) for knowledge in (old, new))
        for field in _LADDER:
            was, now = getattr(before, field, ""), getattr(after, field, "")
            if was != now:
                yield f"{name}, {field.replace('_', ' ')}: {_words(was)} -> {_words(now)}"


def _words(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else " / ".join(value)) or "none"


def _rewritten(old: KnowledgeBase, new: KnowledgeBase, table: str) -> Iterator[str]:
    """Yield the rows that both bases have with any difference."""
    before = getattr(old, table)
    yield from (name for name, row in getattr(new, table).items() if before.get(name, row) != row)
