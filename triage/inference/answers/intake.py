"""Turn answers into a working memory: for every answerable finding its value, or why it has none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from triage.inference.answers import misfits
from triage.inference.answers.misfits import MOST_HINTS, Misfit, kind_of, shown
from triage.inference.truth import Missing, Value, WorkingMemory, can_hold
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.knowledge.parts.medicines import items_of_name, unknown_name
from triage.source.diagnostic import Diagnostic, Location
from triage.source.pointer import pointer_text
from triage.source.text import shortened

UNKNOWN = "unknown"
NONE = "none"
NOT_SURE_MARK = "?"
_OF_ITEM: Mapping[str | None, Value] = {YES: YES, NO: NO, UNKNOWN: Missing.UNKNOWN}
_NO_NAMES = "an empty list says nothing; name a medicine, or leave it out"
_NO_NAME = "is empty; name the medicine, or remove it"


class IntakeError(ValueError):
    """Answers that do not fit the questionnaire; `question` is the first question at fault, if there is one.

    `problems` are all misfits. The `pointer` of each leads to the value among the answers, and the message
    says what is wrong and what to write instead.
    """

    def __init__(self, question: str, message: str, misfits: Sequence[Misfit] = ()) -> None:
        self.question = question
        self.misfits = tuple(misfits) or (((question,) if question else (), message),)
        super().__init__(message)

    @classmethod
    def of(cls, question: str, misfits: Sequence[Misfit]) -> IntakeError:
        """Return an error that holds all these misfits; its text tells the first."""
        said = misfits[0][1]
        if len(misfits) > 1:
            said = f"{said}; and {len(misfits) - 1:,} more (see problems)"
        return cls(question, said, misfits)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """All misfits, in the order of the answers."""
        return tuple(
            Diagnostic(Location("answers", pointer=pointer_text(place)), message)
            for place, message in self.misfits
        )

    def __reduce__(self) -> tuple[type[IntakeError], tuple[Any, ...]]:
        """Pass to another process whole."""
        return type(self), (self.question, str(self), self.misfits)


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer as read: the findings that it names, and what it says about the others that apply.

    `others` is "no" after "none" or a list, `Missing.UNKNOWN` after "unknown", and None if the answer says
    nothing about them.
    """

    named: Mapping[str, Value]
    others: Value | None = None


def read_answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> dict[str, Value]:
    """Turn answers as written in a case into findings; leave out what was not asked.

    A finding that an answer names counts, whatever its gate says. "none", "unknown" and the rest of a list
    are only about items that apply, or may apply.

    A text may be of any class derived from `str` (such as an `Enum`), and a whole number of any class that is
    a real number; the findings hold plain texts and plain integers.

    Args:
        knowledge: the knowledge base whose questionnaire was answered.
        answers: from question id to its answer: an option id, a whole number, "yes", "no" or "unknown";
            for a checklist "none", "unknown", a list of present items ("?item": not sure), or an object
            from item to "yes", "no" or "unknown". Names of medicines, under their own key, can fill one list:
            alone they are a complete list; beside the list they are added to it.

    Raises:
        IntakeError: an unknown question or name, an answer that the question does not have, or names that
            contradict the list.
    """
    return dict(_applying(knowledge, _readings(knowledge, answers)))


def check_answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> None:
    """Raise the same IntakeError as `read_answers`, without working out what else applies."""
    _readings(knowledge, answers)


def _readings(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> dict[str, Reading]:
    if not isinstance(answers, Mapping):
        raise IntakeError("", f"answers are a mapping from question to answer, not {shown(answers)}")
    readings: dict[str, Reading] = {}
    named: dict[str, Mapping[str, str]] = {}
    wrong: list[Misfit] = []
    first = ""
    for key, answer in answers.items():
        try:
            _read_entry(knowledge, key, answer, readings, named, hinted=len(wrong) < MOST_HINTS)
        except IntakeError as error:
            first = first if wrong else error.question
            wrong += error.misfits
    if wrong:
        raise IntakeError.of(first, wrong)
    for name, findings in named.items():
        readings[name] = with_names(knowledge.questions[name], readings.get(name), findings)
    return readings


def _read_entry(
    knowledge: KnowledgeBase,
    key: Any,
    answer: Any,
    readings: dict[str, Reading],
    named: dict[str, Mapping[str, str]],
    *,
    hinted: bool,
) -> None:
    """Read one entry: an answer goes to `readings`, names of medicines go to `named`."""
    name, listed = _text(key), knowledge.named_question
    if listed is not None and name == listed.names:
        if listed.id in named:
            raise IntakeError(listed.id, f'"{name}" appears twice; keep one')
        named[listed.id] = read_names(knowledge, listed, answer)
        return
    question = None if name is None else knowledge.questions.get(name)
    if question is None:
        raise IntakeError.of(
            name or "", [((_place(key),), misfits.no_question(knowledge, key, hinted=hinted))]
        )
    if question.id in readings:
        raise IntakeError(question.id, f'the question "{question.id}" appears twice; keep one')
    readings[question.id] = read_answer(question, answer)


def _applying(knowledge: KnowledgeBase, readings: Mapping[str, Reading]) -> Iterator[tuple[str, Value]]:
    """Yield the findings that readings name, and those of all else that applies, in order."""
    memory: dict[str, Value] = {}
    for question in knowledge.questions.values():
        of_question = _without_answer(question, memory)
        reading = readings.get(question.id)
        if reading is not None:
            for finding, missing in of_question.items():
                value = reading.named.get(finding)
                if value is None and missing is Missing.NOT_ASKED:
                    value = reading.others
                if value is not None:
                    yield finding, value
                    of_question[finding] = value
        memory.update(of_question)


def _without_answer(question: Question, memory: WorkingMemory) -> dict[str, Value]:
    """Return why each finding of a question would have no value, given earlier answers."""
    why = {applies: unanswered(question, applies=applies) for applies in (True, False)}
    return {finding: why[applies] for finding, applies in applicability(question, memory).items()}


def applicability(question: Question, memory: WorkingMemory) -> dict[str, bool]:
    """Tell for each finding of a question whether it applies or may apply, given earlier answers."""
    applies = dict.fromkeys(question.findings, True)
    for gate, findings in question.behind.items():
        if gate is not None and not can_hold(gate, memory):
            applies.update(dict.fromkeys(findings, False))
    return applies


def read_answer(question: Question, answer: Any) -> Reading:
    """Read the answer to one question, as written in a case.

    Raises:
        IntakeError: the question does not have this answer.
    """
    if question.kind == "checklist":
        return _read_checklist(question, answer)
    return Reading({question.id: _read_single(question, answer)})


def read_names(knowledge: KnowledgeBase, question: Question, names: Any) -> Mapping[str, str]:
    """Return the findings that names stand for, each with the first name for it.

    Raises:
        IntakeError: there is no name, or a name is unknown.
    """
    key = question.names
    if not isinstance(names, (list, tuple)):
        raise IntakeError.of(question.id, [((key,), f"give a list of names, not {kind_of(names)}")])
    named: dict[str, str] = {}
    wrong: list[Misfit] = [] if names else [((key,), _NO_NAMES)]
    for place, each in enumerate(names):
        name = _text(each)
        items = None if name is None else items_of_name(knowledge, name)
        if name is None:
            wrong.append(((key, place), f"a name is a text, not {kind_of(each)}"))
        elif items is None:
            hinted = len(wrong) < MOST_HINTS
            said = unknown_name(knowledge, name, hinted=hinted) if name else _NO_NAME
            wrong.append(((key, place), said))
        for item in items or ():
            named.setdefault(f"{question.id}.{item}", name or "")
    if wrong:
        raise IntakeError.of(question.id, wrong)
    return named


def with_names(question: Question, reading: Reading | None, named: Mapping[str, str]) -> Reading:
    """Add the findings that names stand for to the answer of a list, if there is one.

    Raises:
        IntakeError: the answer is "none", or contradicts the names about an item.
    """
    if reading is None:
        return Reading(dict.fromkeys(named, YES), NO)
    if not reading.named and reading.others == NO:
        message = f'"none" does not go with the names in {question.names}; remove one of them'
        raise IntakeError(question.id, message)
    for finding, name in named.items():
        value = reading.named.get(finding, YES)
        if value != YES:
            item, given = finding.partition(".")[2], UNKNOWN if isinstance(value, Missing) else value
            message = f'"{item}" is "{given}", but "{shortened(name)}" is one of these; remove one of them'
            raise IntakeError(question.id, message)
    return Reading({**reading.named, **dict.fromkeys(named, YES)}, reading.others)


def _text(value: Any) -> str | None:
    """Return a text of any subclass as a plain `str`; None if it is no text."""
    return str.__str__(value) if isinstance(value, str) else None


def _place(key: Any) -> str:
    """Return a key as a part of a pointer."""
    text = _text(key)
    return shown(key) if text is None else text


def _whole_number(value: Any) -> int | None:
    """Return a number without a fraction as a plain integer; None for anything else, even a bool."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    number: Any = value  # the type checker does not know that a Real can become an int
    try:
        whole = int(number)
    except (OverflowError, ValueError):  # infinite, or not a number
        return None
    return whole if whole == value else None


def _read_single(question: Question, answer: Any) -> Value:
    text = _text(answer)
    if text == UNKNOWN:
        return Missing.UNKNOWN
    if question.kind == "number":
        # JSON Schema counts 5.0 as an integer, and so does a case file; True is not one.
        number = _whole_number(answer)
        if number is not None and question.minimum <= number <= question.maximum:
            return number
        raise IntakeError(
            question.id,
            misfits.no_value(question, answer) if number is None else misfits.out_of_bounds(question, number),
        )
    if text is not None and text in question.values:
        return text
    raise IntakeError(question.id, misfits.no_value(question, answer))


def _read_checklist(question: Question, answer: Any) -> Reading:
    text = _text(answer)
    if text == NONE:
        return Reading({}, NO)
    if text == UNKNOWN:
        return Reading({}, Missing.UNKNOWN)
    if isinstance(answer, (list, tuple)) and answer:
        listed = ((place, *_unmarked(item)) for place, item in enumerate(answer))
        return Reading(_read_items(question, listed), NO)
    if isinstance(answer, Mapping):
        items = ((_place(item), item, given, False) for item, given in answer.items())
        return Reading(_read_items(question, items))
    raise IntakeError(question.id, misfits.no_list(question, answer))


def _read_items(question: Question, items: Iterable[tuple[str | int, Any, Any, bool]]) -> dict[str, Value]:
    """Return the findings of items; each comes with its place, its state, and whether it had the mark."""
    findings: dict[str, Value] = {}
    wrong: list[Misfit] = []
    for place, item, said, marked in items:
        text = _text(item)
        finding = f"{question.id}.{text}"
        value = _OF_ITEM.get(_text(said))
        if text is None or finding not in question.findings:
            hinted = len(wrong) < MOST_HINTS
            message = misfits.no_item(question, item, marked=marked, hinted=hinted)
        elif finding in findings:
            unclear = "" if value == findings[finding] else ", and is both present and not sure"
            message = f'"{text}" appears twice{unclear}; keep one'
        elif value is None:
            message = misfits.no_state(said)
        else:
            findings[finding] = value
            continue
        wrong.append(((question.id, place), message))
    if wrong:
        raise IntakeError.of(question.id, wrong)
    return findings


def _unmarked(item: Any) -> tuple[Any, str, bool]:
    """Return an item of a list without its mark, its state, and whether it had the mark."""
    text = _text(item)
    if text is None or not text.startswith(NOT_SURE_MARK):
        return item, YES, False
    return text.removeprefix(NOT_SURE_MARK), UNKNOWN, True


def working_memory(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> WorkingMemory:
    """Return every answerable finding with its value, or with why it has none.

    A finding whose gate is ruled out does not apply: an item of a checklist then counts as absent, and a
    question has no answer. An answer that was given always counts, even "not sure", so no gate can hide a red
    flag that was answered.
    """
    memory: dict[str, Value] = {}
    for question in knowledge.questions.values():
        memory.update(_without_answer(question, memory))
        memory.update({name: findings[name] for name in question.findings if name in findings})
    return memory


def unanswered(question: Question, *, applies: bool) -> Missing:
    """Return why a finding has no value if its question was not answered."""
    if applies:
        return Missing.NOT_ASKED
    return Missing.ABSENT if question.kind == "checklist" else Missing.NOT_APPLICABLE


def as_answers(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> dict[str, Any]:
    """Return the answers of a case file that `read_answers` reads as these findings."""
    answers: dict[str, Any] = {}
    memory = working_memory(knowledge, findings)
    for question in knowledge.questions.values():
        given = {
            name: value
            for name in question.findings
            if (value := findings.get(name, Missing.NOT_ASKED)) is not Missing.NOT_ASKED
        }
        if question.kind != "checklist" and given:
            answers[question.id] = _written(given[question.id])
        elif given:
            applying = [name for name, applies in applicability(question, memory).items() if applies]
            answers[question.id] = _written_checklist(given, applying)
    return answers


def _written(value: Value) -> str | int:
    return UNKNOWN if isinstance(value, Missing) else value


def _written_checklist(given: Mapping[str, Value], applying: Collection[str]) -> Any:
    """Write the shortest answer to a list that says the same, given the items that apply."""
    items = {name.partition(".")[2]: _written(value) for name, value in given.items()}
    named = {name for name, value in given.items() if value != NO}
    if set(items.values()) == {UNKNOWN} and given.keys() == {*applying}:
        return UNKNOWN
    if given.keys() - named != {*applying} - named:
        return items
    marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
    return [f"{marks[str(value)]}{item}" for item, value in items.items() if value != NO] or NONE
