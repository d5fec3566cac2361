"""Rule coverage at the end of a run of pytest, on a rule base of two rules."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pytest
from support.rules import asks, rule, rule_base
from support.shipped import KNOWLEDGE
from support.small_base import every_case, write_base, write_cases

from triage import load_knowledge_base
from triage.audit.limits import miss, parse_limits
from triage.audit.model import Measure
from triage.knowledge.parts.conditions import All, tests_of
from triage.pytest_plugin import cases

pytest_plugins = ["pytester"]

ASKED = {name: KNOWLEDGE.questions[name] for name in ("for_whom", "age", "site", "feels")}
"""Few questions: each mutant of a gate is tried on every case."""
GATES = {
    name: gate
    for name, gate in KNOWLEDGE.gates.items()
    if all(test.finding.partition(".")[0] in ASKED for test in tests_of(gate.when))
}
SMALL = rule_base(
    replace(KNOWLEDGE, questions=ASKED, gates=GATES),
    rule("twitch", asks("feels.twitch"), disposition="doctor", reason="you twitch"),
    rule(
        "twitch-in-calf", All((asks("feels.twitch"), asks("site.calf"))), disposition="urgent", reason="it is"
    ),
)


def case(name: str, answers: Any, *fires: str, **expect: Any) -> dict[str, Any]:
    silent = [each for each in SMALL.rules if each not in fires]
    named = {key: names for key, names in (("fires", list(fires)), ("silent", silent)) if names}
    return {"id": name, "answers": answers, "expect": {**named, **expect}}


CASES = [
    case("calf", {"feels": ["twitch"], "site": ["calf"]}, "twitch", "twitch-in-calf", disposition="urgent"),
    case("foot", {"feels": ["twitch"], "site": ["foot"]}, "twitch", disposition="doctor"),
    case("ache", {"feels": ["constant_ache"], "site": ["calf"]}),
]


@pytest.fixture
def clinic(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    pytester.makeini("[pytest]\ntriage_cases = cases\n")
    pytester.mkdir("cases").joinpath("one.json").write_text(json.dumps(CASES), "utf-8")
    monkeypatch.setattr(cases, "load_knowledge_base", lambda _: SMALL)
    return pytester


def test_the_measures_stand_below_what_is_missing(clinic: pytest.Pytester) -> None:
    result = clinic.runpytest_inprocess("--rule-coverage", "-k", "foot or ache")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*= rule coverage =*",
            "rule * 50.0 % * 1 of 2  rules that at least one case fires",
            "mutation *",
            "measured over the 2 cases of this run",
            "1 case deselected, not counted",
        ]
    )
    words = " ".join(result.stdout.str().split())
    assert "tried/twitch-in-calf.toml:1 twitch-in-calf: never fires" in words


def test_long_lists_are_cut_short_unless_all_is_wanted(clinic: pytest.Pytester) -> None:
    more = "... and * more (-v lists them)"
    clinic.runpytest_inprocess("--rule-coverage").stdout.fnmatch_lines([more])
    clinic.runpytest_inprocess("--rule-coverage", "-v").stdout.no_fnmatch_line(more)


def test_nothing_is_measured_unless_asked_for(clinic: pytest.Pytester) -> None:
    assert "coverage" not in clinic.runpytest_inprocess().stdout.str()


def test_a_measure_that_is_too_low_fails_the_run(clinic: pytest.Pytester) -> None:
    limits = "--rule-coverage-fail-under=rule=100,option=90,near_miss=100"
    result = clinic.runpytest_inprocess(limits)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    failed = [line for line in result.stdout.lines if line.startswith("FAIL rule coverage")]
    assert len(failed) == 1
    assert failed[0].startswith("FAIL rule coverage: option ")
    assert "% is below 90 %: 4 of " in failed[0]


def test_measures_that_are_high_enough_pass(clinic: pytest.Pytester) -> None:
    assert clinic.runpytest_inprocess("--rule-coverage-fail-under=rule=100").ret == pytest.ExitCode.OK
    limits = "--rule-coverage-fail-under=rule=100"
    assert clinic.runpytest_inprocess(limits, "-k", "ache").ret == pytest.ExitCode.TESTS_FAILED


def test_invalid_and_failing_cases_are_counted_apart(clinic: pytest.Pytester) -> None:
    more = [{"id": "bad", "answers": {"feel": 1}}, case("wrong", {"feels": ["twitch"]}, disposition="urgent")]
    (clinic.path / "cases" / "more.json").write_text(json.dumps(more), "utf-8")
    result = clinic.runpytest_inprocess("--rule-coverage")
    result.assert_outcomes(passed=3, failed=2)
    result.stdout.fnmatch_lines(
        ["measured over the 4 cases of this run", "1 case invalid, not counted", "1 case failing: *"]
    )


def test_a_run_that_ended_early_is_not_measured(clinic: pytest.Pytester) -> None:
    (clinic.path / "cases" / "a.json").write_text("{", "utf-8")
    result = clinic.runpytest_inprocess("-x", "--rule-coverage")
    result.stdout.fnmatch_lines(["not measured: the run ended early"])


def test_a_missing_solver_is_told_and_fails_limits(
    clinic: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    result = clinic.runpytest_inprocess("--rule-coverage")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["not measured: *pip install python-sat"])
    limits = "--rule-coverage-fail-under=rule=1"
    assert clinic.runpytest_inprocess(limits).ret == pytest.ExitCode.TESTS_FAILED


def test_limits_without_a_case_fail_the_run(clinic: pytest.Pytester) -> None:
    clinic.makepyfile("def test_something_else():\n    pass")
    result = clinic.runpytest_inprocess(
        "--rule-coverage-fail-under=rule=1", "test_limits_without_a_case_fail_the_run.py"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["not measured: no case was tested; *"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rule-coverage-fail-under=rul=3"], '*no measure is called "rul"; did you mean "rule"?'),
        (["--rule-coverage", "-c", "other.ini"], "*--rule-coverage needs cases; *"),
    ],
)
def test_wrong_usage_is_told(clinic: pytest.Pytester, arguments: list[str], message: str) -> None:
    clinic.makefile(".ini", other="[pytest]\n")
    result = clinic.runpytest_inprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_a_case_arrives_from_another_process(clinic: pytest.Pytester) -> None:
    """As pytest-xdist sends reports: as JSON."""
    run = clinic.inline_run("--rule-coverage")
    call = run.getcalls("pytest_runtest_makereport")[1]
    (report,) = [each for each in run.getreports("pytest_runtest_logreport") if each.when == "call"][:1]
    hook = call.item.config.hook
    data = json.loads(json.dumps(hook.pytest_report_to_serializable(config=call.item.config, report=report)))
    arrived = hook.pytest_report_from_serializable(config=call.item.config, data=data)
    assert arrived.triage_case["id"] == "calf"
    assert arrived.triage_case["answers"] == CASES[0]["answers"]


def test_a_worker_measures_nothing_and_says_what_it_left_out(clinic: pytest.Pytester) -> None:
    clinic.makeconftest("def pytest_configure(config):\n    config.workeroutput = {}")
    run = clinic.inline_run("--rule-coverage-fail-under=rule=100", "-k", "ache")
    (finished,) = run.getcalls("pytest_sessionfinish")
    assert finished.session.config.workeroutput == {"triage_deselected": 2}
    assert finished.session.exitstatus == pytest.ExitCode.OK


def test_what_workers_left_out_is_counted_once(clinic: pytest.Pytester) -> None:
    clinic.makeconftest(
        """
        from types import SimpleNamespace

        def pytest_sessionstart(session):
            coverage = session.config.pluginmanager.get_plugin("triage-coverage")
            for _ in range(2):
                coverage.pytest_testnodedown(SimpleNamespace(workeroutput={"triage_deselected": 7}))
            coverage.pytest_testnodedown(SimpleNamespace())
        """
    )
    result = clinic.runpytest_inprocess("--rule-coverage")
    result.stdout.fnmatch_lines(["7 cases deselected, not counted"])


def test_workers_measure_what_one_process_measures(pytester: pytest.Pytester) -> None:
    write_base(pytester.path / "rules")
    knowledge = load_knowledge_base(pytester.path / "rules")
    kept = [*every_case(knowledge)[::30], {"id": "bad", "answers": {"feel": 1}}]
    write_cases(pytester.path / "cases", kept)
    pytester.makeini("[pytest]\ntriage_cases = cases\ntriage_rules = rules\n")
    asked = ("--rule-coverage", "-k", "not case-0", "-p", "no:hypothesispytest", "-p", "no:cov")
    alone = pytester.runpytest_inprocess(*asked, "-n0")
    together = pytester.runpytest_subprocess(*asked, "-n2")
    outcomes = {"passed": len(kept) - 2, "failed": 1, "deselected": 1}
    alone.assert_outcomes(**outcomes)
    assert alone.parseoutcomes() == {**together.parseoutcomes(), "deselected": 1}
    assert measured(together) == measured(alone)
    assert "1 case deselected, not counted" in measured(together)
    assert "1 case invalid, not counted" in measured(together)


def test_workers_are_not_started_on_rules_that_cannot_be_used(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntriage_cases = cases\ntriage_rules = rules\n")
    pytester.mkdir("rules").joinpath("meta.toml").write_text("x\n", "utf-8")
    pytester.mkdir("cases").joinpath("one.json").write_text(json.dumps(CASES), "utf-8")
    result = pytester.runpytest_inprocess("-n2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: the rules in rules cannot be used:", "meta.toml:1 *"])


def measured(result: pytest.RunResult) -> list[str]:
    """The lines of the measures, without how long the run took."""
    lines = result.stdout.lines
    (start,) = [number for number, line in enumerate(lines) if "= rule coverage =" in line]
    ends = [number for number, line in enumerate(lines) if number > start and line.startswith("=")]
    return lines[start : ends[0]]


def test_what_is_not_whole_is_not_called_whole() -> None:
    measure = Measure("mutation", "changes noticed", covered=9999, total=10001, impossible=1)
    assert miss(measure, 100) == "mutation 99.9 % is below 100 %: 9999 of 10000 changes noticed"


def test_limits_are_read() -> None:
    assert parse_limits("rule=100, mutation=94.5") == {"rule": 100, "mutation": 94.5}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" is not NAME=PERCENT; write for example rule=100'),
        ("rule", '"rule" is not NAME=PERCENT'),
        ("rule=100,", '"" is not NAME=PERCENT'),
        ("mutations=95", 'no measure is called "mutations"; did you mean "mutation"?'),
        ("xyz=95", 'no measure is called "xyz"; it is one of rule, near_miss, condition'),
        ("rule=101", '"101" is not a percentage; give a number from 0 to 100'),
        ("rule=nan", '"nan" is not a percentage'),
        ("rule=all", '"all" is not a percentage'),
        ("rule=1,rule=2", '"rule" is given twice; keep one'),
    ],
)
def test_wrong_limits_are_told(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message.replace("?", r"\?")):
        parse_limits(text)
