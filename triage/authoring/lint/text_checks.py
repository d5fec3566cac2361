"""Checks of texts: spaces, braces, "you" as an object, curly quotes, equal labels, and harmful advice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.knowledge.checking.lint import Base, Check, texts_for_people
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import pointer_text


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


_NUMBER_OF_ONE_COUNTRY = re.compile(r"\b(999|911|112|111|116117)\b")
_STOPPING = re.compile(r"\bstop (taking|using|the (medicine|tablet))", re.IGNORECASE)


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
    Check("stray-blank", "a text with blanks too many or a line break", _stray_blank),
    Check("unknown-placeholder", "braces that the program does not replace", _unknown_placeholder),
    Check("reason-wording", 'a reason that does not complete "because ..."', _reason_wording),
    Check("one-country-number", "an emergency number of one country in a text", _number_of_one_country),
    Check("stopped-medicine", "a text that tells people to stop a medicine", _stopped_medicine),
    Check("same-label", "two answers to one question that read alike", _same_label),
    Check("bare-you", 'the object "you" that is not written {you}', _bare_you),
    Check("curly-quote", "a text with curly quotes", _curly_quote),
)
