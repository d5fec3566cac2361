"""What a difference says does not hang on the solver, and is said without one as an error of use."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from benchmarks.plain_rules import read_rules, write_rules
from benchmarks.variants import varied
from click.testing import CliRunner
from support.shipped import KNOWLEDGE

from triage import load_knowledge_base
from triage.cli import main
from triage.comparison.difference import Difference, compare

Told: TypeAlias = tuple[Any, ...]


def told(difference: Difference) -> Told:
    """All that a difference says but for who shows it."""
    ways, advice = difference.ways, difference.advice
    return (
        {(way.roots, way.less_urgent, move): each.answer for way in ways for move, each in way.moves.items()},
        [(change.kind, change.id, change.change, change.sighting.answer) for change in advice],
        [(change.id, change.kind, change.roots, change.answer) for change in difference.rules],
    )


@pytest.mark.parametrize("changes", [4, 12])
def test_two_solvers_tell_the_same_of_real_rules(changes: int, root: Path, tmp_path: Path) -> None:
    varied_rules = varied(read_rules(root / "rules"), changes, seed=changes)
    new = load_knowledge_base(write_rules(varied_rules, tmp_path / "rules"))
    one, other = (compare(KNOWLEDGE, new, solver=name) for name in ("minisat22", "glucose4"))
    assert told(one) == told(other)
    assert any(way.gone for way in one.ways)


def test_without_the_package_of_the_solver_it_says_what_to_install(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = shutil.copytree(root / "rules", tmp_path / "rules")
    thresholds = new / "thresholds.toml"
    thresholds.write_text(thresholds.read_text("utf-8").replace("value = 601", "value = 901"), "utf-8")
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    result = CliRunner().invoke(main, ["diff", "bundled", str(new)], catch_exceptions=False)
    assert result.exit_code == 2
    assert "pip install python-sat" in " ".join(result.stderr.split())
    assert not result.stdout
