"""The house: one room per job, arrows one way only; the command line and the pytest plugin compose them.

Every check is a function in `support/source_code.py`, and is tried there on modules that break the rule.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Mapping
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

from triage import KnowledgeBase

FLOOR = {"source", "knowledge", "inference"}
ALL_OF_A_CASE = {*FLOOR, "explanation", "cases"}
BELOW: Mapping[str, set[str]] = {
    "source": set(),
    "knowledge": {"source"},
    "inference": {"source", "knowledge"},
    "explanation": FLOOR,
    "cases": FLOOR,
    "proof": FLOOR,
    "interview": {*FLOOR, "explanation"},
    "publication": {*FLOOR, "explanation"},
    "population": FLOOR,
    "evaluation": ALL_OF_A_CASE,
    "bulk": {*ALL_OF_A_CASE, "evaluation"},
    "cluster": {*ALL_OF_A_CASE, "evaluation", "bulk"},
    "audit": {*ALL_OF_A_CASE, "proof"},
    "authoring": {*ALL_OF_A_CASE, "proof"},
    "comparison": {*ALL_OF_A_CASE, "proof"},
    "pytest_plugin": {*ALL_OF_A_CASE, "proof", "evaluation", "audit"},
    "cli": {
        *ALL_OF_A_CASE,
        "proof",
        "interview",
        "publication",
        "population",
        "evaluation",
        "bulk",
        "cluster",
        "audit",
        "authoring",
        "comparison",
    },
    "": {"knowledge", "inference", "interview", "cli"},
}
"""Under each room the rooms that it may import from; "" is the package itself, as others import it."""

OWNERS: Mapping[str, set[str]] = {
    "experta": {"inference/lean_experta.py"},
    "pysat": {"proof/solver.py"},
    "numpy": {
        "bulk/decoding/bit_matrix.py",
        "bulk/fragments.py",
        "bulk/decoding/jsonl_decoder.py",
        "bulk/sorted_ids.py",
        "bulk/stream.py",
    },
    "orjson": {
        "knowledge/kept.py",
        "audit/reports/report_json.py",
        "bulk/blocks.py",
        "evaluation/records/json_format.py",
        "bulk/decoding/answer_table.py",
        "cluster/manifest.py",
        "evaluation/metadata.py",
        "cluster/parts.py",
        "evaluation/records/rows.py",
    },
    "msgspec": {
        "bulk/decoding/answer_table.py",
        "bulk/decoding/jsonl_decoder.py",
        "evaluation/metadata.py",
        "bulk/decoding/typed_case.py",
        "cases/reading/sheets.py",
    },
    "jsonschema": {"knowledge/files.py", "knowledge/checking/schema_faults.py", "cases/checker.py"},
    "jsonschema_rs": {"knowledge/files.py", "cases/checker.py"},
    "dask": {"cluster/connection.py"},
    "distributed": {"cluster/cluster.py", "cluster/connection.py", "cluster/tasks.py"},
    "fsspec": {"cluster/stores.py"},
    "jinja2": {"explanation/templating.py"},
    "tempfile": {"cluster/connection.py"},
}
"""Each library, and the modules that import it."""

MOST_LINES = 350
MOST_MODULES = 13
"""Of a module, and of a folder: its page and a dozen beside it. The command line has a module a command."""

CORE = ("knowledge", "inference", "proof", "explanation")
READERS = {"knowledge/files.py", "knowledge/loader.py", "knowledge/kept.py", "knowledge/code_cache.py"}
"""Of the core, what reads the rules folder, and keeps what was read from it or made of it."""

WRITER = "source/atomic.py"
WRITING_ELSEWHERE = {
    ("cluster/stores.py", "system.open(path, 'wb', autocommit=False)"),
    ("cli/files.py", "os.open(os.devnull, os.O_WRONLY)"),
}
"""To a store on the network, and to nowhere once a reader has gone."""

WALKS: Mapping[str, str] = {
    "knowledge/parts/conditions.py": "the tests of a condition, in order",
    "inference/engine.py": "evaluates: the reference, by experta",
    "inference/columns/standing.py": "evaluates: the compiled rules, over bits of any kind",
    "inference/columns/rule_source.py": "writes them down as source; asks what an open rule lacks",
    "inference/truth.py": "evaluates: three values on one intake",
    "inference/grounds/spared.py": "answers that make a gate false",
    "inference/grounds/support.py": "with the three values, the tests that decided them",
    "inference/columns/column_supports.py": "the same over columns",
    "explanation/why_not.py": "what would make a condition true or false",
    "comparison/rules.py": "whether two conditions are written alike",
    "audit/mutants.py": "makes other conditions of one",
    "explanation/phrasing.py": "a condition in a sentence",
    "knowledge/reviews.py": "what of a condition is signed",
    "audit/reports/report_html.py": "a condition as a list in a page",
}
"""Three evaluators of a condition and no more; whoever else takes conditions apart, and what for."""


ENGLISH = {"age", "ask", "care", "conditions", "later", "medicine", "medicines", "note", "now", "rest"}
"""Ids of the knowledge base that are also words of the program, about other things."""


@pytest.fixture(scope="module")
def package(root: Path) -> Path:
    return root / "triage"


@pytest.fixture(scope="module")
def modules(package: Path) -> list[Module]:
    modules = modules_of(package)
    assert modules, "the package has moved: correct this test"
    return modules


def astray(modules: list[Module], wanted: set[str], does: Callable[[Module], object]) -> dict[str, list[str]]:
    """Return the modules that do what they should not, and those that no longer do what they may."""
    doing = {module.file for module in modules if does(module)}
    found = {"take it out of": sorted(doing - wanted), "strike from the table": sorted(wanted - doing)}
    return {what: files for what, files in found.items() if files}


def test_every_folder_is_a_room(package: Path) -> None:
    unlisted = unlisted_rooms(package, BELOW)
    assert not unlisted, f"say in BELOW what these may import from: {unlisted}"


def test_the_page_tells_of_every_folder_within_a_room(package: Path) -> None:
    inner = {path.parent.relative_to(package).as_posix() for path in package.rglob("*/*/__init__.py")}
    page = (package / "README.md").read_text("utf-8")
    untold = {folder for folder in inner if folder.count("/") == 1 and f"`{folder}/`" not in page}
    assert not untold, f"say in triage/README.md what these are for: {untold}"


def test_no_arrow_runs_back(modules: list[Module]) -> None:
    wrong = arrows_up(modules, BELOW)
    assert not wrong, f"move the code or turn the import round: {wrong}"


def test_no_table_lets_an_arrow_run_in_a_circle() -> None:
    assert not circle([*_rooms_as_modules()])


def _rooms_as_modules() -> list[Module]:
    return [
        Module(f"{room}.py", ast.parse("\n".join(f"import triage.{below}" for below in sorted(rooms))))
        for room, rooms in BELOW.items()
        if room
    ]


def test_no_modules_import_each_other_in_a_circle(modules: list[Module]) -> None:
    assert not circle(modules)


def test_no_folders_of_a_room_import_each_other_in_a_circle(modules: list[Module]) -> None:
    assert not circle_of_folders(modules)


def test_no_module_is_long(modules: list[Module], package: Path) -> None:
    long = {module.file: lines for module in modules if (lines := lines_of(module, package)) > MOST_LINES}
    assert not long, f"divide these by what they do: {long}"


def test_no_folder_is_crowded(modules: list[Module]) -> None:
    inside = Counter(Path(module.file).parent.as_posix() for module in modules)
    crowded = {folder: count for folder, count in inside.items() if count > MOST_MODULES and folder != "cli"}
    assert not crowded, f"make a room within these: {crowded}"


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_few_owners(modules: list[Module], library: str) -> None:
    assert not astray(modules, OWNERS[library], lambda module: library in module.packages)


def test_the_command_line_alone_imports_click(modules: list[Module]) -> None:
    rooms = {module.room for module in modules if "click" in module.packages}
    assert rooms == {"cli"}


def test_the_core_reads_the_rules_folder_and_nothing_else(modules: list[Module]) -> None:
    core = [module for module in modules if module.room in CORE]
    assert not astray(core, READERS, outside_world)


def test_one_module_alone_writes_files(modules: list[Module]) -> None:
    writing = {(module.file, call) for module in modules for call in writes(module) if module.file != WRITER}
    assert writing == WRITING_ELSEWHERE


def test_few_modules_take_conditions_apart(modules: list[Module]) -> None:
    assert not astray(modules, {*WALKS}, takes_conditions_apart)


def test_no_clinical_word_in_python(modules: list[Module], knowledge: KnowledgeBase) -> None:
    """What a knowledge base names stands in it alone."""
    named = [
        f"{module.file}: {node.value}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value in words_of(knowledge)
    ]
    assert not named, f"knowledge is data; move these to rules/: {named}"


def test_no_clinical_word_in_a_schema(package: Path, knowledge: KnowledgeBase) -> None:
    named = [
        f"{file.name}: {word}"
        for file in sorted(package.rglob("schemas/*.json"))
        for word in re.findall(r'"([a-z_-]+)"', file.read_text("utf-8"))
        if word in words_of(knowledge)
    ]
    assert not named, f"knowledge is data; move these to rules/: {named}"


def words_of(knowledge: KnowledgeBase) -> set[str]:
    """The ids of a knowledge base, but for words that the engine has of its own."""
    kinds = {kind for step in knowledge.steps.values() for kind in step.kinds}
    tables = (
        knowledge.causes,
        knowledge.findings,
        knowledge.steps,
        knowledge.question_of,
        knowledge.questions,
        knowledge.rungs,
        knowledge.moments,
        knowledge.routes,
        knowledge.thresholds,
        knowledge.rules,
        kinds,
    )
    return set().union(*tables) - ENGLISH
