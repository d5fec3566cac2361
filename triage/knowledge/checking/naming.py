"""Names of rules: each names the pattern that the rule recognises, never its advice."""

from __future__ import annotations

from collections.abc import Iterable

from triage.knowledge.model import KnowledgeBase

_VERBS = (
    "advise", "ask", "avoid", "call", "get", "give", "go", "offer", "refer",
    "see", "send", "stop", "take", "tell", "treat", "use", "visit", "withhold",
)  # fmt: skip


def advice_in(name: str, knowledge: KnowledgeBase) -> str:
    """Return the words of advice in a rule's id, or an empty string.

    Advice is an imperative verb, a step or a disposition at the front, or a disposition above the lowest at
    the end. Elsewhere such words may belong to the pattern, as in `cramps-despite-self-care`.
    """
    in_front = (*_VERBS, *_kebab(knowledge.steps), *_kebab(knowledge.rungs))
    at_the_end = _kebab(knowledge.rungs)[1:]
    found = [words for words in in_front if f"{name}-".startswith(f"{words}-")]
    found += [words for words in at_the_end if f"-{name}".endswith(f"-{words}")]
    return found[0] if found else ""


def _kebab(names: Iterable[str]) -> list[str]:
    return [name.replace("_", "-") for name in names]
