"""How a report calls what it names, for whoever reads it."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from triage.audit.model import Name, Named, Sentence
from triage.explanation.phrasing import EVERY, SOME, bounds, spaced, text_of
from triage.knowledge.conditions import Test
from triage.knowledge.model import YES, KnowledgeBase


class Words(Protocol):
    """What a reader calls the things of a knowledge base."""

    def name(self, named: Named) -> str:
        """Return what a test, or something with an id, is called."""
        ...


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
            return self._titles.get(named) or spaced(named.id)
        return self._test(named)

    def _test(self, test: Test) -> str:
        if test.threshold is not None:
            return _quoted(self._knowledge.thresholds[test.threshold].means)
        question = self._knowledge.question_of.get(test.finding)
        if question is not None and question.kind == "number":
            return f"{_quoted(question.ask)} {bounds(question, test)}"
        label = _quoted(self._knowledge.label_of(test.finding))
        accepts = test.accepts or frozenset()
        if question is None or accepts == {YES}:
            return label
        labels = {option.id: option.label for option in question.options}
        accepted = (labels.get(value, value) for value in question.values if value in accepts)
        return f"{label}: {' or '.join(accepted)}"

    @cached_property
    def _titles(self) -> dict[Name, str]:
        knowledge = self._knowledge
        titles = {
            Name("kind", "cause"): "possible cause",
            Name("kind", "finding"): "conclusion",
            Name("kind", "option"): "answer",
            Name("key", "all"): _quoted(EVERY),
            Name("key", "any"): _quoted(SOME),
            Name("key", "causes"): "the possible causes",
            Name("key", "findings"): "the conclusions",
            Name("key", "steps"): "the steps",
            Name("key", "withholds"): "what is held back",
        }
        titles |= {Name("rule", rule.id): _quoted(rule.title) for rule in knowledge.rules.values()}
        titles |= {Name("cause", cause.id): _quoted(cause.name) for cause in knowledge.causes.values()}
        titles |= {Name("step", step.id): _quoted(step.name) for step in knowledge.steps.values()}
        titles |= {Name("finding", each.id): _quoted(each.text) for each in knowledge.findings.values()}
        for question in knowledge.questions.values():
            titles[Name("question", question.id)] = _quoted(question.ask)
            for option in question.options:
                name = Name("option", f"{question.id}.{option.id}")
                titles[name] = f"{_quoted(option.label)} ({question.ask})"
        return titles


def say(words: Words, sentence: Sentence | str) -> str:
    """Return a sentence with its names as a reader knows them."""
    if isinstance(sentence, str):
        return sentence
    return sentence.template.format(*map(words.name, sentence.names))


def _quoted(text: str) -> str:
    return f'"{text}"'
