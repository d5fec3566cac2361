"""What the reports share: what an audit and its readers need together, and what is missing, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from triage.audit.limits import percent_of
from triage.audit.model import Audit, Gap, Masked, Measure, Proof, Survivor, TestedCase, Verdict
from triage.audit.mutants import OPERATORS
from triage.knowledge.model import KnowledgeBase, Rule
from triage.source.diagnostic import Location

MUTATION = "mutation"
_NAMED = 3
_NEVER_DECISIVE = "never decisive"


@dataclass(frozen=True)
class Report:
    """An audit with what its reports need beside it.

    `folder` is the rules folder as the reader can open it; `seconds` is how long the audit took, where that
    is to be told.
    """

    audit: Audit
    knowledge: KnowledgeBase
    cases: Sequence[TestedCase] = ()
    folder: str = "rules"
    seconds: float | None = None

    @property
    def _lowest(self) -> str:
        return next(iter(self.knowledge.rungs))

    def path(self, place: Location) -> str:
        """Return the path of a file of the rules folder, as the reader can open it."""
        return f"{self.folder}/{place.file}" if self.folder else place.file

    def where(self, place: Location) -> str:
        """Return a place as file and line."""
        return f"{self.path(place)}:{place.line}"

    @cached_property
    def not_shown(self) -> tuple[Item, ...]:
        """Everything that no case shows, in the order of where it stands."""
        return tuple(
            sorted(_not_shown(self.audit, self._lowest), key=lambda item: (item.place.file, item.place.line))
        )

    @cached_property
    def unnoticed(self) -> tuple[Item, ...]:
        """Every change that no case notices, the gravest kinds of change first within a rule."""
        grave = list(OPERATORS)
        survivors = sorted(self.audit.mutation.survivors, key=lambda entry: grave.index(entry.operator))
        masked = {entry.rule: entry for entry in self.audit.masked}
        return tuple(_unnoticed(entry, masked.get(entry.rule), self._lowest) for entry in survivors)

    @cached_property
    def set_aside(self) -> tuple[Aside, ...]:
        """What no case can show and no case can notice, each with the size of the search that proved it."""
        return tuple(_set_aside(self.audit, self._lowest))

    @cached_property
    def failing(self) -> tuple[TestedCase, ...]:
        """The cases whose own expectations the rules do not meet."""
        names = set(self.audit.failing)
        return tuple(case for case in self.cases if case.id in names)

    @cached_property
    def proofs(self) -> tuple[Proof, ...]:
        """The proofs, what is open first, then what is worth a look, then what is proved."""
        open_first = {proof.id: 0 for proof in self.audit.open_proofs}
        return tuple(
            sorted(
                self.audit.proofs,
                key=lambda proof: open_first.get(proof.id, 1 if proof.verdict is Verdict.REFUTED else 2),
            )
        )

    def by_rule(self, items: Iterable[Item]) -> Mapping[str, Sequence[Item]]:
        """Return items by rule: those of no rule first, then by urgency, then by how many there are."""
        found: dict[str, list[Item]] = {}
        for item in items:
            found.setdefault(item.rule, []).append(item)
        return dict(sorted(found.items(), key=lambda entry: self._order(*entry)))

    def _order(self, name: str, items: Sequence[Item]) -> tuple[bool, int, int, str]:
        rule = self.knowledge.rules.get(name)
        rank = self.knowledge.rungs[rule.disposition].rank if rule and rule.disposition else 0
        return rule is not None, -rank, -len(items), rule.file if rule else ""

    def rule(self, name: str) -> Rule:
        """Return a rule by its id."""
        return self.knowledge.rules[name]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is missing: the measure that lacks it, where it stands, and what is said of its subject.

    A change that nobody would notice has no subject. Items of one rule and line with the same `kind` say the
    same of different subjects; `alike` counts those that this one stands for beside itself.
    """

    measure: str
    rule: str
    place: Location
    kind: str
    subject: str
    about: str
    alike: int = 0

    @property
    def said(self) -> str:
        """What is missing, and how many more are like it."""
        lead = "this change would go unnoticed" if self.measure == MUTATION else self.subject
        words = f"{lead}: {self.about}"
        return f"{words} (and {self.alike} more like it)" if self.alike else words


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that is not missing, since it is proved that it cannot be."""

    kind: str
    rule: str
    place: Location
    words: str
    nodes: int


CANNOT_SHOW, CANNOT_NOTICE, CANNOT_DECIDE = "show", "notice", "decide"


def _set_aside(audit: Audit, lowest: str) -> Iterator[Aside]:
    for entry in audit.impossible:
        words = f"{entry.subject}: {entry.what} in any intake"
        yield Aside(CANNOT_SHOW, entry.rule, entry.place, words, entry.nodes)
    for hidden in audit.masked:
        if hidden.proof is Verdict.PROVED:
            words = f"{hidden.disposition}: never decides; {masked_by(hidden, lowest)}, and so in any intake"
            yield Aside(CANNOT_DECIDE, hidden.rule, hidden.place, words, hidden.nodes)
    for same in audit.mutation.equivalents:
        yield Aside(CANNOT_NOTICE, same.rule, same.place, f"{same.change}: changes nothing", same.nodes)


def gathered(items: Iterable[Item]) -> list[Item]:
    """Let the first of several alike items of one line stand for them all."""
    first: dict[tuple[int, str, str], Item] = {}
    for item in items:
        key = (item.place.line, item.place.file, item.kind)
        first[key] = replace(first[key], alike=first[key].alike + 1) if key in first else item
    return list(first.values())


def percent(measure: Measure) -> str:
    """Return the share of a measure; only what is whole is called 100."""
    return f"{percent_of(measure):.1f}"


def masked_by(entry: Masked, lowest: str) -> str:
    """Say which rules mask a disposition; the lowest of all gives way to what is only not ruled out too."""
    cases = "the one case" if entry.fired == 1 else f"all {entry.fired} cases"
    names = ", ".join(entry.by[:_NAMED])
    if len(entry.by) > _NAMED:
        names = f"{names} and {len(entry.by) - _NAMED} others"
    which = names if len(entry.by) == 1 else f"one of {names}"
    calls = "calls, or may call," if entry.disposition == lowest else "calls"
    return f"in {cases} where it fires, {which} {calls} for as much or more"


def _not_shown(audit: Audit, lowest: str) -> Iterator[Item]:
    def key(gap: Gap) -> tuple[str, str, Location]:
        return gap.rule, gap.subject, gap.place

    masking = {key(gap) for gap in audit.gaps if gap.measure == "masking"}
    decisive = {key(gap) for gap in audit.gaps if gap.measure == "condition" and gap.what == _NEVER_DECISIVE}
    for gap in audit.gaps:
        both = key(gap) in masking & decisive
        if gap.measure == "condition" and gap.what == _NEVER_DECISIVE and both:
            yield _gap(gap, f"{gap.what}, not even masked")
        elif gap.measure != "masking" or not both:  # said already, in one line with the stricter form
            yield _gap(gap, gap.what)
    for entry in audit.masked:
        if entry.proof is Verdict.PROVED:
            continue
        about = f"never decides; {masked_by(entry, lowest)}"
        yield Item("disposition", entry.rule, entry.place, "never decides", entry.disposition, about)


def _gap(gap: Gap, what: str) -> Item:
    reason = "" if gap.reason == f"{gap.what} in any case" else f"; {gap.reason}"
    subject = gap.subject if gap.rule else f"{gap.measure} {gap.subject}"
    return Item(gap.measure, gap.rule, gap.place, f"{what}{reason}", subject, f"{what}{reason}")


def _unnoticed(survivor: Survivor, masked: Masked | None, lowest: str) -> Item:
    about = survivor.change
    if masked and survivor.operator == "disposition_moved":
        about = f"{about}; {masked_by(masked, lowest)}"
    if survivor.proof is Verdict.UNDECIDED:
        about = f"{about} (undecided whether any case could notice it)"
    return Item(MUTATION, survivor.rule, survivor.place, survivor.operator, "", about)
