"""Cases: checking what was read against the questionnaire, with messages that say how to fix it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema_rs

from triage.cases.expectations import ACCEPTABLE, DISPOSITION
from triage.cases.raw_case import RawCase
from triage.cases.retirement import moved, use_instead
from triage.cases.schema import case_schema
from triage.inference.intake import NOT_SURE_MARK, IntakeError, read_answers
from triage.knowledge.medicines import items_of_name, unknown_name
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


Fault: TypeAlias = tuple[Pointer, str]
"""What is wrong in a case: where in it, and the message."""


class CaseChecker:
    """Checks cases against one knowledge base; the schema is built once.

    The schema decides what is a case: jsonschema-rs accepts it. Of what it does not accept the checks here
    say what is wrong and how to fix it; where they find nothing, jsonschema has the last word, which takes
    long to start.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._schema = case_schema(knowledge)
        self._quick = jsonschema_rs.validator_for(self._schema)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - see above

        return Draft202012Validator(self._schema)

    def with_ids_in_force(self, raw: RawCase) -> tuple[RawCase, list[Diagnostic]]:
        """Return a case in which red flags go by the ids in force, and warnings about those that did not."""
        answers = raw.data.get("answers") if isinstance(raw.data, Mapping) else None
        if not self._knowledge.retired or not isinstance(answers, Mapping):
            return raw, []
        now, moves = moved(self._knowledge, answers, red_flags_alone=True)
        warnings = [Diagnostic(raw.locate(("answers", *move.place)), move.message) for move in moves]
        return replace(raw, data={**raw.data, "answers": now}) if moves else raw, warnings

    def check(self, raw: RawCase) -> list[Diagnostic]:
        """Return everything that is wrong with a case as read; an empty list for a valid one alone."""
        return [Diagnostic(raw.locate(place), message) for place, message in self._faults(raw.data)]

    def _faults(self, data: Any) -> list[Fault]:
        if not self._accepts(data):
            faults = [*self._plain_faults(data)] or [*self._schema_faults(data)]
            if faults:
                return faults
        answers = data["answers"]
        lists = {name: answer for name, answer in answers.items() if name in self._knowledge.questions}
        faults = [*_double_items(lists), *_repeated_disposition(data.get("expect", {}))]
        return faults or [*self._name_faults(answers)]

    def _name_faults(self, answers: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield the names of medicines that are not known, or what these contradict."""
        question = self._knowledge.named_question
        if question is None or question.names not in answers:
            return
        unknown = [
            (place, name)
            for place, name in enumerate(answers[question.names])
            if items_of_name(self._knowledge, name) is None
        ]
        for number, (place, name) in enumerate(unknown):
            message = unknown_name(self._knowledge, name, hinted=number < _MOST_HINTS)
            yield ("answers", question.names, place), message
        if not unknown:
            try:
                read_answers(self._knowledge, answers)
            except IntakeError as misfit:
                yield ("answers", question.id), str(misfit)

    def _accepts(self, data: Any) -> bool:
        try:
            return self._quick.is_valid(data)
        except UnicodeEncodeError:  # half of a surrogate pair in a key, which only jsonschema can read
            return False

    def _schema_faults(self, data: Any) -> Iterator[Fault]:
        """Yield what the schema itself has against a case, if it has: the part of it that says most."""
        from jsonschema.exceptions import best_match  # noqa: PLC0415 - as above

        error = best_match(self._validator.iter_errors(data))
        if error:
            wanted = _shortened(json.dumps(error.validator_value))
            message = f'does not fit the schema of a case, which says "{error.validator}": {wanted}'
            yield (tuple(error.absolute_path), message)

    def _plain_faults(self, data: Any) -> Iterator[Fault]:
        if not isinstance(data, Mapping):
            yield ((), f"a case is an object, not {_kind(data)}")
            return
        yield from self._outer_faults(data)
        known = self._schema["properties"]["knowledge_base"]["properties"]
        stamp = _object_in(data, "knowledge_base")
        yield from _unknown_keys(stamp, known, ("knowledge_base",))
        yield from _wrong_kinds(stamp, dict.fromkeys(known, str), ("knowledge_base",))
        given_at = _object_in(data, "given_at")
        yield from _wrong_kinds(given_at, dict.fromkeys(given_at, str), ("given_at",))
        yield from self._answer_faults(_object_in(data, "answers"))
        yield from self._expect_faults(_object_in(data, "expect"))

    def _outer_faults(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _unknown_keys(data, self._schema["properties"], ())
        kinds = {
            "id": str,
            "title": str,
            "source": str,
            "answers": Mapping,
            "expect": Mapping,
            "knowledge_base": Mapping,
            "given_at": Mapping,
            "meta": Mapping,
        }
        yield from _wrong_kinds(data, kinds, ())
        for key in ("id", "answers"):
            if key not in data or data[key] == "":
                yield ((), f'a case needs "{key}"; add it')
        if data.get("source") == "":
            yield (("source",), "is empty; name the source, or remove the key")
        if data.get("expect") == {}:
            yield (("expect",), "expects nothing; name an expectation or remove it")

    def _answer_faults(self, answers: Mapping[str, Any]) -> Iterator[Fault]:
        for name, answer in answers.items():
            question = self._knowledge.questions.get(name)
            if name in self._knowledge.retired:
                yield (("answers", name), use_instead(self._knowledge.retired[name]))
            elif self._knowledge.named_question and name == self._knowledge.named_question.names:
                yield from _kind_of_names_faults(name, answer)
            elif question is None:
                known = self._schema["properties"]["answers"]["properties"]
                message = f'unknown question "{_shortened(name)}"{nearest(name, known)}'
                yield (("answers", name), message)
            else:
                faults = _checklist_faults if question.kind == "checklist" else _single_faults
                for place, message in faults(question, answer):
                    yield (place, self._retired(answers, place) or message)

    def _retired(self, answers: Mapping[str, Any], place: Pointer) -> str:
        """Return what to use in place of the item or option at a place, where it is retired."""
        _, question, *rest = place
        named = answers[str(question)]
        if rest:
            named = rest[0] if isinstance(named, Mapping) else named[rest[0]]
        name = f"{question}.{named.removeprefix(NOT_SURE_MARK)}" if isinstance(named, str) else ""
        retirement = self._knowledge.retired.get(name)
        return use_instead(retirement) if retirement else ""

    def _expect_faults(self, expect: Mapping[str, Any]) -> Iterator[Fault]:
        known = self._schema["properties"]["expect"]["properties"]
        if ACCEPTABLE in expect and DISPOSITION not in expect:
            yield ("expect", ACCEPTABLE), f'goes with "{DISPOSITION}"; add the one that the case expects'
        if expect.get(ACCEPTABLE) == []:
            yield ("expect", ACCEPTABLE), "is an empty list; name another disposition, or remove it"
        for name, wanted in expect.items():
            place: Pointer = ("expect", name)
            if name not in known:
                yield (place, f'unknown expectation "{_shortened(name)}"{nearest(name, known)}')
            elif "enum" in known[name]:
                if wanted not in known[name]["enum"]:
                    yield (place, _not_one_of(wanted, known[name]["enum"]))
            elif known[name]["type"] == "boolean":
                if not isinstance(wanted, bool):
                    yield (place, f"is true or false, not {_kind(wanted)}")
            elif not isinstance(wanted, list):
                yield (place, f"is a list of names, not {_kind(wanted)}")
            else:
                yield from _list_faults(place, wanted, known[name]["items"]["enum"])


def _object_in(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object under a key, an empty one where none is."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def _unknown_keys(data: Mapping[str, Any], known: Collection[str], place: Pointer) -> Iterator[Fault]:
    for key in data:
        if key not in known:
            yield ((*place, key), f'unknown key "{_shortened(key)}"{nearest(key, known)}')


def _wrong_kinds(data: Mapping[str, Any], kinds: Mapping[str, type], place: Pointer) -> Iterator[Fault]:
    for key, kind in kinds.items():
        if key in data and not isinstance(data[key], kind):
            wanted = "text" if kind is str else "an object"
            yield ((*place, key), f"{key} is {wanted}, not {_kind(data[key])}")


def _list_faults(place: Pointer, items: list[Any], names: list[str], mark: str = "") -> Iterator[Fault]:
    """Yield the items of a list that are none of these names, with or without the mark, or appear twice."""
    known = frozenset(names)
    seen = set()
    wrong = 0
    for index, item in enumerate(items):
        if not isinstance(item, str) or item.removeprefix(mark) not in known:
            wrong += 1
            hinted = wrong <= _MOST_HINTS  # the nearest name takes long to find
            yield ((*place, index), _not_one_of(item, names) if hinted else "is not one of the names")
        elif item in seen:
            yield ((*place, index), f'"{item}" appears twice; keep one')
        else:
            seen.add(item)


def _repeated_disposition(expect: Mapping[str, Any]) -> Iterator[Fault]:
    for index, name in enumerate(expect.get(ACCEPTABLE, ())):
        if name == expect[DISPOSITION]:
            message = f'"{name}" is what "{DISPOSITION}" expects already; remove it here'
            yield ("expect", ACCEPTABLE, index), message


def _double_items(answers: Mapping[str, Any]) -> Iterator[Fault]:
    for name, answer in answers.items():
        if isinstance(answer, list):
            seen = set()
            for index, item in enumerate(answer):
                plain = item.removeprefix(NOT_SURE_MARK)
                if plain in seen:
                    message = f'"{plain}" is both present and not sure; keep one'
                    yield (("answers", name, index), message)
                seen.add(plain)


def _single_faults(question: Question, answer: Any) -> Iterator[Fault]:
    place: Pointer = ("answers", question.id)
    if answer == "unknown":
        return
    if question.kind == "number":
        whole = type(answer) is int or (isinstance(answer, float) and answer.is_integer())
        if not whole:
            yield (place, f'give a whole number of {question.unit}, or "unknown", not {_kind(answer)}')
        elif not question.minimum <= answer <= question.maximum:
            bounds = f"{question.minimum} to {question.maximum}"
            yield (place, f"{_shortened(str(answer))} {question.unit} cannot be; give {bounds}")
    elif not isinstance(answer, str) or answer not in question.values:
        yield (place, _not_one_of(answer, [*question.values, "unknown"]))


def _checklist_faults(question: Question, answer: Any) -> Iterator[Fault]:
    place: Pointer = ("answers", question.id)
    items = [option.id for option in question.options]
    if answer in ("none", "unknown"):
        return
    if isinstance(answer, Mapping):
        for item, value in answer.items():
            if item not in items:
                yield ((*place, item), f'unknown item "{_shortened(item)}"{nearest(item, items)}')
            elif value not in (YES, NO, "unknown"):
                yield ((*place, item), _not_one_of(value, [YES, NO, "unknown"]))
        return
    if not isinstance(answer, list):
        message = f'give "none", "unknown", a list of items or an object, not {_kind(answer)}'
        yield (place, message)
        return
    if not answer:
        yield (place, 'an empty list says nothing; write "none" if nothing is present, or leave it out')
    yield from _list_faults(place, answer, items, NOT_SURE_MARK)


def _kind_of_names_faults(key: str, names: Any) -> Iterator[Fault]:
    place: Pointer = ("answers", key)
    if not isinstance(names, list):
        yield (place, f"give a list of names, not {_kind(names)}")
        return
    if not names:
        yield (place, "an empty list says nothing; name a medicine, or leave it out")
    for index, name in enumerate(names):
        if not isinstance(name, str):
            yield ((*place, index), f"a name is a text, not {_kind(name)}")
        elif not name:
            yield ((*place, index), "is empty; name the medicine, or remove it")


def _not_one_of(value: Any, names: list[str]) -> str:
    if not isinstance(value, str):
        return f"is one of the names below, not {_kind(value)}: {_some(names)}"
    hint = nearest(value, names)
    shown = _shortened(value)
    return f'"{shown}" is not one of the names{hint}' if hint else f'"{shown}" is not one of: {_some(names)}'


_MOST_SHOWN = 12
_MOST_HINTS = 100
_LONGEST_SHOWN = 60


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_SHOWN])
    return shown if len(names) <= _MOST_SHOWN else f"{shown}, ... ({len(names)} in all)"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'the text "{_shortened(value)}"'
    if isinstance(value, (int, float)):
        return f"the number {_shortened(str(value))}"
    return "a list" if isinstance(value, list) else "an object"
