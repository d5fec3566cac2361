"""Cases: checking what was read against the questionnaire, with messages that say how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from triage.batch.places import Pointer
from triage.knowledge.intake_schema import case_schema
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.knowledge.problems import nearest

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


@dataclass(frozen=True, slots=True)
class Case:
    """A valid case: the id it goes by, the answers, and what is expected of the assessment."""

    id: str
    answers: Mapping[str, Any]
    expect: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a case, and where in it."""

    pointer: Pointer
    message: str


class CaseChecker:
    """Checks cases against one knowledge base; the schema is built once.

    jsonschema-rs accepts; what it does not accept, jsonschema decides, which takes long to start.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._schema = case_schema(knowledge)
        self._quick = jsonschema_rs.validator_for(self._schema)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - see above

        return Draft202012Validator(self._schema)

    def _accepts(self, data: Any) -> bool:
        try:
            return self._quick.is_valid(data) or self._validator.is_valid(data)
        except UnicodeEncodeError:  # half of a surrogate pair in a key, which only jsonschema can read
            return self._validator.is_valid(data)

    def faults(self, data: Any) -> list[Fault]:
        """Return everything that is wrong with a case as read; an empty list for a valid one."""
        if self._accepts(data):
            return list(self._double_items(data["answers"]))
        if not isinstance(data, Mapping):
            return [Fault((), f"a case is an object, not {_kind(data)}")]
        faults = list(self._outer_faults(data))
        answers = data.get("answers")
        if isinstance(answers, Mapping):
            faults += self._answer_faults(answers)
        expect = data.get("expect")
        if isinstance(expect, Mapping):
            faults += self._expect_faults(expect)
        return faults

    def _outer_faults(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        known = self._schema["properties"]
        for key in data:
            if key not in known:
                yield Fault((key,), f'unknown key "{key}"{nearest(key, known)}')
        kinds = {"id": str, "title": str, "answers": Mapping, "expect": Mapping, "knowledge_base": Mapping}
        for key, kind in kinds.items():
            if key in data and not isinstance(data[key], kind):
                wanted = "text" if kind is str else "an object"
                yield Fault((key,), f"{key} is {wanted}, not {_kind(data[key])}")
        for key in ("id", "answers"):
            if key not in data or data[key] == "":
                yield Fault((), f'a case needs "{key}"; add it')
        if data.get("expect") == {}:
            yield Fault(("expect",), "expects nothing; name an expectation or remove it")

    def _answer_faults(self, answers: Mapping[str, Any]) -> Iterator[Fault]:
        for name, answer in answers.items():
            question = self._knowledge.questions.get(name)
            if question is None:
                message = f'unknown question "{name}"{nearest(name, self._knowledge.questions)}'
                yield Fault(("answers", name), message)
            elif question.kind == "checklist":
                yield from _checklist_faults(question, answer)
            else:
                yield from _single_faults(question, answer)

    def _expect_faults(self, expect: Mapping[str, Any]) -> Iterator[Fault]:
        known = self._schema["properties"]["expect"]["properties"]
        for name, wanted in expect.items():
            place: Pointer = ("expect", name)
            if name not in known:
                yield Fault(place, f'unknown expectation "{name}"{nearest(name, known)}')
            elif "enum" in known[name]:
                if wanted not in known[name]["enum"]:
                    yield Fault(place, _not_one_of(wanted, known[name]["enum"]))
            elif known[name]["type"] == "boolean":
                if not isinstance(wanted, bool):
                    yield Fault(place, f"is true or false, not {_kind(wanted)}")
            elif not isinstance(wanted, list):
                yield Fault(place, f"is a list of names, not {_kind(wanted)}")
            else:
                names = known[name]["items"]["enum"]
                for index, item in enumerate(wanted):
                    if item not in names:
                        yield Fault((*place, index), _not_one_of(item, names))
                    elif item in wanted[:index]:
                        yield Fault((*place, index), f'"{item}" stands twice; keep one')

    def _double_items(self, answers: Mapping[str, Any]) -> Iterator[Fault]:
        for name, answer in answers.items():
            if isinstance(answer, list):
                plain = [item.removeprefix("?") for item in answer]
                for index, item in enumerate(plain):
                    if item in plain[:index]:
                        yield Fault(
                            ("answers", name, index), f'"{item}" is both present and not sure; keep one'
                        )


def _single_faults(question: Question, answer: Any) -> Iterator[Fault]:
    place: Pointer = ("answers", question.id)
    if answer == "unknown":
        return
    if question.kind == "number":
        whole = type(answer) is int or (isinstance(answer, float) and answer.is_integer())
        if not whole:
            yield Fault(place, f'give a whole number of {question.unit}, or "unknown", not {_kind(answer)}')
        elif not question.minimum <= answer <= question.maximum:
            message = f"{answer} {question.unit} cannot be; give {question.minimum} to {question.maximum}"
            yield Fault(place, message)
    elif not isinstance(answer, str) or answer not in question.values:
        yield Fault(place, _not_one_of(answer, [*question.values, "unknown"]))


def _checklist_faults(question: Question, answer: Any) -> Iterator[Fault]:
    place: Pointer = ("answers", question.id)
    items = [option.id for option in question.options]
    if answer in ("none", "unknown"):
        return
    if isinstance(answer, Mapping):
        for item, value in answer.items():
            if item not in items:
                yield Fault((*place, item), f'unknown item "{item}"{nearest(item, items)}')
            elif value not in (YES, NO, "unknown"):
                yield Fault((*place, item), _not_one_of(value, [YES, NO, "unknown"]))
        return
    if not isinstance(answer, list):
        message = f'give "none", "unknown", a list of items or an object, not {_kind(answer)}'
        yield Fault(place, message)
        return
    if not answer:
        yield Fault(place, 'an empty list says nothing; write "none" if nothing is present, or leave it out')
    for index, item in enumerate(answer):
        name = item.removeprefix("?") if isinstance(item, str) else item
        if name not in items:
            yield Fault((*place, index), _not_one_of(item, items))
        elif item in answer[:index]:
            yield Fault((*place, index), f'"{item}" stands twice; keep one')


def _not_one_of(value: Any, names: list[str]) -> str:
    if not isinstance(value, str):
        return f"is one of the names below, not {_kind(value)}: {_some(names)}"
    hint = nearest(value, names)
    return f'"{value}" is not one of the names{hint}' if hint else f'"{value}" is not one of: {_some(names)}'


_MOST_SHOWN = 12


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_SHOWN])
    return shown if len(names) <= _MOST_SHOWN else f"{shown}, ... ({len(names)} in all)"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'the text "{value}"'
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"
