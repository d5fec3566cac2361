"""`triage man`, and the shell completion that click brings: made of the commands' own texts."""

from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from triage.cli import COMMANDS, main
from triage.cli.man import escaped

SHOWN = CliRunner().invoke(main, ["man"]).stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_on_the_manual_page_with_its_options(name: str) -> None:
    context = click.Context(main, info_name="triage")
    command = main.get_command(context, name)
    assert command is not None
    (told,) = (
        part for part in SHOWN.split('\n.SS "triage ')[1:] if part.startswith(f"{name} ".replace("-", r"\-"))
    )
    options = [
        each for each in command.get_params(context) if isinstance(each, click.Option) and not each.hidden
    ]
    for each in options:
        for option in each.opts:
            assert option.replace("-", r"\-") in told


@pytest.mark.parametrize("text", [".jsonl is a name", "'tis one", r"--save C:\new"])
def test_a_text_of_the_manual_page_means_itself(text: str) -> None:
    shown = escaped(text)
    assert not shown.startswith((".", "'"))
    assert shown.replace(r"\-", "-").replace(r"\e", "\\").removeprefix(r"\&") == text


@pytest.mark.parametrize(
    ("words", "begun", "completed"),
    [([], "ev", ["evaluate"]), (["evaluate"], "--form", ["--format"])],
)
def test_the_shell_completes(words: list[str], begun: str, completed: list[str]) -> None:
    complete = ShellComplete(main, {}, "triage", "_TRIAGE_COMPLETE")
    assert [each.value for each in complete.get_completions(words, begun)] == completed
