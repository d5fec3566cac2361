"""How a question is put: at once, or in steps that fill its list (yes or no first, groups before items).

Steps are not findings: after any steps, the answer names items of the question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from triage.inference.answers.reading import NOT_SURE_MARK, UNKNOWN, read_answer
from triage.inference.truth import Missing, Value
from triage.interview.hearing.options import NotUnderstood
from triage.interview.hearing.parsing import Reading, Taken, read
from triage.interview.hearing.typed import quoted
from triage.knowledge.model import NO, YES, KnowledgeBase, Option, Question

MOST_LINES = 9
"""A list with at most this many lines needs no groups."""
_WHICH = "Which?"
_WHICH_ELSE = "Any other of these?"


@dataclass(frozen=True)
class Prompt:
    """One step of a question, after which an answer is awaited.

    `offer` is the question as it is put: its options are the numbered lines, each an item or a group. `shown`
    are the items that the whole answer is about, and `given` what earlier steps said, item by item. `members`
    are the items of each group. `kinds` are said below a line, or below the question if it has no lines.
    """

    question: Question
    offer: Question
    shown: tuple[str, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether the question is a checklist, whatever its first step."""
        return self.question.kind == "checklist"

    @cached_property
    def others(self) -> tuple[Option, ...]:
        """The items that have no number, but can be named."""
        numbered = {option.id for option in self.offer.options}
        return tuple(option for option in self.question.options if self.is_list and option.id not in numbered)

    @cached_property
    def whole(self) -> Question:
        """The question with all that can be named, the numbered lines first."""
        if not self.is_list:
            return self.question
        return replace(self.question, options=(*self.offer.options, *self.others))

    def items_of(self, option: Option) -> tuple[str, ...]:
        """Return the items that a line stands for: those of a group, or the item itself."""
        return self.members.get(option.id, (option.id,))

    def number_of(self, option: Option) -> int | None:
        """Return the number of a line; None for an option without one."""
        return self.offer.options.index(option) + 1 if option in self.offer.options else None


def first_prompt(question: Question, shown: tuple[str, ...], *, opened: bool = False) -> Prompt:
    """Return the first step of a question.

    Args:
        question: the question.
        shown: the items to show, if it is a checklist.
        opened: whether something in the list is known to be so.
    """
    if question.kind != "checklist":
        return Prompt(question, question)
    if question.first_ask and not opened:
        offer = replace(question, kind="yes_no", ask=question.first_ask, options=())
        return Prompt(question, offer, shown, kinds={question.id: kinds_of(question, shown)})
    return _listing(question, shown, {})


def kinds_of(question: Question, shown: Collection[str]) -> tuple[str, ...]:
    """Return what a yes-or-no question about a list must name, so that no "no" hides a sign of danger.

    These are the groups of the items shown, or the labels of items without a group; nothing if the list has
    no red flag.
    """
    if not question.red_flags:
        return ()
    return tuple(dict.fromkeys(each.group or each.label for each in question.options if each.id in shown))


def joint_prompt(questions: Sequence[Question], ask: str, items: Mapping[str, tuple[str, ...]]) -> Prompt:
    """Return one list for several questions that begin with yes or no; it has a line for each of them.

    Args:
        questions: the questions.
        ask: what the list asks.
        items: the items to show of each question.
    """
    lines = tuple(
        Option(each.id, each.first_line, each.first_ask, red_flag=bool(each.red_flags)) for each in questions
    )
    kinds = {each.id: kinds_of(each, items[each.id]) for each in questions}
    means = "Choose every line in which something is so. Its list comes next."
    why = " ".join(dict.fromkeys(each.why for each in questions))
    question = Question("", "checklist", ask, means, why, lines)
    return Prompt(question, question, tuple(each.id for each in questions), kinds=kinds)


def read_line(prompt: Prompt, typed: str, knowledge: KnowledgeBase) -> Reading:
    """Return how a line is understood at a prompt.

    Raises:
        NotUnderstood: the line does not fit; the message says what would.
    """
    if not prompt.is_list or prompt.offer.kind == "checklist":
        return read(prompt.offer, typed, knowledge, prompt.others)
    try:
        return read(prompt.offer, typed)
    except NotUnderstood as misfit:
        try:
            return read_names(prompt.question, typed, knowledge)
        except NotUnderstood:
            raise misfit from None


def read_names(question: Question, typed: str, knowledge: KnowledgeBase) -> Reading:
    """Return how a line is understood if words can name items of a checklist, but numbers cannot.

    Raises:
        NotUnderstood: the line does not fit; the message says what would.
    """
    return read(replace(question, options=()), typed, knowledge, question.options)


def contradicted(prompt: Prompt, typed: str, answers: Mapping[str, Value]) -> str:
    """Return what to ask if a line begins with one answer and then tells another; "" if it does not.

    Args:
        prompt: the prompt that was shown.
        typed: the line.
        answers: what the whole line tells, finding by finding.
    """
    told, words = answers.get(prompt.question.id), typed.replace(",", " ").split()
    for count in range(1, len(words) if told else 0):
        with suppress(NotUnderstood):
            first = read(prompt.offer, " ".join(words[:count]))
            if isinstance(first, Taken) and first.answer not in (told, UNKNOWN):
                named = (option for option in prompt.offer.options if option.id in (told, first.answer))
                numbers = " or ".join(str(prompt.number_of(option)) for option in named)
                return f"{quoted(typed)} fits more than one answer: {numbers}. Please give the number."
    return ""


def following(prompt: Prompt, answer: Any) -> Prompt | Mapping[str, Value]:
    """Return the next step of a checklist, or what its answer says item by item.

    Args:
        prompt: the prompt that was answered.
        answer: "yes" or "no" at a yes-or-no step; else "none", "unknown", or a list of lines and items.
    """
    question, shown = prompt.question, prompt.shown
    named = dict(marked(answer)) if isinstance(answer, list) else {}
    given = {**prompt.given, **{name: value for name, value in named.items() if name not in prompt.members}}
    if prompt.offer.kind == "yes_no":
        if answer not in (NO, "none"):
            left = tuple(item for item in shown if item not in given)
            return _listing(question, shown, given) if left else given
    elif prompt.members:
        groups = _chosen(prompt, named, everything=answer == UNKNOWN)
        items = tuple(item for item in shown if item in groups and item not in given)
        if items:
            ask = _WHICH_ELSE if given else _WHICH
            return Prompt(question, _narrowed(question, items, ask), shown, given)
    elif answer == UNKNOWN:
        given |= dict.fromkeys((option.id for option in prompt.offer.options), Missing.UNKNOWN)
    return {**dict.fromkeys(shown, NO), **given}


def known(question: Question, answer: Any, shown: Collection[str]) -> Mapping[str, Value] | None:
    """Return what an earlier answer to a checklist says, item by item; None if it leaves out one shown."""
    values = values_of(question, answer, shown)
    return values if values.keys() >= set(shown) else None


def values_of(question: Question, answer: Any, shown: Collection[str] | None = None) -> Mapping[str, Value]:
    """Return what an answer to a checklist says of its items; with `shown`, of these and those it names."""
    reading = read_answer(question, answer)
    named = {finding.partition(".")[2]: value for finding, value in reading.named.items()}
    if reading.others is None:
        return named
    items = [option.id for option in question.options] if shown is None else shown
    return {**dict.fromkeys(items, reading.others), **named}


def _listing(question: Question, shown: tuple[str, ...], given: Mapping[str, Value]) -> Prompt:
    """Return the step that lists the items left; many items are listed by their groups first."""
    left = tuple(item for item in shown if item not in given)
    ask = _WHICH_ELSE if given else question.ask
    groups = _groups(question, left) if question.by_group and len(left) > MOST_LINES else {}
    if len(groups) < 2:  # noqa: PLR2004 - one group is no choice
        return Prompt(question, _narrowed(question, left, ask), shown, given)
    means = {group.name: group.means for group in question.groups}
    lines, members = [], {}
    for name, options in groups.items():
        if len(options) == 1:
            lines.append(replace(options[0], group=""))
        else:
            line = Option(f"{name}:", name, means.get(name, ""))
            lines.append(line)
            members[line.id] = tuple(option.id for option in options)
    return Prompt(question, replace(question, ask=ask, options=tuple(lines)), shown, given, members)


def _groups(question: Question, items: Collection[str]) -> Mapping[str, list[Option]]:
    groups: dict[str, list[Option]] = {}
    for option in question.options:
        if option.id in items:
            groups.setdefault(option.group, []).append(option)
    return groups


def _chosen(prompt: Prompt, named: Mapping[str, Value], *, everything: bool) -> set[str]:
    """Return the items of the groups that were chosen, and of the groups of items that were named."""
    if everything:
        return set(prompt.shown)
    return {
        item
        for line, items in prompt.members.items()
        for item in items
        if line in named or not named.keys().isdisjoint(items)
    }


def _narrowed(question: Question, items: Collection[str], ask: str) -> Question:
    options = tuple(option for option in question.options if option.id in items)
    return replace(question, ask=ask, options=options)


def marked(answer: list[str]) -> Iterator[tuple[str, Value]]:
    """Yield each item of a list with its value: yes, or not sure."""
    for item in answer:
        unsure = item.startswith(NOT_SURE_MARK)
        yield item.removeprefix(NOT_SURE_MARK), Missing.UNKNOWN if unsure else YES
