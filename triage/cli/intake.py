"""`triage intake`: the interview in the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from triage.cli.common import Exit, leave, load, rules_option
from triage.cli.files import check_targets, named
from triage.interview.conversation import Conversation, OutOfInput, Quit
from triage.interview.saving import CannotResume, read_saved, save_answers, write_private
from triage.interview.session import Session
from triage.source.atomic import TargetError

_WIDEST = 80
_INTERRUPTED = 130


class ClickTerminal:
    """Plain lines through click; bold only where the terminal and the person allow it."""

    def __init__(self, color: str) -> None:
        self.width = min(_WIDEST, shutil.get_terminal_size().columns)
        self.heard: list[str] = []
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
        self._color = color == "always" or (color == "auto" and not plain)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print a line."""
        self.heard.append(f"**{text}**" if strong and text else text)
        click.echo(click.style(text, bold=True) if strong and self._color else text, color=self._color)

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed."""
        click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not line:
            click.echo()
            raise EOFError
        if not sys.stdin.isatty():
            click.echo()
        self.heard.append(f"> {line.strip()}")
        return line


@click.command()
@click.option("--all", "everything", is_flag=True, help="Ask every question that applies.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False),
    callback=named,
    help="Keep the answers in this file, as a case.",
)
@click.option("--resume", type=click.Path(dir_okay=False), help="Go on with answers kept by --save.")
@click.option("--force", is_flag=True, help="Resume even if the rules have changed since.")
@click.option(
    "--transcript", type=click.Path(dir_okay=False), callback=named, help="Keep what was said, as Markdown."
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@rules_option
def intake(
    save: str | None,
    resume: str | None,
    transcript: str | None,
    color: str,
    rules: str | None,
    *,
    everything: bool,
    force: bool,
) -> None:
    """Answer questions in the terminal and get an assessment.

    Dangers are asked first, then only what can still change the outcome. Nothing is kept or sent unless you
    ask for it with --save or --transcript. Exit codes: 0 done, 3 the input ended early, 130 interrupted.
    """
    check_targets(save, transcript)
    knowledge = load(rules)
    answers = {}
    if resume is not None:
        try:
            answers = read_saved(Path(resume), knowledge, force=force)
        except CannotResume as refusal:
            click.echo(str(refusal), err=True)
            leave(Exit.INVALID_INPUT)
    terminal = ClickTerminal(color)
    start = Session(knowledge, answers=answers, way=tuple(answers), everything=everything)
    talk = Conversation(terminal, start, asked=len(answers))
    code = _hold(talk)
    try:
        if save is not None:
            save_answers(Path(save), knowledge, talk.session.answers)
            click.echo(f"Your answers are kept in {save}.", err=True)
    except TargetError as error:
        click.echo(str(error), err=True)
        code = code or Exit.USAGE
    try:
        if transcript is not None:
            write_private(Path(transcript), "  \n".join(terminal.heard) + "\n")
    except TargetError as error:
        click.echo(str(error), err=True)
        code = code or Exit.USAGE
    raise SystemExit(code)


def _hold(talk: Conversation) -> int:
    """Hold the conversation; return the exit code."""
    try:
        talk.hold()
        talk.follow_up()
    except Quit:
        click.echo("You have stopped before the end, so there is no result.", err=True)
    except OutOfInput as ended:
        click.echo(f"The input ended before the question {ended.question}.", err=True)
        return Exit.INVALID_INPUT
    except KeyboardInterrupt:
        click.echo()
        return _INTERRUPTED
    return Exit.DONE
