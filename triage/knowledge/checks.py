"""Cross checks: what is written is evaluated, or loading fails with file, place and remedy.

`check_folder` looks at the data as written, before conditions are resolved; `check_knowledge_base` looks
at the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import Any

from triage.knowledge.conditions import tests_of
from triage.knowledge.files import Document, Folder
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule
from triage.knowledge.problems import KnowledgeBaseError, Problem, nearest

RULE_KEYS = ("id", "title", "status", "when", "then", "why", "source")
THEN_KEYS = (
    "disposition",
    "soon",
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
    """The names that conditions may use."""

    questions: Mapping[str, Mapping[str, Any]]
    items: Mapping[str, Mapping[str, Any]]
    derived: frozenset[str]
    thresholds: Mapping[str, Mapping[str, Any]]

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
        *_threshold_problems(files, words),
        *_gate_problems(files, words),
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
    return _Vocabulary(questions, items, derived, thresholds)


def _duplicates(files: Folder) -> Iterator[Problem]:
    for document in files.tables.values():
        for name, rows in document.data.items():
            if not isinstance(rows, list):
                continue
            for repeated in _repeated(row["id"] for row in rows):
                yield Problem(
                    document.path,
                    document.line_of(repeated),
                    f"/{name}",
                    f'the id "{repeated}" stands twice; give one of them another id',
                )
    for question in files.tables["questionnaire"].data["question"]:
        for repeated in _repeated(option["id"] for option in question.get("options", ())):
            yield Problem(
                "questionnaire.toml",
                files.tables["questionnaire"].line_of(repeated),
                f"/question/{question['id']}/options",
                f'the option "{repeated}" stands twice; remove one',
            )
    for repeated in _repeated(document.data["id"] for document in files.rules):
        paths = [document.path for document in files.rules if document.data["id"] == repeated]
        yield Problem(
            paths[-1], 0, "/id", f'the rule "{repeated}" stands also in {paths[0]}; rename one of them'
        )


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _threshold_problems(files: Folder, words: _Vocabulary) -> Iterator[Problem]:
    document = files.tables["thresholds"]
    for row in document.data["threshold"]:
        place = f"/threshold/{row['id']}"
        question = words.questions.get(row["finding"])
        line = document.line_of(row["id"])
        if question is None:
            message = f'unknown question "{row["finding"]}"{nearest(row["finding"], words.questions)}'
            yield Problem(document.path, line, place, message)
        elif question["kind"] == "number":
            value = row["value"]
            if not isinstance(value, int) or not question["minimum"] <= value <= question["maximum"]:
                message = f"{value!r} is no answer to {question['id']}; give a whole number in its range"
                yield Problem(document.path, line, place, message)
        elif question["kind"] == "scale":
            steps = [option["id"] for option in question["options"]]
            if row["value"] not in steps:
                message = (
                    f'"{row["value"]}" is not on the scale {question["id"]}; use one of {", ".join(steps)}'
                )
                yield Problem(document.path, line, place, message)
        else:
            message = f"{question['id']} is a {question['kind']}; only a number or a scale has thresholds"
            yield Problem(document.path, line, place, message)


def _gate_problems(files: Folder, words: _Vocabulary) -> Iterator[Problem]:
    document = files.tables["questionnaire"]
    earlier: set[str] = set()
    for question in document.data["question"]:
        gate = question.get("asked_when")
        if gate:
            place = f"/question/{question['id']}/asked_when"
            line = document.line_of(question["id"])
            for test in _tests(gate):
                message = _test_message(test, words)
                base = test["finding"].partition(".")[0]
                if not message and base not in earlier:
                    message = f'"{test["finding"]}" is asked later, or is concluded; test an earlier question'
                if not message and _is_red_flag(test, words):
                    message = f'"{test["finding"]}" is a red flag and must not decide what is asked'
                if message:
                    yield Problem(document.path, line, place, message)
        earlier.add(question["id"])


def _is_red_flag(test: Mapping[str, Any], words: _Vocabulary) -> bool:
    named = test.get("includes", ())
    items = [test["finding"]] if named == "any" else [f"{test['finding']}.{item}" for item in named]
    return any(words.items.get(item, {}).get("red_flag", False) for item in [test["finding"], *items])


def _tests(written: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("all", "any"):
        if key in written:
            for part in written[key]:
                yield from _tests(part)
            return
    yield written


def _rule_problems(document: Document, words: _Vocabulary) -> Iterator[Problem]:
    data = document.data
    stem = PurePosixPath(document.path).stem
    if data["id"] != stem:
        message = f'the id "{data["id"]}" is not the file name; rename the file to {data["id"]}.toml'
        yield Problem(document.path, document.line_of(data["id"]), "/id", message)
    if "/" not in document.path:
        yield Problem(document.path, 0, "/", "a rule stands in the folder of its topic; move the file there")
    for keys, order, place in ((data, RULE_KEYS, "/"), (data["then"], THEN_KEYS, "/then")):
        if list(keys) != sorted(keys, key=order.index):
            yield Problem(document.path, 0, place, f"keys out of order; keep to {', '.join(order)}")
    for test in _tests(data["when"]):
        message = _test_message(test, words)
        if message:
            yield Problem(document.path, document.line_of(test["finding"]), "/when", message)
    then = data["then"]
    if "soon" in then and then["disposition"] != "doctor":
        yield Problem(document.path, 0, "/then/soon", 'only "doctor" can be soon; remove it')
    if ("disposition" in then or "withholds" in then) and "reason" not in data["why"]:
        message = "a rule with a disposition or with withholds tells the person why; add a reason"
        yield Problem(document.path, 0, "/why/reason", message)


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
            return f'"{finding}" is a red flag; the absence of one is no condition'
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
            return f'"{value}" is no answer to {question["id"]}{nearest(value, values)}'
    return ""


def check_knowledge_base(knowledge: KnowledgeBase, files: Folder) -> None:
    """Check that every name exists, that rules do not go round in circles, and that red flags count.

    Raises:
        KnowledgeBaseError: with every problem found.
    """
    by_path = {document.path: document for document in files.rules}
    problems: list[Problem] = []
    for rule in knowledge.rules.values():
        problems += _reference_problems(rule, by_path[rule.file], knowledge)
    problems += _table_reference_problems(knowledge, files)
    problems += _cycle_problems(knowledge)
    if not problems:
        problems += _red_flag_problems(knowledge)
    if problems:
        raise KnowledgeBaseError(problems)


def _reference_problems(rule: Rule, document: Document, knowledge: KnowledgeBase) -> Iterator[Problem]:
    kinds = {kind for step in knowledge.steps.values() for kind in step.kinds}
    references: tuple[tuple[str, tuple[str, ...], Iterable[str]], ...] = (
        ("/then/causes", rule.causes, knowledge.causes),
        ("/then/findings", rule.findings, knowledge.findings),
        ("/then/steps", rule.steps, knowledge.steps),
        ("/then/withholds", rule.withholds, kinds),
        ("/then/explains", rule.explains, knowledge.explanations),
        ("/source/claims", rule.provenance.claims, knowledge.claims),
        ("/source/guidance", rule.provenance.guidance, knowledge.sources),
    )
    for place, names, known in references:
        for name in names:
            if name not in known:
                message = f'unknown name "{name}"{nearest(name, known)}'
                yield Problem(document.path, document.line_of(name), place, message)
    for claim in rule.provenance.claims:
        if claim in knowledge.claims and knowledge.claims[claim].use == "exclude":
            message = f"claim {claim} is excluded; a rule cannot rest on it"
            yield Problem(document.path, document.line_of(claim), "/source/claims", message)


def _table_reference_problems(knowledge: KnowledgeBase, files: Folder) -> Iterator[Problem]:
    tables: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("thresholds", knowledge.thresholds),
        ("steps", knowledge.steps),
        ("explanations", knowledge.explanations),
        ("ladder", knowledge.rungs),
    )
    for name, rows in tables:
        document = files.tables[name]
        for row in rows.values():
            cited = (
                (row.provenance.claims, knowledge.claims),
                (row.provenance.guidance, knowledge.sources),
            )
            for names, known in cited:
                for reference in names:
                    if reference not in known:
                        message = f'unknown source "{reference}"{nearest(reference, known)}'
                        line = document.line_of(reference)
                        yield Problem(document.path, line, f"/{row.id}", message)
    sites = [option.id for option in knowledge.questions["site"].options] + ["any"]
    for step in knowledge.steps.values():
        for part in step.body_parts:
            if part not in sites:
                message = f'unknown body part "{part}"{nearest(part, sites)}'
                yield Problem("steps.toml", files.tables["steps"].line_of(part), f"/{step.id}", message)
    for claim in knowledge.claims.values():
        if claim.document not in knowledge.sources:
            message = f'unknown document "{claim.document}"; add it to sources.toml'
            yield Problem("claims.toml", files.tables["claims"].line_of(claim.id), f"/{claim.id}", message)


def _cycle_problems(knowledge: KnowledgeBase) -> Iterator[Problem]:
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
        yield Problem(concluding[0].file, 0, "/then/findings", message)


def _red_flag_problems(knowledge: KnowledgeBase) -> Iterator[Problem]:
    sufficient = {
        test.finding
        for rule in knowledge.reasons_for_care
        for test in tests_of(rule.when)
        if len(list(tests_of(rule.when))) == 1
    }
    for flag in knowledge.red_flags:
        if flag not in sufficient:
            message = (
                f'no rule above self-care fires on the red flag "{flag}" alone; write one, '
                "or do not mark the item as a red flag"
            )
            yield Problem("questionnaire.toml", 0, f"/question/{flag.replace('.', '/')}", message)
