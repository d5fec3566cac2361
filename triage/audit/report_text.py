"""The audit as text for a terminal: what is missing first, the table of measures last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias, TypeVar

from triage.audit.model import Proof, Verdict
from triage.audit.provenance import KINDS
from triage.audit.report_parts import (
    CANNOT_DECIDE,
    CANNOT_NOTICE,
    CANNOT_SHOW,
    Entry,
    Report,
    gathered,
)
from triage.source.text import WIDTH, plural, wrap

RULES_SHOWN = 20
ENTRIES_SHOWN = 3
OTHERS_SHOWN = 5
_CANNOT = {
    CANNOT_SHOW: "Things that no case can show",
    CANNOT_DECIDE: "Dispositions that no case lets decide",
    CANNOT_NOTICE: "Changes that no case can notice",
}

_Entry = TypeVar("_Entry")
Paint: TypeAlias = Callable[[str, str], str]
"""Gives a whole line its looks: "heading" or "bad"."""


def unpainted(line: str, _: str) -> str:
    """Leave a line as it is."""
    return line


def text(report: Report, *, everything: bool = False, paint: Paint = unpainted) -> str:
    """Return the report, in lines of 80 columns.

    Args:
        report: the audit and what goes with it.
        everything: show every entry of the long lists.
        paint: gives headings and verdicts their looks; nothing rests on it.
    """
    lines = _Lines(report, everything=everything, paint=paint, more="triage audit -v")
    return "".join(f"{line}\n" for line in lines.whole())


def coverage_lines(report: Report, *, everything: bool = False) -> Iterator[str]:
    """Yield the lines of what is missing and of the measures, for the end of a run of pytest."""
    return _Lines(report, everything=everything, paint=unpainted, more="-v").coverage()


class _Lines:
    def __init__(self, report: Report, *, everything: bool, paint: Paint, more: str) -> None:
        self._report = report
        self._audit = report.audit
        self._everything = everything
        self._paint = paint
        self._more = more

    def whole(self) -> Iterator[str]:
        audit = self._audit
        yield from wrap(
            f"Audit of {audit.knowledge_base} {audit.version}, sha256 {audit.sha256[:12]}: "
            f"{plural(len(audit.rules), 'rule')}, {plural(audit.cases, 'case')}"
        )
        if audit.invalid_cases:
            yield from wrap(f"Left out as invalid: {plural(audit.invalid_cases, 'case')}.")
        yield from self._failing()
        yield from self._missing()
        yield from self._proofs()
        yield from self._provenance()
        yield from self._measures()
        yield from self._end()

    def coverage(self) -> Iterator[str]:
        yield from self._missing()
        yield from self._measures()

    def _heading(self, words: str) -> Iterator[str]:
        yield ""
        for line in wrap(words):
            yield self._paint(line, "heading")

    def _failing(self) -> Iterator[str]:
        failing = self._report.failing
        if failing:
            yield from self._heading(f"FAIL THEIR OWN EXPECTATIONS: {plural(len(failing), 'case')}")
            lines = (_at(f"{case.file}:{case.line}", case.id) for case in failing)
            yield from self._listed(lines, len(failing), RULES_SHOWN)
            yield from wrap("They notice no change below. triage evaluate says what they miss.")

    def _missing(self) -> Iterator[str]:
        whole = "Every condition, threshold and outcome is shown by cases."
        yield from self._entries("WHAT NO CASE SHOWS", self._report.not_shown, whole)
        whole = "Every small change of a rule is noticed by a case."
        yield from self._entries("WHAT NO CASE WOULD NOTICE", self._report.unnoticed, whole)
        yield from self._set_aside()

    def _entries(self, title: str, entries: Sequence[Entry], whole: str) -> Iterator[str]:
        if not entries:
            yield from self._heading(f"{title}: nothing")
            yield from wrap(whole)
            return
        by_rule = self._report.by_rule(entries)
        rules = [name for name in by_rule if name]
        where = f", in {plural(len(rules), 'rule')}, the most urgent rules first" if rules else ""
        yield from self._heading(f"{title}: {len(entries)}{where}")
        groups = list(by_rule.values())
        shown = self._first(groups, RULES_SHOWN)
        for group in shown:
            yield from self._group(group)
        left = sum(map(len, groups[len(shown) :]))
        if left:
            others = plural(len(groups) - len(shown), "other rule")
            yield from wrap(f"... and {left} more in {others} ({self._more})")

    def _group(self, group: Sequence[Entry]) -> Iterator[str]:
        entries = group if self._everything else gathered(group)
        shown = self._first(entries, ENTRIES_SHOWN)
        for entry in shown:
            yield from self._entry(entry)
        left = sum(1 + entry.alike for entry in entries[len(shown) :])
        if left:
            where = "in this rule" if group[0].rule else "outside the rules"
            yield f"    ... and {left} more {where} ({self._more})"

    def _set_aside(self) -> Iterator[str]:
        aside = self._report.set_aside
        if not aside:
            return
        yield from self._heading("SET ASIDE, EACH WITH A PROOF")
        for kind, means in _CANNOT.items():
            entries = [entry for entry in aside if entry.kind == kind]
            if entries:
                yield f"{means}: {len(entries)}"
            for entry in entries if self._everything else ():
                yield from self._entry(entry)
        if not self._everything:
            yield f"({self._more} lists them)"

    def _proofs(self) -> Iterator[str]:
        proofs = self._report.proofs
        proved = [proof for proof in proofs if proof.verdict is Verdict.PROVED]
        yield from self._heading(f"PROVED OVER ALL INTAKES: {len(proved)} of {len(proofs)} statements")
        for proof in proofs:
            if proof.verdict is not Verdict.PROVED:
                yield from self._open_proof(proof)
        widest = max((len(proof.id) for proof in proved), default=0)
        for proof in proved:
            size = plural(proof.goals, "question") if proof.goals else ""
            yield f"proved  {proof.id:<{widest}}  {size}".rstrip()
            if self._everything:
                yield from wrap(proof.statement, " " * 8)

    def _open_proof(self, proof: Proof) -> Iterator[str]:
        verdict = {
            Verdict.UNDECIDED: "UNDECIDED, and perhaps decided with a larger --budget",
            Verdict.REFUTED: "REFUTED, and it is a law" if proof.law else "refuted, worth a look",
        }[proof.verdict]
        line = f"{verdict}: {proof.id}"
        yield self._paint(line, "bad") if proof in self._audit.open_proofs else line
        yield from wrap(proof.statement, " " * 4)
        against = map(self._entry, self._report.against(proof))
        yield from self._listed(against, len(proof.exceptions), OTHERS_SHOWN)

    def _provenance(self) -> Iterator[str]:
        lacks = self._audit.provenance
        yield from self._heading(f"WHAT PROVENANCE LACKS: {len(lacks) or 'nothing'}")
        for kind, means in KINDS.items():
            of_kind = [lack for lack in lacks if lack.kind == kind]
            if of_kind:
                yield from wrap(f"{means}: {len(of_kind)}")
            lines = (_at(self._report.where(lack.place), f"{lack.subject}: {lack.what}") for lack in of_kind)
            yield from self._listed(lines, len(of_kind), OTHERS_SHOWN)

    def _measures(self) -> Iterator[str]:
        yield from self._heading("MEASURES")
        shares = {
            measure.name: f"{measure.covered} of {measure.possible}" for measure in self._audit.measures
        }
        names, numbers = max(map(len, shares)), max(map(len, shares.values()))
        for measure in self._audit.measures:
            aside = f" ({measure.impossible} set aside)" if measure.impossible else ""
            head = f"{measure.name:<{names}} {measure.rounded:>5} %  {shares[measure.name]:>{numbers}}  "
            yield from wrap(f"{measure.means}{aside}", head, " " * len(head))

    def _end(self) -> Iterator[str]:
        yield ""
        number = len(self._audit.witnesses)
        if number:
            saved = f"{plural(number, 'intake')} that would close a gap or speak against a statement"
            yield from wrap(f"triage audit --write-witnesses FOLDER saves {saved}, as a case each.")
        if not self._audit.reviewed_by_clinician:
            yield from wrap(self._report.knowledge.laws.not_reviewed)
        if self._report.seconds is not None:
            yield f"This took {self._report.seconds:.1f} seconds."

    def _entry(self, entry: Entry) -> Iterator[str]:
        return _at(self._report.where(entry.place), entry.text)

    def _first(self, entries: Sequence[_Entry], most: int) -> Sequence[_Entry]:
        return entries if self._everything else entries[:most]

    def _listed(self, entries: Iterable[Iterator[str]], number: int, most: int) -> Iterator[str]:
        """Yield the lines of the first entries, and how many are left out."""
        for lines in islice(entries, None if self._everything else most):
            yield from lines
        if number > most and not self._everything:
            yield f"... and {number - most} more ({self._more})"


def _at(where: str, words: str) -> Iterator[str]:
    """Yield a place and what is said of it, on one line where it fits."""
    if len(where) + 1 + len(words) <= WIDTH:
        yield f"{where} {words}"
    else:
        yield where
        yield from wrap(words, " " * 4)
