"""Dispositions that never decide, the rules that mask them, and whether any intake lets them decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from triage.audit.coverage import witnesses_of
from triage.audit.model import Gap, Name, Sentence, Verdict
from triage.audit.table import Table
from triage.inference.standing import Bits, union
from triage.knowledge.model import Rule
from triage.proof.everyone import Everyone, Search
from triage.proof.solver import Answer
from triage.proof.world import World
from triage.source.diagnostic import Location

DECIDING = "deciding"
"""What the gaps go by; it is not counted as a measure."""
_VERDICTS = {
    Answer.NONE: Verdict.PROVED,
    Answer.FOUND: Verdict.REFUTED,
    Answer.UNDECIDED: Verdict.UNDECIDED,
}


def masked(cases: Table, everyone: Everyone) -> Iterator[Gap]:
    """Yield the dispositions of rules that fire in a case, but decide in none.

    A disposition decides where its rule fires, and no other rule that calls for as much. The lowest decides
    only where every rule that calls for more is ruled out.
    """
    for rule in cases.knowledge.rules.values():
        if rule.disposition and cases.fired(rule.id) and not _decides(cases, rule):
            yield _gap(cases, rule, everyone.find(_decides(everyone, rule)))


def _decides(world: World, rule: Rule) -> Bits:
    return world.fired(rule.id) & ~union(_against(world, rule).values())


def _against(world: World, rule: Rule) -> Mapping[str, Bits]:
    """Where each other rule keeps a rule's disposition from deciding."""
    rungs = world.knowledge.rungs
    mine = rungs[rule.disposition].rank, rule.soon
    against = {}
    for other in world.knowledge.rules.values():
        if other.disposition and other.id != rule.id and (rungs[other.disposition].rank, other.soon) >= mine:
            must_be_ruled_out = _is_lowest(world, rule) and not _is_lowest(world, other)
            against[other.id] = world.possible(other.id) if must_be_ruled_out else world.fired(other.id)
    return against


def _is_lowest(world: World, rule: Rule) -> bool:
    return rule.disposition == next(iter(world.knowledge.rungs))


def _gap(cases: Table, rule: Rule, search: Search) -> Gap:
    fired = cases.fired(rule.id)
    calls = "calls, or may call," if _is_lowest(cases, rule) else "calls"
    return Gap(
        DECIDING,
        Name("disposition", rule.disposition),
        "never decides",
        _reason(fired.bit_count(), _fewest(_against(cases, rule), fired), calls),
        Location(rule.file, rule.line_of("disposition")),
        rule.id,
        _VERDICTS[search.answer],
        witnesses_of(search, f"{rule.id}.decides", f"{rule.title}: {rule.disposition} decides", rule.id),
    )


def _reason(fired: int, by: Sequence[str], calls: str) -> Sentence:
    """Name the rules that mask a disposition: one, or some of which one does in each case."""
    which = "{}" if len(by) == 1 else "one of {}"
    cases = "the one case" if fired == 1 else f"all {fired} cases"
    words = f"in {cases} where it fires, {which} {calls} for as much or more"
    return Sentence.listing(words, (Name("rule", name) for name in by))


def _fewest(beside: Mapping[str, int], fired: int) -> tuple[str, ...]:
    """Choose few rules that together mask every case: each time the one that masks most of what is left."""
    chosen = []
    while fired:
        best = max(beside, key=lambda name: (beside[name] & fired).bit_count())
        chosen.append(best)
        fired &= ~beside[best]
    return tuple(chosen)
