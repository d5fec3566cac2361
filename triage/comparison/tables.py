"""What differs between two knowledge bases beside the meaning of their rules: questions, ladder, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.comparison.questionnaires import SIDES
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
    matching = pair.matching
    old, new = pair.knowledge
    for side, name in zip(SIDES, ("OLD", "NEW"), strict=True):
        label_of = pair.knowledge[side].label_of
        yield from (f"only in {name}: {each} ({label_of(each)})" for each in matching.only[side])
        yield from (f"only in {name}, so not compared: the answer {each}" for each in matching.unknown[side])
    yield from (f"taken for the same: {before} (OLD) and {after} (NEW)" for before, after in matching.renamed)
    for before, after in matching.names:
        was, now = before in old.red_flags, after in new.red_flags
        if was != now:
            yield f"{after}: {'now' if now else 'no longer'} marked as a red flag"
    regated = dict.fromkeys(new.question_of[after].id for _, after in rules.regated)
    yield from (f"{question}: asked of other people" for question in regated)


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
