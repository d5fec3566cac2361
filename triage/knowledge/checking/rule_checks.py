"""Checks of rules and gates as written, before their conditions are resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from triage.knowledge.checking.vocabulary import Vocabulary
from triage.knowledge.files import Document, Folder
from triage.knowledge.model import NO, YES
from triage.knowledge.parts.conditions import written_tests
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer, pointer_text

RULE_KEYS = ("id", "title", "status", "when", "then", "why", "source")
THEN_KEYS = (
    "disposition", "soon", "route", "causes", "findings",
    "steps", "withholds", "caution", "explains", "watch_for",
)  # fmt: skip


def gate_problems(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    """Yield what is wrong with the gates of questions and items."""
    document = files.tables["questionnaire"]
    earlier: set[str] = set()
    red_flags = {name for name, item in words.items.items() if item.get("red_flag")}
    follow_ups: set[str] = set()
    gates = _named_gates(files)
    for at, question in document.rows():
        for where, row, hides_red_flag in _gated_rows(at, question):
            name = question["id"] if row is question else f"{question['id']}.{row['id']}"
            place = f"/question/{name}/asked_when"
            written, its_file, its_place = row["asked_when"], document, (*where, "asked_when")
            if isinstance(written, str):
                if written not in gates:
                    message = f'unknown gate "{written}"{nearest(written, gates)}'
                    yield Diagnostic.at(document.path, document.line_of(*its_place), place, message)
                    continue
                its_file, its_place, written = gates[written]
            for at_test, test in written_tests(written, its_place):
                message = _test_message(test, words)
                tested = set(_findings_of(test, words))
                if not message and test["finding"].partition(".")[0] not in earlier:
                    message = (
                        f'"{test["finding"]}" is asked later or concluded by rules; test an earlier question'
                    )
                if not message and hides_red_flag and tested & red_flags:
                    message = (
                        f'"{test["finding"]}" is a red flag and must not decide whether another is asked'
                    )
                if not message and hides_red_flag and tested & follow_ups:
                    message = (
                        f'"{test["finding"]}" is asked only after a red flag, which must not decide whether '
                        "another is asked"
                    )
                if message:
                    line = its_file.line_of(*at_test, "finding")
                    yield Diagnostic.at(its_file.path, line, place, message)
                if tested & (red_flags | follow_ups):
                    follow_ups |= {name, *(item for item in words.items if item.startswith(f"{name}."))}
            if hides_red_flag and not row.get("rationale"):
                message = (
                    "a red flag that is not asked of everybody needs a rationale; say whom it spares, and why"
                )
                yield Diagnostic.at(document.path, document.line_of(*where, "asked_when"), place, message)
        earlier.add(question["id"])


def _named_gates(files: Folder) -> Mapping[str, tuple[Document, Pointer, Mapping[str, Any]]]:
    """Return the gates by name: the document, the place and the condition as written."""
    document = files.tables.get("gates")
    if document is None:
        return {}
    return {row["id"]: (document, (*at, "when"), row["when"]) for at, row in document.rows()}


def _gated_rows(
    at: Pointer, question: Mapping[str, Any]
) -> Iterator[tuple[Pointer, Mapping[str, Any], bool]]:
    """Yield each question and item with a gate: its place, its row, and whether the gate hides a red flag."""
    options = question.get("options", ())
    if "asked_when" in question:
        yield at, question, any(option.get("red_flag") for option in options)
    for index, option in enumerate(options):
        if "asked_when" in option:
            yield (*at, "options", index), option, bool(option.get("red_flag"))


def _findings_of(test: Mapping[str, Any], words: Vocabulary) -> Iterator[str]:
    """Yield the findings that a test looks at, and the items of a checklist that it names."""
    finding, named = test["finding"], test.get("includes", ())
    if named == "any":
        yield from (item for item in words.items if item.startswith(f"{finding}."))
    else:
        yield from (f"{finding}.{item}" for item in named)
        yield finding


def rule_problems(document: Document, words: Vocabulary) -> Iterator[Diagnostic]:
    """Yield what is wrong with one rule."""
    data = document.data
    stem = PurePosixPath(document.path).stem
    if data["id"] != stem:
        message = f'the id "{data["id"]}" is not the file name; rename the file to {data["id"]}.toml'
        yield Diagnostic.at(document.path, document.line_of("id"), "/id", message)
    if "/" not in document.path:
        yield Diagnostic.at(
            document.path, 1, "", "a rule belongs in the folder of its topic; move the file there"
        )
    for keys, order, place in ((data, RULE_KEYS, ()), (data["then"], THEN_KEYS, ("then",))):
        if list(keys) != sorted(keys, key=order.index):
            line = document.line_of(*place, first_out_of_order(list(keys), order))
            message = f"keys out of order; keep to {', '.join(order)}"
            yield Diagnostic.at(document.path, line, pointer_text(place), message)
    for where, test in written_tests(data["when"], ("when",)):
        message = _test_message(test, words)
        if message:
            yield Diagnostic.at(document.path, document.line_of(*where, "finding"), "/when", message)
    then = data["then"]
    disposition = then.get("disposition")
    if disposition is not None and disposition not in words.soon:
        message = f'unknown disposition "{disposition}"{nearest(disposition, words.soon)}'
        line = document.line_of("then", "disposition")
        yield Diagnostic.at(document.path, line, "/then/disposition", message)
    elif "soon" in then and not words.soon[disposition]:
        message = f'"{disposition}" has no soon_time_frame in ladder.toml, so it cannot be soon; remove this'
        yield Diagnostic.at(document.path, document.line_of("then", "soon"), "/then/soon", message)
    if ("disposition" in then or "withholds" in then) and "reason" not in data["why"]:
        message = "a rule with a disposition or with withholds tells the person why; add a reason"
        yield Diagnostic.at(document.path, document.line_of("why", "reason"), "/why/reason", message)


def first_out_of_order(keys: Sequence[str], order: Sequence[str]) -> str:
    """Return the first of `keys` that stands before one that should precede it; empty when none does."""
    for index, key in enumerate(keys):
        if any(order.index(later) < order.index(key) for later in keys[index + 1 :]):
            return key
    return ""


def _test_message(test: Mapping[str, Any], words: Vocabulary) -> str:
    """Return what is wrong with one test as written, or an empty string."""
    finding = test["finding"]
    operator = next(key for key in test if key != "finding")
    wanted = test[operator]
    if finding in words.derived:
        if test == {"finding": finding, "is": YES}:
            return ""
        return f'"{finding}" is concluded by rules; test it with is = "yes"'
    if finding in words.items:
        if operator != "is" or wanted not in (YES, NO):
            return f'"{finding}" is a checklist item; test it with is = "yes" or is = "no"'
        if wanted == NO and words.items[finding].get("red_flag"):
            return f'"{finding}" is a red flag; the absence of one cannot be a condition'
        return ""
    question = words.questions.get(finding)
    if question is None:
        return f'unknown finding "{finding}"{nearest(finding, words.findings)}'
    return _question_test_message(question, operator, wanted, words)


def _question_test_message(question: Mapping[str, Any], operator: str, wanted: Any, words: Vocabulary) -> str:
    kind = question["kind"]
    allowed = {
        "choice": ("is", "in"),
        "scale": ("is", "in", "at_least", "at_most"),
        "number": ("at_least", "at_most"),
        "yes_no": ("is",),
        "checklist": ("includes",),
    }[kind]
    if operator not in allowed:
        return f'"{question["id"]}" is a {kind}; test it with {" or ".join(allowed)}, not {operator}'
    if operator in ("at_least", "at_most"):
        threshold = words.thresholds.get(wanted)
        if threshold is None:
            return f'unknown threshold "{wanted}"{nearest(wanted, words.thresholds)}'
        if threshold["finding"] != question["id"]:
            return f'the threshold "{wanted}" belongs to {threshold["finding"]}, not to {question["id"]}'
        return ""
    if operator == "includes" and wanted == "any":
        return ""
    values = [YES, NO] if kind == "yes_no" else [option["id"] for option in question["options"]]
    for value in [wanted] if isinstance(wanted, str) else wanted:
        if value not in values:
            return f'"{value}" is not an answer to {question["id"]}{nearest(value, values)}'
    return ""
