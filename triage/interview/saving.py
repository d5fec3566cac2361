"""Keeping an interview on request: answers as a case file, a transcript as Markdown, both private."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.inference.intake import IntakeError, read_answers
from triage.knowledge.model import KnowledgeBase
from triage.source.atomic import write_whole


class CannotResume(Exception):  # noqa: N818 - it is what the person is told
    """A saved interview that cannot be taken up; the message says why and what to do."""


def save_answers(path: Path, knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> None:
    """Write answers as a case file that `triage evaluate` takes as it is.

    Raises:
        TargetError: the file cannot be written.
    """
    case = {
        "id": path.stem,
        "knowledge_base": {"version": knowledge.version, "sha256": knowledge.sha256},
        "answers": {name: answers[name] for name in knowledge.questions if name in answers},
    }
    write_private(path, json.dumps(case, indent=2) + "\n")


def read_saved(path: Path, knowledge: KnowledgeBase, *, force: bool) -> dict[str, Any]:
    """Return the answers of a saved interview.

    With `force`, answers made with other rules are taken, and those that no longer fit are left out.

    Raises:
        CannotResume: the file cannot be read, or was made with other rules.
    """
    try:
        case = json.loads(path.read_text("utf-8"))
        answers = dict(case["answers"])
        made_with = case.get("knowledge_base", {}).get("sha256")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotResume(f"{path}: is not a saved interview ({error})") from None
    if made_with != knowledge.sha256 and not force:
        raise CannotResume(
            f"{path}: was made with other rules than these, so its answers may mean something else. "
            "Start again, or use --force to go on with the answers that still fit."
        )
    return {name: answer for name, answer in answers.items() if _fits(knowledge, name, answer)}


def _fits(knowledge: KnowledgeBase, name: str, answer: Any) -> bool:
    try:
        read_answers(knowledge, {name: answer})
    except IntakeError:
        return False
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises:
        TargetError: it cannot be written.
    """
    write_whole(path, [text], private=True)
