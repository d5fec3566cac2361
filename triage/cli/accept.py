"""`triage accept`: the expectations of cases follow a wanted change of the rules."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from triage.authoring.acceptance import Takeover, is_less_urgent, missing, takeover
from triage.cases.case_set import CaseSet, read_case_set
from triage.cli.case_files import refuse_standard_input, texts_with
from triage.cli.common import ANY_PATH, Exit, leave, load, rules_option, warn
from triage.cli.files import check_targets, print_lines, write_whole
from triage.cli.tested_cases import tell
from triage.inference.assess import assess
from triage.inference.evaluators import COMPILED
from triage.knowledge.model import KnowledgeBase
from triage.source.text import plural


@click.command()
@click.argument("paths", nargs=-1, required=True, type=ANY_PATH, metavar="CASES...")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@rules_option
def accept(paths: tuple[str, ...], rules: str | None, *, dry_run: bool) -> None:
    """Update the expectations of cases after a change of the rules that you wanted.

    CASES are files or folders. Each missed expectation is shown, and changed in its file to what the rules
    say now; nothing else in the file changes. A case in a folder "vignettes" or with a "source" never
    changes: there the rules must fit the case. A file with anything invalid in it stays as it is.

    Look at every line before you keep it. Cases that become LESS URGENT come first.

    Exit codes: 0 done, 1 something was not changed, 2 a file cannot be written (nothing is written), 3 an
    input was invalid, 4 the knowledge base is invalid, 5 there were no cases.
    """
    refuse_standard_input(paths)
    knowledge = load(rules)
    found = read_case_set(knowledge, paths, sys.stdin.buffer, warn)
    tell((*found.diagnostics, *found.warnings))
    takeovers = _takeovers(knowledge, found)
    accepted = [each for each in takeovers if not each.refusal]
    texts = texts_with([(each.case.raw, each.data()) for each in accepted])
    if not dry_run:
        check_targets(*texts)
    for each in sorted(takeovers, key=lambda each: not _is_less_urgent(knowledge, each)):
        _show(knowledge, each)
    if not dry_run:
        for file, text in texts.items():
            write_whole(file, [text])
    changes = sum(len(each.changes) for each in accepted)
    done = "would be changed" if dry_run else "changed"
    where = f" in {plural(len(texts), 'file')}" if texts else ""
    print_lines(f"{plural(changes, 'expectation')} of {plural(len(accepted), 'case')}{where} {done}.")
    leave(_exit_code(found, takeovers))


def _takeovers(knowledge: KnowledgeBase, found: CaseSet) -> list[Takeover]:
    faulty = {each.file for each in found.invalid}
    takeovers = []
    for case in missing(knowledge, found.cases):
        each = takeover(case, assess(knowledge, case.answers, case.id, COMPILED))
        if each is not None:
            unsafe = case.file in faulty and not each.refusal
            takeovers.append(
                replace(each, refusal="its file holds something invalid; fix that first") if unsafe else each
            )
    return takeovers


def _is_less_urgent(knowledge: KnowledgeBase, each: Takeover) -> bool:
    return any(is_less_urgent(knowledge, change) for change in each.changes)


def _show(knowledge: KnowledgeBase, each: Takeover) -> None:
    for change in each.changes:
        location = replace(each.case.raw.locate(("expect", change.key)), pointer="")
        after = "nothing" if change.after is None else _written(change.after)
        mark = "LESS URGENT: " if is_less_urgent(knowledge, change) else ""
        line = f"{location} {each.case.id} {mark}{change.key}: {_written(change.before)} -> {after}"
        print_lines(f"{line}; not changed: {each.refusal}" if each.refusal else line)


def _exit_code(found: CaseSet, takeovers: Sequence[Takeover]) -> Exit:
    if found.invalid:
        alone = not found.cases and len(found.invalid) == found.empty_folders
        return Exit.NO_CASES if alone else Exit.INVALID_INPUT
    if not found.cases:
        return Exit.NO_CASES
    return Exit.MISSED if any(each.refusal for each in takeovers) else Exit.DONE


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
