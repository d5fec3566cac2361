"""What the commands share: exit codes, and loading the knowledge base or saying why it does not load."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from triage.knowledge.model import KnowledgeBase


class Exit(IntEnum):
    """Exit codes. If several apply, the first of 4, 3, 1 is used."""

    DONE = 0
    MISSED = 1  # an expectation was not met
    USAGE = 2
    INVALID_INPUT = 3
    INVALID_KNOWLEDGE_BASE = 4
    NO_CASES = 5
    MISMATCH = 6  # the two evaluators differ
    BROKEN_OFF = 7  # the run could not be finished
    FAULT = 70  # of this program
    HUNG_UP = 129  # the terminal was closed
    INTERRUPTED = 130
    TERMINATED = 143


ANY_PATH = click.Path(readable=False)
"""A name that the shell completes as one of a file or folder. Whoever reads it says what is wrong with it."""

rules_option = click.option(
    "--rules",
    type=ANY_PATH,
    metavar="FOLDER",
    help="Use the knowledge base in this folder instead of the one that comes with the program.",
)


def load(
    rules: str | None, *, chosen: bool = False, calls: Mapping[str, str] = MappingProxyType({})
) -> KnowledgeBase:
    """Load the knowledge base; on a broken one, print every problem and exit with 4.

    Args:
        rules: its folder; None for the rules that come with the program.
        chosen: the user asked for these rules, so do not point out others in the current folder.
        calls: the phone numbers that the person has set, by the name of the service.

    Raises:
        UsageError: a number is not a phone number, or is for a service that the rules do not name.
    """
    from triage.knowledge import KnowledgeBaseError, load_knowledge_base  # noqa: PLC0415 - keeps --help quick
    from triage.knowledge.parts.calls import CallsError  # noqa: PLC0415 - as above

    try:
        knowledge = load_knowledge_base(rules, calls)
    except KnowledgeBaseError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        leave(Exit.INVALID_KNOWLEDGE_BASE)
    except CallsError as error:
        raise click.UsageError(str(error)) from None
    _warn_of_what_is_left_over(rules)
    if rules is None and not chosen:
        warn_of_other_rules()
    return knowledge


def warn_of_other_rules() -> None:
    """Warn if the folder "rules" here holds rules, since the program uses its own."""
    from triage.knowledge.files import other_rules  # noqa: PLC0415 - as above

    if other_rules(Path("rules")):
        warn(
            "note: the rules that come with the program are used, not those in the folder rules here; "
            "add --rules rules to use these"
        )


def _warn_of_what_is_left_over(rules: str | None) -> None:
    from triage.knowledge.files import bundled_rules, left_over  # noqa: PLC0415 - as above
    from triage.source.folder import counted  # noqa: PLC0415 - as above

    folder = bundled_rules() if rules is None else Path(rules)
    if names := left_over(folder):
        warn(f"{folder}: passed over, as not rules: {counted(names)}; remove or rename them")


def warn(message: str) -> None:
    """Say something on standard error."""
    click.echo(message, err=True)


def leave(code: Exit) -> NoReturn:
    """End the command with an exit code."""
    raise SystemExit(int(code))
