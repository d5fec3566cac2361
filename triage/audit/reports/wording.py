"""How a report calls what it names, for whoever reads it."""

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
    """For an author, who knows the files: tests as they are written there, and ids."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def name(self, named: Named) -> str:
        """Return a test as an author would write it, or an id."""
        return str(named) if isinstance(named, Name) else text_of(self._knowledge, named)


class ReaderWords:
    """For a reader who does not know the files: the labels of the questionnaire, and titles."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def name(self, named: Named) -> str:
        """Return the label of what a test asks for, or a title; an id that has none as words."""
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
        """From each kind of thing to what its ids are called."""
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
"""What a reader calls the things of a knowledge base."""


def say(words: Words, sentence: Sentence | str) -> str:
    """Return a sentence with its names as a reader knows them."""
    if isinstance(sentence, str):
        return sentence
    return sentence.template.format(*map(words.name, sentence.names))


def subject_of(words: Words, named: Named) -> str:
    """Name what a line is about; what is no rule and no test of one, with what it is."""
    if not isinstance(named, Name) or named.kind in ("rule", named.id):
        return words.name(named)
    return f"{words.name(Name('kind', named.kind))} {words.name(named)}"
