"""The wheel holds the rules and works outside the clone."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(root)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("*.whl"))


def test_the_wheel_holds_every_rule(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    rules = {
        f"triage/rules/{path.relative_to(root / 'rules').as_posix()}"
        for path in (root / "rules").rglob("*.toml")
    }
    assert rules <= names
    assert {
        "triage/py.typed",
        "triage/population/population.toml",
        "triage/authoring/starter/rules/meta.toml",
        "triage/authoring/starter/cases/nothing-asked.json",
    } <= names
    folders = ("audit", "evaluation", "explanation", "publication")
    templates = [list((root / "triage" / folder / "templates").iterdir()) for folder in folders]
    assert all(templates)
    assert {path.relative_to(root).as_posix() for paths in templates for path in paths} <= names
    assert not [name for name in names if name.startswith(("tests", "cases"))]


def test_the_wheel_runs_outside_the_clone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = (
        "import triage, json; k = triage.load_knowledge_base();"
        "print(json.dumps([triage.__file__, k.sha256, triage.assess(k, {}).disposition]))"
    )
    command = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); {program}",
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert str(tmp_path) in printed
    assert "undetermined" in printed


def test_a_project_with_cases_has_the_plugin_by_installing_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    cases = [
        {"id": "empty", "answers": {}, "expect": {"disposition": "undetermined"}},
        {"id": "wrong", "answers": {}, "expect": {"disposition": "doctor"}},
    ]
    (tmp_path / "clinic" / "cases").mkdir(parents=True)
    (tmp_path / "clinic" / "cases" / "one.json").write_text(json.dumps(cases), "utf-8")
    (tmp_path / "clinic" / "pytest.ini").write_text("[pytest]\ntriage_cases = cases\n", "utf-8")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r});"
        "import pytest; code = pytest.main(['--assert=plain']);"
        "import triage; print(triage.__file__, int(code))"
    )
    command = [sys.executable, "-P", "-c", program]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path / "clinic")
    assert "FAILED cases/one.json::wrong - Failed: disposition: expected doctor, got" in run.stdout
    assert "1 failed, 1 passed" in run.stdout
    assert run.stdout.splitlines()[-1] == f"{tmp_path / 'site' / 'triage' / '__init__.py'} 1"
