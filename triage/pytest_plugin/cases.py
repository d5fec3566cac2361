"""Case files as tests: one test for each case, with failures that an author of rules can read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from triage.audit.model import TestedCase
from triage.audit.mutation import failing
from triage.audit.table import Table
from triage.cases.case_set import Case, CaseRegister, InvalidCase
from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.reader import read_cases
from triage.cases.reading.scanning import is_case_file
from triage.evaluation.crosscheck import Mismatch
from triage.evaluation.evaluate import Evaluator, Outcome
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.columns.compiled import compiled
from triage.inference.columns.outcomes import Fold
from triage.inference.evaluators import COMPILED, EXPERTA, firings_of
from triage.knowledge import KnowledgeBase, KnowledgeBaseError, load_knowledge_base
from triage.knowledge.files import other_rules
from triage.pytest_plugin.why_missed import why_missed


class Bench:
    """What the items of a run share: the knowledge base, loaded once, and the ids seen so far."""

    def __init__(self, rules: Path | None, here: Path, one_in: int = 1) -> None:
        """Take the rules, the folder from which paths are shown, and N if experta checks one case in N."""
        self.rules = rules
        self._here = here
        self._one_in = one_in
        self._first_seen: dict[str, RawCase] = {}

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge base of this run, loaded when it is first needed."""
        return load_knowledge_base(self.rules)

    @cached_property
    def _evaluator(self) -> Evaluator:
        """The evaluator of the cases."""
        return Evaluator(self.knowledge, COMPILED)

    @cached_property
    def _checker(self) -> CaseChecker:
        """The checker of the cases, kept because building it takes as long as a case."""
        return CaseChecker(self.knowledge)

    @cached_property
    def _fold(self) -> Fold:
        """The fold of the rules, kept because building it takes as long as the cases of a file."""
        return Fold(self.knowledge)

    def load(self) -> None:
        """Load the knowledge base.

        Raises:
            pytest.UsageError: it cannot be used; the message holds every problem.
        """
        try:
            _ = self.knowledge
        except KnowledgeBaseError as error:
            where = f" in {self.shown(self.rules)}" if self.rules else ""
            problems = "\n".join(map(str, error.problems))
            raise pytest.UsageError(f"the rules{where} cannot be used:\n{problems}") from None

    def shown(self, path: Path) -> str:
        """Return a path as the caller would write it."""
        return str(path.relative_to(self._here) if path.is_relative_to(self._here) else path)

    def earlier(self, raw: RawCase) -> RawCase | None:
        """Return the earlier case with the id of this one, if there is one."""
        first = self._first_seen.setdefault(raw.id, raw) if raw.id else raw
        return (
            None
            if (first.file, first.base, first.first_line) == (raw.file, raw.base, raw.first_line)
            else first
        )

    def admit(self, raw: RawCase | Unreadable, earlier: RawCase | None) -> Case | InvalidCase:
        """Check one case, after the earlier case with its id, if any."""
        register = CaseRegister(self._checker)
        if earlier:
            register.admit(earlier)
        return register.admit(raw)

    def is_checked(self, case: Case | InvalidCase) -> bool:
        """Tell whether experta checks a case."""
        return bool(self._one_in) and crc32((case.id or "").encode()) % self._one_in == 0

    def agree(self, case: Case) -> bool:
        """Tell whether both evaluators fire the same rules on a case, from which the rest follows."""
        memory = working_memory(self.knowledge, read_answers(self.knowledge, case.answers))
        by_experta, by_bits = (firings_of(self.knowledge, memory, engine) for engine in (EXPERTA, COMPILED))
        return by_experta == by_bits

    def outcome(self, case: Case | InvalidCase) -> Outcome:
        """Evaluate one case by the compiled rules, and also by experta if it checks this case.

        Raises:
            Mismatch: the evaluators differ.
        """
        return self._evaluator.outcome(case, both=self.is_checked(case))

    def missing(self, raws: Sequence[RawCase | Unreadable]) -> frozenset[str]:
        """Return the ids of cases whose expectations the compiled rules do not meet; evaluate all at once."""
        admitted = (self.admit(raw, None) for raw in raws)
        cases = [
            TestedCase(each.id, "", 0, read_answers(self.knowledge, each.answers), each.expect)
            for each in admitted
            if isinstance(each, Case)
        ]
        return frozenset(failing(Table(compiled(self.knowledge), cases, self._fold)))

    def failure(self, case: Case | InvalidCase, outcome: Outcome) -> str:
        """Return what is wrong with an outcome, the most important in the first line; "" if nothing is."""
        if outcome.errors:
            return "\n".join(map(str, outcome.errors))
        if not outcome.checked:
            return f"{outcome.file}:{outcome.line} {outcome.case} expects nothing; add what it should show"
        if not outcome.missed or isinstance(case, InvalidCase) or outcome.assessment is None:
            return ""
        gist = "; ".join(f"{miss.pointer.rpartition('/')[2]}: {miss.message}" for miss in outcome.missed)
        data = {"answers": case.answers, "expect": case.expect}
        why = why_missed(self.knowledge, data, outcome.assessment)
        rules = f" --rules {self.shown(self.rules)}" if self.rules else ""
        more = f"More: triage explain {outcome.file} --id {outcome.case}{rules}"
        return "\n".join([gist, *map(str, outcome.missed), "", why, more])


class CasePlugin:
    """Collects the case files under the paths that a run names."""

    def __init__(self, bench: Bench, paths: Sequence[Path], passed_over: Sequence[str] = ()) -> None:
        self._bench = bench
        self._paths = paths
        self._passed_over = passed_over

    def pytest_report_header(self, config: pytest.Config) -> list[str]:
        """Say which cases are tested, and on which rules."""
        cases = ", ".join(self._bench.shown(path) for path in self._paths)
        rules = self._bench.shown(self._bench.rules) if self._bench.rules else "those of the package"
        if not self._bench.rules and other_rules(config.rootpath / "rules"):
            rules += ", not those in rules (name them as triage_rules to use these)"
        return [f"triage cases: {cases}; rules: {rules}", *self._passed_over]

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> CaseFile | None:
        """Collect a case file."""
        if not is_case_file(file_path.name):
            return None
        if not any(_is_in(file_path, path) for path in self._paths):
            return None
        return CaseFile.from_parent(parent, path=file_path, bench=self._bench)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Load the rules before pytest-xdist starts workers, which could not say what is wrong with them."""
        if getattr(session.config.option, "dist", "no") != "no":
            self._bench.load()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Load the rules before the first case is tested, so that their faults are printed only once."""
        cases = any(isinstance(item, CaseItem) for item in session.items)
        if cases and not session.config.option.collectonly:
            self._bench.load()


class CaseFile(pytest.File):
    """A file of cases."""

    def __init__(self, *, bench: Bench, **node: Any) -> None:
        super().__init__(**node)
        self._bench = bench
        self.raws: list[RawCase | Unreadable] = []

    def collect(self) -> Iterator[CaseItem]:
        """Yield an item for each case, and for each text that is not a case."""
        taken: set[str] = set()
        shown = self._bench.shown(self.path)
        for number, read in enumerate(read_cases([str(self.path)], io.BytesIO()), start=1):
            raw = _under_name(read, shown)
            name = _free(_name(raw, number), taken)
            taken.add(name)
            self.raws.append(raw)
            yield CaseItem.from_parent(self, name=name, raw=raw, bench=self._bench)

    @cached_property
    def missing(self) -> frozenset[str]:
        """The ids of the cases of this file that miss an expectation."""
        return self._bench.missing(self.raws)


class CaseItem(pytest.Item):
    """One case; it passes if the rules meet all of its expectations."""

    def __init__(self, *, raw: RawCase | Unreadable, bench: Bench, **node: Any) -> None:
        super().__init__(**node)
        self.raw = raw
        self.line = raw.line
        self._bench = bench
        self.tested: Case | None = None
        self._earlier = bench.earlier(raw) if isinstance(raw, RawCase) else None

    def runtest(self) -> None:
        """Evaluate the case; if it fails, say what is wrong without a traceback."""
        case = self._bench.admit(self.raw, self._earlier)
        if isinstance(case, Case) and self._is_met(case):
            self.tested = case
            for warning in case.warnings:
                self.warn(pytest.PytestWarning(str(warning)))
            return
        try:
            outcome = self._bench.outcome(case)
        except Mismatch as mismatch:
            pytest.fail(f"{mismatch}; this is a fault of the program, please report it", pytrace=False)
        if isinstance(case, Case):
            self.tested = case
        for warning in outcome.warnings:
            self.warn(pytest.PytestWarning(str(warning)))
        failure = self._bench.failure(case, outcome)
        if failure:
            pytest.fail(failure, pytrace=False)

    def _is_met(self, case: Case) -> bool:
        """Tell whether the compiled rules show that a case passes, so that no assessment is needed."""
        if not case.expect or not isinstance(self.parent, CaseFile) or case.id in self.parent.missing:
            return False
        return not self._bench.is_checked(case) or self._bench.agree(case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the failure with the place of the case instead of a line of this module."""
        shown = super().repr_failure(excinfo, style)
        crash = getattr(shown, "reprcrash", None)
        if crash is not None and excinfo.errisinstance(pytest.fail.Exception):
            crash.path, crash.lineno = self.raw.file, self.line
        return shown

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the case, and its headline."""
        title = self.raw.data.get("title") if isinstance(self.raw, RawCase) and self.raw.id else None
        # A headline that is the bare name would have its dots shown as "::" by `pytest -v`.
        headline = f"{self.name}: {title}" if isinstance(title, str) else f"{self.path.name}: {self.name}"
        return self.path, max(self.line - 1, 0), headline


def _is_in(file: Path, path: Path) -> bool:
    """Tell whether a file is in a path, by its name or after links are resolved."""
    return file.is_relative_to(path) or file.resolve().is_relative_to(path.resolve())


def _under_name(given: RawCase | Unreadable, file: str) -> RawCase | Unreadable:
    """Return what was read, with another name for its file."""
    if isinstance(given, RawCase):
        return replace(given, file=file)
    return replace(given, diagnostic=given.diagnostic.in_file(file))


def _name(raw: RawCase | Unreadable, number: int) -> str:
    """Return the id of a case without characters that have a meaning in pytest's names."""
    if isinstance(raw, Unreadable):
        return "unreadable"
    return raw.id.replace("::", ":").replace("[", "(").replace("]", ")") or f"case-{number}"


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no item of the file has yet, so that each can be run by its name."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free
