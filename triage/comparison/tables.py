"""What differs between two knowledge bases beside the meaning of their rules: questions, ladder, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.comparison.rule_pairs import RulePairs
from triage.comparison.world_pair import NEW, OLD, WorldPair
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase, Question

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "rules": ("title", "reason", "rationale", "caution"),
    "steps": ("name", "how", "how_long", "how_often", "body_parts"),
    "causes": ("name", "text"),
    "explanations": ("text",),
    "findings": ("text",),
    "thresholds": ("means", "reason"),
    "questions": ("ask", "means", "why"),
    "rungs": ("title", "watch_for"),
}
_NOUNS = {"rungs": "disposition", "causes": "cause"}
_LADDER = ("time_frame", "soon_time_frame", "action", "offers")


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
    old, new = pair.knowledge
    sources = tuple(
        after.id
        for before, after in rules
        if before is not None and after is not None and before.provenance != after.provenance
    )
    return TableChanges(
        tuple(_questionnaire(pair, rules)),
        tuple(_ladder(old, new)),
        _wording(pair, rules),
        sources,
    )


def _questionnaire(pair: WorldPair, rules: RulePairs) -> Iterator[str]:
    matching = pair.matching
    for side, name in ((OLD, "OLD"), (NEW, "NEW")):
        findings = (matching.only_old, matching.only_new)[side]
        yield from (f"only in {name}: {_asked(pair.knowledge[side], finding)}" for finding in findings)
        values = (matching.values_old, matching.values_new)[side]
        yield from (f"only in {name}, so not compared: the answer {value}" for value in values)
    yield from (
        f"taken for the same: {before} (OLD) and {after} (NEW)" for before, after in matching.renamed.items()
    )
    gates: dict[str, None] = {}
    for shared in matching.shared:
        if rules.gate(shared.old, OLD) != rules.gate(shared.new, NEW):
            gates[pair.knowledge[NEW].question_of[shared.new].id] = None
        flags = [name in pair.knowledge[side].red_flags for side, name in enumerate(shared.names)]
        if flags[OLD] != flags[NEW]:
            yield f"{shared.new}: {'now' if flags[NEW] else 'no longer'} marked as a red flag"
    yield from (f"{question}: asked of other people" for question in gates)


def _asked(knowledge: KnowledgeBase, finding: str) -> str:
    return f"{finding} ({knowledge.label_of(finding)})"


def _ladder(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[str]:
    for name in (*new.rungs, UNDETERMINED):
        before, after = (knowledge.rungs.get(name, knowledge.undetermined) for knowledge in (old, new))
        for field in (*_LADDER, "action_when_all_answered"):
            was, now = getattr(before, field, ""), getattr(after, field, "")
            if was != now:
                yield f"{name}, {field.replace('_', ' ')}: {was or 'none'} -> {now or 'none'}"
        if len(before.watch_for) != len(after.watch_for):
            yield f"{name}, signs to watch for: {len(before.watch_for)} -> {len(after.watch_for)}"


def _wording(pair: WorldPair, rules: RulePairs) -> Mapping[str, tuple[str, ...]]:
    old, new = pair.knowledge
    found: dict[str, tuple[str, ...]] = {}
    for table, fields in _TEXTS.items():
        before, after = getattr(old, table), getattr(new, table)
        partners: Mapping[str, str] = {name: name for name in before if name in after}
        if table == "rules":
            partners = {one.id: other.id for one, other in rules if one and other}
        elif table in ("steps", "causes", "findings"):
            partners = rules.names.table(table)
        names = tuple(
            other
            for one, other in partners.items()
            if any(getattr(before[one], field) != getattr(after[other], field) for field in fields)
            or (table == "questions" and _option_texts(before[one]) != _option_texts(after[other]))
            or (table == "rules" and _reworded_signs(before[one].watch_for, after[other].watch_for))
        )
        if names:
            found[_NOUNS.get(table, table.removesuffix("s"))] = names
    return found


def _option_texts(question: Question) -> Mapping[str, tuple[str, str, str]]:
    return {option.id: (option.label, option.means, option.group) for option in question.options}


def _reworded_signs(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return len(old) == len(new) and old != new
