"""What the commands share: exit codes, and loading the knowledge base or saying why it cannot be."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from triage.knowledge.model import KnowledgeBase


class Exit(IntEnum):
    """Exit codes. Where several apply, the order is 4, 3, 1."""

    DONE = 0
    MISSED = 1  # an expectation was not met
    USAGE = 2
    INVALID_INPUT = 3
    INVALID_KNOWLEDGE_BASE = 4
    NO_CASES = 5
    MISMATCH = 6  # the two evaluators differ
    BROKEN_OFF = 7  # the run could not be finished
    HUNG_UP = 129  # the terminal was closed
    INTERRUPTED = 130
    TERMINATED = 143


rules_option = click.option(
    "--rules",
    type=click.Path(),
    metavar="FOLDER",
    help="Use the knowledge base in this folder instead of the one that comes with the program.",
)


def load(rules: str | None) -> KnowledgeBase:
    """Load the knowledge base; on a broken one, print every problem and exit with 4."""
    from triage.knowledge import KnowledgeBaseError, load_knowledge_base  # noqa: PLC0415 - keeps --help quick

    try:
        return load_knowledge_base(rules)
    except KnowledgeBaseError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        leave(Exit.INVALID_KNOWLEDGE_BASE)


def leave(code: Exit) -> NoReturn:
    """End the command with an exit code."""
    raise SystemExit(int(code))
