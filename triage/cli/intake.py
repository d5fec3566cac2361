"""`triage intake`: the interview in the terminal."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from triage.cli.common import Exit, leave, load, rules_option
from triage.cli.files import fall_silent, named
from triage.cli.terminals import wants_style
from triage.interview.conversation import Conversation
from triage.interview.saving import (
    CannotResume,
    Saved,
    holds_something,
    is_saved_interview,
    is_transcript,
    loses_answers,
    read_saved,
    save_answers,
    write_private,
)
from triage.interview.session import Session
from triage.interview.terminal import Misread, OutOfInput, Quit
from triage.knowledge.model import KnowledgeBase
from triage.source.atomic import TargetError, check_target, is_written_through, set_aside
from triage.source.text import WIDTH

_LONGEST_LINE = 10_000
_CUT = "\udc00"
_SIGNALLED = 128
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
_HANG_UP = getattr(signal, "SIGHUP", None)
_CODES = {
    Quit: Exit.DONE,
    OutOfInput: Exit.INVALID_INPUT,
    Misread: Exit.INVALID_INPUT,
    KeyboardInterrupt: Exit.INTERRUPTED,
}


class ClickTerminal:
    """Plain lines through click; bold only where the terminal and the person allow it."""

    def __init__(self, color: str) -> None:
        self.width = min(WIDTH, shutil.get_terminal_size().columns)
        self.heard: list[str] = []
        self.line = 0
        self.interactive = sys.stdin is not None and sys.stdin.isatty()
        self._color = color == "always" or (color == "auto" and wants_style(sys.stdout))
        for stream, errors in (
            (sys.stdout, "replace"),
            (sys.stderr, "replace"),
            (sys.stdin, "surrogateescape"),
        ):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors=errors)

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print a line."""
        self.heard.append(f"**{text}**" if strong and text else text)
        click.echo(click.style(text, bold=True) if strong and self._color else text, color=self._color)

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed.

        Bytes that are no text come as lone surrogates, and so does a line that is far too long.

        Raises:
            EOFError: there is no more input.
        """
        click.echo(prompt, nl=False)
        line = sys.stdin.readline(_LONGEST_LINE) if sys.stdin is not None else ""
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith("\n"):
            # What is left of a line must not answer the next question, nor the line this one.
            rest = sys.stdin.readline(_LONGEST_LINE)
            line = _CUT
        if not line:
            click.echo()
            raise EOFError
        self.line += 1
        if not self.interactive:
            click.echo()
        self.heard.append(f"> {line.strip().encode('utf-8', 'replace').decode()}")
        return line


class Ended(BaseException):
    """A signal asks the program to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


@click.command()
@click.option(
    "--all", "everything", is_flag=True, help="Ask every question and show every item that applies."
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False),
    callback=named,
    help="Keep the answers in this file, as a case.",
)
@click.option("--resume", type=click.Path(dir_okay=False), help="Go on with answers kept by --save.")
@click.option("--force", is_flag=True, help="Resume with the answers that still fit, whatever has changed.")
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
    ask for it with --save or --transcript. Where the input is no terminal, the first line that is not
    understood ends it. Exit codes: 0 done, 2 wrong usage, 3 the input ended early or was not understood, 130
    interrupted, 129 and 143 ended by a signal; the answers are kept in each case.
    """
    knowledge = load(rules)
    saved = _resumed(resume, knowledge, force=force)
    terminal = ClickTerminal(color)
    _check_places(terminal, knowledge, save, resume, transcript)
    way = tuple(name for name in saved.answers if name not in saved.offered)
    start = Session(knowledge, saved.answers, saved.offered, way, everything=everything)
    start = start.recall(saved.from_words)
    talk = Conversation(terminal, start, asked=len(way), kept=save is not None, no_place=_no_place)
    if saved.lost:
        click.echo("These answers could not be taken as they are; they are asked again:", err=True)
        click.echo("\n".join(saved.lost), err=True)
    with _answers_outlive_signals() as heed_again:
        end = _hold_undisturbed(talk)
        if any(map(_is_written_through, (save, transcript))):
            # A pipe may wait for its reader for ever.
            heed_again()
        keep_in = save or (end.keep_in or None if isinstance(end, Quit) else None)
        notes, kept = _keep(talk, keep_in, resume, transcript, lost=bool(saved.lost))
        code = _say_how_it_ended(talk, end)
        with suppress(OSError):
            click.echo("\n".join(notes), err=True, nl=bool(notes))
    raise SystemExit(code if kept else code or Exit.USAGE)


def _resumed(resume: str | None, knowledge: KnowledgeBase, *, force: bool) -> Saved:
    if resume is None:
        return Saved({})
    try:
        return read_saved(Path(resume), knowledge, force=force)
    except CannotResume as refusal:
        click.echo(str(refusal), err=True)
        leave(Exit.INVALID_INPUT)


def _check_places(
    terminal: ClickTerminal,
    knowledge: KnowledgeBase,
    save: str | None,
    resume: str | None,
    transcript: str | None,
) -> None:
    """Leave with 2 where a file cannot be written, or is another's that must not be written over."""
    for name in (save, transcript):
        refusal = _no_place(name, new=False) if name is not None else ""
        if refusal:
            click.echo(refusal, err=True)
            leave(Exit.USAGE)
    if transcript is not None and any(name and _same(name, transcript) for name in (save, resume)):
        click.echo(f"{transcript}: is named twice; please give the transcript its own file.", err=True)
        leave(Exit.USAGE)
    for name, ours in (
        (save, save is not None and is_saved_interview(Path(save))),
        (transcript, transcript is not None and is_transcript(Path(transcript), knowledge)),
    ):
        if name is None or ours or (resume and _same(name, resume)):
            continue
        if not holds_something(Path(name)) or _is_written_through(name):
            continue
        question = f"{name} already exists and is not a saved interview. "
        if not terminal.interactive:
            click.echo(f"{question}Please name another.", err=True)
            leave(Exit.USAGE)
        with suppress(EOFError):
            if terminal.ask(f"{question}Write over it? (y or n) ").strip().lower() in ("y", "yes"):
                continue
        leave(Exit.USAGE)


def _no_place(name: str, *, new: bool = True) -> str:
    """Return why a file cannot be written, or "" where it can; with `new`, none may stand there."""
    try:
        check_target(name)
    except TargetError as refusal:
        return f"{refusal}. Please name another place."
    return f"{name} already exists. Please name another." if new and Path(name).exists() else ""


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _hold_undisturbed(talk: Conversation) -> BaseException | None:
    """Hold the conversation, and heed no signal after it; one that comes as it ends is its end too."""
    late: BaseException | None = None
    while True:
        try:
            end = late or _hold(talk)
            _ignore_signals()
        except (KeyboardInterrupt, Ended) as signalled:
            late = signalled
        else:
            return end


def _hold(talk: Conversation) -> BaseException | None:
    """Hold the conversation; return what ended it early, or None."""
    try:
        talk.hold()
        talk.follow_up()
    except (Exception, KeyboardInterrupt, Ended) as end:  # noqa: BLE001 - the answers are kept before anything else
        return end
    return None


def _keep(
    talk: Conversation, save: str | None, resume: str | None, transcript: str | None, *, lost: bool
) -> tuple[list[str], bool]:
    """Keep what was asked for; return what to say about it, and whether all could be kept.

    With `lost`, the resumed file alone holds some answers.
    """
    notes: list[str] = []
    whole = True
    for keep in (
        partial(_keep_answers, talk, save, resume, lost=lost),
        partial(_keep_transcript, talk, transcript),
    ):
        try:
            notes += keep()
        except TargetError as error:
            whole = False
            notes.append(str(error))
    return notes, whole


def _keep_answers(talk: Conversation, save: str | None, resume: str | None, *, lost: bool) -> list[str]:
    if save is None:
        return []
    place, answers = Path(save), talk.session.answers
    resumed = resume is not None and _same(save, resume)
    only_copy = lost if resumed else is_saved_interview(place) and loses_answers(place, answers)
    only_copy = only_copy and holds_something(place) and not _is_written_through(save)
    aside = set_aside(place) if only_copy else None
    save_answers(place, talk.session.knowledge, answers, talk.session.words())
    notes = [] if aside is None else [f"The earlier file is kept as {aside}."]
    return [*notes, f"Your answers are kept in {save}."]


def _keep_transcript(talk: Conversation, transcript: str | None) -> list[str]:
    if transcript is None:
        return []
    place = Path(transcript)
    earlier = is_transcript(place, talk.session.knowledge) and not _is_written_through(transcript)
    aside = set_aside(place) if earlier else None
    heard: list[str] = getattr(talk.terminal, "heard", [])
    write_private(place, "  \n".join(heard) + "\n")
    return [] if aside is None else [f"The earlier transcript is kept as {aside}."]


def _say_how_it_ended(talk: Conversation, end: BaseException | None) -> int:
    """Say what there is to say to someone who leaves early; return the exit code."""
    if end is None:
        return Exit.DONE
    if isinstance(end, OSError) or (isinstance(end, Ended) and end.number == _HANG_UP):
        fall_silent()
        if isinstance(end, OSError) and not (end.errno == errno.EIO and _HANG_UP):
            return Exit.BROKEN_OFF
        return Exit.HUNG_UP  # the terminal is gone, whether the signal or the failing line was noticed first
    with suppress(OSError):
        if isinstance(end, KeyboardInterrupt):
            click.echo()
        urgent = talk.remind() if isinstance(end, (*_CODES, Ended)) else False
        if isinstance(end, Quit):
            stopped = "You have stopped before the end"
            click.echo(
                f"{stopped}; what is said above holds." if urgent else f"{stopped}, so there is no result.",
                err=True,
            )
        elif isinstance(end, OutOfInput):
            click.echo(f"The input ended before the question {end.question}.", err=True)
        elif isinstance(end, Misread):
            click.echo(str(end), err=True)
    if isinstance(end, Ended):
        return _SIGNALLED + end.number
    if type(end) not in _CODES:
        raise end
    return _CODES[type(end)]


def _is_written_through(name: str | None) -> bool:
    try:
        return name is not None and is_written_through(name)
    except TargetError:
        return False


@contextmanager
def _answers_outlive_signals() -> Iterator[Callable[[], None]]:
    """Turn signals that end a program into an exception, so that the answers are kept first.

    Yields what lets signals do again what they did before.
    """
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, *_ENDING)}
    for each in _ENDING:
        if before[each] is not signal.SIG_IGN:
            signal.signal(each, _end)

    def heed_again() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    try:
        yield heed_again
    finally:
        heed_again()


def _end(number: int, _: FrameType | None) -> NoReturn:
    _ignore_signals()
    raise Ended(number)


def _ignore_signals() -> None:
    for each in (signal.SIGINT, *_ENDING):
        signal.signal(each, signal.SIG_IGN)
