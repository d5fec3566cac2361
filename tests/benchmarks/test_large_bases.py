"""The large rule bases of the benchmark load, whatever our rules have learnt since it was written."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bare_rules import bare
from benchmarks.plain_rules import read_rules, write_rules
from benchmarks.random_rules import random_rules
from benchmarks.sections import COMPLAINT, sections
from triage import load_knowledge_base
from triage.knowledge.files import bundled_rules


def test_rules_of_one_piece_load(tmp_path: Path) -> None:
    made = random_rules(bare(read_rules(bundled_rules())), 2_000, seed=1)
    assert len(load_knowledge_base(write_rules(made, tmp_path / "rules")).rules) == 2_000


def test_rules_in_sections_load(tmp_path: Path) -> None:
    made = sections(bare(read_rules(bundled_rules())), 1, seed=1)
    knowledge = load_knowledge_base(write_rules(made.rules, tmp_path / "rules"))
    assert len(knowledge.questions[COMPLAINT].options) == made.count
