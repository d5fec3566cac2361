"""How well the cases of a test run test the rules, printed at the end of the run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from triage.audit.limits import missed, parse_limits
from triage.audit.model import Audit, TestedCase
from triage.audit.reports.report_parts import Report
from triage.audit.reports.report_text import coverage_lines
from triage.audit.run import audit
from triage.inference.answers.intake import read_answers
from triage.knowledge.files import bundled_rules
from triage.proof.solver import SolverMissingError
from triage.pytest_plugin.cases import Bench, CaseItem
from triage.source.text import plural

_CARRIED = "triage_case"
_DESELECTED = "triage_deselected"


class CoveragePlugin:
    """Gathers the cases that were tested, audits the rules on them, and prints the measures.

    The cases travel with the reports of their tests, so that they also arrive from other processes.
    """

    def __init__(self, bench: Bench, limits: str | None) -> None:
        self._bench = bench
        self._limits = _limits(limits)
        self._tested: dict[str, dict[str, Any] | None] = {}
        self._deselected = 0
        self._audit: Audit | None = None
        self._missed: tuple[str, ...] = ()
        self._unmeasured = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the case into the report of its test."""
        report = yield
        if call.when == "call" and isinstance(item, CaseItem):
            setattr(report, _CARRIED, _record(item))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the case from the report of its test."""
        if hasattr(report, _CARRIED):
            self._tested[report.nodeid] = getattr(report, _CARRIED)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the cases that this run leaves out."""
        self._deselected += sum(isinstance(item, CaseItem) for item in items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take from a worker of pytest-xdist how many cases it left out; all workers leave out the same."""
        output = getattr(node, "workeroutput", {})
        self._deselected = max(self._deselected, output.get(_DESELECTED, 0))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Audit the rules, and fail the run if a measure is too low."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_DESELECTED] = self._deselected
            return
        if session.config.option.collectonly:
            return
        ended = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
        if exitstatus not in ended or session.shouldfail or session.shouldstop:
            self._unmeasured = "not measured: the run ended early"
            return
        cases = [case for case in self._tested.values() if case is not None]
        if not cases:
            self._unmeasured = "not measured: no case was tested; call pytest with the folder of the cases"
        else:
            self._measure(cases, session.config)
        if exitstatus == pytest.ExitCode.OK and (self._missed or (self._limits and self._audit is None)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _measure(self, cases: Sequence[dict[str, Any]], config: pytest.Config) -> None:
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.ensure_newline()
            terminal.write_line(f"measuring rule coverage over {plural(len(cases), 'case')} ...")
        knowledge = self._bench.knowledge
        tested = [
            TestedCase(
                case["id"],
                case["file"],
                case["line"],
                read_answers(knowledge, case["answers"]),
                case["expect"],
            )
            for case in cases
        ]
        invalid = len(self._tested) - len(tested)
        try:
            self._audit = audit(knowledge, tested, invalid, proofs=False)
        except SolverMissingError as error:
            self._unmeasured = f"not measured: {error}"
            return
        self._missed = missed(self._audit, self._limits)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the gaps, the measures, and the measures that are too low."""
        found = self._audit
        if found is None and not self._unmeasured:
            return
        terminalreporter.section("rule coverage")
        if found is None:
            terminalreporter.write_line(self._unmeasured, yellow=True)
            return
        folder = self._bench.shown(self._bench.rules or bundled_rules())
        everything = terminalreporter.config.get_verbosity() > 0
        report = Report(found, self._bench.knowledge, folder=folder)
        for line in coverage_lines(report, everything=everything):
            terminalreporter.write_line(line)
        terminalreporter.write_line("")
        for line in self._counts(found):
            terminalreporter.write_line(line)
        for miss in self._missed:
            terminalreporter.write_line(f"FAIL rule coverage: {miss}", red=True, bold=True)

    def _counts(self, found: Audit) -> Sequence[str]:
        lines = [f"measured over the {plural(found.cases, 'case')} of this run"]
        if self._deselected:
            lines.append(f"{plural(self._deselected, 'case')} deselected, not counted")
        if found.invalid_cases:
            lines.append(f"{plural(found.invalid_cases, 'case')} invalid, not counted")
        if found.failing:
            lines.append(
                f"{plural(len(found.failing), 'case')} failing: they count as noticing no change of a rule"
            )
        return lines


def _record(item: CaseItem) -> dict[str, Any] | None:
    """Return a case as data that travels between processes; None if it is invalid."""
    case = item.tested
    if case is None:
        return None
    place = {"id": case.id, "file": case.file, "line": case.line}
    return {**place, "answers": dict(case.answers), "expect": dict(case.expect)}


def _limits(text: str | None) -> dict[str, float]:
    if text is None:
        return {}
    try:
        return dict(parse_limits(text))
    except ValueError as error:
        raise pytest.UsageError(f"--rule-coverage-fail-under: {error}") from None
