"""Laws of the form "if A, then B": their tests count how often A held, and fail where that is too seldom.

    @conditional(at_least=0.4)
    @given(findings())
    def test_law(antecedent: Antecedent, answers: Findings) -> None:
        if antecedent(premise(answers)):
            assert conclusion(answers)

The share is a floor, well below what was measured: chance does not reach it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

FEW = 30
"""A share of fewer examples says little. Of these the premise must have held in one, where that is likely."""
_LIKELY = 0.999


class Antecedent:
    """Counts how often the premise of a law held."""

    def __init__(self) -> None:
        self.examples = 0
        self.met = 0

    def __call__(self, holds: object) -> bool:
        """Count one example; return whether its premise holds."""
        self.examples += 1
        self.met += bool(holds)
        return bool(holds)

    def is_met(self, at_least: float) -> bool:
        """Whether the premise held in at least this share of the examples."""
        if self.examples >= FEW:
            return self.met >= at_least * self.examples
        met_by_chance = 1 - (1 - at_least) ** self.examples
        return self.met > 0 or 0 < met_by_chance < _LIKELY


def conditional(*, at_least: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorate a property test whose law has a premise; stands above `given` and `settings`.

    The test takes an `Antecedent` first, and asks it once an example. Every run of the test counts anew:
    neither the worker that runs it matters, nor how many examples its profile asks for.

    Args:
        at_least: the share of the examples in which the premise must hold.

    Raises:
        AssertionError: it held in a smaller share, or the test never asked.
    """
    assert 0 < at_least <= 1, "a law whose premise may never hold says nothing"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        first, *fixtures = signature.parameters.values()

        @wraps(test)
        def counted(**arguments: Any) -> None:
            antecedent = Antecedent()
            test(**{first.name: antecedent}, **arguments)
            assert antecedent.is_met(at_least), (
                f"the premise held in {antecedent.met} of {antecedent.examples} examples, "
                f"and not in {at_least:.0%}; draw nearer to where it holds"
            )

        vars(counted)["__signature__"] = signature.replace(parameters=fixtures)
        return counted

    return decorate
