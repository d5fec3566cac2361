"""People of the shipped population, some of whom answer less than most do."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources
from random import Random
from typing import Any

from triage import KnowledgeBase
from triage.population.people import People, Proportions
from triage.population.population import read_proportions


@cache
def proportions(knowledge: KnowledgeBase) -> Proportions:
    text = resources.files("triage.population").joinpath("population.toml").read_text("utf-8")
    return read_proportions(knowledge, tomllib.loads(text))


class Crowd:
    """Draws people whose answers are less plain than most: more is skipped, more is not sure."""

    def __init__(self, knowledge: KnowledgeBase, **shares: float) -> None:
        """Take the knowledge base, and the shares in which the crowd differs from the shipped population."""
        usual = proportions(knowledge)
        self._chance = Random()  # noqa: S311 - made-up people
        self._people = People(knowledge, replace(usual, shares=replace(usual.shares, **shares)), self._draw)

    def _draw(self) -> float:
        return self._chance.random()

    def answers(self, chance: Random) -> dict[str, Any]:
        """Return the answers of the next person that chance brings."""
        self._chance = chance
        answers: dict[str, Any] = json.loads(f"{{{self._people.answers()}}}")
        return answers
