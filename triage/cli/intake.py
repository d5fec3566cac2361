"""`triage intake`: the interview in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from triage.cli.common import Exit, leave, load, rules_option
from triage.cli.files import named
from triage.cli.interview.endings import hold_undisturbed, say_beside, say_how_it_ended
from triage.cli.interview.keeping import Keeper, keep_elsewhere
from triage.cli.interview.line_terminal import ClickTerminal
from triage.cli.interview.numbers import VARIABLE, numbers_set
from triage.cli.interview.places import Places, no_place
from triage.cli.interview.signals import answers_outlive_signals
from triage.interview.afterwards.follow_up import FollowUp
from triage.interview.conversation import Conversation
from triage.interview.dating import stale, told
from triage.interview.interview import Interview
from triage.interview.saving import CannotResume, Saved, read_saved
from triage.interview.terminal import Quit
from triage.knowledge.model import KnowledgeBase


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
@click.option("--resume", type=click.Path(dir_okay=False), help="Go on with the answers in a file of --save.")
@click.option("--no-save", is_flag=True, help="With --resume: do not change that file.")
@click.option("--force", is_flag=True, help="Resume with the answers that still fit, whatever has changed.")
@click.option(
    "--transcript", type=click.Path(dir_okay=False), callback=named, help="Keep what was said, as Markdown."
)
@click.option(
    "--note",
    type=click.Path(dir_okay=False),
    callback=named,
    help="Keep a one-page note for the doctor (.md or .txt).",
)
@click.option(
    "--call",
    "calls",
    multiple=True,
    metavar="NAME=NUMBER",
    callback=numbers_set,
    help=f"A number to call where you live: emergency_call=112. Or set {VARIABLE}, with semicolons between.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@rules_option
def intake(
    calls: dict[str, str],
    color: str,
    rules: str | None,
    *,
    everything: bool,
    force: bool,
    no_save: bool,
    **files: str | None,
) -> None:
    """Answer questions in the terminal and get an assessment.

    Dangers are asked first, then only what can still change the outcome. Nothing is kept or sent unless you
    ask for it with --save, --transcript or --note. If the input does not come from a terminal, the first line
    that is not understood ends the interview. Exit codes: 0 done, 2 wrong usage, 3 the input ended early or
    was not understood, 130 interrupted, 129 and 143 ended by a signal; --save keeps the answers in each case.
    """
    knowledge = load(rules, calls=calls)
    places = Places(**files)
    if no_save and places.save is not None:
        raise click.UsageError("--no-save and --save say opposite things; please give one of them.")
    saved = _resumed(places.resume, knowledge, force=force)
    terminal = ClickTerminal(color)
    places, keeping = (places, "") if no_save else places.with_resumed(terminal)
    places.check(terminal, knowledge)
    way = tuple(name for name in saved.answers if name not in saved.offered)
    start = Interview(knowledge, saved.answers, saved.offered, way, everything=everything)
    start = start.recall(saved.from_words)
    old = [
        name for name in stale(knowledge, saved.answers, saved.given_at, _now()) if name not in saved.offered
    ]
    talk = Conversation(
        terminal,
        start,
        asked=len(way),
        kept=places.save is not None,
        no_place=no_place,
        notes=[*([keeping] if keeping else []), *_notes(saved, old)],
        stale=old,
    )
    follow_up = FollowUp([talk])
    keeper = Keeper(follow_up, places, saved, _now)
    talk.waiting = keeper.note
    terminal.heed_dropped = follow_up.heed_dropped
    with answers_outlive_signals() as heed_again:
        end = hold_undisturbed(follow_up)
        if places.is_a_pipe:  # nobody may ever read from it
            heed_again()
        keep_in = (end.keep_in if isinstance(end, Quit) else "") or follow_up.keep_in or places.save
        notes, kept = keeper.finish(keep_in, terminal.heard)
        code = say_how_it_ended(follow_up, end, keep_in)
        with suppress(OSError):
            for text in notes:
                say_beside(terminal, text)
        if not kept and terminal.interactive and (end is None or isinstance(end, Quit)):
            heed_again()
            kept = keep_elsewhere(keeper, terminal)
    raise SystemExit(code if kept else code or Exit.USAGE)


def _notes(saved: Saved, old: Sequence[str]) -> list[str]:
    """Return notes about a resumed interview: when it was held, and which answers could not be read."""
    notes = [note for note in (told(saved.answers, saved.given_at, _now()),) if note]
    if old:
        notes.append(
            "Some of them are about now, so they are asked again. Press Enter where nothing has changed."
        )
    if saved.lost:
        notes += ["These answers could not be taken as they are; they are asked again:", *saved.lost]
    return notes


def _now() -> datetime:
    return datetime.now().astimezone()


def _resumed(resume: str | None, knowledge: KnowledgeBase, *, force: bool) -> Saved:
    if resume is None:
        return Saved({})
    try:
        return read_saved(Path(resume), knowledge, force=force)
    except CannotResume as refusal:
        click.echo(str(refusal), err=True)
        leave(Exit.INVALID_INPUT)
