"""A generated population: made-up people by seed and proportions, one JSONL line each, for load and coverage.

Its proportions are guesses (see `population.toml`), so nothing counted in it says anything about real people.
Only `random.Random(seed).random()` is drawn from, which Python promises to keep: the same seed gives the same
bytes on every version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from triage.knowledge.model import KnowledgeBase
from triage.population.people import Answers, Complaint, Group, People, Proportions, Shares
from triage.population.spoiling import Spoiler
from triage.source.diagnostic import nearest

_LINES_A_PIECE = 1000
_NOTHING_NAMED = Answers({}, {}, {})
EQUAL_CHANCES = Proportions(
    shares=Shares(
        stops_early=0.05,
        skips=0.02,
        not_sure=0.02,
        item_by_item=0.02,
        not_sure_item=0.03,
        item=0.15,
        yes=0.5,
    ),
    grouped_by="",
    groups=(Group(0, 0, 1),),
    answers=_NOTHING_NAMED,
    complaints=(Complaint("any", (1,), _NOTHING_NAMED),),
)
"""For a knowledge base without known proportions."""


class PopulationError(ValueError):
    """Proportions that do not fit the questionnaire."""


def read_proportions(knowledge: KnowledgeBase, data: Mapping[str, Any]) -> Proportions:
    """Read proportions as written in `population.toml`.

    Raises:
        PopulationError: they name something that the questionnaire does not have, or lack a share.
    """
    rows = data["groups"]["group"]
    found = Proportions(
        shares=Shares(**data["shares"]),
        grouped_by=data["groups"]["question"],
        groups=tuple(Group(first, last, row["share"]) for row in rows for first, last in [row["range"]]),
        answers=_answers(data),
        complaints=tuple(Complaint(row["id"], row["share"], _answers(row)) for row in data["complaint"]),
    )
    if found.grouped_by not in knowledge.questions:
        raise PopulationError(_unknown(found.grouped_by, knowledge))
    for complaint in found.complaints:
        if len(complaint.share) != len(rows):
            raise PopulationError(f"{complaint.id}: give one share for each of the {len(rows)} groups")
    for answers in (found.answers, *(complaint.answers for complaint in found.complaints)):
        _check(knowledge, answers, len(rows))
    return found


def _answers(row: Mapping[str, Any]) -> Answers:
    return Answers(row.get("items", {}), row.get("one_of", {}), row.get("numbers", {}))


def _check(knowledge: KnowledgeBase, answers: Answers, groups: int) -> None:
    for name in (*answers.items, *answers.one_of, *answers.numbers):
        if name not in knowledge.questions:
            raise PopulationError(_unknown(name, knowledge))
    for name, named in (*answers.items.items(), *answers.one_of.items()):
        question = knowledge.questions[name]
        known = [option.id for option in question.options] or list(question.values)
        for each in named:
            if each not in known:
                raise PopulationError(f'{name} has no "{each}"{nearest(each, known)}')
    for name, items in answers.items.items():
        for item, share in items.items():
            if not isinstance(share, (int, float)) and len(share) != groups:
                raise PopulationError(
                    f"{name}.{item}: give one share, or one for each of the {groups} groups"
                )


def _unknown(name: str, knowledge: KnowledgeBase) -> str:
    return f'unknown question "{name}"{nearest(name, knowledge.questions)}'


def population(
    knowledge: KnowledgeBase, proportions: Proportions, *, count: int, seed: int, invalid: float = 0.0
) -> Iterator[str]:
    """Yield the lines of a population, many at a time.

    Args:
        knowledge: the knowledge base with the questionnaire; a question is asked only where it applies.
        proportions: how often each complaint and answer occurs.
        count: how many people.
        seed: the same seed gives the same people; fewer of them are the first of more.
        invalid: the share of lines to spoil; the other lines do not depend on it.
    """
    people = People(knowledge, proportions, Random(2 * seed).random)  # noqa: S311 - nothing secret
    draw = Random(2 * seed + 1).random  # noqa: S311 - as above
    spoil = Spoiler(knowledge, draw)
    for start in range(0, count, _LINES_A_PIECE):
        lines = []
        for number in range(start + 1, min(start + _LINES_A_PIECE, count) + 1):
            name, answers = f"p{seed}-{number}", people.answers()
            spoilt = invalid and draw() < invalid
            lines.append(spoil(name, answers) if spoilt else f'{{"id":"{name}","answers":{{{answers}}}}}\n')
        yield "".join(lines)
