"""Cross checks: what is written is evaluated, or loading fails with file, place and remedy.

`check_folder` looks at the data as written, before conditions are resolved; `check_knowledge_base` looks
at the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

from triage.knowledge.conditions import Test, enough_alone, written_tests
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import Document, Folder
from triage.knowledge.lexicon_checks import lexicon_problems
from triage.knowledge.model import ANYWHERE, EVERYTHING, NO, YES, KnowledgeBase, Rule
from triage.knowledge.spelling import plain_name
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer, pointer_text

RULE_KEYS = ("id", "title", "status", "when", "then", "why", "source")
THEN_KEYS = (
    "disposition",
    "soon",
    "route",
    "causes",
    "findings",
    "steps",
    "withholds",
    "caution",
    "explains",
    "watch_for",
)


@dataclass(frozen=True)
class _Vocabulary:
    """The names that rules may use; `soon` says of each disposition whether it can be soon."""

    questions: Mapping[str, Mapping[str, Any]]
    items: Mapping[str, Mapping[str, Any]]
    derived: frozenset[str]
    thresholds: Mapping[str, Mapping[str, Any]]
    soon: Mapping[str, bool]

    @property
    def findings(self) -> list[str]:
        return [*self.questions, *self.items, *self.derived]


def check_folder(files: Folder) -> None:
    """Check names, values and file names as written.

    Raises:
        KnowledgeBaseError: with every problem found.
    """
    words = _vocabulary(files)
    problems = [
        *_duplicates(files),
        *_double_names(files, words),
        *_order_problems(files),
        *_moment_problems(files),
        *_threshold_problems(files, words),
        *_gate_problems(files, words),
        *_manner_problems(files),
        *_retirement_problems(files, words),
        *_review_problems(files),
        *_place_problems(files, words),
        *_name_key_problems(files, words),
        *_medicine_problems(files, words),
        *lexicon_problems(files),
    ]
    for document in files.rules:
        problems += _rule_problems(document, words)
    if problems:
        raise KnowledgeBaseError(problems)


def _vocabulary(files: Folder) -> _Vocabulary:
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
    return _Vocabulary(questions, items, derived, thresholds, soon)


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


def _double_names(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["findings"]
    for at, row in document.rows():
        if row["id"] in words.questions:
            message = f'"{row["id"]}" is a question; give the finding another id'
            yield Diagnostic.at(document.path, document.line_of(*at, "id"), f"/finding/{row['id']}", message)


def _order_problems(files: Folder) -> Iterator[Diagnostic]:
    document = files.tables["ladder"]
    rungs = document.data["rung"]
    for index in _repeated(str(rung["rank"]) for rung in rungs):
        message = f"another disposition has the rank {rungs[index]['rank']} too; give each its own"
        yield Diagnostic.at(
            document.path, document.line_of("rung", index, "rank"), f"/rung/{rungs[index]['id']}", message
        )
    document = files.tables["questionnaire"]
    for at, question in document.rows():
        if question["kind"] == "number" and question["minimum"] > question["maximum"]:
            message = "the minimum is above the maximum; no answer fits"
            yield Diagnostic.at(
                document.path, document.line_of(*at, "minimum"), f"/question/{question['id']}", message
            )


def _moment_problems(files: Folder) -> Iterator[Diagnostic]:
    """Check the moments that steps are for, and those up to which outcomes offer steps."""
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
    """Yield the index of every name that stood before."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index
        seen.add(name)


def _threshold_problems(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["thresholds"]
    for at, row in document.rows():
        place = f"/threshold/{row['id']}"
        question = words.questions.get(row["finding"])
        line = document.line_of(*at, "value")
        if question is None:
            message = f'unknown question "{row["finding"]}"{nearest(row["finding"], words.questions)}'
            yield Diagnostic.at(document.path, document.line_of(*at, "finding"), place, message)
        elif question["kind"] == "number":
            value = row["value"]
            if not isinstance(value, int) or not question["minimum"] <= value <= question["maximum"]:
                message = f"{value!r} is not an answer to {question['id']}; give a whole number in its range"
                yield Diagnostic.at(document.path, line, place, message)
        elif question["kind"] == "scale":
            steps = [option["id"] for option in question["options"]]
            if row["value"] not in steps:
                message = (
                    f'"{row["value"]}" is not on the scale {question["id"]}; use one of {", ".join(steps)}'
                )
                yield Diagnostic.at(document.path, line, place, message)
        else:
            message = f"{question['id']} is a {question['kind']}; only a number or a scale has thresholds"
            yield Diagnostic.at(document.path, document.line_of(*at, "finding"), place, message)


def _retirement_problems(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables.get("retired")
    if document is None:
        return
    known = [*words.questions, *_option_names(words)]
    retired = {row["id"] for _, row in document.rows()}
    for at, row in document.rows():
        place = f"/retired/{row['id']}"
        if row["id"] in known:
            message = f'"{row["id"]}" is in use; an id that is retired never comes back, so use another one'
            yield Diagnostic.at(document.path, document.line_of(*at, "id"), place, message)
        for index, successor in enumerate(row["successors"]):
            line = document.line_of(*at, "successors", index)
            if successor in retired:
                message = f'"{successor}" is retired too; name what came after it'
                yield Diagnostic.at(document.path, line, place, message)
            elif successor not in known:
                message = f'unknown successor "{successor}"{nearest(successor, known)}'
                yield Diagnostic.at(document.path, line, place, message)
        if row.get("red_flag") and not _has_a_red_flag(row["successors"], words):
            message = "is a red flag; name at least one item that is a red flag as its successor"
            yield Diagnostic.at(document.path, document.line_of(*at, "red_flag"), place, message)
        if row.get("red_flag") and "." not in row["id"]:
            message = "is a question; only an item (question.item) is a red flag"
            yield Diagnostic.at(document.path, document.line_of(*at, "red_flag"), place, message)


def _review_problems(files: Folder) -> Iterator[Diagnostic]:
    document = files.tables.get("reviews")
    if document is None:
        return
    rules = [rule.data["id"] for rule in files.rules]
    for at, row in document.rows():
        if row["id"] not in rules:
            message = f'there is no rule "{row["id"]}" to sign{nearest(row["id"], rules)}; take the row out'
            yield Diagnostic.at("reviews.toml", document.line_of(*at, "id"), f"/review/{row['id']}", message)


def _place_problems(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
    document = files.tables["meta"]
    name = document.data["knowledge_base"].get("places")
    if name is not None and words.questions.get(name, {}).get("kind") != "checklist":
        lists = [each for each, question in words.questions.items() if question["kind"] == "checklist"]
        place: Pointer = ("knowledge_base", "places")
        message = f'"{name}" is not a checklist of the questionnaire{nearest(name, lists)}'
        yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


def _name_key_problems(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
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


def _medicine_problems(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
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


def _option_names(words: _Vocabulary) -> Iterator[str]:
    for question in words.questions.values():
        yield from (f"{question['id']}.{option['id']}" for option in question.get("options", ()))


def _has_a_red_flag(names: Iterable[str], words: _Vocabulary) -> bool:
    return any(words.items.get(name, {}).get("red_flag") for name in names)


def _gate_problems(files: Folder, words: _Vocabulary) -> Iterator[Diagnostic]:
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
                    message = f'"{test["finding"]}" is asked later, or is concluded; test an earlier question'
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


def _manner_problems(files: Folder) -> Iterator[Diagnostic]:
    """Check how the interview is to put each question."""
    document = files.tables["questionnaire"]
    for at, question in document.rows():
        for key, index, message in _manner_messages(question):
            line = document.line_of(*at, key, *(() if index is None else (index,)))
            yield Diagnostic.at(document.path, line, f"/question/{question['id']}/{key}", message)


def _manner_messages(question: Mapping[str, Any]) -> Iterator[tuple[str, int | None, str]]:
    """Yield each key at fault, the place in its list if it is one, and what is wrong."""
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


def _named_gates(files: Folder) -> Mapping[str, tuple[Document, Pointer, Mapping[str, Any]]]:
    """Return the gates that have a name: their document, their place and their condition as written."""
    document = files.tables.get("gates")
    if document is None:
        return {}
    return {row["id"]: (document, (*at, "when"), row["when"]) for at, row in document.rows()}


def _gated_rows(
    at: Pointer, question: Mapping[str, Any]
) -> Iterator[tuple[Pointer, Mapping[str, Any], bool]]:
    """Yield what has a gate, a question or an item: its place, its row, and whether it hides a red flag."""
    options = question.get("options", ())
    if "asked_when" in question:
        yield at, question, any(option.get("red_flag") for option in options)
    for index, option in enumerate(options):
        if "asked_when" in option:
            yield (*at, "options", index), option, bool(option.get("red_flag"))


def _findings_of(test: Mapping[str, Any], words: _Vocabulary) -> Iterator[str]:
    """Yield what a test as written looks at: a finding, or items of a checklist."""
    finding, named = test["finding"], test.get("includes", ())
    if named == "any":
        yield from (item for item in words.items if item.startswith(f"{finding}."))
    else:
        yield from (f"{finding}.{item}" for item in named)
        yield finding


def _rule_problems(document: Document, words: _Vocabulary) -> Iterator[Diagnostic]:
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


def _test_message(test: Mapping[str, Any], words: _Vocabulary) -> str:
    """Return what is wrong with one test as written, or an empty string."""
    finding = test["finding"]
    operator = next(key for key in test if key != "finding")
    wanted = test[operator]
    if finding in words.derived:
        return "" if test == {"finding": finding, "is": YES} else f'"{finding}" is concluded; test is = "yes"'
    if finding in words.items:
        if operator != "is" or wanted not in (YES, NO):
            return f'"{finding}" is a checklist item; test is = "yes" or is = "no"'
        if wanted == NO and words.items[finding].get("red_flag"):
            return f'"{finding}" is a red flag; the absence of one cannot be a condition'
        return ""
    question = words.questions.get(finding)
    if question is None:
        return f'unknown finding "{finding}"{nearest(finding, words.findings)}'
    return _question_test_message(question, operator, wanted, words)


def _question_test_message(
    question: Mapping[str, Any], operator: str, wanted: Any, words: _Vocabulary
) -> str:
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


def check_knowledge_base(knowledge: KnowledgeBase, files: Folder, *, unfinished: bool = False) -> None:
    """Check that every name exists, that rules do not go round in circles, and that red flags count.

    In an `unfinished` knowledge base the rules of red flags may still have to be written.

    Raises:
        KnowledgeBaseError: with every problem found.
    """
    by_path = {document.path: document for document in files.rules}
    problems: list[Diagnostic] = []
    kinds = {kind for step in knowledge.steps.values() for kind in step.kinds}
    for rule in knowledge.rules.values():
        problems += _reference_problems(rule, by_path[rule.file], knowledge, kinds)
    problems += _table_reference_problems(knowledge, files)
    problems += _cycle_problems(knowledge)
    if not problems and not unfinished:
        problems += _red_flag_problems(knowledge)
    if problems:
        raise KnowledgeBaseError(problems)


def _reference_problems(
    rule: Rule, document: Document, knowledge: KnowledgeBase, kinds: Iterable[str]
) -> Iterator[Diagnostic]:
    references: tuple[tuple[Pointer, tuple[str, ...], Iterable[str]], ...] = (
        (("then", "route"), (rule.route,) if rule.route else (), knowledge.routes),
        (("then", "causes"), rule.causes, knowledge.causes),
        (("then", "findings"), rule.findings, knowledge.findings),
        (("then", "steps"), rule.steps, knowledge.steps),
        (("then", "withholds"), rule.withholds, kinds),
        (("then", "explains"), rule.explains, knowledge.explanations),
        (("source", "claims"), rule.provenance.claims, knowledge.claims),
        (("source", "guidance"), rule.provenance.guidance, knowledge.sources),
    )
    for place, names, known in references:
        for index, name in enumerate(names):
            if name not in known:
                line = document.line_of(*place, index)
                message = f'unknown name "{name}"{nearest(name, known)}'
                yield Diagnostic.at(document.path, line, pointer_text(place), message)
    for index, claim in enumerate(rule.provenance.claims):
        if claim in knowledge.claims and knowledge.claims[claim].use == "exclude":
            line = document.line_of("source", "claims", index)
            message = f"claim {claim} is excluded; a rule cannot rest on it"
            yield Diagnostic.at(document.path, line, "/source/claims", message)


_NO_PLACES = '; name the checklist of places in meta.toml (places = "..."), or remove this'


def _table_reference_problems(knowledge: KnowledgeBase, files: Folder) -> Iterator[Diagnostic]:
    known_by_key: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("claims", knowledge.claims),
        ("guidance", knowledge.sources),
    )
    for document in (files.tables[name] for name in ("thresholds", "steps", "explanations", "ladder")):
        for at, row in document.rows():
            for key, known in known_by_key:
                for index, reference in enumerate(row.get(key, ())):
                    if reference not in known:
                        line = document.line_of(*at, key, index)
                        message = f'unknown source "{reference}"{nearest(reference, known)}'
                        yield Diagnostic.at(document.path, line, f"/{row['id']}", message)
    known_parts = [*(option.id for option in knowledge.place_options), ANYWHERE]
    document = files.tables["steps"]
    for at, row in document.rows():
        for index, part in enumerate(row.get("body_parts", ())):
            if part not in known_parts:
                line = document.line_of(*at, "body_parts", index)
                hint = nearest(part, known_parts) if knowledge.places else _NO_PLACES
                message = f'unknown body part "{part}"{hint}'
                yield Diagnostic.at(document.path, line, f"/{row['id']}", message)
    document = files.tables["claims"]
    for at, row in document.rows():
        if row["document"] not in knowledge.sources:
            line = document.line_of(*at, "document")
            message = f'unknown document "{row["document"]}"; add it to sources.toml'
            yield Diagnostic.at(document.path, line, f"/{row['id']}", message)
    document = files.tables["ladder"]
    level = knowledge.laws.not_sure_disposition
    if level not in knowledge.rungs:
        line = document.line_of("laws", "not_sure_disposition")
        message = f'unknown disposition "{level}"{nearest(level, knowledge.rungs)}'
        yield Diagnostic.at(document.path, line, "/laws/not_sure_disposition", message)


def _cycle_problems(knowledge: KnowledgeBase) -> Iterator[Diagnostic]:
    graph: dict[str, set[str]] = {finding: set() for finding in knowledge.findings}
    for rule in knowledge.rules.values():
        for finding in rule.findings:
            graph.setdefault(finding, set()).update(rule.tested & knowledge.findings.keys())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        concluding = [rule for rule in knowledge.rules.values() if set(rule.findings) & set(circle)]
        message = f"findings conclude each other in a circle ({' -> '.join(circle)}); break it"
        yield Diagnostic.at(concluding[0].file, concluding[0].line_of("findings"), "/then/findings", message)


def _red_flag_problems(knowledge: KnowledgeBase) -> Iterator[Diagnostic]:
    enough: dict[str, frozenset[str]] = {}

    def at_test(test: Test) -> frozenset[str]:
        """Return the answers that alone pass a test, through the rules that conclude what it looks at."""
        finding = test.finding
        if finding not in knowledge.findings:
            return frozenset({finding} if YES in (test.accepts or ()) else ())
        if finding not in enough:
            concluding = (enough_alone(rule.when, at_test) for rule in knowledge.concluders[finding])
            enough[finding] = frozenset[str]().union(*concluding)
        return enough[finding]

    calling = frozenset[str]().union(
        *(enough_alone(rule.when, at_test) for rule in knowledge.reasons_for_care)
    )
    for flag in knowledge.red_flags:
        if flag not in calling:
            message = (
                f'no rule that calls for care fires on the red flag "{flag}" alone; write one '
                f"(triage new-rule TOPIC ID --finding {flag} --disposition ...), "
                "or do not mark the item as a red flag"
            )
            line = knowledge.line_of("questionnaire", flag)
            yield Diagnostic.at("questionnaire.toml", line, f"/question/{flag.replace('.', '/')}", message)
