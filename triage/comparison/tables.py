"""What differs between two knowledge bases beside the meaning of their rules: questions, ladder, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triage.comparison.questionnaires import NEW, OLD, SIDES
from triage.comparison.rule_pairs import RulePairs
from triage.comparison.world_pair import WorldPair
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase

_TEXTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "rules": ("rule", ("title", "reason", "rationale", "caution")),
    "steps": ("step", ("name", "how", "how_long", "how_often", "body_parts")),
    "causes": ("cause", ("name", "text")),
    "explanations": ("explanation", ("text",)),
    "findings": ("finding", ("text",)),
    "thresholds": ("threshold", ("means", "reason")),
    "questions": ("question", ("ask", "means", "why")),
    "rungs": ("disposition", ("title", "watch_for")),
}
"""For each table, what one of its rows is called, and the texts of a row."""

_LADDER = ("time_frame", "soon_time_frame", "action", "offers", "action_when_all_answered")


@dataclass(frozen=True)
class TableChanges:
    """What differs beside the rules.

    `questionnaire` and `ladder` are in words. `wording` names what is said in other words, `sources` the
    rules that rest on other sources.
    """

    questionnaire: tuple[str, ...]
    ladder: tuple[str, ...]
    wording: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]


def table_changes(pair: WorldPair, rules: RulePairs) -> TableChanges:
    """Compare everything but the meaning of the rules."""
    both = [(old, new) for old, new in rules if old and new]
    return TableChanges(
        tuple(_questionnaire(pair, rules)),
        tuple(_ladder(*pair.knowledge)),
        _wording(pair, rules),
        tuple(new.id for old, new in both if old.provenance != new.provenance),
    )


def _questionnaire(pair: WorldPair, rules: RulePairs) -> Iterator[str]:
    matching = pair.matching
    for side, name in zip(SIDES, ("OLD", "NEW"), strict=True):
        label_of = pair.knowledge[side].label_of
        yield from (f"only in {name}: {each} ({label_of(each)})" for each in matching.only[side])
        yield from (f"only in {name}, so not compared: the answer {each}" for each in matching.unknown[side])
    yield from (f"taken for the same: {old} (OLD) and {new} (NEW)" for old, new in matching.renamed)
    gates: dict[str, None] = {}
    for old, new in (shared.names for shared in matching.shared):
        if rules.gate(old, OLD) != rules.gate(new, NEW):
            gates[pair.knowledge[NEW].question_of[new].id] = None
        was, now = old in pair.knowledge[OLD].red_flags, new in pair.knowledge[NEW].red_flags
        if was != now:
            yield f"{new}: {'now' if now else 'no longer'} marked as a red flag"
    yield from (f"{question}: asked of other people" for question in gates)


def _ladder(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[str]:
    for name in (*new.rungs, UNDETERMINED):
        before, after = (knowledge.rungs.get(name, knowledge.undetermined) for knowledge in (old, new))
        for field in _LADDER:
            was, now = getattr(before, field, ""), getattr(after, field, "")
            if was != now:
                yield f"{name}, {field.replace('_', ' ')}: {was or 'none'} -> {now or 'none'}"
        if len(before.watch_for) != len(after.watch_for):
            yield f"{name}, signs to watch for: {len(before.watch_for)} -> {len(after.watch_for)}"


def _wording(pair: WorldPair, rules: RulePairs) -> Mapping[str, tuple[str, ...]]:
    """Return, by the noun of its table, what is said in other words."""
    reworded: dict[str, tuple[str, ...]] = {}
    for table, (noun, fields) in _TEXTS.items():
        old, new = (getattr(knowledge, table) for knowledge in pair.knowledge)
        pairs: Mapping[str, str] = {name: name for name in old if name in new}
        if table == "rules":
            pairs = {before.id: after.id for before, after in rules if before and after}
        pairs = rules.rows.get(table, pairs)
        names = tuple(
            after for before, after in pairs.items() if _is_reworded(fields, old[before], new[after])
        )
        if names:
            reworded[noun] = names
    return reworded


def _is_reworded(fields: tuple[str, ...], old: Any, new: Any) -> bool:
    """Whether one of the texts of a row differs, an option of a question, or a sign of as many."""
    if any(getattr(old, field) != getattr(new, field) for field in fields):
        return True
    options = [
        {each.id: (each.label, each.means, each.group) for each in getattr(row, "options", ())}
        for row in (old, new)
    ]
    signs, other_signs = (getattr(row, "watch_for", ()) for row in (old, new))
    return options[OLD] != options[NEW] or (len(signs) == len(other_signs) and signs != other_signs)
