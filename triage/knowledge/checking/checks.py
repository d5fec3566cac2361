"""Checks of a rules folder as written: loading fails unless all that is written can be evaluated.

Every problem has its file, its place and a remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from triage.knowledge.checking.lexicon_checks import lexicon_problems
from triage.knowledge.checking.lint import row_problem
from triage.knowledge.checking.rule_checks import gate_problems, rule_problems
from triage.knowledge.checking.vocabulary import Vocabulary, vocabulary
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import Document, Folder
from triage.knowledge.model import EVERYTHING
from triage.knowledge.parts.spelling import plain_name
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer, pointer_text


def check_folder(files: Folder) -> None:
    """Check names, values and file names as written.

    Raises:
        KnowledgeBaseError: with every problem found.
    """
    words = vocabulary(files)
    problems = [
        *_duplicates(files),
        *_double_names(files, words),
        *_order_problems(files),
        *_moment_problems(files),
        *_threshold_problems(files, words),
        *gate_problems(files, words),
        *_manner_problems(files),
        *_retirement_problems(files, words),
        *_review_problems(files),
        *_place_problems(files, words),
        *_name_key_problems(files, words),
        *_medicine_problems(files, words),
        *lexicon_problems(files),
    ]
    for document in files.rules:
        problems += rule_problems(document, words)
    if problems:
        raise KnowledgeBaseError(problems)


def _duplicates(files: Folder) -> Iterator[Diagnostic]:
    for document in files.tables.values():
        for name, rows in document.data.items():
            if not isinstance(rows, list):
                continue
            for index in _repeated(row["id"] for row in rows):
                message = f'the id "{rows[index]["id"]}" appears twice; give one of them another id'
                yield Diagnostic.at(document.path, document.line_of(name, index, "id"), f"/{name}", message)
    document = files.tables["questionnaire"]
    for place, question in document.rows():
        options = question.get("options", ())
        for index in _repeated(option["id"] for option in options):
            message = f'the option "{options[index]["id"]}" appears twice; remove one'
            line = document.line_of(*place, "options", index, "id")
            yield Diagnostic.at(document.path, line, f"/question/{question['id']}/options", message)
    for index in _repeated(document.data["id"] for document in files.rules):
        document = files.rules[index]
        first = next(other for other in files.rules if other.data["id"] == document.data["id"])
        message = f'the rule "{document.data["id"]}" is also in {first.path}; rename one of them'
        yield Diagnostic.at(document.path, document.line_of("id"), "/id", message)


def _double_names(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["findings"]
    for at, row in document.rows():
        if row["id"] in words.questions:
            message = f'"{row["id"]}" is a question; give the finding another id'
            yield row_problem(document, at, row, "id", message)


def _order_problems(files: Folder) -> Iterator[Diagnostic]:
    document = files.tables["ladder"]
    rungs = document.data["rung"]
    for index in _repeated(str(rung["rank"]) for rung in rungs):
        message = f"another disposition has the rank {rungs[index]['rank']} too; give each its own"
        yield row_problem(document, ("rung", index), rungs[index], "rank", message)
    document = files.tables["questionnaire"]
    for at, question in document.rows():
        if question["kind"] == "number" and question["minimum"] > question["maximum"]:
            message = "the minimum is above the maximum; no answer fits"
            yield row_problem(document, at, question, "minimum", message)


def _moment_problems(files: Folder) -> Iterator[Diagnostic]:
    """Check the moments that steps and outcomes name."""
    ladder, steps = files.tables["ladder"], files.tables["steps"]
    moments = [row["id"] for row in ladder.data["moment"]]
    named: list[tuple[Document, Pointer, str]] = [
        (steps, (*at, "when"), row["when"]) for at, row in steps.rows()
    ]
    ends: list[tuple[Pointer, Mapping[str, Any]]] = [
        *((at, row) for at, row in ladder.rows() if "offers" in row),
        (("undetermined",), ladder.data["undetermined"]),
    ]
    named += [(ladder, (*at, "offers"), row["offers"]) for at, row in ends if row["offers"] != EVERYTHING]
    for document, place, name in named:
        if name not in moments:
            message = f'unknown moment "{name}"{nearest(name, moments)}'
            yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


def _repeated(names: Iterable[str]) -> Iterator[int]:
    """Yield the index of every name that has come before."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index
        seen.add(name)


def _threshold_problems(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["thresholds"]
    for at, row in document.rows():
        question = words.questions.get(row["finding"])
        if question is None:
            message = f'unknown question "{row["finding"]}"{nearest(row["finding"], words.questions)}'
            yield row_problem(document, at, row, "finding", message)
        elif question["kind"] == "number":
            value = row["value"]
            if not isinstance(value, int) or not question["minimum"] <= value <= question["maximum"]:
                message = f"{value!r} is not an answer to {question['id']}; give a whole number in its range"
                yield row_problem(document, at, row, "value", message)
        elif question["kind"] == "scale":
            steps = [option["id"] for option in question["options"]]
            if row["value"] not in steps:
                message = (
                    f'"{row["value"]}" is not on the scale {question["id"]}; use one of {", ".join(steps)}'
                )
                yield row_problem(document, at, row, "value", message)
        else:
            message = f"{question['id']} is a {question['kind']}; only a number or a scale has thresholds"
            yield row_problem(document, at, row, "finding", message)


def _retirement_problems(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables.get("retired")
    if document is None:
        return
    known = [*words.questions, *_option_names(words)]
    retired = {row["id"] for _, row in document.rows()}
    for at, row in document.rows():
        place = f"/retired/{row['id']}"
        if row["id"] in known:
            message = f'"{row["id"]}" is in use; an id that is retired never comes back, so use another one'
            yield row_problem(document, at, row, "id", message)
        for index, successor in enumerate(row["successors"]):
            line = document.line_of(*at, "successors", index)
            if successor in retired:
                message = f'"{successor}" is retired too; name what came after it'
                yield Diagnostic.at(document.path, line, place, message)
            elif successor not in known:
                message = f'unknown successor "{successor}"{nearest(successor, known)}'
                yield Diagnostic.at(document.path, line, place, message)
        followed = any(words.items.get(name, {}).get("red_flag") for name in row["successors"])
        if row.get("red_flag") and not followed:
            message = "is a red flag; name at least one item that is a red flag as its successor"
            yield row_problem(document, at, row, "red_flag", message)
        if row.get("red_flag") and "." not in row["id"]:
            message = "is a question; only an item (question.item) is a red flag"
            yield row_problem(document, at, row, "red_flag", message)


def _review_problems(files: Folder) -> Iterator[Diagnostic]:
    document = files.tables.get("reviews")
    if document is None:
        return
    rules = [rule.data["id"] for rule in files.rules]
    for at, row in document.rows():
        if row["id"] not in rules:
            message = f'there is no rule "{row["id"]}" to sign{nearest(row["id"], rules)}; take the row out'
            yield row_problem(document, at, row, "id", message)


def _place_problems(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["meta"]
    name = document.data["knowledge_base"].get("places")
    if name is not None and words.questions.get(name, {}).get("kind") != "checklist":
        lists = [each for each, question in words.questions.items() if question["kind"] == "checklist"]
        place: Pointer = ("knowledge_base", "places")
        message = f'"{name}" is not a checklist of the questionnaire{nearest(name, lists)}'
        yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


def _name_key_problems(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["questionnaire"]
    with_names = [(at, question) for at, question in document.rows() if "names" in question]
    for index, (at, question) in enumerate(with_names):
        message = ""
        if index:
            message = f'"{with_names[0][1]["id"]}" has names already; only one list can be filled by names'
        elif question["names"] in words.questions:
            message = f'"{question["names"]}" is a question; give the key of the names another id'
        elif "medicines" not in files.tables:
            message = "there is no medicines.toml that holds the names; write it, or remove this key"
        if message:
            line = document.line_of(*at, "names")
            yield Diagnostic.at(document.path, line, f"/question/{question['id']}/names", message)


def _medicine_problems(files: Folder, words: Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables.get("medicines")
    if document is None:
        return
    question = next((question for question in words.questions.values() if "names" in question), None)
    if question is None:
        message = 'no list can be filled by names; give one the key "names" in questionnaire.toml'
        yield Diagnostic.at(document.path, 1, "", message)
        return
    items = [option["id"] for option in question["options"]]
    sources = [row["id"] for row in files.tables["sources"].data["source"]]
    for at, row in document.rows():
        for key, kind, known in (
            ("items", f"item of {question['id']}", items),
            ("guidance", "source", sources),
        ):
            for index, name in enumerate(row[key]):
                if name not in known:
                    line = document.line_of(*at, key, index)
                    message = f'unknown {kind} "{name}"{nearest(name, known)}'
                    yield Diagnostic.at(document.path, line, f"/medicine_class/{row['id']}", message)
    yield from _repeated_names(document)


def _repeated_names(document: Document) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for at, row in document.rows():
        for place, name in _names_in(at, row):
            plain = plain_name(name)
            if plain in first:
                message = f'"{name}" stands in {first[plain]} already; keep it in one place'
                yield Diagnostic.at(
                    document.path, document.line_of(*place), f"/medicine_class/{row['id']}", message
                )
            first.setdefault(plain, row["id"])
        for generic in row.get("misspelt", {}):
            if generic not in row["names"]:
                line = document.line_of(*at, "misspelt", generic)
                message = f'"{generic}" is not a name of this class{nearest(generic, row["names"])}'
                yield Diagnostic.at(document.path, line, f"/medicine_class/{row['id']}", message)


def _names_in(at: Pointer, row: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield every name of a class of medicines with its place."""
    for generic, others in row["names"].items():
        yield (*at, "names", generic), generic
        yield from (((*at, "names", generic, index), name) for index, name in enumerate(others))
    for generic, wrong in row.get("misspelt", {}).items():
        yield from (((*at, "misspelt", generic, index), name) for index, name in enumerate(wrong))


def _option_names(words: Vocabulary) -> Iterator[str]:
    for question in words.questions.values():
        yield from (f"{question['id']}.{option['id']}" for option in question.get("options", ()))


def _manner_problems(files: Folder) -> Iterator[Diagnostic]:
    """Check the keys that say how the interview asks a question."""
    document = files.tables["questionnaire"]
    rows = [*document.rows()]
    for at, question in rows:
        messages = [*_manner_messages(question)]
        if "same_line" in question and (at, question) == rows[-1]:
            messages.append(("same_line", None, "no question comes after this one; remove this"))
        for key, index, message in messages:
            line = document.line_of(*at, key, *(() if index is None else (index,)))
            yield Diagnostic.at(document.path, line, f"/question/{question['id']}/{key}", message)


def _manner_messages(question: Mapping[str, Any]) -> Iterator[tuple[str, int | None, str]]:
    """Yield each key at fault, the index in its list if it is one, and what is wrong."""
    if "same_line" in question and question["kind"] == "checklist":
        yield "same_line", None, "a list takes the whole line; remove this"
        return
    for key in ("by_group", "groups", "first_ask"):
        if key in question and question["kind"] != "checklist":
            yield (
                key,
                None,
                f"only a checklist has this; {question['id']} is a {question['kind']}, so remove it",
            )
            return
    options = question.get("options", ())
    named = {option["group"] for option in options if "group" in option}
    bare = [option["id"] for option in options if "group" not in option]
    if question.get("by_group") and bare:
        yield "by_group", None, f"every option needs a group; add one to {', '.join(bare)}"
    groups = question.get("groups", ())
    if groups and not question.get("by_group"):
        yield "groups", None, "nobody is shown these; add by_group = true, or remove them"
    for index in _repeated(group["name"] for group in groups):
        yield "groups", index, f'the group "{groups[index]["name"]}" appears twice; remove one'
    for index, group in enumerate(groups):
        if group["name"] not in named:
            hint = nearest(group["name"], named)
            yield (
                "groups",
                index,
                f'no option is in the group "{group["name"]}"{hint}; correct the name or remove it',
            )
