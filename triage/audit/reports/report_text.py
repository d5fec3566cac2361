"""The audit as text for a terminal: what is missing first, the table of measures last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from triage.audit.model import Verdict
from triage.audit.reports.report_parts import Entry, Report, gathered, verdict_of
from triage.source.text import WIDTH, plural, wrap

RULES_SHOWN = 20
ENTRIES_SHOWN = 3
"""How many rules a list shows, and how many entries of each, unless everything is shown."""

Paint: TypeAlias = Callable[[str, str], str]
"""Styles a whole line; the second argument is "heading" or "bad"."""


def unpainted(line: str, _: str) -> str:
    """Return a line unchanged."""
    return line


def text(report: Report, *, everything: bool = False, paint: Paint = unpainted) -> str:
    """Return the report in lines of at most 80 columns.

    Args:
        report: the audit and the rest that its reports need.
        everything: show every entry of the long lists.
        paint: styles headings and bad verdicts; the words do not depend on it.
    """
    lines = _Lines(report, everything, paint)
    return "".join(f"{line}\n" for line in lines.whole())


def coverage_lines(report: Report, *, everything: bool = False) -> Iterator[str]:
    """Yield the gaps and the measures as lines, for the end of a run of pytest."""
    lines = _Lines(report, everything, unpainted)
    yield from lines.missing()
    yield from lines.measures()


@dataclass(frozen=True, slots=True)
class _Lines:
    report: Report
    everything: bool
    paint: Paint

    def whole(self) -> Iterator[str]:
        audit = self.report.audit
        yield from wrap(
            f"Audit of {audit.knowledge_base} {audit.version}, sha256 {audit.sha256[:12]}: "
            f"{plural(len(audit.rules), 'rule')}, {plural(audit.cases, 'case')}"
        )
        if audit.invalid_cases:
            yield from wrap(f"Left out as invalid: {plural(audit.invalid_cases, 'case')}.")
        if self.report.failing:
            yield from self._section("CASES THAT FAIL THEIR OWN EXPECTATIONS", self.report.failing)
            yield from wrap("They notice no change below. triage evaluate says what they miss.")
        yield from self.missing()
        yield from self._proofs()
        gated = self.report.gated_red_flags
        yield from self._heading(f"RED FLAGS THAT ARE NOT ASKED OF EVERYBODY: {len(gated) or 'none'}")
        for entry in gated:
            yield from [entry.where, *wrap(entry.text, " " * 4)]
        yield from self.measures()
        yield from self._end()

    def missing(self) -> Iterator[str]:
        yield from self._section("WHAT NO CASE SHOWS", self.report.not_shown)
        yield from self._section("WHAT NO CASE WOULD NOTICE", self.report.unnoticed)
        if self.everything:
            yield from self._section("SET ASIDE, EACH WITH A PROOF", self.report.set_aside)

    def _heading(self, words: str) -> Iterator[str]:
        yield ""
        for line in wrap(words):
            yield self.paint(line, "heading")

    def _section(self, title: str, entries: Sequence[Entry]) -> Iterator[str]:
        """Yield a heading with the number of entries, then the first entries or all."""
        rules = len({entry.rule for entry in entries if entry.rule})
        where = f", in {plural(rules, 'rule')}, the most urgent rules first" if rules else ""
        yield from self._heading(f"{title}: {len(entries) or 'nothing'}{where}")
        yield from self._listed(entries)

    def _listed(self, entries: Sequence[Entry]) -> Iterator[str]:
        """Yield the first entries of the first rules, or all entries, then the number of those left out."""
        groups = self.report.by_rule(entries).values()
        if self.everything:
            shown = [entry for group in groups for entry in group]
        else:
            first = islice(groups, RULES_SHOWN)
            shown = [entry for group in first for entry in gathered(group)[:ENTRIES_SHOWN]]
        for entry in shown:
            if len(entry.line) <= WIDTH:
                yield entry.line
            else:
                yield from [entry.where, *wrap(entry.text, " " * 4)]
        left = len(entries) - sum(1 + entry.alike for entry in shown)
        if left:
            yield f"... and {left} more (-v lists them)"

    def _proofs(self) -> Iterator[str]:
        proofs = self.report.proofs
        proved = [proof for proof in proofs if proof.verdict is Verdict.PROVED]
        yield from self._heading(f"PROVED OVER ALL INTAKES: {len(proved)} of {len(proofs)} statements")
        for proof in proofs:
            line, is_proved = f"{verdict_of(proof)}: {proof.id}", proof.verdict is Verdict.PROVED
            yield line if is_proved else self.paint(line, "bad")
            if self.everything or not is_proved:
                yield from wrap(proof.statement, " " * 4)
            yield from self._listed(self.report.against(proof))

    def measures(self) -> Iterator[str]:
        yield from self._heading("MEASURES")
        shares = {each.name: f"{each.covered} of {each.possible}" for each in self.report.audit.measures}
        names, numbers = max(map(len, shares)), max(map(len, shares.values()))
        for measure in self.report.audit.measures:
            aside = f" ({measure.impossible} set aside)" if measure.impossible else ""
            head = f"{measure.name:<{names}} {measure.rounded:>5} %  {shares[measure.name]:>{numbers}}  "
            yield from wrap(f"{measure.means}{aside}", head, " " * len(head))

    def _end(self) -> Iterator[str]:
        yield ""
        number = len(self.report.audit.witnesses)
        if number:
            saved = f"{plural(number, 'intake')} that would close a gap or speak against a statement"
            yield from wrap(f"triage audit --write-witnesses FOLDER saves {saved}, as a case each.")
        if not self.report.audit.reviewed_by_clinician:
            yield from wrap(self.report.knowledge.laws.not_reviewed)
        if self.report.seconds is not None:
            yield f"This took {self.report.seconds:.1f} seconds."
