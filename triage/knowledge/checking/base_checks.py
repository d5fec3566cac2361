"""Checks of a whole knowledge base: every name exists, no conclusions form a circle, red flags count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import Document, Folder
from triage.knowledge.model import ANYWHERE, YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import Test, enough_alone
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer, pointer_text


def check_knowledge_base(knowledge: KnowledgeBase, files: Folder, *, unfinished: bool = False) -> None:
    """Check that every name exists, that no conclusions form a circle, and that each red flag calls for care.

    In an `unfinished` knowledge base, rules for red flags may be missing.

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
        """Return the answers that pass a test alone, directly or through rules that conclude its finding."""
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
