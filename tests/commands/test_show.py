"""`triage show`, as it is called."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.shipped import KNOWLEDGE

from triage.cli import common, main

pytestmark = pytest.mark.usefixtures("loaded")

HEADING = f"# {KNOWLEDGE.title}\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["show", *arguments], catch_exceptions=False)


def test_markdown_comes_to_the_terminal() -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout.startswith(HEADING)
    assert result.stdout == run("--format", "md").stdout
    assert result.stderr == ""


def test_the_file_is_written_whole_and_its_name_chooses_the_form(tmp_path: Path) -> None:
    for name, start in (("a.html", "<!DOCTYPE html>"), ("b.md", HEADING), ("c.txt", HEADING)):
        assert run("-o", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.md", "c.txt"]


def test_the_form_asked_for_comes_before_the_name(tmp_path: Path) -> None:
    assert run("--format", "md", "-o", str(tmp_path / "a.html")).exit_code == 0
    assert (tmp_path / "a.html").read_text("utf-8").startswith(HEADING)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = run("-o", str(tmp_path / "no" / "a.html"))
    assert result.exit_code == common.Exit.USAGE
    assert "cannot be written" in result.stderr


def test_a_form_that_is_not_known() -> None:
    result = run("--format", "pdf")
    assert result.exit_code == common.Exit.USAGE
    assert "'md', 'html'" in result.stderr


def test_a_broken_knowledge_base_is_not_shown(root: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(root / "rules", rules)
    (rules / "causes.toml").write_text("not toml", "utf-8")
    result = run("--rules", str(rules), "-o", str(tmp_path / "a.html"))
    assert result.exit_code == common.Exit.INVALID_KNOWLEDGE_BASE
    assert "causes.toml" in result.stderr
    assert not (tmp_path / "a.html").exists()
