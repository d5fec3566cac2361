"""Read case files for two questionnaires: which cases both accept, and which only one accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from triage.cases.case_set import Case, CaseRegister, InvalidCase
from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_cases, unsaid
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import pointer_text

OLD, NEW = 0, 1


@dataclass(frozen=True, slots=True)
class SidedCase:
    """A case whose answers fit the questionnaire of one side (0 old, 1 new; 1 if they fit both).

    `strange` is what the other questionnaire refuses in its answers; it is empty if both accept them.
    """

    case: Case
    side: int
    strange: tuple[Diagnostic, ...] = ()


def read_for_both(
    old: KnowledgeBase,
    new: KnowledgeBase,
    paths: Iterable[str],
    stdin: BinaryIO,
    say: Callable[[str], None] = unsaid,
) -> Iterator[SidedCase | InvalidCase]:
    """Read the cases of files, folders and `-` in order; a case is invalid if neither side accepts it.

    Only its answers count: one side may lack a rule, cause or step that a case expects.

    Args:
        old: the knowledge base as it was.
        new: the knowledge base as it is; the diagnostics of an invalid case come from it.
        paths: the files and folders.
        stdin: what `-` stands for.
        say: gets one line for each folder about what is skipped.
    """
    registers = [CaseRegister(CaseChecker(knowledge)) for knowledge in (old, new)]
    for given in read_cases(paths, stdin, say):
        before, after = (register.admit(given) for register in registers)
        if isinstance(after, InvalidCase) and isinstance(before, InvalidCase):
            yield after
        elif isinstance(after, Case):
            yield SidedCase(after, NEW, _strange(after.raw, before))
        elif isinstance(before, Case):
            strange = _strange(before.raw, after)
            yield SidedCase(before, OLD if strange else NEW, strange)


def _strange(raw: RawCase, other: Case | InvalidCase) -> tuple[Diagnostic, ...]:
    """Return what the other questionnaire refuses in the answers of a case."""
    answers = pointer_text((*raw.base, "answers"))
    if isinstance(other, Case):
        return ()
    return tuple(each for each in other.diagnostics if each.pointer.startswith(answers))
