"""What the reports share: an audit as entries by rule, in words that the reader of the report knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from triage.audit.coverage import DECIDING
from triage.audit.model import (
    Audit,
    Counterexample,
    Gap,
    GatedRedFlag,
    Proof,
    Survivor,
    TestedCase,
    Verdict,
    Witness,
)
from triage.audit.mutants import OPERATORS, words_of
from triage.audit.wording import AuthorWords, Words, say, subject_of
from triage.explanation.answers import answers_in_words
from triage.explanation.topics import by_urgency
from triage.inference.answers.intake import read_answers
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Location


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report: its place in the rules, its subject, and what it says about the subject.

    A change that no case notices has no subject. Entries with the same place and the same `kind` say the same
    about different subjects; `alike` counts the others that this entry stands for.
    """

    where: str
    subject: str
    about: str
    kind: str = ""
    rule: str = ""
    alike: int = 0
    witnesses: tuple[Witness, ...] = ()

    @property
    def text(self) -> str:
        """The subject and what is said about it, with the number of entries like it."""
        words = f"{self.subject or 'this change would go unnoticed'}: {self.about}"
        return f"{words} (and {self.alike} more like it)" if self.alike else words

    @property
    def line(self) -> str:
        """The whole entry, on one line."""
        return f"{self.where} {self.text}"


@dataclass(frozen=True)
class Report:
    """An audit, and the rest that its reports need.

    `folder` is the rules folder as the reader can open it; `seconds` is how long the audit took, if the
    report should say so; `vocabulary` has the words that the reader knows.
    """

    audit: Audit
    knowledge: KnowledgeBase
    cases: Sequence[TestedCase] = ()
    folder: str = "rules"
    seconds: float | None = None
    vocabulary: Callable[[KnowledgeBase], Words] = AuthorWords

    @cached_property
    def words(self) -> Words:
        """The words of the reader for things."""
        return self.vocabulary(self.knowledge)

    def path(self, file: str) -> str:
        """Return the path of a file of the rules folder, as the reader can open it."""
        return f"{self.folder}/{file}" if self.folder else file

    def where(self, place: Location) -> str:
        """Return a place as file and line."""
        return f"{self.path(place.file)}:{place.line}"

    @cached_property
    def failing(self) -> tuple[Entry, ...]:
        """The cases whose own expectations the rules do not meet."""
        names = set(self.audit.failing)
        failing = (case for case in self.cases if case.id in names)
        return tuple(Entry(f"{case.file}:{case.line}", case.id, "misses what it expects") for case in failing)

    @cached_property
    def not_shown(self) -> tuple[Entry, ...]:
        """Everything that no case shows, in the order of its place, each thing once."""
        return tuple(map(self._gap, sorted(_told_once(self.audit.gaps), key=lambda gap: gap.place)))

    @cached_property
    def unnoticed(self) -> tuple[Entry, ...]:
        """Every change that no case notices, the gravest kinds of change first."""
        grave = list(OPERATORS)
        survivors = sorted(self.audit.mutation.survivors, key=lambda each: grave.index(each.mutant.operator))
        return tuple(map(self._survivor, survivors))

    @cached_property
    def set_aside(self) -> tuple[Entry, ...]:
        """The gaps and changes that, as is proved, no case can close or notice."""
        equivalents = self.audit.mutation.equivalents
        return (*map(self._gap, self.audit.impossible), *map(self._survivor, equivalents))

    @cached_property
    def gated_red_flags(self) -> tuple[Entry, ...]:
        """The red flags that are not asked of everybody, each with its reason and somebody not asked."""
        return tuple(map(self._gated, self.audit.gated_red_flags))

    def _gated(self, gated: GatedRedFlag) -> Entry:
        person = answers_in_words(self.knowledge, read_answers(self.knowledge, gated.not_asked))
        told = "; ".join(f"{question.ask} {answer}" for question, answer in person) or "nobody was found"
        about = f"asked only when: {gated.asked_when}. Why: {gated.rationale} Not asked, for example: {told}"
        return Entry(self.where(gated.place), subject_of(self.words, gated.flag), about)

    @cached_property
    def proofs(self) -> Sequence[Proof]:
        """The proofs, those refuted or undecided first."""
        return sorted(self.audit.proofs, key=lambda proof: proof.verdict is Verdict.PROVED)

    def against(self, proof: Proof) -> tuple[Entry, ...]:
        """Return the counterexamples of a proof, also the undecided ones."""
        return tuple(map(self._counterexample, proof.exceptions))

    def by_rule(self, entries: Iterable[Entry]) -> Mapping[str, Sequence[Entry]]:
        """Return entries by rule: those of no rule first, then those of the most urgent rules."""
        rules = by_urgency(self.knowledge, self.knowledge.rules.values())
        groups: dict[str, list[Entry]] = {name: [] for name in ("", *(rule.id for rule in rules))}
        for entry in entries:
            groups[entry.rule].append(entry)
        return {name: group for name, group in groups.items() if group}

    def _gap(self, gap: Gap) -> Entry:
        proved = gap.impossible is Verdict.PROVED
        about = f"{gap.what} in any intake" if proved else gap.what
        if gap.reason and (gap.measure == DECIDING or not proved):
            about = f"{about}; {say(self.words, gap.reason)}"
        return Entry(self.where(gap.place), subject_of(self.words, gap.subject), about, about, gap.rule)

    def _survivor(self, survivor: Survivor) -> Entry:
        mutant = survivor.mutant
        subject, about = "", words_of(self.words, mutant)
        if survivor.equivalent is Verdict.PROVED:
            subject, about = about, "changes nothing"
        elif survivor.equivalent is Verdict.UNDECIDED:
            about = f"{about} (undecided whether any case could notice it)"
        return Entry(self.where(mutant.place), subject, about, mutant.operator, mutant.rule)

    def _counterexample(self, against: Counterexample) -> Entry:
        rule = against.subject.id if against.subject.kind == "rule" else ""
        about = say(self.words, against.what)
        if against.verdict is Verdict.UNDECIDED:
            about = f"not known whether {about}"
        subject = subject_of(self.words, against.subject)
        return Entry(self.where(against.place), subject, about, about, rule, witnesses=against.witnesses)


def verdict_of(proof: Proof) -> str:
    """Say how a proof ended, and what can be done if it is undecided."""
    if proof.verdict is Verdict.UNDECIDED:
        return "undecided, and perhaps decided with a larger --budget"
    return str(proof.verdict.value)


def gathered(entries: Iterable[Entry]) -> list[Entry]:
    """Replace entries with the same place and kind by the first of them, which counts the others."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = entry.where, entry.kind
        first[key] = replace(first[key], alike=first[key].alike + 1) if key in first else entry
    return list(first.values())


def _told_once(gaps: Iterable[Gap]) -> Iterable[Gap]:
    """Leave out the second gap of a condition that is decisive in neither form."""
    told: dict[object, Gap] = {}
    for gap in gaps:
        key = gap.rule, gap.subject, gap.place, gap.what.removesuffix(", not even masked")
        told.setdefault(key, gap)
    return told.values()
