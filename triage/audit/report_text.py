"""The audit as text for a terminal: what is missing first, the table of measures last."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from triage.audit.model import Lack, Proof, Verdict
from triage.audit.provenance import KINDS
from triage.audit.report_parts import (
    CANNOT_DECIDE,
    CANNOT_NOTICE,
    CANNOT_SHOW,
    MUTATION,
    Item,
    Report,
    gathered,
    percent,
)
from triage.source.diagnostic import Location

WIDTH = 80
RULES_SHOWN = 20
ITEMS_SHOWN = 3
OTHERS_SHOWN = 5
MORE = "triage audit -v"

_Entry = TypeVar("_Entry")
Paint: TypeAlias = Callable[[str, str], str]
"""Gives a whole line its looks: "heading", "good" or "bad"."""


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
    return "".join(f"{line}\n" for line in _Text(report, everything=everything, paint=paint).lines())


class _Text:
    def __init__(self, report: Report, *, everything: bool, paint: Paint) -> None:
        self._report = report
        self._audit = report.audit
        self._everything = everything
        self._paint = paint

    def lines(self) -> Iterator[str]:
        audit = self._audit
        yield from _wrap(
            f"Audit of {audit.knowledge_base} {audit.version}, sha256 {audit.sha256[:12]}: "
            f"{_count(len(audit.rules), 'rule')}, {_count(audit.cases, 'case')}"
        )
        if audit.invalid_cases:
            yield from _wrap(f"Left out as invalid: {_count(audit.invalid_cases, 'case')}.")
        yield from self._failing()
        yield from self._items(
            "no case shows",
            self._report.not_shown,
            "Every condition, threshold and outcome is shown by cases.",
        )
        yield from self._items(
            "no case would notice",
            self._report.unnoticed,
            "Every small change of a rule is noticed by a case.",
        )
        yield from self._set_aside()
        yield from self._proofs()
        yield from self._provenance()
        yield from self._measures()
        yield from self._end()

    def _heading(self, words: str) -> Iterator[str]:
        yield ""
        for line in _wrap(words):
            yield self._paint(line, "heading")

    def _failing(self) -> Iterator[str]:
        failing = self._report.failing
        if failing:
            cases = _count(len(failing), "case")
            yield from self._heading(f"FAIL THEIR OWN EXPECTATIONS: {cases}")
            for case in self._some(failing, RULES_SHOWN):
                yield from self._at(f"{case.file}:{case.line}", case.id)
            yield from self._more(len(failing), RULES_SHOWN)
            yield from _wrap("They notice no change below. triage evaluate says what they miss.")

    def _items(self, title: str, items: Sequence[Item], none: str) -> Iterator[str]:
        by_rule = self._report.by_rule(items)
        rules = [name for name in by_rule if name]
        if not items:
            yield from self._heading(f"WHAT {title.upper()}: nothing")
            yield from _wrap(none)
            return
        words = f"WHAT {title.upper()}: {len(items)}"
        if rules:
            words += f", in {_count(len(rules), 'rule')}, the most urgent rules first"
        yield from self._heading(words)
        shown = list(self._some(list(by_rule), RULES_SHOWN))
        for name in shown:
            yield from self._group(by_rule[name])
        left = [item for name, group in by_rule.items() if name not in shown for item in group]
        if left:
            yield from _wrap(f"... and {len(left)} more in {len(by_rule) - len(shown)} other rules ({MORE})")

    def _group(self, items: Sequence[Item]) -> Iterator[str]:
        lines = list(items) if self._everything else gathered(items)
        shown = list(self._some(lines, ITEMS_SHOWN))
        for item in shown:
            yield from self._placed(item.place, item.said)
        left = sum(1 + item.alike for item in lines[len(shown) :])
        if left:
            yield f"    ... and {left} more in this rule ({MORE})"

    def _set_aside(self) -> Iterator[str]:
        aside = self._report.set_aside
        if not aside:
            return
        yield from self._heading("SET ASIDE, EACH WITH A PROOF")
        for kind, means, noun in (
            (CANNOT_SHOW, "No case can show", "thing"),
            (CANNOT_DECIDE, "No case lets it decide", "disposition"),
            (CANNOT_NOTICE, "No case can notice", "change"),
        ):
            found = [entry for entry in aside if entry.kind == kind]
            if found:
                yield f"{means}: {_count(len(found), noun)}"
            for entry in found if self._everything else ():
                yield from self._placed(entry.place, f"{entry.words} ({_count(entry.nodes, 'node')})")
        if not self._everything:
            yield f"({MORE} lists them)"

    def _proofs(self) -> Iterator[str]:
        proofs = self._report.proofs
        proved = [proof for proof in proofs if proof.verdict is Verdict.PROVED]
        yield from self._heading(f"PROVED OVER ALL INTAKES: {len(proved)} of {len(proofs)} statements")
        for proof in proofs:
            if proof.verdict is not Verdict.PROVED:
                yield from self._open_proof(proof)
        widest = max((len(proof.id) for proof in proved), default=0)
        for proof in proved:
            size = f"{_count(proof.goals, 'goal')}, {_count(proof.nodes, 'node')}"
            yield f"proved  {proof.id:<{widest}}  {size}" if proof.goals else f"proved  {proof.id}"
            if self._everything:
                yield from _wrap(f"{proof.statement} {proof.method}", 8, 8)

    def _open_proof(self, proof: Proof) -> Iterator[str]:
        told = {
            Verdict.UNDECIDED: "UNDECIDED, and perhaps decided with a larger --budget",
            Verdict.REFUTED: "REFUTED, and it is a law" if proof.law else "refuted, worth a look",
        }[proof.verdict]
        line = f"{told}: {proof.id}"
        is_open = proof in self._audit.open_proofs
        yield self._paint(line, "bad") if is_open else line
        yield from _wrap(f"{proof.statement}{f' {proof.method}' if self._everything else ''}", 4, 4)
        for against in self._some(proof.exceptions, OTHERS_SHOWN):
            yield from self._placed(against.place, f"{against.subject}: {against.what}")
        yield from self._more(len(proof.exceptions), OTHERS_SHOWN)

    def _provenance(self) -> Iterator[str]:
        lacks = self._audit.provenance
        if not lacks:
            yield from self._heading("WHAT PROVENANCE LACKS: nothing")
            return
        yield from self._heading(f"WHAT PROVENANCE LACKS: {len(lacks)}")
        for kind, means in KINDS.items():
            found = [lack for lack in lacks if lack.kind == kind]
            if found:
                yield from _wrap(f"{means}: {len(found)}")
                yield from self._lacks(found)

    def _lacks(self, lacks: Sequence[Lack]) -> Iterator[str]:
        for lack in self._some(lacks, OTHERS_SHOWN):
            yield from self._placed(lack.place, f"{lack.subject}: {lack.what}")
        yield from self._more(len(lacks), OTHERS_SHOWN)

    def _measures(self) -> Iterator[str]:
        yield from self._heading("MEASURES")
        shares = {
            measure.name: f"{measure.covered} of {measure.total - measure.impossible}"
            for measure in self._audit.measures
        }
        names, numbers = max(map(len, shares)), max(map(len, shares.values()))
        for measure in self._audit.measures:
            aside = measure.impossible
            if measure.name == MUTATION:
                aside = len(self._audit.mutation.equivalents)
            means = f"{measure.means}{f' ({aside} set aside)' if aside else ''}"
            head = f"{measure.name:<{names}} {percent(measure):>5} %  {shares[measure.name]:>{numbers}}  "
            yield from textwrap.wrap(means, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))

    def _end(self) -> Iterator[str]:
        yield ""
        witnesses = len(self._audit.witnesses)
        if witnesses:
            yield from _wrap(
                f"{_count(witnesses, 'intake')} would close or show these; "
                "triage audit --write-witnesses FOLDER saves them as cases."
            )
        if not self._audit.reviewed_by_clinician:
            yield from _wrap(self._report.knowledge.laws.not_reviewed)
        if self._report.seconds is not None:
            yield f"This took {self._report.seconds:.1f} seconds."

    def _placed(self, place: Location, words: str) -> Iterator[str]:
        yield from self._at(self._report.where(place), words)

    @staticmethod
    def _at(where: str, words: str) -> Iterator[str]:
        if len(where) + 1 + len(words) <= WIDTH:
            yield f"{where} {words}"
        else:
            yield where
            yield from _wrap(words, 4, 4)

    def _some(self, entries: Sequence[_Entry], most: int) -> Iterable[_Entry]:
        return entries if self._everything else entries[:most]

    def _more(self, number: int, most: int) -> Iterator[str]:
        if number > most and not self._everything:
            yield f"... and {number - most} more ({MORE})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _wrap(words: str, later: int = 0, first: int = 0) -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=" " * first,
        subsequent_indent=" " * later,
        break_long_words=False,
        break_on_hyphens=False,
    )
