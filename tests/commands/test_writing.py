"""What every command does to the file that it is told to write, whatever stands there."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.processes import has_written
from support.shipped import HEALTHY
from support.small_base import write_base, write_cases
from support.unprivileged import triage_without_powers

from triage.cli import main
from triage.inference.columns.compiled import Compiled
from triage.source.atomic import write_new, write_whole

LONGER = """
id = "long-twitch"
title = "A long twitch"
status = "active"

[when]
all = [
  { finding = "feels", includes = ["twitch"] },
  { finding = "lasts", at_least = "long" },
]

[then]
disposition = "urgent"

[why]
reason = "it lasted long"

[source]
guidance = ["project-judgement"]
"""
INTERVIEW = "1\n\n\nq\n"
EARLIER_INTERVIEW = "2\n\n\nq\n"

COMMANDS = {
    "evaluate": ["evaluate", "cases", "--rules", "rules", "-o"],
    "jsonl": ["evaluate", "cases", "--rules", "rules", "--format", "jsonl", "-o"],
    "jobs": ["evaluate", "cases", "--rules", "rules", "--format", "jsonl", "--jobs", "2", "-o"],
    "show": ["show", "--rules", "rules", "-o"],
    "audit": ["audit", "cases", "--rules", "rules", "-o"],
    "population": ["population", "--count", "5", "--seed", "1", "-o"],
    "diff": ["diff", "rules", "other", "-o"],
    "witnesses": ["diff", "rules", "other", "--write-witnesses"],
    "save": ["intake", "--rules", "rules", "--save"],
    "transcript": ["intake", "--rules", "rules", "--transcript"],
}
PRIVATE = ("save", "transcript")
OTHERS = tuple(name for name in COMMANDS if name not in PRIVATE)

every_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    write_base(folder / "rules")
    write_base(folder / "other", **{"patterns/long-twitch": LONGER})
    write_cases(folder / "cases", [{"id": "one", "answers": {"signs": "none"}}])
    return folder


@pytest.fixture(autouse=True)
def _in_the_clinic(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A scratch folder, in which no temporary file may be left."""
    yield tmp_path
    assert [each.name for each in tmp_path.rglob(".*")] == []


def run(command: str, target: Path | str) -> Result:
    return CliRunner().invoke(main, [*COMMANDS[command], str(target)], input=INTERVIEW)


def put_earlier(command: str, target: Path, text: str) -> str:
    """Put a file in the place of another: any, or an interview, which alone a new one may replace."""
    if command not in PRIVATE:
        target.write_text(text)
        return text
    CliRunner().invoke(main, [*COMMANDS[command], str(target)], input=EARLIER_INTERVIEW)
    return target.read_text("utf-8")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written(command: str, text: str) -> bool:
    """Tell whether this is what a command writes, to its end."""
    if command in ("jsonl", "jobs", "population"):
        return bool([json.loads(line) for line in text.splitlines()]) and text.endswith("\n")
    if command in ("witnesses", "save"):
        return bool(json.loads(text))
    return bool(text) and text.endswith("\n")


def was_done(command: str, result: Result) -> bool:
    return result.exit_code in {"diff": (1,), "witnesses": (1,), "audit": (0, 1)}.get(command, (0,))


def read_by_another(pipe: Path) -> tuple[threading.Thread, list[str]]:
    """Read a pipe in a thread, as `cat pipe` would."""
    taken: list[str] = []
    reader = threading.Thread(target=lambda: taken.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    return reader, taken


# Regular files.


@every_command
def test_an_old_file_is_replaced_whole(folder: Path, command: str) -> None:
    target = folder / "out"
    put_earlier(command, target, "x" * 5_000_000)
    before = target.stat().st_ino
    assert was_done(command, run(command, target))
    assert written(command, target.read_text("utf-8"))
    assert target.stat().st_ino != before


@every_command
def test_a_link_stays_and_what_it_leads_to_is_replaced(folder: Path, command: str) -> None:
    (folder / "deep").mkdir()
    target = folder / "deep" / "target"
    put_earlier(command, target, "old")
    link, farther = folder / "link", folder / "farther"
    link.symlink_to("deep/target")
    farther.symlink_to(link)
    assert was_done(command, run(command, farther))
    assert (farther.readlink(), link.readlink()) == (link, Path("deep/target"))
    assert written(command, target.read_text("utf-8"))


@every_command
def test_a_link_to_nothing_gets_what_it_names(folder: Path, command: str) -> None:
    link = folder / "link"
    link.symlink_to("target")
    assert was_done(command, run(command, link))
    assert link.readlink() == Path("target")
    assert written(command, (folder / "target").read_text("utf-8"))


@every_command
def test_a_circle_of_links_is_told(folder: Path, command: str) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    result = run(command, folder / "a")
    assert result.exit_code == 2
    assert "in a circle" in result.stderr
    assert (folder / "a").readlink() == Path("b")


@every_command
def test_another_name_of_the_file_keeps_the_old_text(folder: Path, command: str) -> None:
    one, other = folder / "one", folder / "other"
    old = put_earlier(command, one, "old")
    other.hardlink_to(one)
    assert was_done(command, run(command, one))
    assert written(command, one.read_text("utf-8"))
    assert other.read_text() == old != one.read_text()


# Modes and owners.


@pytest.fixture(params=[0o022, 0o027, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize("command", OTHERS)
def test_a_new_file_follows_the_umask(folder: Path, command: str, umask: int) -> None:
    run(command, folder / "out")
    assert mode_of(folder / "out") == 0o666 & ~umask


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o646, 0o755], ids=oct)
@pytest.mark.parametrize("command", OTHERS)
def test_an_old_file_keeps_its_mode(folder: Path, command: str, mode: int) -> None:
    (folder / "out").touch()
    (folder / "out").chmod(mode)
    run(command, folder / "out")
    assert written(command, (folder / "out").read_text("utf-8"))
    assert mode_of(folder / "out") == mode


@pytest.mark.parametrize("command", PRIVATE)
def test_what_a_person_has_said_is_for_its_owner_alone(folder: Path, command: str, umask: int) -> None:
    assert umask is not None
    (folder / "old").touch()
    (folder / "old").chmod(0o666)
    for target in (folder / "new", folder / "old"):
        assert was_done(command, run(command, target))
        assert written(command, target.read_text("utf-8"))
        assert mode_of(target) == 0o600


as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may do this")


@as_root
@pytest.mark.parametrize("command", PRIVATE)
def test_what_a_person_has_said_is_handed_to_nobody_else(folder: Path, command: str) -> None:
    """Whoever had the file before, as root may write to every file."""
    (folder / "out").touch()
    os.chown(folder / "out", 1234, 2345)
    assert was_done(command, run(command, folder / "out"))
    assert (folder / "out").stat().st_uid == 0


@as_root
@pytest.mark.parametrize("command", OTHERS)
def test_an_old_file_keeps_its_owner_and_group(folder: Path, command: str) -> None:
    (folder / "out").touch()
    os.chown(folder / "out", 1234, 2345)
    assert was_done(command, run(command, folder / "out"))
    found = (folder / "out").stat()
    assert (found.st_uid, found.st_gid) == (1234, 2345)


# What is no regular file.


@every_command
def test_a_pipe_is_written_to_and_stays(folder: Path, command: str) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reader, taken = read_by_another(pipe)
    assert was_done(command, run(command, pipe))
    reader.join(timeout=30)
    assert written(command, taken[0])
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@every_command
def test_a_device_is_written_to_and_stays(folder: Path, command: str) -> None:
    """A node of its own with the numbers of the null device, in a scratch folder."""
    device = folder / "node"
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        device.write_bytes(b"")
    except PermissionError:
        pytest.skip("no device may be made or used here")
    device.chmod(0o644)
    assert was_done(command, run(command, device))
    assert stat.S_ISCHR(device.stat().st_mode)
    assert mode_of(device) == 0o644


@every_command
def test_a_link_to_a_pipe_is_followed_to_it(folder: Path, command: str) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    (folder / "link").symlink_to("pipe")
    reader, taken = read_by_another(pipe)
    assert was_done(command, run(command, folder / "link"))
    reader.join(timeout=30)
    assert written(command, taken[0])


@every_command
def test_a_socket_stays(folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        with monkeypatch.context() as patch:
            patch.chdir(folder)  # the names of sockets are short
            server.bind("socket")
        result = run(command, folder / "socket")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert stat.S_ISSOCK((folder / "socket").stat().st_mode)


def real(command: str, target: Path | str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "triage", *COMMANDS[command], str(target)],
        input=INTERVIEW.encode(),
        timeout=120,
        check=False,
        **options,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
@pytest.mark.parametrize("command", ["evaluate", "show", "audit", "population"])
def test_standard_output_by_name_is_what_the_shell_has_opened(folder: Path, command: str, name: str) -> None:
    log = folder / "log"
    log.write_text("before\n")
    inode = log.stat().st_ino
    (folder / "link").symlink_to("/dev/stdout")
    with log.open("ab") as end:
        result = real(command, folder / name, stdout=end, stderr=subprocess.PIPE)
    assert result.returncode in (0, 1)
    text = log.read_text("utf-8")
    assert text.startswith("before\n")
    assert written(command, text.removeprefix("before\n"))
    assert log.stat().st_ino == inode


@pytest.mark.parametrize("command", PRIVATE)
def test_answers_to_a_descriptor_go_behind_what_stands_there(folder: Path, command: str) -> None:
    log = folder / "log"
    log.write_text("before\n")
    with log.open("ab") as end:
        target = f"/dev/fd/{end.fileno()}"
        result = real(
            command, target, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[end.fileno()]
        )
    assert (result.returncode, result.stderr.count(b"\n")) == (0, int(command == "save"))
    assert log.read_text("utf-8").startswith("before\n")
    assert written(command, log.read_text("utf-8").removeprefix("before\n"))


def test_a_reader_that_goes_early_is_no_fault(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    reader = subprocess.Popen(["/usr/bin/head", "-c", "10", str(folder / "pipe")], stdout=subprocess.PIPE)
    result = run("show", folder / "pipe")
    assert reader.communicate(timeout=30)[0] != b""
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("command", ["evaluate", "jsonl", "jobs", "show", "population"])
def test_standard_output_is_never_cut_in_silence(folder: Path, command: str) -> None:
    """A stream without a buffer takes a part where the file may grow no more, and raises only at the next."""
    with (folder / "out").open("wb") as out:
        result = subprocess.run(
            [sys.executable, "-u", "-m", "triage", *COMMANDS[command], "-"],
            stdout=out,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
            check=False,
        )
    assert result.returncode == 2
    assert b"standard output: cannot be written: file too large" in result.stderr


# What cannot be written: one line, exit 2, and nothing is changed.


def fault(result: Result) -> str:
    """Return the line that says what cannot be written."""
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    told = [line for line in result.stderr.splitlines() if "rror: " in line or "cannot be written: " in line]
    assert len(told) == 1, result.stderr
    return told[0]


@every_command
def test_an_empty_name_is_refused(folder: Path, command: str) -> None:
    assert folder
    assert "empty" in fault(run(command, ""))


@every_command
def test_a_folder_is_refused(folder: Path, command: str) -> None:
    for name in (str(folder), f"{folder}/", f"{folder}/.", f"{folder}/new/"):
        fault(run(command, name))
    assert list(folder.iterdir()) == []


@every_command
def test_where_there_is_no_folder_it_is_said_before_any_work(folder: Path, command: str) -> None:
    result = run(command, folder / "none" / "out")
    assert "there is no folder" in fault(result)
    assert "Question" not in result.stdout
    (folder / "file").touch()
    assert "there is no folder" in fault(run(command, folder / "file" / "out"))


@every_command
def test_a_name_that_is_too_long_is_refused_and_the_longest_is_taken(folder: Path, command: str) -> None:
    assert "too long" in fault(run(command, folder / ("a" * 256)))
    assert was_done(command, run(command, folder / ("a" * 255)))
    assert written(command, (folder / ("a" * 255)).read_text("utf-8"))


@every_command
def test_a_full_disk_leaves_the_old_file(folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old = put_earlier(command, folder / "out", "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        assert "no space left" in fault(run(command, folder / "out"))
        assert "no space left" in fault(run(command, folder / "new"))
    assert (folder / "out").read_text("utf-8") == old
    assert not (folder / "new").exists()


@pytest.mark.parametrize("command", ["evaluate", "show", "audit", "diff"])
def test_a_limit_of_file_size_leaves_the_old_file(folder: Path, command: str) -> None:
    (folder / "out").write_text("old")
    result = real(
        command,
        folder / "out",
        capture_output=True,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)),
    )
    assert result.returncode == 2
    assert result.stderr.count(b"\n") == 1
    assert b"out: cannot be written: file too large" in result.stderr
    assert (folder / "out").read_text() == "old"


def told_without_powers(command: str, target: Path) -> str:
    result = triage_without_powers(Path.cwd(), *COMMANDS[command], str(target), text=INTERVIEW)
    assert result.returncode == 2, result.stderr
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture
def shut(folder: Path) -> Iterator[Path]:
    """A folder that takes no new file."""
    (folder / "shut").mkdir()
    (folder / "shut" / "out").write_text("old")
    (folder / "shut").chmod(0o555)
    yield folder / "shut"
    (folder / "shut").chmod(0o755)


some_commands = pytest.mark.parametrize("command", ["evaluate", "show", "witnesses", "save"])


@some_commands
def test_where_nothing_may_be_written_it_is_said_before_any_work(shut: Path, command: str) -> None:
    assert "takes no new file (permission denied)" in told_without_powers(command, shut / "new")


@some_commands
def test_a_file_that_may_not_be_written_is_not_replaced(folder: Path, command: str) -> None:
    """Though its folder would allow it: whoever took the right to write away meant that."""
    (folder / "out").write_text("old")
    (folder / "out").chmod(0o444)
    assert "permission denied" in told_without_powers(command, folder / "out")
    assert (folder / "out").read_text() == "old"


@some_commands
def test_a_file_that_cannot_be_replaced_whole_is_not_written_over(shut: Path, command: str) -> None:
    """It may be written, but its folder takes no new file: half a file would be worse than the old one."""
    said = told_without_powers(command, shut / "out")
    assert "its folder takes no new file, so it cannot be replaced whole; write to another folder" in said
    assert (shut / "out").read_text() == "old"


# Interrupts, in real processes.


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


ENDINGS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), [*ENDINGS, (signal.SIGKILL, -9)])
def test_an_interrupt_leaves_the_old_file_and_nothing_beside_it(
    folder: Path, number: signal.Signals, code: int
) -> None:
    (folder / "out").write_text("old")
    arguments = ["population", "--count", "10000000", "--seed", "1", "-o", str(folder / "out")]
    process = subprocess.Popen([sys.executable, "-m", "triage", *arguments], stderr=subprocess.PIPE)
    try:
        wait_until(lambda: has_written(process.pid, folder, 100_000))
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code
    assert b"Traceback" not in said
    assert [(each.name, each.read_text()) for each in folder.iterdir()] == [("out", "old")]


def test_a_disk_without_nameless_files_keeps_the_old_file_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.source.atomic._NAMELESS", 0)
    (folder / "out").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_whole(folder / "out", broken_off())
    with pytest.raises(KeyboardInterrupt):
        write_new(folder / "new", broken_off())
    assert [(each.name, each.read_text()) for each in folder.iterdir()] == [("out", "old")]
    write_whole(folder / "out", ["new"])
    write_new(folder / "new", ["new"])
    assert {each.name: each.read_text() for each in folder.iterdir()} == {"out": "new", "new": "new"}


def broken_off() -> Iterator[str]:
    yield "half"
    raise KeyboardInterrupt


@pytest.mark.parametrize(("number", "code"), ENDINGS)
@pytest.mark.parametrize("command", ["evaluate", "jobs", "show", "population", "save"])
def test_waiting_for_the_reader_of_a_pipe_can_be_ended(
    folder: Path, command: str, number: signal.Signals, code: int
) -> None:
    os.mkfifo(folder / "pipe")
    process = subprocess.Popen(
        [sys.executable, "-m", "triage", *COMMANDS[command], str(folder / "pipe")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    process.stdin.write(INTERVIEW.encode())
    process.stdin.flush()
    wait_until(lambda: is_asleep(process.pid))
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in said
    assert [each.name for each in folder.iterdir()] == ["pipe"]


def is_asleep(process: int) -> bool:
    """Tell whether a process has done nothing for a while, and nor have those that it began."""
    state = Path(f"/proc/{process}/stat")
    if not state.exists():
        pytest.skip("what a process does is not to be seen here")
    before = state.read_text()
    time.sleep(0.4)
    return before == state.read_text() and before.rpartition(")")[2].split()[0] == "S"


def test_what_is_ignored_stays_ignored(folder: Path) -> None:
    """Under nohup a closed terminal ends nothing."""
    arguments = ["population", "--count", "20000", "--seed", "1", "-o", str(folder / "out")]
    process = subprocess.Popen(["/usr/bin/nohup", sys.executable, "-m", "triage", *arguments])
    wait_until(lambda: any(folder.iterdir()))
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 0
    assert (folder / "out").read_text("utf-8").count("\n") == 20000


# What stands beside the output.


def test_a_case_on_which_the_evaluators_differ_is_not_kept_beside_a_pipe(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "far").mkdir()
    os.mkfifo(folder / "far" / "pipe")
    monkeypatch.chdir(folder)
    truth = Compiled.run
    monkeypatch.setattr(
        Compiled, "run", lambda *given: replace(found := truth(*given), fired=[0] * len(found.fired))
    )
    reader, _ = read_by_another(folder / "far" / "pipe")
    data = folder / "a.jsonl"
    data.write_text(json.dumps({"id": "a", "answers": HEALTHY}) + "\n")
    result = CliRunner().invoke(main, ["evaluate", "a.jsonl", "--check", "all", "-o", "far/pipe"])
    reader.join(timeout=30)
    assert result.exit_code == 6
    assert sorted(each.name for each in folder.iterdir()) == ["a.jsonl", "far", "mismatch-a.json"]


def test_witnesses_of_an_audit_go_through_a_link_to_nothing(folder: Path) -> None:
    (folder / "link").symlink_to("deep/new")
    arguments = ["audit", "cases", "--rules", "rules", "-o", str(folder / "out"), "--write-witnesses"]
    result = CliRunner().invoke(main, [*arguments, str(folder / "link")])
    assert result.exit_code in (0, 1), result.output
    assert list((folder / "deep" / "new").glob("*.json"))


def test_a_folder_of_witnesses_that_cannot_be_is_refused_before_any_work(folder: Path) -> None:
    (folder / "file").touch()
    (folder / "circle").symlink_to("circle")
    arguments = ["audit", "cases", "--rules", "rules", "-o", str(folder / "out"), "--write-witnesses"]
    for name in ("file/deep", "circle", "a" * 256):
        assert name[:5] in fault(CliRunner().invoke(main, [*arguments, str(folder / name)]))
    assert not (folder / "out").exists()


def test_a_new_rule_is_written_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree("rules", folder / "rules")
    (folder / "cases").mkdir()
    before = sorted(folder.rglob("*"))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    arguments = [
        "new-rule",
        "patterns",
        "moon",
        "--rules",
        str(folder / "rules"),
        "--cases",
        str(folder / "cases"),
    ]
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        result = CliRunner().invoke(main, arguments)
    assert f"{folder}/rules/patterns/moon.toml: cannot be written: no space left" in fault(result)
    assert sorted(folder.rglob("*")) == before
    assert CliRunner().invoke(main, arguments).exit_code == 0


@pytest.mark.parametrize("command", ["schema", "lint", "explain", "convert", "population", "evaluate"])
def test_a_closed_standard_output_is_told(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = folder / "one.json"
    case.write_text('{"id": "one", "answers": {}}', "utf-8")
    given = {"schema": ["codebook"], "population": ["--count", "2", "--seed", "1"], "lint": []}
    rules = write_base(folder / "small")
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as left:
        main(
            [
                command,
                *given.get(command, [str(case)]),
                *(("--rules", str(rules)) if command != "population" else ()),
            ]
        )
    assert left.value.code == 2
    assert "standard output: cannot be written: it is closed" in capsys.readouterr().err


def shell(line: str, *, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a line of the shell, in which $TRIAGE is the program."""
    environment = {**os.environ, "TRIAGE": f"{sys.executable} -m triage"}
    return subprocess.run(line, shell=True, cwd=cwd, env=environment, capture_output=True, check=False)  # noqa: S602 - a line of our own


@pytest.mark.parametrize(
    "line", ["evaluate one.json", "evaluate one.json one.json --jobs 2", "population --count 2 --seed 1"]
)
def test_a_closed_standard_output_takes_no_other_file_for_it(folder: Path, line: str) -> None:
    (folder / "one.json").write_text('{"id": "one", "answers": {}}', "utf-8")
    ended = shell(f"$TRIAGE {line} >&-", cwd=folder)
    assert ended.returncode == 2
    assert b"standard output: cannot be written: it is closed" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert (folder / "one.json").read_text("utf-8") == '{"id": "one", "answers": {}}'
    kept = shell(f"$TRIAGE {line} -o kept.json <&- >&- 2>&-", cwd=folder)
    assert kept.returncode in (0, 3)
    assert (folder / "kept.json").read_bytes()


def test_where_the_system_allows_no_more_processes_fewer_do_the_work(folder: Path) -> None:
    assert not shell("$TRIAGE population --count 9000 --seed 1 -o people.jsonl", cwd=folder).returncode
    files = "evaluate people.jsonl --check none --format jsonl"
    few = shell(f"ulimit -n 12; $TRIAGE {files} --jobs 4", cwd=folder)
    assert (few.returncode, few.stderr) == (0, b"")
    assert few.stdout == shell(f"$TRIAGE {files} --jobs 1", cwd=folder).stdout


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(24, "Too many open files"), 7, "the system refuses this: Too many open files"),
        (PermissionError(13, "Permission denied", "a\x1bb"), 7, "a\\x1bb: the system refuses this"),
        (MemoryError(), 7, "not enough memory"),
        (ZeroDivisionError(), 70, "This is a fault of triage. Please report it"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_what_nobody_foresaw_has_an_exit_code_of_its_own(
    error: BaseException, code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise error

    monkeypatch.setattr("triage.cli.schema.load", broken)
    monkeypatch.setattr("triage.cli.leaving.fall_silent", lambda: None)
    result = CliRunner().invoke(main, ["schema", "case"])
    assert result.exit_code == code
    assert told in result.output
