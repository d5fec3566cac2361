"""The texts of a knowledge base as a person reads them, with the sources that they cite."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from triage.inference.assessment import Answer, Caution, Citation, Reason, SelfCareStep
from triage.knowledge.model import KnowledgeBase, Provenance, Rule, Step
from triage.knowledge.parts.pronouns import address


class Wording:
    """Texts as they are said to the person, or about someone else; each is worked out once."""

    def __init__(self, knowledge: KnowledgeBase, *, about_other: bool) -> None:
        """Take the knowledge base, and whether texts are about someone else."""
        self._calls = knowledge.calls
        self._claims = knowledge.claims
        self._sources = knowledge.sources
        self._about_other = about_other
        self._said: dict[str, str] = {}
        self._cited: dict[Provenance, tuple[Citation, ...]] = {}

    def say(self, text: str) -> str:
        """Return a text with the right pronouns, and with whom to call."""
        if text not in self._said:
            self._said[text] = self._calls.named_in(address(text, about_other=self._about_other))
        return self._said[text]

    def citations(self, provenance: Provenance) -> tuple[Citation, ...]:
        """Return the sources of a provenance, in the order of the knowledge base."""
        if provenance not in self._cited:
            documents = {self._claims[claim].document for claim in provenance.claims}
            cited = documents | set(provenance.guidance)
            self._cited[provenance] = tuple(
                Citation(source.id, source.publisher, source.title, source.seen)
                for source in self._sources.values()
                if source.id in cited
            )
        return self._cited[provenance]

    def reason(self, rule: Rule, answers: tuple[Answer, ...], through: tuple[str, ...]) -> Reason:
        """Return the reason that a rule gives, with the answers and rules behind it."""
        return Reason(
            rule=rule.id,
            title=self.say(rule.title),
            disposition=rule.disposition,
            because=self.say(rule.reason),
            answers=answers,
            through=through,
            sources=self.citations(rule.provenance),
            beyond_documents=rule.provenance.beyond_documents,
        )

    def self_care_step(
        self, step: Step, rules: tuple[str, ...], cautions: tuple[Caution, ...]
    ) -> SelfCareStep:
        """Return a step that some rules offer, with the cautions beside it."""
        return SelfCareStep(
            id=step.id,
            name=self.say(step.name),
            when=step.when,
            how=self.say(step.how),
            how_long=self.say(step.how_long),
            how_often=self.say(step.how_often),
            body_parts=step.body_parts,
            rules=rules,
            cautions=cautions,
            sources=self.citations(step.provenance),
        )


_WORDINGS: WeakKeyDictionary[KnowledgeBase, tuple[Wording, Wording]] = WeakKeyDictionary()


def wording(knowledge: KnowledgeBase, *, about_other: bool) -> Wording:
    """Return the wording of a knowledge base, which is kept as long as the knowledge base."""
    if knowledge not in _WORDINGS:
        _WORDINGS[knowledge] = (
            Wording(knowledge, about_other=False),
            Wording(knowledge, about_other=True),
        )
    return _WORDINGS[knowledge][about_other]
