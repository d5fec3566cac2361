"""The chain from questions to outcomes as a picture: questions, findings, topics of rules, dispositions.

A line stands for the rules between two things, and its width for how many there are. The picture is drawn
twice, since a phone has no room for four columns: once whole, and once a stage at a time, from top to bottom.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from triage.explanation.phrasing import headline, spaced
from triage.knowledge.model import KnowledgeBase, Rule
from triage.knowledge.pronouns import address

ADVICE = "advice"
_STAGES = ("questions", "findings", "topics", "outcomes")
_SAID = ("causes", "steps", "withholds", "explains", "watch_for")

_RULE = 1.0  # the height of one rule
_THINNEST = 0.75
_BAR = 5
_LINE = 13  # the height of one line of a label
_GAP = 5
_WIDEST_GAP = 44
_EDGE = 2  # above and below the columns


@dataclass(frozen=True, slots=True)
class Node:
    """A question, a finding, a topic or an outcome. `rank` is that of a disposition, 0 for the rest."""

    stage: str
    id: str
    label: str
    rank: int = 0


@dataclass(frozen=True)
class Chain:
    """What rests on what: the nodes of each stage, and the number of rules between two of them."""

    nodes: Mapping[str, tuple[Node, ...]]
    edges: Mapping[tuple[Node, Node], int]

    def into(self, node: Node) -> Mapping[Node, int]:
        """What leads to a node, most rules first."""
        return _most_first(
            (source, count) for (source, target), count in self.edges.items() if target == node
        )

    def out_of(self, node: Node) -> Mapping[Node, int]:
        """What a node leads to, most rules first."""
        return _most_first(
            (target, count) for (source, target), count in self.edges.items() if source == node
        )


def chain_of(knowledge: KnowledgeBase) -> Chain:
    """Return the chain of a knowledge base; a question that no rule reads stands in none of it."""
    rungs = [Node("outcomes", rung.id, spaced(rung.id), rung.rank) for rung in knowledge.rungs.values()]
    topics = dict.fromkeys(rule.topic for rule in knowledge.rules.values())
    every = {
        "questions": [Node("questions", name, spaced(name)) for name in knowledge.questions],
        "findings": [Node("findings", name, spaced(name)) for name in knowledge.findings],
        "topics": [Node("topics", name, address(headline(name))) for name in topics],
        "outcomes": [*reversed(rungs), Node("outcomes", ADVICE, "advice only")],
    }
    named = {(node.stage, node.id): node for nodes in every.values() for node in nodes}
    count: Counter[tuple[Node, Node]] = Counter()
    for rule in knowledge.rules.values():
        read = [*_read(knowledge, rule)]
        into = [("findings", finding) for finding in rule.findings]
        if rule.disposition or any(getattr(rule, key) for key in _SAID):
            into.append(("topics", rule.topic))
            count[named["topics", rule.topic], named["outcomes", rule.disposition or ADVICE]] += 1
        count.update((named[source], named[target]) for source in read for target in into)
    linked = {node for edge in count for node in edge}
    nodes = {stage: [node for node in nodes if node in linked] for stage, nodes in every.items()}
    nodes["topics"].sort(key=lambda node: -_urgency(node, count))
    return Chain({stage: tuple(found) for stage, found in nodes.items()}, count)


def _read(knowledge: KnowledgeBase, rule: Rule) -> Iterable[tuple[str, str]]:
    """The questions and findings that a rule reads, each once."""
    found = (
        ("findings", name) if name in knowledge.findings else ("questions", knowledge.question_of[name].id)
        for name in sorted(rule.tested)
    )
    return dict.fromkeys(found)


def _urgency(topic: Node, count: Mapping[tuple[Node, Node], int]) -> float:
    """The mean rank of the outcomes of a topic."""
    ranks = [(target.rank, number) for (source, target), number in count.items() if source == topic]
    return sum(rank * number for rank, number in ranks) / max(1, sum(number for _, number in ranks))


def _most_first(entries: Iterable[tuple[Node, int]]) -> Mapping[Node, int]:
    return dict(sorted(entries, key=lambda entry: -entry[1]))


@dataclass(frozen=True)
class Column:
    """Nodes that stand one above the other: where their bars stand, and on which side their labels."""

    nodes: Sequence[Node]
    x: float
    label_left: bool
    letters: int

    def lines(self, node: Node) -> list[str]:
        """The label of a node, in lines that fit."""
        return textwrap.wrap(node.label, self.letters)


def whole(chain: Chain) -> Markup:
    """Draw the chain in four columns."""
    stages = [chain.nodes[stage] for stage in _STAGES]
    columns = [
        Column(stages[0], 124, label_left=True, letters=16),
        Column(_untangled(chain, stages[1], stages[0]), 286, label_left=False, letters=18),
        Column(stages[2], 500, label_left=False, letters=18),
        Column(stages[3], 712, label_left=False, letters=14),
    ]
    return _Drawing(chain.edges, columns, 800).svg(
        "From questions to outcomes, over findings and topics of rules"
    )


def in_stages(chain: Chain) -> list[tuple[str, Markup]]:
    """Draw the chain a stage at a time, for a narrow page; return each drawing with its title."""
    questions, findings, topics, outcomes = (chain.nodes[stage] for stage in _STAGES)
    stages = (
        ("From questions to findings", questions, findings),
        ("From questions to topics of rules", questions, topics),
        ("From findings to topics of rules", findings, topics),
        ("From topics of rules to outcomes", topics, outcomes),
    )
    drawings = []
    for title, left, right in stages:
        edges = {edge: count for edge, count in chain.edges.items() if edge[0] in left and edge[1] in right}
        linked = {node for edge in edges for node in edge}
        columns = [
            Column([node for node in left if node in linked], 118, label_left=True, letters=16),
            Column([node for node in right if node in linked], 225, label_left=False, letters=16),
        ]
        if edges:
            drawings.append((title, _Drawing(edges, columns, 343).svg(title)))
    return drawings


def _untangled(chain: Chain, nodes: Sequence[Node], before: Sequence[Node]) -> list[Node]:
    """Order nodes by the middle of what leads to them."""
    place = {node: number for number, node in enumerate(before)}

    def middle(node: Node) -> float:
        sources = {source: count for source, count in chain.into(node).items() if source in place}
        total = sum(sources.values())
        return sum(place[source] * count for source, count in sources.items()) / total if total else 0.0

    return sorted(nodes, key=middle)


class _Drawing:
    """Columns with lines between them; every line keeps its width where it meets a bar."""

    def __init__(
        self, edges: Mapping[tuple[Node, Node], int], columns: Sequence[Column], width: float
    ) -> None:
        self._columns = columns
        self._width = width
        self._number = {node: number for number, column in enumerate(columns) for node in column.nodes}
        drawn = {
            edge: count
            for edge, count in edges.items()
            if edge[0] in self._number and edge[1] in self._number
        }
        self._within = {edge: count for edge, count in drawn.items() if self._beside(*edge)}
        self._across = {edge: count for edge, count in drawn.items() if not self._beside(*edge)}
        self._totals: Counter[tuple[Node, bool]] = Counter()
        for (source, target), count in self._across.items():
            self._totals[source, True] += count
            self._totals[target, False] += count

    def _beside(self, source: Node, target: Node) -> bool:
        return self._number[source] == self._number[target]

    def _height(self, node: Node) -> float:
        label = _LINE * len(self._columns[self._number[node]].lines(node))
        return max(label, *(_RULE * self._totals[node, way] for way in (True, False)))

    @cached_property
    def _depth(self) -> float:
        """The height of the picture: that of its highest column."""
        return max(
            sum(map(self._height, column.nodes)) + _GAP * (len(column.nodes) - 1) for column in self._columns
        )

    @cached_property
    def _tops(self) -> Mapping[Node, float]:
        tops: dict[Node, float] = {}
        for column in self._columns:
            left = self._depth - sum(map(self._height, column.nodes))
            gap = min(_WIDEST_GAP, left / max(1, len(column.nodes) - 1))
            y = (left - gap * (len(column.nodes) - 1)) / 2 + _EDGE
            for node in column.nodes:
                tops[node] = y
                y += self._height(node) + gap
        return tops

    def _middle(self, node: Node) -> float:
        return self._tops[node] + self._height(node) / 2

    @cached_property
    def _ends(self) -> Mapping[tuple[Node, Node, bool], float]:
        """Where each line meets the bars, from top to bottom in the order of where it comes from or goes."""
        ends: dict[tuple[Node, Node, bool], float] = {}
        for node in self._number:
            for out in (True, False):
                mine = [edge for edge in self._across if edge[0 if out else 1] == node]
                mine.sort(key=lambda edge: self._middle(edge[1 if out else 0]))
                y = self._middle(node) - _RULE * self._totals[node, out] / 2
                for edge in mine:
                    ends[*edge, out] = y + _RULE * self._across[edge] / 2
                    y += _RULE * self._across[edge]
        return ends

    def svg(self, title: str) -> Markup:
        """Return the picture; a reader who cannot see it has the same in words below it."""
        size = Markup("{} {}").format(_round(self._width), _round(self._depth + 2 * _EDGE))
        parts = [Markup('<svg role="img" aria-label="{}" viewBox="0 0 {}">\n').format(title, size)]
        parts += [self._line(edge, count) for edge, count in self._across.items()]
        parts += [self._arc(edge, count) for edge, count in self._within.items()]
        parts += [self._node(node) for node in self._number]
        return Markup("").join([*parts, Markup("</svg>")])

    def _line(self, edge: tuple[Node, Node], count: int) -> Markup:
        source, target = edge
        start, end = self._columns[self._number[source]].x + _BAR, self._columns[self._number[target]].x
        from_y, to_y = self._ends[source, target, True], self._ends[source, target, False]
        bend = (end - start) / 2
        path = (
            f"M{_round(start)} {_round(from_y)}C{_round(start + bend)} {_round(from_y)} "
            f"{_round(end - bend)} {_round(to_y)} {_round(end)} {_round(to_y)}"
        )
        return self._path(edge, count, path)

    def _arc(self, edge: tuple[Node, Node], count: int) -> Markup:
        x = self._columns[self._number[edge[0]]].x
        ys = [_round(self._middle(node)) for node in edge]
        path = f"M{_round(x)} {ys[0]}C{_round(x - 40)} {ys[0]} {_round(x - 40)} {ys[1]} {_round(x)} {ys[1]}"
        return self._path(edge, count, path)

    @staticmethod
    def _path(edge: tuple[Node, Node], count: int, path: str) -> Markup:
        source, target = edge
        said = f"{source.label} to {target.label}: {count} rule{'' if count == 1 else 's'}"
        width = _round(max(_THINNEST, _RULE * count))
        way = f"from-{source.stage} to-{target.stage} at-{target.rank}"
        return Markup('<path class="{}" stroke-width="{}" d="{}"><title>{}</title></path>\n').format(
            way, width, path, said
        )

    def _node(self, node: Node) -> Markup:
        column = self._columns[self._number[node]]
        top, height = self._tops[node], self._height(node)
        bar = Markup('<rect class="at-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            node.rank, _round(column.x), _round(top), _BAR, _round(height)
        )
        x = column.x - 5 if column.label_left else column.x + _BAR + 5
        lines = column.lines(node)
        first = top + height / 2 - _LINE * (len(lines) - 1) / 2 + 4
        spans = Markup("").join(
            Markup('<tspan x="{}" y="{}">{}</tspan>').format(_round(x), _round(first + _LINE * number), line)
            for number, line in enumerate(lines)
        )
        side = Markup(' text-anchor="end"') if column.label_left else ""
        return Markup("{}<text{}>{}</text>\n").format(bar, side, spans)


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
