"""Reports name file and line: the lines are those of the files."""

from __future__ import annotations

from pathlib import Path

from support.shipped import KNOWLEDGE

from triage.knowledge.parts.conditions import tests_of


def test_every_test_of_every_rule_knows_its_line(root: Path) -> None:
    for rule in KNOWLEDGE.rules.values():
        lines = (root / "rules" / rule.file).read_text("utf-8").splitlines()
        for test in tests_of(rule.when):
            base = test.finding.partition(".")[0]
            named = {f'finding = "{test.finding}"', f'finding = "{base}"'}
            assert any(name in lines[test.line - 1] for name in named)


def test_every_test_of_every_gate_knows_its_line(root: Path) -> None:
    assert KNOWLEDGE.every_gate
    for gate in KNOWLEDGE.every_gate:
        lines = (root / "rules" / gate.file).read_text("utf-8").splitlines()
        for test in tests_of(gate.when):
            assert f'finding = "{test.finding.partition(".")[0]}' in lines[test.line - 1]


def test_every_consequence_knows_its_line(root: Path) -> None:
    for rule in KNOWLEDGE.rules.values():
        lines = (root / "rules" / rule.file).read_text("utf-8").splitlines()
        if rule.disposition:
            assert f'disposition = "{rule.disposition}"' in lines[rule.line_of("disposition") - 1]
        for key in ("causes", "findings", "steps", "withholds", "explains"):
            for name in getattr(rule, key):
                assert f'"{name}"' in lines[rule.line_of(key, name) - 1]


def test_every_row_of_every_table_knows_its_line(root: Path) -> None:
    rows = {
        "questionnaire": [*KNOWLEDGE.questions, *KNOWLEDGE.question_of],
        "thresholds": KNOWLEDGE.thresholds,
        "findings": KNOWLEDGE.findings,
        "causes": KNOWLEDGE.causes,
        "steps": KNOWLEDGE.steps,
        "explanations": KNOWLEDGE.explanations,
        "sources": KNOWLEDGE.sources,
        "claims": KNOWLEDGE.claims,
    }
    for table, names in rows.items():
        lines = (root / "rules" / f"{table}.toml").read_text("utf-8").splitlines()
        for name in names:
            last = name.rpartition(".")[2] if table == "questionnaire" else name
            assert f'id = "{last}"' in lines[KNOWLEDGE.line_of(table, name) - 1]
