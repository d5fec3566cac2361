"""Check cases against the questionnaire, with messages that say how to fix them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema_rs

from triage.cases.expectations import ACCEPTABLE, DISPOSITION
from triage.cases.plain import is_numeric
from triage.cases.reading.raw_case import RawCase
from triage.cases.retirement import moved, use_instead
from triage.cases.schema import case_schema
from triage.inference.answers.intake import check_answers
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.misfits import MOST_HINTS, Misfit, kind_of, not_one_of
from triage.inference.answers.reading import NOT_SURE_MARK
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer
from triage.source.text import shortened

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


Fault: TypeAlias = tuple[Pointer, str]
"""What is wrong in a case: the place in it, and the message."""
_Answer: TypeAlias = tuple[str, str | int | tuple[str, ...]] | None

_MOST_TOLD = 100
_MOST_REMEMBERED = 1 << 13


class CaseChecker:
    """Checks cases against one knowledge base; the schema is built once.

    The schema decides what a case is, and jsonschema-rs applies it. If it refuses a case, the checks here say
    what is wrong and how to fix it. If they find nothing, jsonschema, which is slow to start, has the last
    word.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._schema = case_schema(knowledge)
        self._quick = jsonschema_rs.validator_for(self._schema)
        self._moves = any(each.red_flag for each in knowledge.retired.values())
        self._fitting: set[_Answer] = set()

    @cached_property
    def _validator(self) -> Draft202012Validator:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - see above

        return Draft202012Validator(self._schema)

    def with_ids_in_force(self, raw: RawCase) -> tuple[RawCase, list[Diagnostic]]:
        """Return a case with its red flags under their current ids, and warnings about those that moved."""
        answers = raw.data.get("answers") if isinstance(raw.data, Mapping) else None
        if not self._moves or not isinstance(answers, Mapping):
            return raw, []
        now, moves = moved(self._knowledge, answers, red_flags_alone=True)
        warnings = [Diagnostic(raw.locate(("answers", *move.place)), move.message) for move in moves]
        return replace(raw, data={**raw.data, "answers": now}) if moves else raw, warnings

    def check(self, raw: RawCase) -> list[Diagnostic]:
        """Return what is wrong with a case; the list is empty only for a valid case.

        It holds at most a hundred faults, and then how many more there are.
        """
        faults = self._faults(raw.data)
        told = [Diagnostic(raw.locate(place), message) for place, message in faults[:_MOST_TOLD]]
        if len(faults) > _MOST_TOLD:
            told.append(Diagnostic(raw.locate(), f"and {len(faults) - _MOST_TOLD:,} more to fix"))
        return told

    def _faults(self, data: Any) -> list[Fault]:
        if not self._accepts(data):
            faults = [*self._plain_faults(data)] or [*self._schema_faults(data)]
            if faults:
                return faults
        return [*_repeated_disposition(data.get("expect", {}))] or [*self._answer_faults(data["answers"])]

    def _accepts(self, data: Any) -> bool:
        try:
            return self._quick.is_valid(data)
        except UnicodeEncodeError:  # half of a surrogate pair in a key, which only jsonschema can read
            return False

    def _schema_faults(self, data: Any) -> Iterator[Fault]:
        """Yield the fault that the schema itself finds in a case, if any; of several, the most telling."""
        from jsonschema.exceptions import best_match  # noqa: PLC0415 - as above

        error = best_match(self._validator.iter_errors(data))
        if error:
            wanted = shortened(json.dumps(error.validator_value))
            message = f'does not fit the schema of a case, which says "{error.validator}": {wanted}'
            yield (tuple(error.absolute_path), message)

    def _plain_faults(self, data: Any) -> Iterator[Fault]:
        if not isinstance(data, Mapping):
            yield ((), f"a case is an object, not {kind_of(data)}")
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
        listed = self._knowledge.named_question
        joined = (listed.id, listed.names) if listed and listed.names in answers else ()
        unread = {
            key: answer
            for key, answer in answers.items()
            if key in joined or _plain(key, answer) not in self._fitting
        }
        misfits: Sequence[Misfit] = ()
        try:
            check_answers(self._knowledge, unread)
        except IntakeError as error:
            misfits = error.misfits
        self._remember(unread, {*joined, *(place[0] for place, _ in misfits)})
        for place, message in misfits:
            yield ("answers", *place), self._retired(answers, place) or message

    def _remember(self, answers: Mapping[str, Any], apart: Collection[str | int]) -> None:
        """Remember answers that fit, except those `apart`: most cases repeat the same answers."""
        fitting = {_plain(key, answer) for key, answer in answers.items() if key not in apart}
        if len(self._fitting) > _MOST_REMEMBERED:
            self._fitting.clear()
        self._fitting |= fitting - {None}

    def _retired(self, answers: Mapping[str, Any], place: Pointer) -> str:
        """Return what to use instead of the question, item or option at a place if it is retired, else ""."""
        question, *rest = place
        named = answers[str(question)]
        if rest:
            named = rest[0] if isinstance(named, Mapping) else named[rest[0]]
        name = f"{question}.{named.removeprefix(NOT_SURE_MARK)}" if isinstance(named, str) else ""
        retirement = self._knowledge.retired.get(str(question)) or self._knowledge.retired.get(name)
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
                yield (place, f'unknown expectation "{shortened(name)}"{nearest(name, known)}')
            elif "enum" in known[name]:
                if wanted not in known[name]["enum"]:
                    yield (place, not_one_of(wanted, known[name]["enum"]))
            elif known[name]["type"] == "boolean":
                if not isinstance(wanted, bool):
                    yield (place, f"must be true or false, not {kind_of(wanted)}")
            elif not isinstance(wanted, list):
                yield (place, f"must be a list of names, not {kind_of(wanted)}")
            else:
                yield from _list_faults(place, wanted, known[name]["items"]["enum"])


def _plain(key: str, answer: Any) -> _Answer:
    """Return a question and its answer as a value that can be remembered; None if the answer is not plain."""
    if type(answer) in (str, int):
        return key, answer
    return (key, tuple(answer)) if type(answer) is list and {*map(type, answer)} == {str} else None


def _object_in(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object under a key; an empty one if there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def _unknown_keys(data: Mapping[str, Any], known: Collection[str], place: Pointer) -> Iterator[Fault]:
    for key in data:
        if key not in known:
            yield ((*place, key), f'unknown key "{shortened(key)}"{nearest(key, known)}')


def _wrong_kinds(data: Mapping[str, Any], kinds: Mapping[str, type], place: Pointer) -> Iterator[Fault]:
    for key, kind in kinds.items():
        if key in data and not isinstance(data[key], kind):
            wanted = "text" if kind is str else "an object"
            instead = f'; write "{data[key]}"' if key == "id" and is_numeric(data[key]) else ""
            yield ((*place, key), f"{key} is {wanted}, not {kind_of(data[key])}{instead}")


def _list_faults(place: Pointer, items: list[Any], names: list[str]) -> Iterator[Fault]:
    """Yield a fault for each item of a list that is none of these names, or appears twice."""
    known = frozenset(names)
    seen = set()
    wrong = 0
    for index, item in enumerate(items):
        if not isinstance(item, str) or item not in known:
            wrong += 1
            hinted = wrong <= MOST_HINTS  # the nearest name takes long to find
            yield ((*place, index), not_one_of(item, names) if hinted else "is not one of the names")
        elif item in seen:
            yield ((*place, index), f'"{item}" appears twice; keep one')
        else:
            seen.add(item)


def _repeated_disposition(expect: Mapping[str, Any]) -> Iterator[Fault]:
    for index, name in enumerate(expect.get(ACCEPTABLE, ())):
        if name == expect[DISPOSITION]:
            message = f'"{name}" is what "{DISPOSITION}" expects already; remove it here'
            yield ("expect", ACCEPTABLE, index), message
