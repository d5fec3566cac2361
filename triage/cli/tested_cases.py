"""Reading the cases of an audit, and saying what is wrong with the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.audit.model import TestedCase
from triage.batch.cases import CaseChecker
from triage.batch.evaluate import Placed
from triage.batch.places import pointer_text
from triage.batch.readers import RawCase, Unreadable, read_cases
from triage.cli.common import warn
from triage.inference.intake import read_answers
from triage.knowledge.model import KnowledgeBase


@dataclass(frozen=True)
class Reading:
    """The valid cases of an audit, as read and as given, and what else stood in the files.

    `invalid` counts what is no valid case; `faulty` says whether anything at all was wrong with the files.
    """

    cases: Sequence[TestedCase]
    raws: Sequence[RawCase]
    invalid: int
    faulty: bool


def read_tested_cases(knowledge: KnowledgeBase, paths: Sequence[str]) -> Reading:
    """Read the valid cases of files and folders; say on stderr what is wrong with the others."""
    checker = CaseChecker(knowledge)
    cases: list[TestedCase] = []
    raws: list[RawCase] = []
    first_seen: dict[str, str] = {}
    invalid = empty = 0
    for raw in read_cases(paths, sys.stdin.buffer, warn):
        faults = list(_faults(checker, raw, first_seen))
        for fault in faults:
            warn(str(fault))
        if isinstance(raw, Unreadable) or faults:
            alone = isinstance(raw, Unreadable) and raw.empty_folder
            empty += alone
            invalid += not alone
            continue
        line, _ = raw.place(())
        findings = read_answers(knowledge, raw.data["answers"])
        first_seen[raw.data["id"]] = f"{raw.file}:{line}"
        cases.append(TestedCase(raw.data["id"], raw.file, line, findings, raw.data.get("expect", {})))
        raws.append(raw)
    if paths and not (cases or invalid or empty):
        warn("there were no cases in what was given")
    return Reading(cases, raws, invalid, faulty=bool(invalid or empty))


def _faults(
    checker: CaseChecker, raw: RawCase | Unreadable, first_seen: Mapping[str, str]
) -> Iterator[Placed]:
    if isinstance(raw, Unreadable):
        yield Placed(raw.file, raw.line, raw.column, raw.pointer, raw.message)
        return
    for fault in checker.faults(raw.data):
        pointer = pointer_text((*raw.base, *fault.pointer))
        yield Placed(raw.file, *raw.place(fault.pointer), pointer, fault.message)
    name = raw.data.get("id") if isinstance(raw.data, Mapping) else None
    if isinstance(name, str) and name in first_seen:
        message = f'the id "{name}" is also used at {first_seen[name]}; give one of them another'
        yield Placed(raw.file, *raw.place(("id",)), pointer_text((*raw.base, "id")), message)
