"""The codebook: what each question and option means, and how to write an answer to it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Literal

from triage.explanation.markdown import markdown
from triage.explanation.phrasing import gate_text
from triage.explanation.templating import code
from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.knowledge.model import Kind, KnowledgeBase, Option, Question
from triage.knowledge.parts.pronouns import address

Form = Literal["md", "csv", "json"]
EVERYBODY = "always"
_WRITTEN: dict[Kind, str] = {
    "choice": "the id of one option",
    "scale": "the id of one option; they go from least to most",
    "number": "a whole number",
    "yes_no": '"yes" or "no"',
    "checklist": f'"{NONE}", a list of ids ("{NOT_SURE_MARK}id": not sure), an object of id: "yes" or "no"',
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A question (`option` is empty), or an option or item of one.

    `written` says how to write an answer in a case. `applies` says to whom the row applies.
    """

    question: str
    option: str
    kind: str
    label: str
    meaning: str
    written: str
    unit: str
    minimum: int | None
    maximum: int | None
    red_flag: bool
    applies: str


def entries(knowledge: KnowledgeBase) -> Iterator[Entry]:
    """Yield every question of a knowledge base, each followed by its options, in their order."""
    for question in knowledge.questions.values():
        yield _of_question(knowledge, question)
        for option in question.options:
            yield _of_option(knowledge, question, option)
        if question.names:
            yield _of_names(knowledge, question)


def codebook(knowledge: KnowledgeBase, form: Form) -> str:
    """Return the codebook of a knowledge base as Markdown, CSV or JSON, always in the same bytes."""
    rows = list(entries(knowledge))
    if form == "csv":
        return _csv(rows)
    if form == "json":
        stamp = {"version": knowledge.version, "sha256": knowledge.sha256}
        found = {"knowledge_base": stamp, "entries": [asdict(row) for row in rows]}
        return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(_markdown(knowledge, rows)) + "\n"


def _of_question(knowledge: KnowledgeBase, question: Question) -> Entry:
    number = question.kind == "number"
    return Entry(
        question=question.id,
        option="",
        kind=question.kind,
        label=address(question.ask),
        meaning=address(question.means),
        written=f'{_WRITTEN[question.kind]}, or "{UNKNOWN}"',
        unit=question.unit,
        minimum=question.minimum if number else None,
        maximum=question.maximum if number else None,
        red_flag=False,
        applies=_applies(knowledge, question),
    )


def _of_option(knowledge: KnowledgeBase, question: Question, option: Option) -> Entry:
    return Entry(
        question=question.id,
        option=option.id,
        kind="item" if question.kind == "checklist" else "option",
        label=address(option.label),
        meaning=address(option.means),
        written=f'"{option.id}"',
        unit="",
        minimum=None,
        maximum=None,
        red_flag=option.red_flag,
        applies=_applies(knowledge, question, option),
    )


def _of_names(knowledge: KnowledgeBase, question: Question) -> Entry:
    return Entry(
        question=question.names,
        option="",
        kind="names",
        label=address(question.ask),
        meaning=f"Names, generic or brand, that fill the list {question.id}; alone they are the whole list.",
        written="a list of names",
        unit="",
        minimum=None,
        maximum=None,
        red_flag=False,
        applies=_applies(knowledge, question),
    )


def _applies(knowledge: KnowledgeBase, *rows: Question | Option) -> str:
    gates = [gate_text(knowledge, knowledge.gate_of(row)) for row in rows if row.asked_when]
    return address(" and ".join(gates)) or EVERYBODY


def _csv(rows: list[Entry]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(Entry))
    for row in rows:
        flag = "yes" if row.red_flag else "no"
        writer.writerow(
            value if value is not None else "" for value in {**asdict(row), "red_flag": flag}.values()
        )
    return written.getvalue()


def _markdown(knowledge: KnowledgeBase, rows: list[Entry]) -> Iterator[str]:
    yield "# Codebook"
    yield ""
    yield f"Questionnaire {knowledge.version}, {knowledge.sha256}. A question that is left out was not asked."
    for row in rows:
        if not row.option:
            yield from _head(row)
            continue
        parts = [f"- {code(row.option)} {markdown(row.label)}"]
        parts += ["**red flag**"] if row.red_flag else []
        parts += [markdown(row.meaning)] if row.meaning else []
        parts += [f"*Applies:* {markdown(row.applies)}"] if row.applies != EVERYBODY else []
        yield " - ".join(parts)


def _head(row: Entry) -> Iterator[str]:
    yield ""
    yield f"## {code(row.question)} {markdown(row.label)}"
    yield ""
    yield markdown(row.meaning)
    yield ""
    if row.unit:
        yield f"Kind: {row.kind}, in {row.unit}, from {row.minimum} to {row.maximum}  "
    else:
        yield f"Kind: {row.kind}  "
    yield f"Written: {markdown(row.written)}  "
    yield f"Applies: {markdown(row.applies)}"
    yield ""
