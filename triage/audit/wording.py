"""How reports word the things that they name, for authors and for other readers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias

from triage.audit.model import Name, Named, Sentence
from triage.explanation.phrasing import EVERY, SOME, bounds, spaced, text_of
from triage.knowledge.model import YES, KnowledgeBase
from triage.knowledge.parts.conditions import Test

_KEYS = {
    "all": f'"{EVERY}"',
    "any": f'"{SOME}"',
    "causes": "the possible causes",
    "findings": "the conclusions",
    "steps": "the steps",
    "withholds": "what is held back",
}
_KINDS = {"cause": "possible cause", "finding": "conclusion", "option": "answer"}


class AuthorWords:
    """Words for authors, who know the files: ids, and tests as they are written there."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def name(self, named: Named) -> str:
        """Return the id of a named thing, or a test as an author would write it."""
        return str(named) if isinstance(named, Name) else text_of(self._knowledge, named)


class ReaderWords:
    """Words for readers who do not know the files: titles, and the labels of the questionnaire."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def name(self, named: Named) -> str:
        """Return the title of a named thing, or its id as words if it has none; the label of a test."""
        if isinstance(named, Name):
            return self._titles.get(named.kind, {}).get(named.id) or spaced(named.id)
        return self._test(named)

    def _test(self, test: Test) -> str:
        if test.threshold is not None:
            return f'"{self._knowledge.thresholds[test.threshold].means}"'
        label = f'"{self._knowledge.label_of(test.finding)}"'
        question = self._knowledge.question_of.get(test.finding)
        if question is not None and question.kind == "number":
            return f"{label} {bounds(question, test)}"
        accepts = test.accepts or frozenset()
        if question is None or accepts == {YES}:
            return label
        labels = {option.id: option.label for option in question.options}
        accepted = (labels.get(value, value) for value in question.values if value in accepts)
        return f"{label}: {' or '.join(accepted)}"

    @cached_property
    def _titles(self) -> Mapping[str, Mapping[str, str]]:
        """The titles of things, by kind and id."""
        knowledge = self._knowledge
        return {
            "kind": _KINDS,
            "key": _KEYS,
            "rule": {each.id: f'"{each.title}"' for each in knowledge.rules.values()},
            "cause": {each.id: f'"{each.name}"' for each in knowledge.causes.values()},
            "step": {each.id: f'"{each.name}"' for each in knowledge.steps.values()},
            "finding": {each.id: f'"{each.text}"' for each in knowledge.findings.values()},
            "question": {each.id: f'"{each.ask}"' for each in knowledge.questions.values()},
            "option": {
                f"{question.id}.{option.id}": f'"{option.label}" ({question.ask})'
                for question in knowledge.questions.values()
                for option in question.options
            },
        }


Words: TypeAlias = AuthorWords | ReaderWords
"""The words of one kind of reader."""


def say(words: Words, sentence: Sentence | str) -> str:
    """Return a sentence with its names in the words of a reader."""
    if isinstance(sentence, str):
        return sentence
    return sentence.template.format(*map(words.name, sentence.names))


def subject_of(words: Words, named: Named) -> str:
    """Return the subject of a line; unless it is a rule or a test, its kind comes first."""
    if not isinstance(named, Name) or named.kind in ("rule", named.id):
        return words.name(named)
    return f"{words.name(Name('kind', named.kind))} {words.name(named)}"
