"""The whole knowledge base as one document that a clinician can read and sign."""

from __future__ import annotations

import re
from typing import Literal

from triage.explanation.answers import answers_in_words
from triage.explanation.phrasing import gate_text, phrase, value_of
from triage.explanation.templating import html_environment, markdown_environment
from triage.knowledge.model import EVERYTHING, Kind, KnowledgeBase, Step
from triage.knowledge.reviews import seal, signed
from triage.publication.cross_references import SECTIONS, UNVERIFIED, References

Form = Literal["md", "html"]

_TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_KINDS: dict[Kind, str] = {
    "choice": "one answer",
    "scale": "one answer, on a scale from least to most",
    "number": "a whole number",
    "yes_no": "yes or no",
    "checklist": "a list; each item is present, absent, not sure or not asked, by itself",
}
_SEEN = {
    "publisher": "read at the publisher, or as an abstract or journal copy",
    "mirror": "read on a site that republishes it",
    UNVERIFIED: "not read; to be checked",
}
_SOURCE_KINDS = {
    "document": "The source documents",
    "guidance": "Published guidance",
    "study": "Studies and reviews",
    "judgement": "Judgement",
}
_USES = {
    "encode": "acts on an outcome",
    "explain": "shown as an explanation only",
    "exclude": "left out",
}


def document(knowledge: KnowledgeBase, form: Form) -> str:
    """Return a knowledge base as a Markdown or HTML document.

    The same knowledge base gives the same bytes.
    """
    environment = (html_environment if form == "html" else markdown_environment)("triage.publication")
    written = environment.get_template(f"knowledge.{form}").render(
        kb=knowledge,
        refs=References(knowledge),
        seen=_SEEN,
        signed=signed(knowledge),
        seal=lambda rule: seal(knowledge, rule),
        unverified=UNVERIFIED,
        phrase=lambda condition: phrase(knowledge, condition),
        sections=SECTIONS,
        kinds=_KINDS,
        offered=lambda end: _offered(knowledge, end.offers),
        uses=_USES,
        source_kinds={
            kind: [source for source in knowledge.sources.values() if source.kind == kind]
            for kind in _SOURCE_KINDS
        },
        source_kind_names=_SOURCE_KINDS,
        gate_text=lambda gate: gate_text(knowledge, gate),
        gate_of=knowledge.gate_of,
        told=lambda answers: list(answers_in_words(knowledge, answers)),
        value_of=lambda threshold: value_of(knowledge, threshold),
        places=lambda step: _places(knowledge, step),
    )
    return _BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", written)).strip() + "\n"


def _offered(knowledge: KnowledgeBase, offers: str) -> str:
    if offers == EVERYTHING:
        return "every step that fits"
    headings = (knowledge.moments[name].heading for name in knowledge.offered_under(offers))
    return f"only what stands under: {'; '.join(headings)}"


def _places(knowledge: KnowledgeBase, step: Step) -> str:
    labels = {option.id: option.label for option in knowledge.place_options}
    return "; ".join(labels.get(part, "any place") for part in step.body_parts)
