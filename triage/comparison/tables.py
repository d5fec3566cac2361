"""What differs between two knowledge bases beside the meaning of their rules: questions, ladder, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.comparison.questionnaires import NEW, SIDES, Shared
from triage.comparison.rules import RulePairs
from triage.comparison.world_pair import WorldPair
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "rules": ("title", "reason", "rationale", "caution", "watch_for", "provenance"),
    "steps": ("name", "how", "how_long", "how_often", "body_parts", "provenance"),
    "causes": ("name", "text"),
    "explanations": ("text", "provenance"),
    "findings": ("text",),
    "thresholds": ("means", "reason", "provenance"),
    "questions": ("ask", "means", "why", "options"),
    "rungs": ("title", "provenance"),
}
"""For each table, what its rows say, and on which sources they rest."""

BASES = ("OLD", "NEW")
_LADDER = ("time_frame", "soon_time_frame", "action", "offers", "action_when_all_answered", "watch_for")


@dataclass(frozen=True)
class TableChanges:
    """What differs beside the rules.

    `questionnaire` and `ladder` are in words. `wording` names, by table, what is said in other words or rests
    on other sources.
    """

    questionnaire: tuple[str, ...]
    ladder: tuple[str, ...]
    wording: Mapping[str, tuple[str, ...]]


def table_changes(pair: WorldPair, rules: RulePairs) -> TableChanges:
    """Compare everything but the meaning of the rules."""
    wording = {table: tuple(_reworded(pair, rules, table)) for table in _TEXTS}
    return TableChanges(
        tuple(_questionnaire(pair, rules)),
        tuple(_ladder(*pair.knowledge)),
        {table: names for table, names in wording.items() if names},
    )


def _questionnaire(pair: WorldPair, rules: RulePairs) -> Iterator[str]:
    for side, base in zip(SIDES, BASES, strict=True):
        label_of = pair.knowledge[side].label_of
        yield from (f"only in {base}: {each} ({label_of(each)})" for each in pair.matching.only[side])
    for shared in pair.matching.shared:
        yield from _finding(pair, shared)
    regated = dict.fromkeys(pair.knowledge[NEW].question_of[name].id for _, name in rules.regated)
    yield from (f"{question}: asked of other people" for question in regated)


def _finding(pair: WorldPair, shared: Shared) -> Iterator[str]:
    """Yield what differs in a finding that both bases ask for, and what of it could not be compared."""
    before, after = shared.names
    questions = [base.question_of[name] for base, name in zip(pair.knowledge, shared.names, strict=True)]
    values = [(f"{before}.{old}", f"{after}.{new}") for old, new in shared.values if old != new]
    for old, new in [shared.names, *values]:
        if old != new:
            yield f"taken for the same: {old} (OLD) and {new} (NEW)"
    for side, base in zip(SIDES, BASES, strict=True):
        known = {both[side] for both in shared.values}
        alone = (f"{shared.names[side]}.{value}" for value in questions[side].values if value not in known)
        yield from (f"only in {base}, so not compared: the answer {answer}" for answer in alone)
    was, now = (f"from {question.minimum} to {question.maximum}" for question in questions)
    if was != now:
        yield f"{after}: {was} in OLD, {now} in NEW, and compared where both allow it"
    was_flag, is_flag = (
        name in base.red_flags for base, name in zip(pair.knowledge, shared.names, strict=True)
    )
    if was_flag != is_flag:
        yield f"{after}: {'now' if is_flag else 'no longer'} marked as a red flag"


def _ladder(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[str]:
    for name in (*new.rungs, UNDETERMINED):
        before, after = (knowledge.rungs.get(name, knowledge.undetermined) for knowledge in (old, new))
        for field in _LADDER:
            was, now = getattr(before, field, ""), getattr(after, field, "")
            if was != now:
                yield f"{name}, {field.replace('_', ' ')}: {_words(was)} -> {_words(now)}"


def _words(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else " / ".join(value)) or "none"


def _reworded(pair: WorldPair, rules: RulePairs, table: str) -> Iterator[str]:
    """Yield the rows that both bases have and that say something in other words."""
    old, new = (getattr(knowledge, table) for knowledge in pair.knowledge)
    rows = rules.rows.get(table, {name: name for name in old if name in new})
    for before, after in rows.items():
        if any(getattr(old[before], field) != getattr(new[after], field) for field in _TEXTS[table]):
            yield after
