"""Keeps an interview on request, in files that only their owner can read, and takes it up again.

It also tells what an existing file is, so that no file is lost that somebody may still need.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from triage.explanation.note import FIRST_LINES, note_markdown, note_text
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.interview import dating
from triage.interview.afterwards.replies import note_about
from triage.interview.hearing.typed import legible
from triage.interview.interview import Interview
from triage.knowledge.model import YES, KnowledgeBase, Question
from triage.source.atomic import write_whole

_PARTS = {"id", "knowledge_base", "answers"}
_FROM_WORDS = "from_words"
"""The key for the answers that came from what the person told in own words."""
_MORE_PARTS = {"given_at", _FROM_WORDS}
_LONGEST = 160
_LARGEST = 1_000_000


class CannotResume(Exception):  # noqa: N818 - it is what the person is told
    """A saved interview cannot be resumed; the message says why, and what to do."""


@dataclass(frozen=True)
class Saved:
    """A saved interview.

    `answers` are in force, and `offered` are offered again when their question is asked. `lost` has a line
    for each answer that does not fit any more, red flags first. `given_at` says when answers were given, as
    far as the file tells. `from_words` are the findings that the person told in own words, with the words.
    """

    answers: Mapping[str, Any]
    offered: Mapping[str, Any] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    given_at: Mapping[str, datetime] = field(default_factory=dict)
    from_words: Mapping[str, str] = field(default_factory=dict)


def save_answers(
    path: Path,
    knowledge: KnowledgeBase,
    answers: Mapping[str, Any],
    given_at: Mapping[str, datetime] = MappingProxyType({}),
    from_words: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write answers as a case file, with the times when they were given and the words that they came from.

    `triage evaluate` can read this file.

    Raises:
        TargetError: the file cannot be written.
    """
    case: dict[str, Any] = {
        "id": path.stem,
        "knowledge_base": {"version": knowledge.version, "sha256": knowledge.sha256},
        "answers": {name: answers[name] for name in knowledge.questions if name in answers},
        **({_FROM_WORDS: dict(from_words)} if from_words else {}),
    }
    if given_at:
        case["given_at"] = dating.written(
            {name: given_at[name] for name in case["answers"] if name in given_at}
        )
    write_private(path, json.dumps(case, indent=2) + "\n")


def read_saved(path: Path, knowledge: KnowledgeBase, *, force: bool) -> Saved:
    """Return a saved interview.

    With `force`, answers made with other rules are taken too; of answers that no longer fit, what still does.

    Raises:
        CannotResume: the file cannot be read, was made with other rules, or has answers that do not fit.
    """
    try:
        case = _load(path)
        answers = dict(case["answers"])
        made_with = case.get("knowledge_base", {}).get("sha256")
        from_words = _words(knowledge, case.get(_FROM_WORDS))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CannotResume(f"{path}: is not a saved interview ({_short(str(error))})") from None
    saved = replace(
        _taken(knowledge, answers), given_at=dating.read(case.get("given_at")), from_words=from_words
    )
    if force or (made_with == knowledge.sha256 and not saved.lost):
        return saved
    if made_with != knowledge.sha256:
        message = f"{path}: was made with other rules than these, so its answers may mean something else. "
    else:
        message = f"{path}: holds answers that do not fit the questions. "
    message += "Start again, or use --force to go on with the answers that still fit."
    raise CannotResume("\n".join([message, *saved.lost]))


def is_saved_interview(path: Path) -> bool:
    """Whether a file was written by `save_answers`, so that a newer one may replace it."""
    try:
        case = _load(path) if holds_something(path) and path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return False
    return (
        isinstance(case, dict) and case.keys() - _MORE_PARTS == _PARTS and isinstance(case["answers"], dict)
    )


def is_transcript(path: Path, knowledge: KnowledgeBase) -> bool:
    """Whether a file begins as a transcript of an interview does."""
    return _first_line(path) == f"**{knowledge.title}**"


def is_note(path: Path) -> bool:
    """Whether a file begins as a note for the doctor does."""
    return _first_line(path) in FIRST_LINES


def save_note(path: Path, interviews: Iterable[Interview], day: str) -> None:
    """Write a note for the doctor about each complaint, as Markdown if the file's name says so, else as text.

    Raises:
        TargetError: the file cannot be written.
    """
    render = note_markdown if path.suffix.lower() in (".md", ".markdown") else note_text
    notes = (render(note_about(each, day)) for each in interviews)
    write_private(path, "\n".join(notes))


def _first_line(path: Path) -> str:
    """Return the first line of a regular file; "" if it cannot be read."""
    if not holds_something(path):
        return ""
    try:
        with path.open("rb") as file:
            return file.readline(1000).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def holds_something(path: Path) -> bool:
    """Whether a path is a regular file that is not empty."""
    try:
        entry = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(entry.st_mode) and entry.st_size > 0


def loses_answers(path: Path, answers: Mapping[str, Any]) -> bool:
    """Whether a saved interview has an answer that is not among these; true if it cannot be read."""
    try:
        earlier = _load(path)["answers"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return True
    return any(name not in answers or answers[name] != answer for name, answer in earlier.items())


def _words(knowledge: KnowledgeBase, noted: Any) -> Mapping[str, str]:
    """Return the findings that came from words, with the words, as far as the file notes them properly."""
    pairs = noted.items() if isinstance(noted, dict) else ()
    return {name: words for name, words in pairs if name in knowledge.question_of and isinstance(words, str)}


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; refuse one with a name that appears twice, as one of the two would be lost."""
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError("a name appears twice")
    return data


def _taken(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> Saved:
    kept: dict[str, Any] = {}
    offered: dict[str, Any] = {}
    lost: list[tuple[bool, str]] = []
    listed, unlisted = _listed(knowledge, answers)
    lost += ((False, line) for line in unlisted)
    for name, answer in listed.items():
        try:
            read_answers(knowledge, {name: answer})
        except IntakeError as misfit:
            question = knowledge.questions.get(name)
            danger = bool(question and question.red_flags)
            head = "DANGER SIGNS were answered here and cannot be read" if danger else "cannot be read"
            lost.append((danger, f"- {name}: {head}: {_short(json.dumps(answer))} ({_short(str(misfit))})"))
            fitting = _fitting(knowledge, question, answer) if question else {}
            if question and fitting:
                # What is so counts at once; the question is asked again for the rest.
                kept[name] = {item: value for item, value in fitting.items() if value == YES} or fitting
                offered[name] = [f"{'' if value == YES else '?'}{item}" for item, value in fitting.items()]
        else:
            kept[name] = answer
    order = {name: place for place, name in enumerate(knowledge.questions)}
    kept = dict(sorted(kept.items(), key=lambda entry: order[entry[0]]))
    lines = [text for _, text in sorted(lost, key=lambda entry: not entry[0])]
    return Saved(kept, offered, tuple(lines))


def _listed(
    knowledge: KnowledgeBase, answers: Mapping[str, Any]
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return answers with the names of medicines turned into the answer to their list, and what is lost.

    If the names cannot be read, the list is asked again: without them it could say less than is so.
    """
    question = knowledge.named_question
    if question is None or question.names not in answers:
        return answers, ()
    both = {name: answers[name] for name in (question.id, question.names) if name in answers}
    rest = {name: answer for name, answer in answers.items() if name not in both}
    try:
        return {**rest, **as_answers(knowledge, read_answers(knowledge, both))}, ()
    except IntakeError as misfit:
        return rest, (
            f"- {question.names}: cannot be read: {_short(json.dumps(both))} ({_short(str(misfit))})",
        )


def _fitting(knowledge: KnowledgeBase, question: Question, answer: Any) -> dict[str, str]:
    """Return the items of a checklist answer that can still be read and are yes or unknown."""
    if question.kind != "checklist":
        return {}
    if isinstance(answer, dict):
        pairs = [(str(item), value) for item, value in answer.items()]
    elif isinstance(answer, list):
        marked = [item for item in answer if isinstance(item, str)]
        pairs = [(item.removeprefix("?"), "unknown" if item.startswith("?") else YES) for item in marked]
    else:
        return {}
    fitting: dict[str, str] = {}
    for item, value in pairs:
        try:
            read_answers(knowledge, {question.id: {item: value}})
        except IntakeError:
            continue
        if value in (YES, "unknown") and fitting.get(item) != YES:
            fitting[item] = value
    return fitting


def _short(text: str) -> str:
    return legible(text, _LONGEST)


def free_name_beside(path: Path) -> Path:
    """Return a name that is free in the folder of a file: `me-2.json` beside `me.json`."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(name for name in names if not os.path.lexists(name))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, as a whole or not at all.

    Raises:
        TargetError: the file cannot be written.
    """
    write_whole(path, [text], private=True)
