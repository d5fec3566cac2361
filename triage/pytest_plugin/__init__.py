"""The pytest plugin: makes case files tests in every project that says where its cases are.

pytest imports this module in every run of every project with this package installed, so it imports nothing
else until cases are named.
"""

from __future__ import annotations

from pathlib import Path

import pytest

LIMITS = "NAME=PERCENT,..."


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options and the ini options."""
    group = parser.getgroup("triage", "cases of triage rules")
    group.addoption(
        "--triage-cases",
        action="append",
        default=[],
        metavar="PATH",
        help="Test the cases in this file or folder, instead of those that triage_cases names. Repeatable.",
    )
    group.addoption(
        "--triage-rules",
        metavar="FOLDER",
        help="Test them on the rules in this folder, instead of those that triage_rules names.",
    )
    group.addoption(
        "--triage-check",
        metavar="all|none|N",
        help="Let experta check every case, none, or one case in N (the same ones in every run), instead of "
        "what triage_check says.",
    )
    group.addoption(
        "--rule-coverage",
        action="store_true",
        help="Print how well the cases of this run test the rules, and what is missing.",
    )
    group.addoption(
        "--rule-coverage-fail-under",
        metavar=LIMITS,
        help="Fail if a measure of --rule-coverage is lower, e.g. rule=100,mutation=95.",
    )
    parser.addini("triage_cases", "files and folders of cases to test, relative to the rootdir", type="paths")
    parser.addini(
        "triage_rules",
        "folder of the rules to test them on, relative to the rootdir (default: those of the package)",
        default="",
    )
    parser.addini(
        "triage_check",
        "which cases experta checks after the compiled rules: all, none, or one in N (default: all)",
        default="all",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugins if this run names cases."""
    here = config.invocation_params.dir
    named = config.getoption("--triage-cases")
    cases = [here / name for name in named] or config.getini("triage_cases")
    limits = config.getoption("--rule-coverage-fail-under")
    wants_coverage = limits is not None or config.getoption("--rule-coverage")
    if not cases:
        if wants_coverage:
            raise pytest.UsageError(
                "--rule-coverage needs cases; name their folder with --triage-cases, or as triage_cases in "
                "pytest's configuration"
            )
        return

    from triage.pytest_plugin.cases import Bench, CasePlugin  # noqa: PLC0415 - only where cases are named
    from triage.pytest_plugin.passed_over import look_through  # noqa: PLC0415 - as above

    bench = Bench(rules=_rules(config), here=here, one_in=_one_in(config))
    paths = [_there(path) for path in cases]
    plugin = CasePlugin(bench, paths, look_through(paths))
    config.pluginmanager.register(plugin, "triage-cases")
    if wants_coverage:
        from triage.pytest_plugin.coverage import CoveragePlugin  # noqa: PLC0415 - only where asked for

        config.pluginmanager.register(CoveragePlugin(bench, limits), "triage-coverage")


def _rules(config: pytest.Config) -> Path | None:
    """Return the folder of rules that this run names; None for the rules of the package."""
    named = config.getoption("--triage-rules")
    if named:
        return config.invocation_params.dir / str(named)
    written = config.getini("triage_rules")
    return config.rootpath / str(written) if written else None


def _one_in(config: pytest.Config) -> int:
    """Return N if experta checks one case in N; 0 if it checks none."""
    written = str(config.getoption("--triage-check") or config.getini("triage_check"))
    if written in ("all", "none"):
        return int(written == "all")
    if not written.isdecimal() or not int(written):
        raise pytest.UsageError(
            f'"{written}" is not a share of cases to check; write all, none, or a number such as 10'
        )
    return int(written)


def _there(path: Path) -> Path:
    if not path.exists():
        raise pytest.UsageError(f"{path}: there are no cases to test; fix triage_cases or --triage-cases")
    return path.absolute()
