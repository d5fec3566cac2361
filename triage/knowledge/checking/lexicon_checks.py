"""Checks of the lexicon: every phrase holds a word, names only what exists, and stands for one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from triage.knowledge.files import Document, Folder
from triage.knowledge.parts.lexicon import ANSWERS, GAP, MEDICINE, SLOTS, alternatives, words_of
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer, pointer_text


def lexicon_problems(files: Folder) -> Iterator[Diagnostic]:
    """Yield what is wrong in the lexicon: unknown ids, phrases without a word, phrases of two answers."""
    questions = {row["id"]: row for row in files.tables["questionnaire"].data["question"]}
    names = [*questions, *_answers(questions)]
    lists = {MEDICINE, *(name for document in files.lexicon for name in document.data.get("lists", {}))}
    sets = {name for document in files.lexicon for name in document.data.get("sets", {})}
    for document in files.lexicon:
        for place, name in _names(document.data):
            if name not in names:
                message = f'"{name}" is no answer of the questionnaire{nearest(name, names)}'
                yield _problem(document, place, message)
        for place, phrase in _phrases(document.data):
            if fault := _fault(phrase, lists):
                yield _problem(document, place, f'"{phrase}" {fault}')
        yield from _set_problems(document, sets)
    yield from _doubles(files)


def _problem(document: Document, place: Pointer, message: str) -> Diagnostic:
    return Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


def _answers(questions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, row in questions.items():
        yield from (f"{name}.{option['id']}" for option in row.get("options", ()))
        if row["kind"] == "yes_no":
            yield from (f"{name}.yes", f"{name}.no")


def _names(topic: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield every question and answer that a topic names, with its place."""
    for question, options in topic.get("says", {}).items():
        yield from ((("says", question, option), f"{question}.{option}") for option in options)
    for kind in ("together", "either"):
        for number, row in enumerate(topic.get(kind, ())):
            yield from (((kind, number, "options"), option) for option in row["options"])
    for number, row in enumerate(topic.get("amount", ())):
        yield ("amount", number, "question"), row["question"]
    for number, row in enumerate(topic.get("hint", ())):
        yield from ((("hint", number, "asks"), name) for name in row["asks"])
    for number, names in enumerate(topic.get("look_alikes", ())):
        yield from ((("look_alikes", number), name) for name in names)
    if "alarm" in topic:
        yield from ((("alarm", "asks"), name) for name in topic["alarm"]["asks"])
        yield from ((("alarm", "where", name), name) for name in topic["alarm"].get("where", ()))
    for kind in ANSWERS:
        yield from (((kind,), name) for name in topic.get(kind, ()))
    for kind in ("more", "vague", "leads"):
        yield from (((kind, name), name) for name in topic.get(kind, ()))
    yield from ((("people", role), name) for role, name in topic.get("people", {}).items())


def _phrases(topic: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield every phrase of a topic with its place."""
    for kind in ("says", "lists", "cues", "vague", "leads"):
        for name, rows in topic.get(kind, {}).items():
            for key, phrases in rows.items() if kind == "says" else [("", rows)]:
                place = (kind, name, key) if key else (kind, name)
                yield from ((place, phrase) for phrase in phrases)
    for kind in ("together", "either", "amount"):
        for number, row in enumerate(topic.get(kind, ())):
            yield from (((kind, number, "phrases"), phrase) for phrase in row["phrases"])
    for key in ("ignored", "harmless"):
        yield from (((key,), phrase) for phrase in topic.get(key, ()))


def _set_problems(document: Document, sets: set[str]) -> Iterator[Diagnostic]:
    """Yield what is wrong in sets of words: an alternative without a word, an unknown set."""
    for place, written in _written_sets(document.data):
        for each in alternatives(written):
            if each.startswith("{") and each[1:-1] not in sets:
                message = f'"{written}" names the set {each}, which is not there{nearest(each[1:-1], sets)}'
                yield _problem(document, place, message)
            elif not any(letter.isalnum() for letter in each):
                yield _problem(document, place, f'"{written}" holds no word between two bars; remove one')


def _written_sets(topic: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    yield from ((("sets", name), written) for name, written in topic.get("sets", {}).items())
    for number, row in enumerate(topic.get("hint", ())):
        yield from ((("hint", number, "words"), written) for written in row["words"])
        if "unless" in row:
            yield ("hint", number, "unless"), row["unless"]
    if "alarm" in topic:
        yield ("alarm", "words"), topic["alarm"]["words"]
        yield from (
            (("alarm", "where", name), set_) for name, set_ in topic["alarm"].get("where", {}).items()
        )


@lru_cache(maxsize=1 << 15)
def _words_in(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase, without the marks between them."""
    return tuple(word.text for word in words_of(phrase) if not word.mark)


def _fault(phrase: str, lists: set[str]) -> str:
    """Return what is wrong with a phrase; "" where nothing is."""
    words = _words_in(phrase)
    if not words or words == (GAP,):
        return "holds no word; remove it"
    unknown = [
        word for word in words if word.startswith("{") and word not in SLOTS and word[1:-1] not in lists
    ]
    if unknown:
        return f"names the list {unknown[0]}, which is not there{nearest(unknown[0][1:-1], lists)}"
    if GAP in (words[0], words[-1]):
        return "begins or ends with a gap; remove the dots there"
    return ""


def _doubles(files: Folder) -> Iterator[Diagnostic]:
    """Yield every phrase that stands for two answers."""
    first: dict[tuple[str, ...], str] = {}
    for document in files.lexicon:
        for question, options in document.data.get("says", {}).items():
            for option, phrases in options.items():
                name = f"{question}.{option}"
                for phrase in phrases:
                    key = _words_in(phrase)
                    if first.setdefault(key, name) != name:
                        message = (
                            f'"{phrase}" stands for {first[key]} too; remove it from one, or write it under '
                            "[[together]] if it means both, under [[either]] if it can mean one or the other"
                        )
                        yield _problem(document, ("says", question, option), message)
