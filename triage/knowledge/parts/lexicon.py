"""The lexicon: what people call the answers in their own words, and how words are made comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GAP = "..."
NUMBER, DURATION, DAY = "{number}", "{duration}", "{day}"
SLOTS = (NUMBER, DURATION, DAY)
"""What stands in a phrase for any number, any span of time, or a day such as "yesterday" or "Tuesday"."""
ANSWERS = (
    "lasting",
    "guessable",
    "complained",
    "kept",
    "closed",
    "dosing",
    "naming",
    "calm",
    "likened",
    "hours",
)
"""The keys of a lexicon that list questions and answers (see `Lexicon`)."""
MEDICINE = "medicine"
"""The list that every lexicon has beside its own: `{medicine}` stands for any name of a medicine."""

_SMALL_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_DIGITS = {word: number for number, word in enumerate(_SMALL_NUMBERS.split(" "))} | {
    word: 10 * place for place, word in enumerate(_TENS.split(" "), start=2)
}
_WRITTEN_TENS = frozenset(str(ten) for ten in range(20, 100, 10))
_SAME = str.maketrans(
    {"\u00b4": "'", "\u02bc": "'", "\u2019": "'", "\u2018": "'", "`": "'", "\u2013": "-", "\u2014": "-"}
)
_PIECE = re.compile(
    r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|\.\.\.|\{[a-z_]+\}|(?P<mark>\n|[.;!?,:()/&+]|(?<=\s)-+(?=\s))"
)
_ELIDED = {"i'll": "will", "y'all": "you"}
_SHORTEST_WITH_ENDING = 4
_NO_PLURALS = ("ss", "is", "us")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text or one mark between words, made comparable, and where it stands."""

    text: str
    start: int
    end: int
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """Phrases that stand for several answers at once."""

    phrases: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Phrases that can stand for one or another of some items of a checklist, or for several."""

    phrases: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Phrases around a number, the question that it answers, and the units that the number may have.

    `weak` ones count only if no others give a number, and if they agree.
    """

    question: str
    phrases: tuple[str, ...]
    units: tuple[str, ...] = ()
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """Signs to ask about if a sentence holds a word of each set, near one another, in any order.

    A set is written `chest | rib* | {trunk}`: words, beginnings of words, names of sets. The hint does not
    count if a word of `unless` stands among them. They may span `within` words; 0 means the usual number.
    """

    asks: tuple[str, ...]
    words: tuple[str, ...]
    unless: str = ""
    within: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """A set of words that tell of fear but name no sign, and the lists of signs to ask then.

    `asks` are the lists, the most urgent first. `where` gives further lists, each asked only if the text
    holds a word of its set. The lists are asked too after words that are not understood, or that name a
    danger sign.
    """

    asks: tuple[str, ...]
    words: str
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class People:
    """How people are named: the option for the one who writes, and the option for anybody else."""

    writer: str
    other: str


@dataclass(frozen=True)
class Lexicon:
    """All phrases, by what they stand for.

    - `says`: the phrases of each answer (`question.option`).
    - `lists`: words that can replace one another inside phrases.
    - `cues`: words that tell of denial, the past, others and guessing.
    - `ignored`: phrases that stand for nothing. `harmless`: phrases in which no hint counts either.
    - `lasting`: questions and answers that count even if they are in the past.
    - `guessable`: questions and answers that a comparison does not undo.
    - `complained`: questions and answers that people come for, which end a list of what they deny.
    - `kept`: those whose phrases count inside longer phrases, except those of a `closed` question.
    - `dosing`: questions whose phrases tell how a medicine is taken if they follow its name.
    - `naming`: questions whose phrases hold the name of a medicine, which is told too.
    - `calm`: those that are not proposed beside a danger sign, as the words may describe that sign.
    - `hours`: those of which words in one part of a sentence with a danger sign alone tell nothing.
    - `likened`: those of which a comparison tells nothing: "like being stabbed", "like a period".
    - `ordinary`: correct words that look misspelt. `empty`: words that say nothing by themselves.
    - `vague`: for a question about a span of time, phrases that tell one without a number: "for years".
    - `leads`: for a list, words that a short answer leaves out: "running" can be "during" it or "after" it.
    - `example`: a sentence that shows a person how to tell what is wrong.
    - `more`: asks whether there is more of a list that a sentence began, and names its kinds.
    - `hints`: danger signs to ask about. `sets`: words that belong together, which hints name.
    - `look_alikes`: signs that words hardly tell apart; if a hint asks about one, all are asked.
    """

    says: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: tuple[Together, ...] = ()
    either: tuple[Either, ...] = ()
    amounts: tuple[Amounts, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    guessable: tuple[str, ...] = ()
    complained: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    dosing: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    calm: tuple[str, ...] = ()
    likened: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    vague: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: People | None = None
    example: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[Hint, ...] = ()
    look_alikes: tuple[tuple[str, ...], ...] = ()
    alarm: Alarm | None = None


def joined_lexicon(topics: Sequence[Mapping[str, Any]]) -> Lexicon:
    """Return the lexicon of a knowledge base: what its files hold, one topic after another."""
    says: dict[str, tuple[str, ...]] = {}
    for topic in topics:
        for question, options in topic.get("says", {}).items():
            for option, phrases in options.items():
                name = f"{question}.{option}"
                says[name] = (*says.get(name, ()), *phrases)
    alarm = next((Alarm(**frozen(topic["alarm"])) for topic in topics if "alarm" in topic), None)
    people = next((People(**topic["people"]) for topic in topics if "people" in topic), None)
    return Lexicon(
        says=says,
        together=tuple(Together(**frozen(row)) for topic in topics for row in topic.get("together", ())),
        either=tuple(Either(**frozen(row)) for topic in topics for row in topic.get("either", ())),
        amounts=tuple(Amounts(**frozen(row)) for topic in topics for row in topic.get("amount", ())),
        lists=_tables(topics, "lists"),
        cues=_tables(topics, "cues"),
        vague=_tables(topics, "vague"),
        leads=_tables(topics, "leads"),
        people=people,
        more={name: text for topic in topics for name, text in topic.get("more", {}).items()},
        sets={name: words for topic in topics for name, words in topic.get("sets", {}).items()},
        hints=tuple(Hint(**frozen(row)) for topic in topics for row in topic.get("hint", ())),
        look_alikes=tuple(tuple(names) for topic in topics for names in topic.get("look_alikes", ())),
        alarm=alarm,
        example=next((topic["example"] for topic in topics if "example" in topic), ""),
        **{name: _all(topics, name) for name in (*ANSWERS, "ignored", "harmless", "ordinary", "empty")},
    )


def frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a TOML table with tuples for its lists."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _tables(topics: Sequence[Mapping[str, Any]], key: str) -> Mapping[str, tuple[str, ...]]:
    tables: dict[str, tuple[str, ...]] = {}
    for topic in topics:
        for name, phrases in topic.get(key, {}).items():
            tables[name] = (*tables.get(name, ()), *phrases)
    return tables


def _all(topics: Sequence[Mapping[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(phrase for topic in topics for phrase in topic.get(key, ()))


def alternatives(written: str) -> list[str]:
    """Return the alternatives of a set, which bars divide."""
    return [each.strip() for each in written.split("|")]


def words_of(text: str) -> list[Word]:
    """Return the words of a text and the marks between them, each made comparable."""
    return list(_joined(_words(text)))


def _words(text: str) -> Iterator[Word]:
    for piece in _PIECE.finditer(plain_letters(text)):
        start, end = piece.span()
        if piece["mark"]:
            yield Word("." if piece["mark"] == "\n" else piece["mark"][0], start, end, mark=True)
        else:
            yield Word(comparable(piece[0]), start, end)


def plain_letters(text: str) -> str:
    """Return a text of the same length in small letters, with straight quotes."""
    straight = text.translate(_SAME)
    if straight.isascii():
        return straight.lower()
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in straight)


def comparable(word: str) -> str:
    """Return a word without apostrophes, accents and the ending of a plural; a number word in digits."""
    if word == GAP or word.startswith("{"):
        return word
    bare = _ELIDED.get(word, word).replace("'", "")
    if not bare.isascii():
        letters = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if bare in _DIGITS:
        return str(_DIGITS[bare])
    if len(bare) >= _SHORTEST_WITH_ENDING and bare.endswith("s") and not bare.endswith(_NO_PLURALS):
        return bare[:-1]
    return bare


def _joined(words: Iterator[Word]) -> Iterator[Word]:
    """Yield words with "forty two" as one number."""
    held: Word | None = None
    for word in words:
        if held and _is_tens(held) and word.text.isdecimal() and len(word.text) == 1 and word.text != "0":
            held = Word(str(int(held.text) + int(word.text)), held.start, word.end)
            continue
        if held:
            yield held
        held = word
    if held:
        yield held


def _is_tens(word: Word) -> bool:
    """Whether a word is a written-out number such as "forty"."""
    return word.text in _WRITTEN_TENS and word.end - word.start > len(word.text)
