"""Checks for authors: they find what loading accepts, but authors must fix or should know.

A check takes a base that loads and yields problems; its id names the pattern that it finds. It does not
repeat what loading refuses: schemas, unknown names, thresholds out of range, ids that are not the file name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from triage.knowledge.files import Document, Folder
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import Written, tests_of, written_tests
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import Pointer

Level: TypeAlias = Literal["fix", "know"]
Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """One check: its id, what it finds in a few words, and the function that finds it.

    The author may want what a check of level "know" finds, so it is only reported.
    """

    id: str
    finds: str
    find: Callable[[Subject], Iterable[Diagnostic]]
    level: Level = "fix"


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """A problem, and the id and level of the check that found it."""

    problem: Diagnostic
    check: str
    level: Level = "fix"

    def __str__(self) -> str:
        told = f"to know: {self.problem.message}" if self.level == "know" else self.problem.message
        return f"{replace(self.problem, message=told)} [{self.check}]"


@dataclass(frozen=True)
class Base:
    """A knowledge base that loads, and the files it was loaded from."""

    files: Folder
    knowledge: KnowledgeBase

    @cached_property
    def conditions(self) -> tuple[tuple[Document, Pointer, Written], ...]:
        """Every condition as written: of the rules, and of the gates of questions and items."""
        questionnaire = self.files.tables["questionnaire"]
        rows = [*questionnaire.rows()]
        for place, row in questionnaire.rows():
            rows += [
                ((*place, "options", index), option) for index, option in enumerate(row.get("options", ()))
            ]
        gates = (
            (questionnaire, (*place, "asked_when"), row["asked_when"])
            for place, row in rows
            if isinstance(row.get("asked_when"), Mapping)
        )
        named = self.rows("gates") if "gates" in self.files.tables else ()
        return (
            *((document, ("when",), document.data["when"]) for document in self.files.rules),
            *((document, (*place, "when"), row["when"]) for document, place, row in named),
            *gates,
        )

    @cached_property
    def tests(self) -> tuple[tuple[Document, Pointer, Written], ...]:
        """Every test as written."""
        return tuple(
            (document, at, test)
            for document, place, written in self.conditions
            for at, test in written_tests(written, place)
        )

    @cached_property
    def tested(self) -> frozenset[str]:
        """Every finding that a condition looks at."""
        gates = [gate for question in self.knowledge.questions.values() for gate in question.gates.values()]
        conditions = [*(rule.when for rule in self.knowledge.rules.values()), *gates]
        return frozenset(test.finding for condition in conditions for test in tests_of(condition))

    def rows(self, table: str) -> Iterator[tuple[Document, Pointer, Mapping[str, Any]]]:
        """Yield the rows of a table, each with its document and place."""
        document = self.files.tables[table]
        for place, row in document.rows():
            yield document, place, row

    def texts(self) -> Iterator[tuple[Document, Pointer, str]]:
        """Yield every text of every file."""
        for document in (*self.files.tables.values(), *self.files.rules):
            for place, text in _texts(document.data, ()):
                yield document, place, text


def lint(subject: Subject, checks: Iterable[Check[Subject]]) -> list[Flaw]:
    """Run checks; return what they find in order of file and line."""
    return sorted(Flaw(problem, check.id, check.level) for check in checks for problem in check.find(subject))


def _texts(data: Any, place: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping | list):
        pairs = data.items() if isinstance(data, Mapping) else enumerate(data)
        for key, value in pairs:
            yield from _texts(value, (*place, key))


def row_problem(
    document: Document, place: Pointer, row: Mapping[str, Any], key: str, message: str
) -> Diagnostic:
    """Return a problem of a row of a table, at one of its keys."""
    return Diagnostic.at(document.path, document.line_of(*place, key), f"/{place[0]}/{row['id']}", message)


def texts_for_people(base: Base) -> Iterator[tuple[Document, Pointer, str]]:
    """Yield the texts that people read: all but those of claims and sources, which quote others."""
    quoted = {base.files.tables[name].path for name in ("claims", "sources")}
    return (each for each in base.texts() if each[0].path not in quoted)
