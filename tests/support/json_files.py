"""Files of made-up cases, written in every way that JSON allows, and in some that it does not.

Each file follows from its seed and number alone. It may keep to one style, as one program writes, or mix
them, as files do that several hands have edited.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from support.shipped import KNOWLEDGE

from triage.knowledge.model import Question

FEWEST, MEDIAN, MOST = 2, 20, 5000
_SPREAD = 1.2
_GAPS: Sequence[Sequence[str]] = (("",), (" ",), ("", " "), ("", "", " ", "\t", "  ", " \t "), ("", "\r"))
_IDS = (
    "p{}",
    "case:{}",
    "Anna Müller {}",
    'say "{}"',
    "a\\b{}",
    "😀{}",
    "{}:{}",
    "x,y {}",
    "tab\t{}",
    "é\u2028{}",
)
_TITLES = ("one: two", "", 'a "quoted" title', "age:5", "Müller", "ends in \\")


@dataclass(frozen=True)
class Style:
    """How a line is written; the shares are of what could be written so."""

    gaps: Sequence[str] = ("",)
    shuffled: bool = False
    escapes: float = 0
    objects: float = 0
    floats: float = 0
    titles: float = 0
    spoiled: float = 0
    ascii_only: bool = True
    ending: str = "\n"


def style(chance: Random) -> Style:
    """Any style, the plain one and its neighbours more often than the rest."""

    def share() -> float:
        return chance.choice((0, 0, 0, 0.1, 0.5, 1))

    return Style(
        gaps=chance.choice(_GAPS),
        shuffled=chance.random() < 1 / 3,
        escapes=chance.choice((0, 0, 0, 0.02, 0.3)),
        objects=share(),
        floats=share(),
        titles=share(),
        spoiled=chance.choice((0, 0, 0.02, 0.2)),
        ascii_only=chance.random() < 1 / 2,
        ending=chance.choice(("\n", "\n", "\n", "\r\n", " \n")),
    )


def file_of(seed: int, number: int, count: int = 0) -> bytes:
    """The bytes of one file; `count` says how many people, else as many as such files have."""
    chance = Random(f"json {seed} {number}")  # noqa: S311 - made-up files
    if not count:
        count = int(min(MOST, max(FEWEST, chance.lognormvariate(math.log(MEDIAN), _SPREAD))))
    one, mixed = style(chance), chance.random() < 2 / 5
    numbers = chance.choice((None, None, 3, 100_000))
    lines = []
    for person in range(count):
        writer = _Writer(chance, style(chance) if mixed else one, numbers)
        lines.append(writer.line(person))
    if chance.random() < 1 / 3:
        lines[-1] = lines[-1].rstrip(b"\n")
    return b"".join(lines)


class _Writer:
    def __init__(self, chance: Random, written: Style, numbers: int | None) -> None:
        self._chance = chance
        self._style = written
        self._numbers = numbers

    def line(self, person: int) -> bytes:
        spoil = self._chance.random() < self._style.spoiled
        case = self._case(person)
        if spoil:
            case = self._chance.choice(_SPOILING)(self._chance, case)
        text = self._object(case)
        data = text.encode(errors="surrogatepass")
        if spoil and self._chance.random() < 1 / 4:
            data = _damaged(self._chance, data)
        return data + self._style.ending.encode()

    def _case(self, person: int) -> list[tuple[str, Any]]:
        chance = self._chance
        pairs: list[tuple[str, Any]] = [("id", chance.choice(_IDS).format(person, person))]
        if chance.random() < self._style.titles:
            pairs.append(("title", chance.choice(_TITLES)))
        if chance.random() < self._style.titles / 4:
            pairs.append(("knowledge_base", [("version", "0:1"), ("sha256", "x")][: chance.randint(0, 2)]))
        asked = [question for question in KNOWLEDGE.questions.values() if chance.random() < 2 / 3]
        answers = [(question.id, self._answer(question)) for question in asked]
        pairs.append(("answers", self._order(answers)))
        return self._order(pairs)

    def _order(self, pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        return self._chance.sample(pairs, len(pairs)) if self._style.shuffled else pairs

    def _answer(self, question: Question) -> Any:
        chance = self._chance
        draw = chance.random()
        if question.kind == "checklist":
            return self._checklist(question)
        if draw < 1 / 20:
            return "unknown"
        if question.kind != "number":
            return chance.choice(question.values)
        highest = question.maximum if self._numbers is None else min(question.maximum, self._numbers)
        number = chance.randint(question.minimum, highest)
        return _Float(number, chance.randint(0, 3)) if chance.random() < self._style.floats else number

    def _checklist(self, question: Question) -> Any:
        chance = self._chance
        draw = chance.random()
        items = [option.id for option in question.options]
        some = chance.sample(items, min(len(items), chance.choice((1, 1, 1, 2, 2, 3, 4, 7))))
        if not self._style.shuffled:
            some.sort(key=items.index)
        if chance.random() < self._style.objects:
            if draw < 1 / 5:
                some = items
            return [(item, chance.choice(("yes", "no", "no", "unknown"))) for item in some[: int(draw * 40)]]
        if draw < 1 / 2:
            return "none"
        if draw < 11 / 20:
            return "unknown"
        return {"list": [("?" if chance.random() < 1 / 8 else "") + item for item in some]}

    def _object(self, pairs: Iterable[tuple[str, Any]]) -> str:
        return self._joined(
            "{",
            (self._text(key) + self._gap() + ":" + self._gap() + self._value(value) for key, value in pairs),
            "}",
        )

    def _value(self, value: Any) -> str:
        if isinstance(value, list):
            return self._object(value)
        if isinstance(value, dict):
            return self._joined("[", map(self._value, value["list"]), "]")
        if isinstance(value, str):
            return self._text(value)
        return value.text if isinstance(value, (_Float, _Raw)) else json.dumps(value)

    def _joined(self, opening: str, parts: Iterable[str], closing: str) -> str:
        if self._style.gaps == ("",):
            return opening + ",".join(parts) + closing
        inside = ",".join([self._gap() + part + self._gap() for part in parts])
        return opening + (inside or self._gap()) + closing

    def _gap(self) -> str:
        gaps = self._style.gaps
        return gaps[0] if len(gaps) == 1 else gaps[int(self._chance.random() * len(gaps))]

    def _text(self, text: str) -> str:
        plain, escapes = _as_json(text, self._style.ascii_only), self._style.escapes
        if not escapes or "\\" in plain:
            return plain
        random = self._chance.random
        return "".join([_escaped(each, random()) if random() < escapes else each for each in plain])


@cache
def _as_json(text: str, ascii_only: bool) -> str:  # noqa: FBT001 - a cache knows no keywords
    return json.dumps(text, ensure_ascii=ascii_only)


def _escaped(letter: str, draw: float) -> str:
    """A letter by its number, with small or capital digits; not the quotation marks around a text."""
    if letter == '"' or ord(letter) >= 0x8000:
        return letter
    return f"\\u{ord(letter):04x}" if draw < 1 / 2 else f"\\u{ord(letter):04X}"


class _Float:
    """A whole number, written as a float."""

    def __init__(self, number: int, way: int) -> None:
        ways = (f"{number}.0", f"{number}.000", f"{number}e0", f"{number * 10}E-1")
        self.text = ways[way]


class _Raw:
    """A value as its text."""

    def __init__(self, text: str) -> None:
        self.text = text


Pairs = list[tuple[str, Any]]


def _twice(chance: Random, case: Pairs) -> Pairs:
    """A key appears twice: of the case, of the answers, or of an object of items."""
    places = [case, *(value for _, value in case if isinstance(value, list))]
    places += [value for inner in places[1:] for _, value in inner if isinstance(value, list)]
    filled = [place for place in places if place]
    place = chance.choice(filled)
    place.insert(chance.randint(0, len(place)), chance.choice(place))
    return case


def _other_value(chance: Random, case: Pairs) -> Pairs:
    """An answer that its question does not take, or that no question has."""
    values: Sequence[Any] = (
        [], {"list": []}, {"list": ["calf", "calf"]}, {"list": ["calf", "?calf"]}, {"list": ["calves"]},
        {"list": ["calf", 5]}, -1, 10**9, 10**30, 4.5, True, None, "maybe", "", _Raw("NaN"), _Raw("-0"),
        _Raw("-0.0"), _Raw("1e999"), _Raw("9" * 5000), _Raw("9" * 310), _Raw("01"), _Raw("1."), _Raw("\x00"),
        _Raw('"\\ud800"'), [("calf", "maybe")], [("calves", "yes")], [("calf", True)], "unknown", "none",
    )  # fmt: skip
    names = [*KNOWLEDGE.questions, "site", "site", "age", "age", "shoe_size"]
    answers = next(value for key, value in case if key == "answers")
    answers.append((chance.choice(names), chance.choice(values)))
    return case


def _other_shape(chance: Random, case: Pairs) -> Pairs:
    """Keys that are missing, unknown or of another type."""
    others: Sequence[Callable[[Pairs], Pairs]] = (
        lambda pairs: [pair for pair in pairs if pair[0] != "id"],
        lambda pairs: [pair for pair in pairs if pair[0] != "answers"],
        lambda pairs: [("id", "") if key == "id" else (key, value) for key, value in pairs],
        lambda pairs: [("id", 5) if key == "id" else (key, value) for key, value in pairs],
        lambda pairs: [("id", _Raw('"\\udc00"')) if key == "id" else (key, value) for key, value in pairs],
        lambda pairs: [*pairs, ("more", 1)],
        lambda pairs: [*pairs, ("title", None)],
        lambda pairs: [*pairs, ("knowledge_base", [("version", 5)])],
        lambda pairs: [*pairs, ("expect", [("disposition", "undetermined")])],
    )
    return chance.choice(others)(case)


_SPOILING: Sequence[Callable[[Random, Pairs], Pairs]] = (_twice, _other_value, _other_value, _other_shape)


def _damaged(chance: Random, data: bytes) -> bytes:
    """Some bytes cut out or put in; no line break, so that the line stays one."""
    at = chance.randint(0, len(data))
    put = chance.choice(
        (b"", b"", b'"', b"{", b"}", b",", b":", b"[", b"]", b"\\", b"\xff", b"\x00", b" x", b"1")
    )
    return data[:at] + put + data[at + chance.choice((0, 1, 1, 2, 9)) :]
