"""Valid cases, each id once, and diagnostics about all that is not a valid case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.reader import read_cases, unsaid
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Case:
    """A valid case, and the text that it was read from.

    `answers` go from question id to answer. Answers under a retired id have moved to the current id, and
    `warnings` say so.
    """

    raw: RawCase
    answers: Mapping[str, Any]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def id(self) -> str:
        """Its id."""
        return self.raw.id

    @property
    def title(self) -> str:
        """The person in one sentence; "" if it is not given."""
        title: str = self.raw.data.get("title", "")
        return title

    @property
    def source(self) -> str:
        """Where its expectation comes from; "" if the expectation only records what the rules say."""
        source: str = self.raw.data.get("source", "")
        return source

    @property
    def file(self) -> str:
        """The file that holds it."""
        return self.raw.file

    @property
    def line(self) -> int:
        """The line in which it begins."""
        return self.raw.line

    @property
    def expect(self) -> Mapping[str, Any]:
        """What it expects of its assessment."""
        expect: Mapping[str, Any] = self.raw.data.get("expect", {})
        return expect


@dataclass(frozen=True, slots=True)
class InvalidCase:
    """Something that is not a valid case, and why.

    `raw` is what was read, if anything was; `empty_folder` says that there was nothing to read.
    """

    id: str
    file: str
    line: int
    diagnostics: tuple[Diagnostic, ...]
    empty_folder: bool = False
    raw: RawCase | None = None


class CaseRegister:
    """Checks one case after another, and remembers the ids."""

    def __init__(self, checker: CaseChecker, *, unique: bool = True) -> None:
        """Take a checker; without `unique`, an id may be repeated."""
        self._checker = checker
        self._unique = unique
        self._first: dict[str, str] = {}

    def admit(self, given: RawCase | Unreadable) -> Case | InvalidCase:
        """Return what was read as a valid case, or what is wrong with it."""
        if isinstance(given, Unreadable):
            return InvalidCase("", given.file, given.line, (given.diagnostic,), given.empty_folder)
        now, warnings = self._checker.with_ids_in_force(given)
        diagnostics = [*self._checker.check(now), *self._double(given)]
        if diagnostics:
            return InvalidCase(given.id, given.file, given.line, tuple(diagnostics), raw=given)
        return Case(given, now.data["answers"], tuple(warnings))

    def _double(self, raw: RawCase) -> Sequence[Diagnostic]:
        if not self._unique or not raw.id:
            return ()
        first = self._first.get(raw.id)
        if first is None:
            self._first[raw.id] = f"{raw.file}:{raw.line}"
            return ()
        return (repeated_id(raw, first),)


def repeated_id(raw: RawCase, first: str) -> Diagnostic:
    """Return the diagnostic of a case whose id has been used before."""
    message = f'the id "{raw.id}" is also used at {first}; give one of them another'
    return Diagnostic(raw.locate(("id",)), message)


@dataclass(frozen=True, slots=True)
class CaseSet:
    """Everything that files and folders hold: the valid cases and the rest, each in the order of input."""

    cases: tuple[Case, ...]
    invalid: tuple[InvalidCase, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong with the files, in the order of input."""
        return tuple(diagnostic for each in self.invalid for diagnostic in each.diagnostics)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the authors of valid cases should know, in the order of input."""
        return tuple(warning for case in self.cases for warning in case.warnings)

    @property
    def empty_folders(self) -> int:
        """How many folders hold no case file."""
        return sum(each.empty_folder for each in self.invalid)


def read_case_set(
    knowledge: KnowledgeBase, paths: Iterable[str], stdin: BinaryIO, say: Callable[[str], None] = unsaid
) -> CaseSet:
    """Read and check the cases of files, folders and `-`.

    Args:
        knowledge: the knowledge base whose questionnaire was answered.
        paths: the files and folders.
        stdin: what `-` stands for.
        say: gets one line for each folder about what is skipped.
    """
    register = CaseRegister(CaseChecker(knowledge))
    return case_set(register.admit(given) for given in read_cases(paths, stdin, say))


def case_set(admitted: Iterable[Case | InvalidCase]) -> CaseSet:
    """Divide what a register returned into the valid cases and the rest."""
    every = tuple(admitted)
    return CaseSet(
        tuple(each for each in every if isinstance(each, Case)),
        tuple(each for each in every if isinstance(each, InvalidCase)),
    )
