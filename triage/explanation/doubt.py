"""The signs that a person was not sure about, in as few words as the room asks for: none is lost.

Few signs stand each on a line of its own. Many stand in one paragraph, then by their kinds, and only then the
least urgent are counted; all advice lists every sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from triage.inference.assessment import DoubtfulSign
from triage.knowledge.model import KnowledgeBase, Option
from triage.knowledge.parts.pronouns import address

_KEY = "press m"


@dataclass(frozen=True, slots=True)
class Doubts:
    """Wordings of doubts: `emergencies` are of signs that could be an emergency, `others` of the rest."""

    emergencies: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What several signs have in common; `signs` counts them."""

    name: str
    signs: int


@dataclass(frozen=True)
class Wordings:
    """The ways to word doubts, for one person.

    `emergencies` are the signs that could be an emergency, `others` the rest.
    """

    knowledge: KnowledgeBase
    emergencies: Sequence[DoubtfulSign]
    others: Sequence[DoubtfulSign]
    about_other: bool

    def ways(self) -> Iterator[Doubts]:
        """Yield the wordings, the fullest first."""
        labels = Doubts(tuple(map(self._named, self.emergencies)), tuple(map(self._named, self.others)))
        yield labels
        yield Doubts(labels.emergencies, _flowing(labels.others))
        yield Doubts(_flowing(labels.emergencies), _flowing(labels.others))
        worst, rest = self._kinds(self.emergencies), self._kinds(self._most_urgent_first)
        yield from (Doubts(labels.emergencies, _cut(rest, most)) for most in range(len(rest), 0, -1))
        yield from (Doubts(_cut(worst, len(worst)), _cut(rest, most)) for most in range(len(rest), -1, -1))
        yield from (Doubts(_cut(worst, most), _cut(rest, 0)) for most in range(len(worst) - 1, 0, -1))

    def _named(self, sign: DoubtfulSign) -> str:
        """Return the label of a sign in doubt; only a red flag keeps its examples in brackets."""
        return sign.label if sign.finding in self.knowledge.red_flags else sign.label.partition(" (")[0]

    @cached_property
    def _most_urgent_first(self) -> Sequence[DoubtfulSign]:
        ladder = list(self.knowledge.rungs)
        return sorted(self.others, key=lambda sign: -ladder.index(sign.disposition))

    def _kinds(self, signs: Sequence[DoubtfulSign]) -> list[_Kind]:
        """Return the kinds of some signs, in their order; of a kind with one sign, the sign."""
        members: dict[str, list[DoubtfulSign]] = {}
        for sign in signs:
            members.setdefault(self._kind(sign.finding) or sign.finding, []).append(sign)
        return [
            _Kind(self._named(its[0]) if len(its) == 1 else self._say(kind), len(its))
            for kind, its in members.items()
        ]

    def _kind(self, finding: str) -> str:
        """Return the kind of a sign: its group, or what its whole list is called; "" if it has none."""
        question = self.knowledge.question_of[finding]
        item = finding.partition(".")[2]
        option: Option | None = next((each for each in question.options if each.id == item), None)
        if option is None:
            return ""
        return option.group or ("" if option.red_flag else question.first_line)

    def _say(self, text: str) -> str:
        return address(text, about_other=self.about_other)


def _flowing(texts: Sequence[str]) -> tuple[str, ...]:
    """Return texts as one paragraph; none if there are none."""
    return ("; ".join(texts),) if texts else ()


def _cut(kinds: Sequence[_Kind], most: int) -> tuple[str, ...]:
    """Return the first kinds as one paragraph, and how many signs more there are."""
    more = sum(kind.signs for kind in kinds[most:])
    said = [kind.name for kind in kinds[:most]]
    left = f"{'and ' if said else ''}{more} more: {_KEY}"
    return _flowing([*said, left] if more else said)
