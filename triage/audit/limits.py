"""Limits on the measures of an audit, such as `rule=100,mutation=95`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from triage.audit.coverage import MEASURES
from triage.audit.model import Audit, Measure
from triage.source.diagnostic import nearest

NAMES = (*MEASURES, "mutation")
WHOLE = 100
EXAMPLE = "rule=100,condition=100,boundary=100,mutation=95"


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
            raise ValueError(f'"{name}" is given twice; keep one')
        try:
            limits[name] = float(number)
        except ValueError:
            limits[name] = math.nan
        if not 0 <= limits[name] <= WHOLE:
            raise ValueError(f'"{number}" is not a percentage; give a number from 0 to {WHOLE}')
    return limits


def missed(audit: Audit, limits: Mapping[str, float]) -> tuple[str, ...]:
    """Say which measures are lower than their limits, in the order of the limits."""
    wanted = ((audit.measure(name), limit) for name, limit in limits.items())
    return tuple(miss(measure, limit) for measure, limit in wanted if measure.percent < limit)


def miss(measure: Measure, limit: float) -> str:
    """Say that a measure is lower than its limit."""
    share = f"{measure.covered} of {measure.possible} {measure.means}"
    return f"{measure.name} {measure.rounded} % is below {limit:g} %: {share}"
