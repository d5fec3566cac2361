"""A note for the doctor on one page: the outcome, why, what was answered, and what was not ruled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from triage.explanation.answers import NOTHING, answers_in_words
from triage.explanation.markdown import markdown
from triage.explanation.narrative import deciding_reasons, first_few, open_asks
from triage.explanation.short_result import verdict
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.inference.truth import Value
from triage.knowledge.model import KnowledgeBase, Question
from triage.knowledge.parts.pronouns import address
from triage.source.text import NARROW, page, shortened

_TITLE = "Note for the doctor"
FIRST_LINES = (_TITLE.upper(), f"# {_TITLE}")
"""How a note begins, as text and as Markdown."""
_MOST_QUESTIONS = 6
_LONGEST_QUOTE = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """A note: whose answers it is about, the lines under each heading, and a last line."""

    about: str
    sections: Mapping[str, tuple[str, ...]]
    foot: str


def note_of(
    knowledge: KnowledgeBase,
    findings: Mapping[str, Value],
    day: str = "",
    words: Mapping[str, str] = MappingProxyType({}),
    sentences: Sequence[str] = (),
) -> Note:
    """Return the note about some answers.

    Args:
        knowledge: the knowledge base.
        findings: the answers, finding by finding.
        day: when they were given.
        words: for each finding that the person told in their own words, these words.
        sentences: all that the person told in their own words, as typed, even if nothing was taken from it.
    """
    found = assess_findings(knowledge, findings)
    answers = list(answers_in_words(knowledge, findings, about_other=found.about_other, in_brief=True))
    told = {question.id: _told(question, words) for question, _ in answers}
    causes = "; ".join(cause.name for cause in found.causes)
    sections = {
        "Outcome": tuple(_outcome(found)),
        "Why": tuple(reason.because for reason in deciding_reasons(found)),
        "What is so": tuple(_present(knowledge, answers, told, about_other=found.about_other)),
        "In own words, as typed": tuple(f'"{_printable(each)}"' for each in sentences),
        "Asked, and nothing of it is so": tuple(_absent(answers, told, about_other=found.about_other)),
        "Not sure, so not ruled out": tuple(sign.label for sign in found.not_sure),
        "Not answered": tuple(first_few(open_asks(knowledge, found), _MOST_QUESTIONS, "question")),
        "Possible causes (no diagnosis)": (causes,) if causes else (),
    }
    who = "given for someone else" if found.about_other else "given by the person"
    about = f"Answers to a questionnaire ({knowledge.title}), {who}{f', {day}' if day else ''}."
    stamp = found.knowledge_base
    foot = f"Made by rules, version {stamp.version}, {stamp.sha256[:12]}. {stamp.notice}".strip()
    return Note(about, {head: its for head, its in sections.items() if its}, foot)


def note_text(note: Note, width: int = NARROW) -> str:
    """Return a note as plain text of a width."""
    lines = [FIRST_LINES[0], note.about]
    for head, its in note.sections.items():
        lines += ["", f"{head}:", *(f"- {text}" for text in its)]
    return page([*lines, "", note.foot], width)


def note_markdown(note: Note) -> str:
    """Return a note as Markdown."""
    lines = [FIRST_LINES[1], "", markdown(note.about)]
    for head, its in note.sections.items():
        lines += ["", f"## {head}", "", *(f"- {markdown(text)}" for text in its)]
    return "\n".join([*lines, "", markdown(note.foot)]) + "\n"


def _outcome(found: Assessment) -> Iterator[str]:
    yield verdict(found)
    if found.lowest != found.highest:
        yield f"What is not known could change it: from {found.lowest} to {found.highest}."


def _present(
    knowledge: KnowledgeBase,
    answers: Sequence[tuple[Question, str]],
    told: Mapping[str, str],
    *,
    about_other: bool,
) -> Iterator[str]:
    whom = knowledge.rewording[0] if knowledge.rewording else ""
    for question, text in answers:
        if text != NOTHING and question.id != whom:
            yield f"{address(question.ask, about_other=about_other)} {text}{told[question.id]}"
    if not answers:
        yield "Nothing was answered."


def _absent(
    answers: Sequence[tuple[Question, str]], told: Mapping[str, str], *, about_other: bool
) -> Iterator[str]:
    for question, text in answers:
        if text == NOTHING:
            yield f"{address(question.ask, about_other=about_other)}{told[question.id]}"


def _told(question: Question, words: Mapping[str, str]) -> str:
    """Return the words that an answer came from, to add to the answer; "" if it came from no words."""
    said = dict.fromkeys(words[each] for each in question.findings if words.get(each))
    shown = ", ".join(f'"{_printable(each)}"' for each in said)
    return f" (told in own words: {shown})" if said else ""


def _printable(text: str) -> str:
    """Return a typed text that is safe to print; a very long one is cut."""
    return shortened("".join(sign if sign.isprintable() else "?" for sign in text), _LONGEST_QUOTE)
