"""Finds names that nothing uses, and files that nothing reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from triage.knowledge.checking.lint import Base, Check, row_problem
from triage.knowledge.citations import idle_claims, unused_claims, unused_sources
from triage.source.diagnostic import Diagnostic


def _unused(base: Base, table: str, used: Iterable[str], message: str) -> Iterator[Diagnostic]:
    names = frozenset(used)
    return _named(base, table, {row["id"] for *_, row in base.rows(table)} - names, message)


def _named(
    base: Base, table: str, names: Collection[str], message: str, key: str = "id"
) -> Iterator[Diagnostic]:
    """Yield the rows of some names, each at one of its keys; the message may name the row."""
    for document, place, row in base.rows(table):
        if row["id"] in names:
            yield row_problem(document, place, row, key, message.format(row["id"]))


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
    Check("unused-kind", "a kind of step that no rule withholds", _unused_kind, "know"),
)
