"""The checks of the house notice what breaks its rules: each is shown a planted module that does."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support.source_code import (
    Module,
    arrows_up,
    circle,
    circle_of_folders,
    lines_of,
    modules_of,
    outside_world,
    takes_conditions_apart,
    unlisted_rooms,
    writes,
)

BELOW = {"knowledge": set[str](), "inference": {"knowledge"}, "cli": {"knowledge", "inference"}}


def planted(source: str, file: str = "inference/zz.py") -> Module:
    return Module(file, ast.parse(source))


# Rooms and arrows.


def test_a_folder_that_no_table_lists(tmp_path: Path) -> None:
    for room in ("cli", "foo", "templates"):
        (tmp_path / room).mkdir()
    (tmp_path / "foo" / "zz.py").write_text("from triage.cli import main\n", "utf-8")
    (tmp_path / "cli" / "zz.py").touch()
    (tmp_path / "templates" / "page.html").touch()
    assert unlisted_rooms(tmp_path, BELOW) == ["foo"]
    assert arrows_up(modules_of(tmp_path), BELOW) == ["foo/zz.py imports triage.cli.main"]


@pytest.mark.parametrize(
    "source",
    [
        "import triage.cli",
        "import triage.cli.common as common",
        "from triage.cli import main",
        "from triage import cli",
        "from triage import cli as below",
        "from .. import cli",
        "from ..cli import main",
        "from ..cli.common import main",
        "import triage\ntriage.cli.main()",
        "import triage as t\nt.cli.main()",
        "from importlib import import_module\nimport_module('triage.cli')",
        "def late():\n    from triage import cli",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from triage.cli import main",
        "from triage import assess",
    ],
)
def test_an_arrow_that_runs_up(source: str) -> None:
    assert len(arrows_up([planted(source)], BELOW)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from triage.knowledge.model import Rule",
        "from triage import knowledge, __version__",
        "from ..knowledge import model",
        "from . import truth",
        "from .truth import Truth",
        "import triage\ntriage.__version__",
        "import ast",
    ],
)
def test_an_arrow_that_runs_down(source: str) -> None:
    assert not arrows_up([planted(source)], BELOW)


def test_a_relative_import_of_a_whole_room_starts_from_the_room() -> None:
    assert planted("from ..cli import main", "inference/__init__.py").imports == {"triage.cli.main"}
    assert planted("from . import truth", "inference/__init__.py").imports == {"triage.inference.truth"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from triage.inference import b", "from triage.inference.a import x"),
        ("import triage.inference.b", "from . import a"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import x",
            "def late():\n    from triage.inference import a",
        ),
    ],
)
def test_a_circle(one: str, other: str) -> None:
    a, b = planted(one, "inference/a.py"), planted(other, "inference/b.py")
    assert set(circle([a, b])) == {"triage.inference.a", "triage.inference.b"}
    assert not circle([a, planted("import ast", "inference/b.py")])


def test_a_room_that_its_own_modules_import_from() -> None:
    room = planted("from triage.inference.a import x", "inference/__init__.py")
    assert circle([room, planted("from triage.inference import x", "inference/a.py")])
    assert not circle(
        [room, planted("from triage.inference import b", "inference/a.py"), planted("", "inference/b.py")]
    )


def test_folders_of_a_room_in_a_circle() -> None:
    a = planted("from triage.inference.deep.b import x", "inference/high/a.py")
    b = planted("from triage.inference.high.a import x", "inference/deep/b.py")
    assert {*circle_of_folders([a, b])} == {"inference/high", "inference/deep"}
    assert not circle_of_folders([a, planted("from triage.inference import x", "inference/deep/b.py")])
    through_the_room = planted("from triage.inference.high.a import x", "inference/c.py")
    assert not circle_of_folders([a, planted("", "inference/deep/b.py"), through_the_room])


def test_the_lines_of_a_module(tmp_path: Path) -> None:
    (tmp_path / "inference").mkdir()
    (tmp_path / "inference" / "zz.py").write_text("a = 1\n\nb = 2\n", "utf-8")
    assert lines_of(planted(""), tmp_path) == 3


@pytest.mark.parametrize("source", ["import numpy", "import numpy.typing as npt", "from numpy import array"])
def test_a_library(source: str) -> None:
    assert "numpy" in planted(source).packages
    assert "numpy" not in planted("from triage.inference import numpy").packages


# Reading and writing.


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "path.open()",
        "path.read_text()",
        "path.read_bytes()",
        "path.write_text('x')",
        "path.write_bytes(b'x')",
        "print('x')",
        "from pathlib import Path",
        "import os\nos.environ['X']",
        "from os import environ",
        "import sys\nsys.stdin.read()",
        "import subprocess\nsubprocess.run([])",
    ],
)
def test_a_module_that_reaches_the_outside_world(source: str) -> None:
    assert outside_world(planted(source))


@pytest.mark.parametrize(
    "source",
    [
        "support.open",
        "from pathlib import PurePath",
        "import os\nos.register_at_fork(after_in_child=renew)",
        "import sys\nsys.intern('x')",
    ],
)
def test_a_module_that_does_not(source: str) -> None:
    assert not outside_world(planted(source))


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'w')",
        "path.open(mode='ab')",
        "path.write_text('x')",
        "os.replace(one, other)",
        "from os import replace\nreplace(one, other)",
        "one.rename(other)",
        "os.open(path, os.O_WRONLY)",
        "tempfile.mkstemp()",
        "shutil.move(one, other)",
    ],
)
def test_a_module_that_writes(source: str) -> None:
    assert list(writes(planted(source)))


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "path.open('rb')",
        "text.replace('a', 'b')",
        "from dataclasses import replace\nreplace(x)",
    ],
)
def test_a_module_that_only_reads(source: str) -> None:
    assert not list(writes(planted(source)))


# Conditions.


@pytest.mark.parametrize(
    "source",
    [
        "from triage.knowledge.parts.conditions import All\nisinstance(x, All)",
        "from triage.knowledge.parts.conditions import Any as AnyOf\nisinstance(x, AnyOf)",
        "from triage.knowledge.parts.conditions import All, Test\nisinstance(x, (Test, All))",
        "from triage.knowledge.parts.conditions import All, Test\nisinstance(x, Test | All)",
        "from triage.knowledge.parts import conditions\nisinstance(x, conditions.Test)",
        "from triage.knowledge.parts import conditions as c\nisinstance(x, c.Any)",
        "from triage.knowledge.parts.conditions import Test\nmatch x:\n    case Test(): pass",
        "from triage.knowledge.parts.conditions import fold\nfold(x, look, all, any)",
    ],
)
def test_a_module_that_takes_conditions_apart(source: str) -> None:
    assert takes_conditions_apart(planted(source))


@pytest.mark.parametrize(
    "source",
    [
        "from triage.knowledge.parts.conditions import All\nAll((x,))",
        "from typing import Any\nisinstance(x, Any)",
        "from triage.knowledge.parts.conditions import Test\nisinstance(x, str)",
        "from triage.knowledge.parts.conditions import tests_of\nlist(tests_of(x))",
    ],
)
def test_a_module_that_leaves_them_whole(source: str) -> None:
    assert not takes_conditions_apart(planted(source))


def test_the_home_of_conditions() -> None:
    assert takes_conditions_apart(planted("isinstance(x, All)", "knowledge/parts/conditions.py"))
