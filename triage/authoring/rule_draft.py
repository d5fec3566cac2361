"""Drafting a rule file from what an author has said, with gaps for the rest."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from triage.knowledge.checking.rule_checks import THEN_KEYS
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import Document, Folder, problems_of
from triage.knowledge.gaps import gap
from triage.knowledge.loader import checked
from triage.knowledge.model import YES, KnowledgeBase, Question, Rule
from triage.knowledge.parts.conditions import Written, tests_of
from triage.source.diagnostic import nearest

_DIRECTIONS = ("at_least", "at_most")


class DraftError(ValueError):
    """What the author said does not fit; the message says what to say instead."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a rule so far; empty fields become gaps.

    `then` holds the consequences other than a disposition, by the keys of a rule file.
    """

    topic: str
    id: str
    title: str = ""
    tests: tuple[Written, ...] = ()
    disposition: str = ""
    then: Mapping[str, str | list[str]] = field(default_factory=dict)
    reason: str = ""
    rationale: str = ""
    claims: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The rule's file, from the rules folder on."""
        return f"{self.topic}/{self.id}.toml"


def rule_text(draft: Draft, dispositions: Iterable[str]) -> str:
    """Return the text of the rule file, with a gap for each thing that is not known."""
    levels = ", ".join(dispositions)
    blocks = [
        [
            _pair("id", draft.id),
            _pair("title", draft.title or gap("the pattern in a few words")),
            _pair("status", "active"),
        ],
        ["[when]", *_condition(draft.tests)],
        ["[then]", *_consequences(draft, levels)],
        [
            "[why]",
            _pair(
                "reason", draft.reason or gap('what completes "because ...", in plain words to the person')
            ),
            _pair("rationale", draft.rationale or gap("why, for the clinician who signs")),
        ],
        ["[source]", *_sources(draft)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _condition(tests: tuple[Written, ...]) -> list[str]:
    if len(tests) == 1:
        return [_pair(key, value) for key, value in tests[0].items()]
    said = tests or ({"finding": gap("what must be so, one line a test"), "is": YES},)
    lines = (", ".join(_pair(key, value) for key, value in test.items()) for test in said)
    return ["all = [", *(f"  {{ {line} }}," for line in lines), "]"]


def _consequences(draft: Draft, levels: str) -> list[str]:
    then: dict[str, str | list[str]] = dict(draft.then)
    if draft.disposition or not then:
        then["disposition"] = draft.disposition or gap(f"one of {levels}; or other keys in its place")
    if "withholds" in then:
        then.setdefault("caution", gap("what stands beside the step where this is not known"))
    return [_pair(key, then[key]) for key in THEN_KEYS if key in then]


def _sources(draft: Draft) -> list[str]:
    if not draft.claims and not draft.guidance:
        return [
            _pair("claims", [gap("claims of a source document, or remove this line")]),
            _pair("guidance", [gap("published guidance, or remove this line")]),
        ]
    said = (("claims", draft.claims), ("guidance", draft.guidance))
    return [_pair(key, list(names)) for key, names in said if names]


def _pair(key: str, value: str | list[str]) -> str:
    # JSON's strings are TOML's basic strings, but for one character that TOML wants escaped.
    written = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{key} = {written}"


def tried(draft: Draft, files: Folder, knowledge: KnowledgeBase) -> tuple[KnowledgeBase, Rule]:
    """Return the knowledge base with the draft as a rule, and that rule; harmless values fill its gaps.

    Raises:
        KnowledgeBaseError: something in the draft does not fit the knowledge base.
    """
    whole = replace(
        draft,
        title=draft.title or draft.id,
        tests=draft.tests or _harmless_tests(knowledge),
        disposition=draft.disposition or ("" if draft.then else next(iter(knowledge.rungs))),
        then={**({"caution": draft.id} if "withholds" in draft.then else {}), **draft.then},
        reason=draft.reason or draft.id,
        rationale=draft.rationale or draft.id,
        guidance=draft.guidance or (() if draft.claims else (next(iter(knowledge.sources)),)),
    )
    try:
        with_draft = _with_rule(whole, files, knowledge)
    except KnowledgeBaseError as error:
        # Loading looks at the names in [then] and [source] only when those in [when] are right.
        try:
            _with_rule(replace(whole, tests=_harmless_tests(knowledge)), files, knowledge)
        except KnowledgeBaseError as other:
            raise KnowledgeBaseError({*error.problems, *other.problems}) from None
        raise
    return with_draft, with_draft.rules[draft.id]


def _harmless_tests(knowledge: KnowledgeBase) -> tuple[Written, ...]:
    """Return some test that fits the knowledge base."""
    for finding in knowledge.findings:
        return ({"finding": finding, "is": YES},)
    for question in knowledge.questions.values():
        if question.values:
            return ({"finding": question.findings[0], "is": question.values[0]},)
    threshold = next(iter(knowledge.thresholds.values()))
    return ({"finding": threshold.finding, "at_least": threshold.id},)


def _with_rule(whole: Draft, files: Folder, knowledge: KnowledgeBase) -> KnowledgeBase:
    text = rule_text(whole, knowledge.rungs)
    document = Document(whole.file, text, tomllib.loads(text))
    problems = list(problems_of(document, "rule"))
    if problems:
        raise KnowledgeBaseError(problems)
    return checked(replace(files, rules=(*files.rules, document)), unfinished=True)


def read_test(said: str, knowledge: KnowledgeBase) -> Written:
    """Read FINDING or FINDING=VALUE as a test; loading will check that its names exist.

    Raises:
        DraftError: a value is missing, or does not say how to compare.
    """
    finding, given, value = said.partition("=")
    question = knowledge.questions.get(finding)
    if given and not value:
        raise DraftError(f'"{said}" breaks off; say {finding}=VALUE')
    if question is None or question.kind == "yes_no":
        return {"finding": finding, "is": value or YES}
    if not value:
        raise DraftError(f'"{finding}" needs a value; say {_hint(question, knowledge)}')
    if question.kind == "checklist":
        return {"finding": finding, "includes": value if value == "any" else _several(value)}
    values = _several(value)
    if set(values) & set(question.values):
        return {"finding": finding, "is": value} if len(values) == 1 else {"finding": finding, "in": values}
    return {"finding": finding, **_comparison(question, value, knowledge)}


def _several(value: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in value.split(",")))


def _comparison(question: Question, value: str, knowledge: KnowledgeBase) -> Mapping[str, str]:
    direction, given, named = value.partition(":")
    threshold = named if given else value
    names = [other.id for other in knowledge.thresholds.values() if other.finding == question.id]
    if threshold not in names:
        known = [*question.values, *names]
        hint = nearest(threshold, known) or f"; say {_hint(question, knowledge)}"
        what = "value or threshold" if question.values else "threshold"
        raise DraftError(f'"{threshold}" is not a {what} of {question.id}{hint}')
    if given:
        if direction not in _DIRECTIONS:
            raise DraftError(f'"{direction}" is not a comparison; say {_either(question, threshold)}')
        return {direction: threshold}
    used = _directions_of(threshold, knowledge)
    if len(used) != 1:
        raise DraftError(f'"{threshold}" can be compared both ways; say {_either(question, threshold)}')
    return {used.pop(): threshold}


def _directions_of(threshold: str, knowledge: KnowledgeBase) -> set[str]:
    """Return how the other rules compare with a threshold."""
    question = knowledge.questions[knowledge.thresholds[threshold].finding]
    ends = (question.values[0], question.values[-1]) if question.values else ()
    found: set[str] = set()
    for rule in knowledge.rules.values():
        for test in tests_of(rule.when):
            if test.threshold == threshold:
                upwards = test.at_least is not None or bool(ends and ends[1] in (test.accepts or ()))
                found.add(_DIRECTIONS[0] if upwards else _DIRECTIONS[1])
    return found


def _either(question: Question, threshold: str) -> str:
    return " or ".join(f"{question.id}={direction}:{threshold}" for direction in _DIRECTIONS)


def _hint(question: Question, knowledge: KnowledgeBase) -> str:
    if question.kind == "checklist":
        item = question.options[0].id
        return f"an item as {question.id}.{item}, several as {question.id}=ITEM,ITEM, or {question.id}=any"
    names = [other.id for other in knowledge.thresholds.values() if other.finding == question.id]
    values = [f"{question.id}=VALUE with {' or '.join(question.values)}"] if question.values else []
    compared = [f"{question.id}=at_least:NAME or at_most:NAME with {' or '.join(names)}"] if names else []
    return "; ".join([*values, *compared]) or "it when thresholds.toml has a threshold for it"
