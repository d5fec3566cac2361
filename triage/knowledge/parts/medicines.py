"""Medicines by name: from what a person or a record writes to the items of a list."""

from __future__ import annotations

from difflib import get_close_matches

from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.spelling import joints, plain_name, shorter
from triage.source.text import shortened

_MOST_SUGGESTED = 3
_MOST_COMPARED = 12
_NEAR = 0.7
_LONGEST_COMPARED = 60


def items_of_name(knowledge: KnowledgeBase, text: str) -> tuple[str, ...] | None:
    """Return the items that a name stands for, in the order of the list.

    Joined names ("amlodipine/valsartan") stand for the items of all of them; each must be known. A dose
    behind a name does not matter.

    Args:
        knowledge: the knowledge base.
        text: the name as written.

    Returns:
        The ids of the items, which may be none; None for an unknown name.
    """
    items = _items(knowledge, text)
    if items is None:
        items = _joined(knowledge, text)
    if items is None:
        return None
    question = knowledge.named_question
    order = [option.id for option in question.options] if question else []
    return tuple(sorted(set(items), key=order.index))


def suggestions(knowledge: KnowledgeBase, text: str) -> tuple[str, ...]:
    """Return the known names that are spelt most like a text, the nearest first, one for each medicine."""
    *_, bare = ("", *shorter(text))
    near = get_close_matches(
        plain_name(bare[:_LONGEST_COMPARED]), knowledge.names, n=_MOST_COMPARED, cutoff=_NEAR
    )
    first: dict[str, str] = {}
    for name in map(knowledge.names.__getitem__, near):
        first.setdefault(name.generic, name.text)
    return tuple(first.values())[:_MOST_SUGGESTED]


def did_you_mean(knowledge: KnowledgeBase, text: str) -> str:
    """Return "did you mean ...?" for an unknown name; "" if no known name is near."""
    near = [f'"{name}"' for name in suggestions(knowledge, text)]
    if not near:
        return ""
    return f"did you mean {', '.join(near[:-1])} or {near[-1]}?" if near[1:] else f"did you mean {near[0]}?"


def unknown_name(knowledge: KnowledgeBase, text: str, *, hinted: bool = True) -> str:
    """Return the message about an unknown name.

    Without `hinted` it does not look for near names, because that takes long for many unknown names.
    """
    near = did_you_mean(knowledge, text) if hinted else ""
    kind = f'give its kind under "{knowledge.named_question.id}"' if knowledge.named_question else "remove it"
    remedy = f"{near} If not, {kind}" if near else f"check the spelling, or {kind}"
    return f'"{shortened(text)}" is not a name that the rules know; {remedy}'


def _items(knowledge: KnowledgeBase, text: str) -> tuple[str, ...] | None:
    for name in shorter(text):
        known = knowledge.names.get(plain_name(name))
        if known is not None:
            return known.items
    return None


def _joined(knowledge: KnowledgeBase, text: str) -> tuple[str, ...] | None:
    """Return the items of two or more joined names; the dose behind the last may hold a slash."""
    return next((items for each in shorter(text) if (items := _of_parts(knowledge, each)) is not None), None)


def _of_parts(knowledge: KnowledgeBase, text: str) -> tuple[str, ...] | None:
    """Return the items of joined names: take the longest known name from the left, again and again."""
    ends = [(0, 0), *joints(text), (len(text), len(text))]
    items: list[str] = []
    start = names = 0
    while start < len(ends) - 1:
        if not text[ends[start][1] : ends[start + 1][0]].strip():
            start += 1
            continue
        for stop in range(len(ends) - 1, start, -1):
            known = _items(knowledge, text[ends[start][1] : ends[stop][0]])
            if known is not None:
                break
        else:
            return None
        items += known
        names += 1
        start = stop
    return tuple(items) if names > 1 else None
