"""How an interview ends (at its end, early by the person's wish, or by a signal), and what is said then."""

from __future__ import annotations

import errno
import signal
from contextlib import suppress

import click

from triage.cli.common import Exit
from triage.cli.files import fall_silent
from triage.cli.interview.signals import Ended, ignore_signals
from triage.interview.afterwards.follow_up import FollowUp
from triage.interview.asking.course import Course
from triage.interview.terminal import Misread, OutOfInput, Quit, Terminal, columns
from triage.source.text import wrap

_SIGNALLED = 128
_HANG_UP = getattr(signal, "SIGHUP", None)
_CODES = {
    Quit: Exit.DONE,
    OutOfInput: Exit.INVALID_INPUT,
    Misread: Exit.INVALID_INPUT,
    KeyboardInterrupt: Exit.INTERRUPTED,
}


def hold_undisturbed(follow_up: FollowUp) -> BaseException | None:
    """Hold the conversation, then ignore signals; return what ended it early, or None.

    A signal that arrives while the conversation is ending counts as what ended it.
    """
    late: BaseException | None = None
    while True:
        try:
            end = late or _hold(follow_up)
            ignore_signals()
        except (KeyboardInterrupt, Ended) as signalled:
            late = signalled
        else:
            return end


def _hold(follow_up: FollowUp) -> BaseException | None:
    """Hold the conversation; return what ended it early, or None."""
    try:
        Course(follow_up.talk).hold()
        follow_up.hold()
    except (Exception, KeyboardInterrupt, Ended) as end:  # noqa: BLE001 - the answers are kept before anything else
        return end
    return None


def say_beside(terminal: Terminal, text: str) -> None:
    """Print on standard error a text that is not part of the conversation; for a person, wrap it."""
    lines = wrap(text, width=columns(terminal)) if terminal.interactive else [text]
    click.echo("\n".join(lines), err=True)


def say_how_it_ended(follow_up: FollowUp, end: BaseException | None, kept_in: str | None = None) -> int:
    """Say what a person must know on leaving, early or at the end; return the exit code."""
    terminal = follow_up.talk.terminal
    if end is None:
        if terminal.interactive:
            unkept = _not_kept(follow_up, kept_in)
            say_beside(terminal, f"You have left. The advice above still holds.{unkept}")
        return Exit.DONE
    if isinstance(end, OSError) or (isinstance(end, Ended) and end.number == _HANG_UP):
        fall_silent()
        if isinstance(end, OSError) and not (end.errno == errno.EIO and _HANG_UP):
            return Exit.BROKEN_OFF
        return Exit.HUNG_UP  # the terminal is gone, whether the signal or the failing line was noticed first
    with suppress(OSError):
        if isinstance(end, KeyboardInterrupt):
            click.echo()
        urgent = follow_up.remind() if isinstance(end, (*_CODES, Ended)) else False
        if isinstance(end, Quit) or (isinstance(end, KeyboardInterrupt) and terminal.interactive):
            holds = urgent or follow_up.has_told
            rest = ". The advice above still holds." if holds else ", so there is no result."
            when = "" if follow_up.has_told and not isinstance(end, Quit) else " before the end"
            say_beside(terminal, f"You have stopped{when}{rest}{_not_kept(follow_up, kept_in)}")
        elif isinstance(end, OutOfInput):
            say_beside(terminal, f"The input ended before the question {end.question}.")
        elif isinstance(end, Misread):
            say_beside(terminal, str(end))
    if isinstance(end, Ended):
        return _SIGNALLED + end.number
    if type(end) not in _CODES:
        raise end
    return _CODES[type(end)]


def _not_kept(follow_up: FollowUp, kept_in: str | None) -> str:
    """Return a sentence that says that the answers are lost, and how to keep them; "" if they are kept."""
    if kept_in or not follow_up.talk.terminal.interactive or not follow_up.is_unkept:
        return ""
    return " Your answers are not kept; triage intake --save my-answers.json keeps them as you go."
