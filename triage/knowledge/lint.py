"""What loading does not refuse, but the authors of a knowledge base must fix or should know.

Each check is a function from a base that loads to problems, and stands in `CHECKS` with an id named for the
pattern that it finds. What loading refuses (schemas, unknown names, thresholds out of range, ids that are no
file names) is not looked at again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from triage.knowledge.checks import first_out_of_order
from triage.knowledge.citations import idle_claims, unused_claims, unused_sources
from triage.knowledge.conditions import Written, tests_of, written_tests
from triage.knowledge.files import Document, Folder, schema
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.naming import advice_in
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import Pointer, pointer_text

Level: TypeAlias = Literal["fix", "know"]
Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """One check: its id, what it finds in a few words, and the function that finds it.

    What a check of level "know" finds may be as its author wants it; it is told, and nothing more.
    """

    id: str
    finds: str
    find: Callable[[Subject], Iterable[Diagnostic]]
    level: Level = "fix"


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """A problem, and the id and level of the check that found it."""

    problem: Diagnostic
    check: str
    level: Level = "fix"

    def __str__(self) -> str:
        told = f"to know: {self.problem.message}" if self.level == "know" else self.problem.message
        return f"{replace(self.problem, message=told)} [{self.check}]"


@dataclass(frozen=True)
class Base:
    """A knowledge base that loads, and the files it was loaded from."""

    files: Folder
    knowledge: KnowledgeBase

    @cached_property
    def conditions(self) -> tuple[tuple[Document, Pointer, Written], ...]:
        """Every condition as written: of the rules, and of what is not asked of everybody."""
        questionnaire = self.files.tables["questionnaire"]
        rows = [*questionnaire.rows()]
        for place, row in questionnaire.rows():
            rows += [
                ((*place, "options", index), option) for index, option in enumerate(row.get("options", ()))
            ]
        gates = (
            (questionnaire, (*place, "asked_when"), row["asked_when"])
            for place, row in rows
            if isinstance(row.get("asked_when"), Mapping)
        )
        named = [self.files.tables[name] for name in self.files.tables.keys() & {"gates"}]
        return (
            *((document, ("when",), document.data["when"]) for document in self.files.rules),
            *((table, (*place, "when"), row["when"]) for table in named for place, row in table.rows()),
            *gates,
        )

    @cached_property
    def tests(self) -> tuple[tuple[Document, Pointer, Written], ...]:
        """Every test as written."""
        return tuple(
            (document, at, test)
            for document, place, written in self.conditions
            for at, test in written_tests(written, place)
        )

    @cached_property
    def tested(self) -> frozenset[str]:
        """Every finding that a condition looks at."""
        gates = [gate for question in self.knowledge.questions.values() for gate in question.gates.values()]
        conditions = [*(rule.when for rule in self.knowledge.rules.values()), *gates]
        return frozenset(test.finding for condition in conditions for test in tests_of(condition))

    def rows(self, table: str) -> Iterator[tuple[Document, Pointer, Mapping[str, Any]]]:
        """Yield the rows of a table, each with its document and place."""
        document = self.files.tables[table]
        for place, row in document.rows():
            yield document, place, row

    def texts(self) -> Iterator[tuple[Document, Pointer, str]]:
        """Yield every text of every file."""
        for document in (*self.files.tables.values(), *self.files.rules):
            for place, text in _texts(document.data, ()):
                yield document, place, text


def lint(subject: Subject, checks: Iterable[Check[Subject]]) -> list[Flaw]:
    """Run checks; return what they find in order of file and line."""
    return sorted(Flaw(problem, check.id, check.level) for check in checks for problem in check.find(subject))


def _texts(data: Any, place: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping | list):
        pairs = data.items() if isinstance(data, Mapping) else enumerate(data)
        for key, value in pairs:
            yield from _texts(value, (*place, key))


def _row_problem(
    document: Document, place: Pointer, row: Mapping[str, Any], key: str, message: str
) -> Diagnostic:
    return Diagnostic.at(document.path, document.line_of(*place, key), f"/{place[0]}/{row['id']}", message)


# Names that nothing uses.


def _unused(base: Base, table: str, used: Iterable[str], message: str) -> Iterator[Diagnostic]:
    names = frozenset(used)
    return _named(base, table, {row["id"] for *_, row in base.rows(table)} - names, message)


def _named(
    base: Base, table: str, names: Collection[str], message: str, key: str = "id"
) -> Iterator[Diagnostic]:
    """Yield the rows of some names, each at one of its keys; the message may name the row."""
    for document, place, row in base.rows(table):
        if row["id"] in names:
            yield _row_problem(document, place, row, key, message.format(row["id"]))


def _unused_gate(base: Base) -> Iterator[Diagnostic]:
    if "gates" not in base.files.tables:
        return iter(())
    rows = [row for *_, row in base.rows("questionnaire")]
    rows += [option for row in rows for option in row.get("options", ())]
    used = (row["asked_when"] for row in rows if isinstance(row.get("asked_when"), str))
    return _unused(
        base, "gates", used, 'nothing is asked when "{}"; name it in the questionnaire or remove it'
    )


def _unused_cause(base: Base) -> Iterator[Diagnostic]:
    used = (name for rule in base.knowledge.rules.values() for name in rule.causes)
    return _unused(base, "causes", used, 'no rule names the cause "{}"; name it in a rule or remove it')


def _unused_claim(base: Base) -> Iterator[Diagnostic]:
    names = [claim.id for claim in unused_claims(base.knowledge)]
    message = "nothing rests on claim {}; cite it in a rule, step or text, or exclude it with a reason"
    return _named(base, "claims", names, message)


def _idle_claim(base: Base) -> Iterator[Diagnostic]:
    names = [claim.id for claim in idle_claims(base.knowledge)]
    message = 'no rule acts on claim {}; write one, let a rule give its step or text, or mark it "explain"'
    return _named(base, "claims", names, message, "use")


def _unused_explanation(base: Base) -> Iterator[Diagnostic]:
    used = (name for rule in base.knowledge.rules.values() for name in rule.explains)
    return _unused(base, "explanations", used, 'no rule shows "{}"; let a rule explain it or remove it')


def _unused_finding(base: Base) -> Iterator[Diagnostic]:
    message = 'no rule tests "{}"; test it in a rule, or remove it here and where rules conclude it'
    return _unused(base, "findings", base.tested, message)


def _unconcluded_finding(base: Base) -> Iterator[Diagnostic]:
    used = (name for rule in base.knowledge.rules.values() for name in rule.findings)
    message = 'no rule concludes "{}", so what tests it never fires; conclude it in a rule or remove it'
    return _unused(base, "findings", used, message)


def _unused_kind(base: Base) -> Iterator[Diagnostic]:
    told = {kind for rule in base.knowledge.rules.values() for kind in rule.withholds}
    for document, place, row in base.rows("steps"):
        for index, kind in enumerate(row["kinds"]):
            if kind not in told:
                told.add(kind)
                line = document.line_of(*place, "kinds", index)
                message = f'no rule withholds steps of the kind "{kind}"; see that they suit everybody'
                yield Diagnostic.at(document.path, line, f"/step/{row['id']}/kinds", message)


def _unused_source(base: Base) -> Iterator[Diagnostic]:
    names = [source.id for source in unused_sources(base.knowledge)]
    return _named(base, "sources", names, 'nothing rests on the source "{}"; cite it or remove it')


def _unused_step(base: Base) -> Iterator[Diagnostic]:
    used = (name for rule in base.knowledge.rules.values() for name in rule.steps)
    return _unused(base, "steps", used, 'no rule offers the step "{}"; offer it in a rule or remove it')


def _unused_threshold(base: Base) -> Iterator[Diagnostic]:
    used = (test[key] for _, _, test in base.tests for key in ("at_least", "at_most") if key in test)
    return _unused(base, "thresholds", used, 'no rule compares with "{}"; use it in a rule or remove it')


def _unread_answer(base: Base) -> Iterator[Diagnostic]:
    for question in base.knowledge.questions.values():
        words = any(option.rewords for option in question.options)
        for finding in () if words else question.findings:
            if finding not in base.tested:
                line = base.knowledge.line_of("questionnaire", finding)
                place = f"/question/{finding.replace('.', '/')}"
                message = f'no rule reads the answer "{finding}"; write one or remove it'
                yield Diagnostic.at("questionnaire.toml", line, place, message)


def _unread_file(base: Base) -> Iterator[Diagnostic]:
    for path in base.files.unread:
        hidden = any(part.startswith(".") for part in path.split("/"))
        if not hidden and not path.endswith(".md"):
            yield Diagnostic.at(
                path, 1, "", "is not read; name it .toml if it is a rule, or move it elsewhere"
            )


# Conditions and thresholds.


def _always_true_test(base: Base) -> Iterator[Diagnostic]:
    for document, place, test in base.tests:
        question = base.knowledge.questions.get(test["finding"])
        if question is None:
            continue
        for key in ("at_least", "at_most", "in"):
            if key in test and _accepts_all(base.knowledge, question.id, key, test[key]):
                shown = test[key] if isinstance(test[key], str) else ", ".join(test[key])
                message = f"{key} {shown} holds for every answer to {question.id}; tighten or remove it"
                yield Diagnostic.at(
                    document.path, document.line_of(*place, key), pointer_text(place), message
                )


def _accepts_all(knowledge: KnowledgeBase, name: str, key: str, wanted: Any) -> bool:
    question = knowledge.questions[name]
    if key == "in":
        return set(wanted) >= set(question.values)
    value = knowledge.thresholds[wanted].value
    ends = question.values or (question.minimum, question.maximum)
    return value == (ends[0] if key == "at_least" else ends[-1])


def _same_threshold(base: Base) -> Iterator[Diagnostic]:
    directions: dict[str, set[str]] = defaultdict(set)
    for _, _, test in base.tests:
        for key in ("at_least", "at_most"):
            if key in test:
                directions[test[key]].add(key)
    earlier: list[Mapping[str, Any]] = []
    for document, place, row in base.rows("thresholds"):
        for other in earlier:
            same = row["finding"] == other["finding"] and row["value"] == other["value"]
            if same and directions[row["id"]] & directions[other["id"]]:
                message = f'says the same as "{other["id"]}"; keep one of them'
                yield _row_problem(document, place, row, "value", message)
                break
        earlier.append(row)


def _lists(written: Written, place: Pointer) -> Iterator[tuple[Pointer, Sequence[Written]]]:
    for key in ("all", "any"):
        if key in written:
            yield (*place, key), written[key]
            for index, part in enumerate(written[key]):
                yield from _lists(part, (*place, key, index))


def _repeated_test(base: Base) -> Iterator[Diagnostic]:
    for document, place, written in base.conditions:
        for at, parts in _lists(written, place):
            for index, part in enumerate(parts):
                if part in parts[:index]:
                    line = document.line_of(*at, index)
                    yield Diagnostic.at(
                        document.path, line, pointer_text((*at, index)), "appears twice; remove one"
                    )


def _list_of_one(base: Base) -> Iterator[Diagnostic]:
    for document, place, written in base.conditions:
        for at, parts in _lists(written, place):
            if len(parts) == 1:
                message = f'"{at[-1]}" of one test; write the test alone'
                yield Diagnostic.at(document.path, document.line_of(*at), pointer_text(at), message)


def _list_in_list(base: Base) -> Iterator[Diagnostic]:
    for document, place, written in base.conditions:
        for at, parts in _lists(written, place):
            for index, part in enumerate(parts):
                if at[-1] in part:
                    line = document.line_of(*at, index)
                    message = f'"{at[-1]}" inside "{at[-1]}"; write its tests straight into the outer list'
                    yield Diagnostic.at(document.path, line, pointer_text((*at, index)), message)


# Names and order.


def _advice_as_name(base: Base) -> Iterator[Diagnostic]:
    for document in base.files.rules:
        words = advice_in(document.data["id"], base.knowledge)
        if words:
            message = f'the id says what to do ("{words}"); name it for the pattern that it recognises'
            yield Diagnostic.at(document.path, document.line_of("id"), "/id", message)


def _same_title(base: Base) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for document in base.files.rules:
        title = document.data["title"]
        if title in first:
            message = f"{first[title]} has the same title; can readers tell the two apart?"
            yield Diagnostic.at(document.path, document.line_of("title"), "/title", message)
        first.setdefault(title, document.path)


def _key_order(base: Base) -> Iterator[Diagnostic]:
    documents = list(base.files.tables.items())
    documents += [("rule", document) for document in base.files.rules]
    for name, document in documents:
        for place, key, order in _disorder(schema(name), schema(name), document.data, ()):
            message = f'"{key}" comes too early; keep to {", ".join(order)}'
            yield Diagnostic.at(document.path, document.line_of(*place, key), pointer_text(place), message)


def _disorder(
    whole: Mapping[str, Any], part: Mapping[str, Any], data: Any, place: Pointer
) -> Iterator[tuple[Pointer, str, list[str]]]:
    """Yield the first key of each mapping that is not in the order in which the schema names it."""
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _disorder(whole, part.get("items", {}), item, (*place, index))
    elif isinstance(data, Mapping):
        if "oneOf" in part:
            part = _branch(whole, part["oneOf"], data)
        if "properties" not in part:  # its keys are the author's own
            return
        order = list(part["properties"])
        key = first_out_of_order(list(data), order)
        if key:
            yield place, key, [name for name in order if name in data]
        for name, value in data.items():
            yield from _disorder(whole, part["properties"][name], value, (*place, name))


def _branch(
    whole: Mapping[str, Any], branches: Iterable[Mapping[str, Any]], data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the branch of a schema that knows all keys of the data."""
    resolved: Iterator[Mapping[str, Any]] = (
        whole["$defs"][branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
        for branch in branches
    )
    return next(branch for branch in resolved if data.keys() <= branch.get("properties", {}).keys())


# Texts.


def _stray_blank(base: Base) -> Iterator[Diagnostic]:
    for document, place, text in base.texts():
        if text != " ".join(text.split()):
            message = "holds a blank too many or a line break; keep single blanks, none at the ends"
            yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


_PLACEHOLDER = re.compile(r"\{[^{}]*\}?|\}")
_TWO_FORMS = re.compile(r"\{[^{}|]*\|[^{}|]*\}")
_NAMING_A_CALL = {
    "action",
    "how",
    "words",
    "watch_for",
    "not_sure_emergency",
    "refused_danger",
    "in_emergency",
}


def _unknown_placeholder(base: Base) -> Iterator[Diagnostic]:
    calls = {f"{{{name}}}" for name in base.files.tables["ladder"].data["ladder"]}
    for document, place, text in base.texts():
        keys = {key for key in place if isinstance(key, str)}
        known = {"{you}", *calls} if keys & _NAMING_A_CALL else {"{you}"}
        for found in _PLACEHOLDER.findall(text):
            if found not in known and not _TWO_FORMS.fullmatch(found):
                message = f"{found} is shown as it is; here only {' and '.join(sorted(known))} is replaced"
                yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


def _reason_wording(base: Base) -> Iterator[Diagnostic]:
    for document in base.files.rules:
        reason = document.data["why"].get("reason", "")
        if reason.lower().startswith("because ") or reason.endswith("."):
            message = 'the reason completes "because ..."; write it without "because" and full stop'
            yield Diagnostic.at(document.path, document.line_of("why", "reason"), "/why/reason", message)


_SAID_BY_OTHERS = ("claims", "sources")
_NUMBER_OF_ONE_COUNTRY = re.compile(r"\b(999|911|112|111|116117)\b")
_STOPPING = re.compile(r"\bstop (taking|using|the (medicine|tablet))", re.IGNORECASE)


def texts_for_people(base: Base) -> Iterator[tuple[Document, Pointer, str]]:
    """Yield what people read: not what the sources say, nor how they are called."""
    quoted = {base.files.tables[name].path for name in _SAID_BY_OTHERS}
    return (each for each in base.texts() if each[0].path not in quoted)


def _matching(base: Base, pattern: re.Pattern[str], message: str) -> Iterator[Diagnostic]:
    for document, place, text in texts_for_people(base):
        match = pattern.search(text)
        if match:
            shown = message.format(match.group())
            yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), shown)


def _number_of_one_country(base: Base) -> Iterator[Diagnostic]:
    message = "{} is called in some countries only; name the service, not its number"
    return _matching(base, _NUMBER_OF_ONE_COUNTRY, message)


def _stopped_medicine(base: Base) -> Iterator[Diagnostic]:
    message = '"{}" lets people stop a medicine by themselves; tell them whom to ask first'
    return _matching(base, _STOPPING, message)


# Sources.


def _uncited_row(base: Base) -> Iterator[Diagnostic]:
    for table in ("thresholds", "steps", "explanations"):
        for document, place, row in base.rows(table):
            if "claims" not in row and "guidance" not in row:
                message = "does not say where it comes from; add claims or guidance"
                yield _row_problem(document, place, row, "id", message)


def _untraceable_source(base: Base) -> Iterator[Diagnostic]:
    for document, place, row in base.rows("sources"):
        if "url" not in row and "note" not in row:
            message = "cannot be found again; add a url, or a note that says how it was seen"
            yield _row_problem(document, place, row, "id", message)


def _bare_exclusion(base: Base) -> Iterator[Diagnostic]:
    for document, place, row in base.rows("claims"):
        if row["use"] == "exclude" and "reason" not in row:
            yield _row_problem(document, place, row, "use", "is excluded and does not say why; add a reason")


CHECKS: tuple[Check[Base], ...] = (
    Check("unused-gate", "a gate that nothing asks by", _unused_gate),
    Check("unused-cause", "a cause that no rule names", _unused_cause),
    Check("unused-claim", "a claim in use that nothing rests on", _unused_claim),
    Check("idle-claim", "a claim to encode that no rule acts on", _idle_claim),
    Check("unused-explanation", "an explanation that no rule shows", _unused_explanation),
    Check("unused-finding", "a finding that is concluded and never tested", _unused_finding),
    Check("unconcluded-finding", "a finding that no rule concludes", _unconcluded_finding),
    Check("unused-source", "a source that nothing rests on", _unused_source),
    Check("unused-step", "a step that no rule offers", _unused_step),
    Check("unused-threshold", "a threshold that no rule compares with", _unused_threshold),
    Check("unread-answer", "an answer or checklist item that no rule reads", _unread_answer),
    Check("unread-file", "a file in the folder that is not loaded", _unread_file),
    Check("always-true-test", "a test that every answer passes", _always_true_test),
    Check("same-threshold", "two thresholds that say the same", _same_threshold),
    Check("repeated-test", "a test that appears twice in one list", _repeated_test),
    Check("list-of-one", "a list of a single test", _list_of_one),
    Check("list-in-list", "all straight inside all, or any inside any", _list_in_list),
    Check("advice-as-name", "a rule named for its advice, not for its pattern", _advice_as_name),
    Check("key-order", "keys in another order than in their fellows", _key_order),
    Check("stray-blank", "a text with blanks too many or a line break", _stray_blank),
    Check("unknown-placeholder", "braces that the program does not replace", _unknown_placeholder),
    Check("reason-wording", 'a reason that does not complete "because ..."', _reason_wording),
    Check("one-country-number", "an emergency number of one country in a text", _number_of_one_country),
    Check("stopped-medicine", "a text that tells people to stop a medicine", _stopped_medicine),
    Check("uncited-row", "a threshold, step or explanation without a source", _uncited_row),
    Check("untraceable-source", "a source with neither url nor note", _untraceable_source),
    Check("bare-exclusion", "a claim left out without a reason", _bare_exclusion),
    Check("unused-kind", "a kind of step that no rule withholds", _unused_kind, "know"),
    Check("same-title", "two rules with one title", _same_title, "know"),
)
