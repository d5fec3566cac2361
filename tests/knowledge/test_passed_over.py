"""No rule goes out of force in silence: what a rules folder holds is read, or it is told."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.small_base import write_base
from support.unprivileged import triage_without_powers

from triage import KnowledgeBaseError, load_knowledge_base
from triage.cli import main
from triage.knowledge.files import read_folder, sha256_of

RULE = "patterns/long-cramp.toml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_base(tmp_path / "rules")


def problems(rules: Path) -> list[str]:
    """Return what is told when the rules are loaded, and when only their hash is wanted: the same."""
    with pytest.raises(KnowledgeBaseError) as loading:
        load_knowledge_base(rules)
    with pytest.raises(KnowledgeBaseError) as hashing:
        sha256_of(rules)
    assert set(hashing.value.problems) <= set(loading.value.problems)
    return [str(problem) for problem in hashing.value.problems]


def renamed(name: str) -> Callable[[Path], None]:
    def rename(rules: Path) -> None:
        (rules / RULE).rename(rules / "patterns" / name)

    return rename


def added(name: str) -> Callable[[Path], None]:
    def add(rules: Path) -> None:
        path = rules / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0\1\2")

    return add


def linked(name: str, target: str) -> Callable[[Path], None]:
    return lambda rules: (rules / name).symlink_to(target)


def piped(name: str) -> Callable[[Path], None]:
    return lambda rules: os.mkfifo(rules / name)


READ = "and is not read; rename it to long-cramp.toml"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (renamed("long-cramp.TOML"), f"patterns/long-cramp.TOML / ends in .TOML, {READ}"),
        (renamed("long-cramp.Toml"), f"patterns/long-cramp.Toml / ends in .Toml, {READ}"),
        (
            renamed(".long-cramp.toml"),
            "patterns/.long-cramp.toml / is hidden, and is not read; remove it, or",
        ),
        (
            added("patterns/._long-cramp.toml"),
            "patterns/._long-cramp.toml / is what macOS keeps beside a file",
        ),
        (
            linked("patterns/.#long-cramp.toml", "somebody@machine.123"),
            "patterns/.#long-cramp.toml / is what an editor keeps while a file is not saved; save the file",
        ),
        (added(".hidden/x.toml"), ".hidden/x.toml / is in a hidden folder, and is not read; move it"),
        (piped("patterns/x.toml"), "patterns/x.toml / is a pipe, a device or a socket; remove it"),
        (piped("x.TOML"), "x.TOML / is a pipe, a device or a socket; remove it"),
        (
            linked("x.toml", "nothing"),
            "x.toml / is a link to nothing; remove it, or bring back what it names",
        ),
        (linked("more", "/nowhere/more"), "more / is a link to nothing; remove it, or bring back what it"),
        (
            linked("more", "more"),
            "more / cannot be read: too many levels of symbolic links; make it readable",
        ),
        (linked("patterns/up", ".."), "patterns/up / is a link to {rules}, which holds it: a circle; remove"),
        (added(os.fsdecode(b"patterns/\xff.toml")), r"patterns/\udcff.toml / has a name that is not UTF-8"),
        (added(os.fsdecode(b"\xff/x.toml")), r"\udcff/x.toml / has a name that is not UTF-8; rename it"),
    ],
    ids=lambda value: value.partition(" / ")[0] if isinstance(value, str) else "",
)
def test_what_could_be_a_rule_and_is_not_read_is_refused(
    rules: Path, spoil: Callable[[Path], None], told: str
) -> None:
    load_knowledge_base(rules)
    spoil(rules)
    (line,) = problems(rules)
    assert line.startswith(told.format(rules=rules))


def test_a_device_that_is_named_as_a_rule_is_refused(rules: Path) -> None:
    try:
        os.mknod(rules / "x.toml", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("no device may be made here")
    assert problems(rules) == ["x.toml / is a pipe, a device or a socket; remove it"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_a_topic_folder_that_may_not_be_read_is_refused(rules: Path, tmp_path: Path) -> None:
    case = tmp_path / "a.json"
    case.write_text('{"id": "a", "answers": {"feels": ["tight"], "lasts": 700}}')
    (rules / "patterns").chmod(0)
    for name in ("evaluate", "lint"):
        arguments = [str(case)] if name == "evaluate" else []
        result = triage_without_powers(tmp_path, name, *arguments, "--rules", str(rules))
        assert result.returncode == 4, result.stderr
        told = result.stderr if name == "evaluate" else result.stdout.splitlines()[0]
        assert "patterns / cannot be read: permission denied; make it readable, or remove it" in told
    (rules / "patterns").chmod(0o755)


def test_a_folder_that_vanishes_meanwhile_is_told(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scan(path: Any) -> Any:
        if Path(path).name == "patterns":
            Path(path).rename(rules.parent / "moved")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr("os.scandir", scan)
        with pytest.raises(KnowledgeBaseError) as caught:
            read_folder(rules)
    assert "patterns / cannot be read: no such file or directory" in str(caught.value)


def test_a_file_that_vanishes_meanwhile_is_told(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == "long-cramp.toml":
            path.unlink(missing_ok=True)
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(KnowledgeBaseError) as caught:
        read_folder(rules)
    assert f"{RULE} / cannot be read: no such file or directory" in str(caught.value)


# Links are followed.


def test_rules_behind_a_link_are_in_force_and_part_of_the_hash(rules: Path, tmp_path: Path) -> None:
    plain = load_knowledge_base(rules).sha256
    (rules / "patterns").rename(tmp_path / "far")
    without = shutil.copytree(rules, tmp_path / "without")
    (rules / "patterns").symlink_to("../far")
    knowledge = load_knowledge_base(rules)
    assert "long-cramp" in knowledge.rules
    assert knowledge.sha256 == sha256_of(rules) == read_folder(rules).sha256 == plain
    assert sha256_of(without) != plain
    changed = (tmp_path / "far" / "long-cramp.toml").read_text("utf-8").replace("A long", "A  long")
    (tmp_path / "far" / "long-cramp.toml").write_text(changed, "utf-8")
    assert load_knowledge_base(rules).sha256 != plain


def test_a_folder_that_stands_there_twice_is_read_once_and_told(rules: Path) -> None:
    (rules / "again").symlink_to("patterns")
    assert "long-cramp" in load_knowledge_base(rules).rules
    result = run("show", "--rules", str(rules))
    assert result.exit_code == 0
    assert result.stderr == f"{rules}: passed over, as not rules: again; remove or rename them\n"


# What is told and loads all the same.


def test_backups_of_rules_are_told_and_notes_are_not(rules: Path) -> None:
    for name in ("x.toml~", "x.toml.bak", "x.toml.orig", "#x.toml#"):
        (rules / "patterns" / name).touch()
    for name in ("README.md", "notes.txt", ".x.toml.swp", ".DS_Store"):
        (rules / name).touch()
    for _ in range(2):  # the second time from what is kept
        result = run("show", "--rules", str(rules))
        assert result.exit_code == 0
        names = ", ".join(f"patterns/{name}" for name in ("#x.toml#", "x.toml.bak", "x.toml.orig", "x.toml~"))
        assert result.stderr == f"{rules}: passed over, as not rules: {names}; remove or rename them\n"


def test_the_store_of_a_version_control_is_no_folder_of_rules(rules: Path) -> None:
    (rules / ".git" / "refs").mkdir(parents=True)
    (rules / ".git" / "refs" / "x.toml").touch()
    assert load_knowledge_base(rules).sha256 == sha256_of(rules)
    assert run("show", "--rules", str(rules)).stderr == ""


# Other rules than somebody may think.


@pytest.fixture
def there(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """We are in a folder with rules of its own."""
    monkeypatch.chdir(tmp_path)
    return rules


NOTE = (
    "note: the rules that come with the program are used, not those in the folder rules here; "
    "add --rules rules to use these\n"
)


@pytest.mark.usefixtures("there")
def test_it_is_told_that_other_rules_judge_than_those_that_stand_here() -> None:
    Path("a.json").write_text('{"id": "a", "answers": {}}', "utf-8")
    for arguments in (
        ["evaluate", "a.json"],
        ["schema", "case"],
        ["population", "--count", "1", "--seed", "1"],
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (0, NOTE)
    assert NOTE in run("lint").stderr
    Path("rules/x.TOML").touch()
    assert run("evaluate", "a.json").stderr == NOTE


@pytest.mark.usefixtures("there")
def test_nothing_is_told_where_the_rules_are_named_or_nothing_is_judged() -> None:
    for arguments in (
        ["schema", "case", "--rules", "rules"],
        ["evaluate", "--help"],
        ["--help"],
        ["diff", "bundled", "bundled"],
    ):
        assert run(*arguments).stderr == ""


def test_nothing_is_told_where_both_are_the_same_rules(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert run("schema", "case").stderr == ""
    shutil.copytree(root / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    assert run("schema", "case").stderr == ""
    (tmp_path / "rules" / "meta.toml").unlink()
    assert run("schema", "case").stderr == ""
