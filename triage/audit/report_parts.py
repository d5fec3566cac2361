"""What the reports share: an audit as entries, in the words of whoever reads them, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from triage.audit.coverage import DECIDING
from triage.audit.model import (
    Audit,
    Counterexample,
    Gap,
    Name,
    Named,
    Proof,
    Survivor,
    TestedCase,
    Verdict,
    Witness,
)
from triage.audit.mutants import OPERATORS, words_of
from triage.audit.wording import AuthorWords, Words, say
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Location

MUTATION = "mutation"
CANNOT_SHOW, CANNOT_NOTICE, CANNOT_DECIDE = "show", "notice", "decide"
_NEVER_DECISIVE = "never decisive"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report: what it is about, what is said of it, and where that stands.

    A change that no case notices has no subject. Entries of one line in one file with the same `kind` say the
    same of different subjects; `alike` counts those that this one stands for beside itself.
    """

    rule: str
    place: Location
    kind: str
    subject: str
    about: str
    measure: str = ""
    alike: int = 0
    witnesses: tuple[Witness, ...] = ()

    @property
    def text(self) -> str:
        """What is said, and how many more are like it."""
        words = f"{self.subject or 'this change would go unnoticed'}: {self.about}"
        return f"{words} (and {self.alike} more like it)" if self.alike else words


@dataclass(frozen=True)
class Report:
    """An audit with what its reports need beside it.

    `folder` is the rules folder as the reader can open it; `seconds` is how long the audit took, where that
    is to be told; `vocabulary` is what the reader knows.
    """

    audit: Audit
    knowledge: KnowledgeBase
    cases: Sequence[TestedCase] = ()
    folder: str = "rules"
    seconds: float | None = None
    vocabulary: Callable[[KnowledgeBase], Words] = AuthorWords

    @cached_property
    def words(self) -> Words:
        """What the reader calls things."""
        return self.vocabulary(self.knowledge)

    def path(self, place: Location) -> str:
        """Return the path of a file of the rules folder, as the reader can open it."""
        return f"{self.folder}/{place.file}" if self.folder else place.file

    def where(self, place: Location) -> str:
        """Return a place as file and line."""
        return f"{self.path(place)}:{place.line}"

    def line(self, entry: Entry) -> str:
        """Return an entry on one line."""
        return f"{self.where(entry.place)} {entry.text}"

    @cached_property
    def gaps(self) -> tuple[Entry, ...]:
        """Everything that a measure lacks, in the order of where it stands."""
        return _by_place(map(self._gap, self.audit.gaps))

    @cached_property
    def not_shown(self) -> tuple[Entry, ...]:
        """Everything that no case shows, in the order of where it stands, and each thing once."""
        return _by_place(map(self._gap, _told_once(self.audit.gaps)))

    @cached_property
    def unnoticed(self) -> tuple[Entry, ...]:
        """Every change that no case notices, the gravest kinds of change first within a rule."""
        grave = list(OPERATORS)
        survivors = sorted(self.audit.mutation.survivors, key=lambda each: grave.index(each.mutant.operator))
        return tuple(map(self._survivor, survivors))

    @cached_property
    def _masked(self) -> Mapping[str, Gap]:
        """The rules whose dispositions never decide, and what masks them."""
        gaps = (*self.audit.gaps, *self.audit.impossible)
        return {gap.rule: gap for gap in gaps if gap.measure == DECIDING}

    @cached_property
    def set_aside(self) -> tuple[Entry, ...]:
        """What is not missing, since it is proved that it cannot be."""
        equivalents = self.audit.mutation.equivalents
        return (*map(self._impossible, self.audit.impossible), *map(self._equivalent, equivalents))

    def against(self, proof: Proof) -> list[Entry]:
        """Return what speaks against a statement, or may."""
        return list(map(self._counterexample, proof.exceptions))

    @cached_property
    def failing(self) -> tuple[TestedCase, ...]:
        """The cases whose own expectations the rules do not meet."""
        names = set(self.audit.failing)
        return tuple(case for case in self.cases if case.id in names)

    @cached_property
    def proofs(self) -> tuple[Proof, ...]:
        """The proofs, what is open first, then what is worth a look, then what is proved."""
        unsettled = self.audit.open_proofs
        worth = sorted(self.audit.proofs, key=lambda proof: proof.verdict is Verdict.PROVED)
        return tuple(sorted(worth, key=lambda proof: proof not in unsettled))

    def by_rule(self, entries: Iterable[Entry]) -> Mapping[str, Sequence[Entry]]:
        """Return entries by rule: those of no rule first, then by urgency, then by how many there are."""
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            groups.setdefault(entry.rule, []).append(entry)
        return dict(sorted(groups.items(), key=lambda group: self._order(*group)))

    def _order(self, name: str, entries: Sequence[Entry]) -> tuple[bool, int, int, str]:
        rule = self.knowledge.rules.get(name)
        rank = self.knowledge.rungs[rule.disposition].rank if rule and rule.disposition else 0
        return rule is not None, -rank, -len(entries), rule.file if rule else ""

    def _gap(self, gap: Gap) -> Entry:
        about = self._with_reason(gap.what, gap)
        return Entry(gap.rule, gap.place, about, self._subject(gap.subject), about, gap.measure)

    def _impossible(self, gap: Gap) -> Entry:
        about = f"{gap.what} in any intake"
        kind = CANNOT_SHOW
        if gap.measure == DECIDING:
            about, kind = self._with_reason(about, gap), CANNOT_DECIDE
        return Entry(gap.rule, gap.place, kind, self._subject(gap.subject), about)

    def _with_reason(self, words: str, gap: Gap) -> str:
        return f"{words}; {say(self.words, gap.reason)}" if gap.reason else words

    def _survivor(self, survivor: Survivor) -> Entry:
        mutant = survivor.mutant
        about = words_of(self.words, mutant)
        if mutant.operator == "disposition_moved" and mutant.rule.id in self._masked:
            about = self._with_reason(about, self._masked[mutant.rule.id])
        if survivor.equivalent is Verdict.UNDECIDED:
            about = f"{about} (undecided whether any case could notice it)"
        return Entry(mutant.rule.id, mutant.place, mutant.operator, "", about, MUTATION)

    def _equivalent(self, survivor: Survivor) -> Entry:
        mutant = survivor.mutant
        change = words_of(self.words, mutant)
        return Entry(mutant.rule.id, mutant.place, CANNOT_NOTICE, change, "changes nothing")

    def _counterexample(self, against: Counterexample) -> Entry:
        rule = against.subject.id if against.subject.kind == "rule" else ""
        about = say(self.words, against.what)
        if against.verdict is Verdict.UNDECIDED:
            about = f"not known whether {about}"
        subject = self._subject(against.subject)
        return Entry(rule, against.place, "", subject, about, witnesses=against.witnesses)

    def _subject(self, named: Named) -> str:
        """Name what an entry is about; what is no rule and no test of one, with what it is."""
        name = self.words.name(named)
        if not isinstance(named, Name) or named.kind in ("rule", named.id):
            return name
        return f"{self.words.name(Name('kind', named.kind))} {name}"


def gathered(entries: Iterable[Entry]) -> list[Entry]:
    """Let the first of several alike entries of one line stand for them all."""
    first: dict[tuple[Location, str], Entry] = {}
    for entry in entries:
        key = entry.place, entry.kind
        first[key] = replace(first[key], alike=first[key].alike + 1) if key in first else entry
    return list(first.values())


def _by_place(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.place.file, entry.place.line)))


def _told_once(gaps: Sequence[Gap]) -> Iterator[Gap]:
    """Leave out the masking form of what is never decisive, and say so beside the stricter form."""

    def key(gap: Gap) -> tuple[str, Named, Location]:
        return gap.rule, gap.subject, gap.place

    masking = {key(gap) for gap in gaps if gap.measure == "masking"}
    strict = {key(gap) for gap in gaps if gap.what == _NEVER_DECISIVE}
    for gap in gaps:
        if gap.what == _NEVER_DECISIVE and key(gap) in masking:
            yield replace(gap, what=f"{gap.what}, not even masked")
        elif gap.measure != "masking" or key(gap) not in strict:
            yield gap
