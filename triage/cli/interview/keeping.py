"""Keeping the answers and the transcript where the person asked for it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from triage.cli.interview.places import is_written_through, same_place
from triage.interview.conversation import Conversation
from triage.interview.saving import (
    holds_something,
    is_saved_interview,
    is_transcript,
    loses_answers,
    save_answers,
    write_private,
)
from triage.source.atomic import TargetError, set_aside


def keep(
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
    resumed = resume is not None and same_place(save, resume)
    only_copy = lost if resumed else is_saved_interview(place) and loses_answers(place, answers)
    only_copy = only_copy and holds_something(place) and not is_written_through(save)
    aside = set_aside(place) if only_copy else None
    save_answers(place, talk.session.knowledge, answers)
    notes = [] if aside is None else [f"The earlier file is kept as {aside}."]
    return [*notes, f"Your answers are kept in {save}."]


def _keep_transcript(talk: Conversation, transcript: str | None) -> list[str]:
    if transcript is None:
        return []
    place = Path(transcript)
    earlier = is_transcript(place, talk.session.knowledge) and not is_written_through(transcript)
    aside = set_aside(place) if earlier else None
    heard: list[str] = getattr(talk.terminal, "heard", [])
    write_private(place, "  \n".join(heard) + "\n")
    return [] if aside is None else [f"The earlier transcript is kept as {aside}."]
