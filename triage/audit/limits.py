"""Limits on the measures of an audit: `rule=100,mutation=95`, and which of them were missed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from triage.audit.coverage import MEASURES
from triage.audit.model import Audit, Measure
from triage.source.diagnostic import nearest

NAMES = (*MEASURES, "mutation")
WHOLE = 100
EXAMPLE = "rule=100,condition=100,boundary=100,mutation=95"


@dataclass(frozen=True, slots=True)
class Missed:
    """A measure that is lower than its limit, printed as the line that says so."""

    measure: Measure
    limit: float

    def __str__(self) -> str:
        measure = self.measure
        share = f"{measure.covered} of {measure.total - measure.impossible}"
        return (
            f"{measure.name} {percent_of(measure):.1f} % is below {self.limit:g} %: {share} {measure.means}"
        )


def parse_limits(text: str) -> Mapping[str, float]:
    """Read limits written as `name=percent`, with commas between them.

    Raises:
        ValueError: with a message for the person who wrote them.
    """
    limits: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise ValueError(f'"{part.strip()}" is not NAME=PERCENT; write for example {EXAMPLE}')
        if name not in NAMES:
            hint = nearest(name, NAMES) or f"; it is one of {', '.join(NAMES)}"
            raise ValueError(f'no measure is called "{name}"{hint}')
        if name in limits:
            raise ValueError(f'"{name}" stands twice; keep one')
        limits[name] = _percent(number)
    return limits


def missed(audit: Audit, limits: Mapping[str, float]) -> tuple[Missed, ...]:
    """Return the measures that are lower than their limits, in the order of the limits."""
    wanted = ((audit.measure(name), limit) for name, limit in limits.items())
    return tuple(Missed(measure, limit) for measure, limit in wanted if measure.percent < limit)


def percent_of(measure: Measure) -> float:
    """Return the share of a measure, rounded down: only what is whole is called 100."""
    return math.floor(measure.percent * 10) / 10


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= WHOLE:
        raise ValueError(f'"{text}" is no percentage; give a number from 0 to {WHOLE}')
    return number
