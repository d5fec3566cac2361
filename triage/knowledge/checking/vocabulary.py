"""The names that rules may use, as the tables of a rules folder write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.knowledge.files import Folder


@dataclass(frozen=True)
class Vocabulary:
    """The names that rules may use; `soon` says of each disposition whether it can be soon."""

    questions: Mapping[str, Mapping[str, Any]]
    items: Mapping[str, Mapping[str, Any]]
    derived: frozenset[str]
    thresholds: Mapping[str, Mapping[str, Any]]
    soon: Mapping[str, bool]

    @property
    def findings(self) -> list[str]:
        """Everything that a condition may test."""
        return [*self.questions, *self.items, *self.derived]


def vocabulary(files: Folder) -> Vocabulary:
    """Return the names that the tables of a folder give."""
    questions = {row["id"]: row for row in files.tables["questionnaire"].data["question"]}
    items = {
        f"{question['id']}.{option['id']}": option
        for question in questions.values()
        if question["kind"] == "checklist"
        for option in question["options"]
    }
    derived = frozenset(row["id"] for row in files.tables["findings"].data["finding"])
    thresholds = {row["id"]: row for row in files.tables["thresholds"].data["threshold"]}
    soon = {row["id"]: "soon_time_frame" in row for row in files.tables["ladder"].data["rung"]}
    return Vocabulary(questions, items, derived, thresholds, soon)
