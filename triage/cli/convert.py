"""`triage convert`: rewrites cases of an older questionnaire, or cases that are almost right."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from triage.cases.checker import CaseChecker
from triage.cases.plain import written_plainly
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.reader import holds_lines, read_cases, read_text
from triage.cases.retirement import Move, moved
from triage.cli.case_files import refuse_standard_input, texts_with
from triage.cli.common import ANY_PATH, Exit, leave, load, rules_option, warn
from triage.cli.files import check_targets, print_lines, write_whole
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic
from triage.source.text import plural


@dataclass(frozen=True, slots=True)
class Conversion:
    """A case as it was read, the case to write, and what changed between the two."""

    before: RawCase
    after: RawCase
    moves: tuple[Diagnostic, ...]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=ANY_PATH, metavar="FILES...")
@click.option("--dry-run", is_flag=True, help="Show what would be rewritten, and write nothing.")
@rules_option
def convert(paths: tuple[str, ...], rules: str | None, *, dry_run: bool) -> None:
    """Rewrite cases and saved interviews that are of an older questionnaire, or almost right.

    FILES are files or folders. Answers under retired ids move to the ids that replace them. A number in
    quotes, true or false, a label in place of an id, and an id in capitals are corrected. A thing changes
    only if it has one possible meaning. Each change is listed, and the rest of a file stays as it is. What
    you must correct by hand is listed with its place.

    Exit codes: 0 done, 1 something is left to do by hand, 2 a file cannot be written (nothing is written),
    3 an input cannot be read, 4 the knowledge base is invalid, 5 there were no cases.
    """
    refuse_standard_input(paths)
    knowledge = load(rules)
    inputs = list(read_cases(paths, io.BytesIO(), warn))
    conversions = [_conversion(knowledge, each) for each in inputs if isinstance(each, RawCase)]
    unreadable = [each for each in inputs if isinstance(each, Unreadable)]
    broken = {each.file for each in unreadable if not holds_lines(Path(each.file))}
    changed = [each for each in conversions if each.moves and each.before.file not in broken]
    texts = texts_with([(each.before, each.after.data) for each in changed])
    if not dry_run:
        check_targets(*texts)
    for move in (move for each in changed for move in each.moves):
        print_lines(str(move))
    if not dry_run:
        for file, text in texts.items():
            write_whole(file, [text])
    left = [*(each.diagnostic for each in unreadable), *_left(knowledge, conversions, texts)]
    for diagnostic in left:
        warn(str(diagnostic))
    done = "would be rewritten" if dry_run else "rewritten"
    number = sum(len(each.moves) for each in changed)
    answers, cases = plural(number, "answer"), plural(len(changed), "case")
    print_lines(f"{answers} of {cases} {done}; {len(left)} left to do.")
    if unreadable:
        empty = not conversions and all(each.empty_folder for each in unreadable)
        leave(Exit.NO_CASES if empty else Exit.INVALID_INPUT)
    leave(Exit.NO_CASES if not conversions else Exit.MISSED if left else Exit.DONE)


def _conversion(knowledge: KnowledgeBase, raw: RawCase) -> Conversion:
    if not isinstance(raw.data, Mapping):
        return Conversion(raw, raw, ())
    data, moves = raw.data, []
    if isinstance(data.get("answers"), Mapping):
        now, moved_answers = moved(knowledge, data["answers"])
        data = {**data, "answers": now}
        moves = [Move(("answers", *each.place), each.message) for each in moved_answers]
    data, plain = written_plainly(knowledge, data)
    told = tuple(Diagnostic(raw.locate(move.place), move.message) for move in (*moves, *plain))
    return Conversion(raw, replace(raw, data=data) if told else raw, told)


def _left(
    knowledge: KnowledgeBase, conversions: Sequence[Conversion], texts: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield what is still wrong with the cases after their conversion."""
    checker = CaseChecker(knowledge)
    for each in conversions:
        if each.before.file not in texts:
            yield from checker.check(each.after)
    for file, text in texts.items():
        for given in read_text(file, text.encode(), lines=holds_lines(Path(file))):
            if isinstance(given, RawCase):
                yield from checker.check(given)
