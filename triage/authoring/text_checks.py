"""How texts and labels read: "you" as an object, curly quotes, answers that nobody can tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.knowledge.lint import Base, Check, texts_for_people
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import pointer_text

_BEFORE_AN_OBJECT = (
    "about|after|asks?|at|behind|bothers?|brings?|by|calms?|drives?|for|from|gave|gives?|guides?|helps?|"
    "holds?|keeps?|kept|lets?|made|makes?|near|of|on|prevents?|robs?|shows?|stops?|takes?|tells?|to|told|"
    "toward|wakes?|waking|warns?|with|without|woken|worries"
)
_AFTER_A_SUBJECT = r"(?:are|can|could|do|did|had|have|may|might|must|need|should|take|want|were|will)\b"
_AFTER_AN_OBJECT = r"(?= (?:and|at|by|from|in|of|or|out|to|up|when|while|with)\b|[.,;:!?)]|$)"
_OBJECT_YOU = re.compile(
    rf"\b(?:{_BEFORE_AN_OBJECT}) you\b(?! {_AFTER_A_SUBJECT}){_AFTER_AN_OBJECT}", re.IGNORECASE
)
_TWO_FORMS = re.compile(r"\{[^{}|]*\|[^{}|]*\}")
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
_SPOKEN_TO_WHO_ANSWERS = ("laws", "ladder")


def _same_label(base: Base) -> Iterator[Diagnostic]:
    for document, place, row in base.rows("questionnaire"):
        first: dict[str, str] = {}
        for index, option in enumerate(row.get("options", ())):
            label = " ".join(option["label"].casefold().split())
            if label in first:
                line = document.line_of(*place, "options", index, "label")
                message = f'reads like "{first[label]}"; say in the label what tells the two apart'
                yield Diagnostic.at(
                    document.path, line, f"/question/{row['id']}/{option['id']}/label", message
                )
            first.setdefault(label, option["id"])


def _bare_you(base: Base) -> Iterator[Diagnostic]:
    if base.knowledge.rewording is None:
        return
    for document, place, text in texts_for_people(base):
        found = _OBJECT_YOU.search(_TWO_FORMS.sub("", text))
        if found and place[0] not in _SPOKEN_TO_WHO_ANSWERS:
            message = f'"{found.group()}": write {{you}}, which becomes "them" where it is about someone else'
            yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


def _curly_quote(base: Base) -> Iterator[Diagnostic]:
    for document, place, text in base.texts():
        found = _CURLY.search(text)
        if found:
            message = (
                f"holds a curly quote ({found.group()}); write the straight one, which every terminal shows"
            )
            yield Diagnostic.at(document.path, document.line_of(*place), pointer_text(place), message)


CHECKS: tuple[Check[Base], ...] = (
    Check("same-label", "two answers to one question that read alike", _same_label),
    Check("bare-you", 'the object "you" that is not written {you}', _bare_you),
    Check("curly-quote", "a text with curly quotes", _curly_quote),
)
