"""The conversation: one question after another, in plain lines that a pipe and a screen reader can follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from triage.explanation.narrative import in_doubt
from triage.inference.assessment import Assessment
from triage.inference.intake import NOT_SURE_MARK, UNKNOWN
from triage.inference.truth import Missing, Value
from triage.interview.amounts import example_of
from triage.interview.answer_list import shown
from triage.interview.options import labels
from triage.interview.own_words.proposals import listener
from triage.interview.own_words.telling import Telling
from triage.interview.own_words.told import Choice, Proposal
from triage.interview.parsing import (
    Guess,
    Inquiry,
    NotUnderstood,
    Taken,
    read,
    yes_no_or_not_sure,
)
from triage.interview.prompts import (
    Prompt,
    first_prompt,
    following,
    joint_prompt,
    known,
    marked,
    read_line,
    read_names,
)
from triage.interview.session import Session
from triage.interview.terminal import Misread, OutOfInput, Quit, Terminal, say_wrapped
from triage.interview.typed import holds, readable
from triage.knowledge.model import NO, YES, Option, Question
from triage.knowledge.pronouns import address
from triage.source.text import plural

_MOST_RULES_SHOWN = 4
_MOST_ASIDES = 100
_SENTENCE = 2
_GO_ON = ("more", "y", "yes", "m")
_WORDS = re.compile(r"[^\W\d_]{3}")
_INVITATION = "You can tell here in a sentence what is wrong, such as: {example}"
_GO_BY_LISTS = "Or answer by lists, from this question on; Enter alone does that too."
_IS_THERE_MORE = "Besides what you have told: is there more of any of this? Give the numbers, or none."
_NOT_USED = "I found nothing in this that I can use. Please answer by lists."
_UNREADABLE = "Some of that could not be read. Please type it again."


class _Enough(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person wants to hear no further question after an emergency was told."""


@dataclass
class Conversation:
    """One interview held in a terminal.

    `session` always holds the answers in force, so that a caller can save them whenever the talk ends.
    `kept` says that the caller will; `no_place` returns why a file cannot be written, or "" where it can.
    `notes` is said at the beginning, after an emergency; the questions of `stale` are asked again. `waiting`
    is called before a line is awaited. `put` is the prompt shown last.
    """

    terminal: Terminal
    session: Session
    asked: int = 0
    kept: bool = False
    no_place: Callable[[str], str] = lambda _: ""
    notes: Sequence[str] = ()
    stale: list[str] = field(default_factory=list)
    waiting: Callable[[], None] = lambda: None
    bound: int | None = None
    told: set[str] = field(default_factory=set)
    asked_again: set[str] = field(default_factory=set)
    begun_with: Mapping[str, Any] = field(init=False)
    put: Prompt | None = field(init=False, default=None)
    asked_now: Mapping[str, Value] = field(init=False, default_factory=dict)
    _asides: int = 0

    def __post_init__(self) -> None:
        """Note the answers that the talk begins with."""
        self.begun_with = dict(self.session.answers)

    def hold(self) -> Assessment:
        """Ask until no answer could change anything, and return the result.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends before the last question.
            Misread: a line of a script is not understood.
        """
        self._wrap(self.session.knowledge.title, strong=True)
        go_on = not self.session.at_emergency() or self._heed()
        for note in self.notes:
            self._wrap(note, hang=2 if note.startswith("- ") else 0)
        if go_on:
            self._introduce()
            self.ask()
        return self.session.assessment()

    def ask(self) -> None:
        """Tell what cannot wait, and ask until no answer could change anything.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends before the last question.
            Misread: a line of a script is not understood.
        """
        with suppress(_Enough):
            if self._heed() and self._ask_stale() and self._begin():
                self._ask_all()

    def change(self, name: str) -> None:
        """Ask a question anew, and after it what its answer makes worth asking.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends.
            Misread: a line of a script is not understood.
        """
        question = self.session.knowledge.questions[name]
        if name in self.session.answers:
            remembered = {**self.session.remembered, name: self.session.answers[name]}
            self.session = self.session.remember(remembered)
        with suppress(_Enough):
            if self._ask_one(question):
                self._ask_all()

    def remind(self) -> bool:
        """Say again what cannot wait, for someone who leaves early; return whether there was any."""
        found = self.session.assessment()
        rules = set(self.session.emergencies())
        doubts = set(self.session.emergencies_in_doubt())
        if rules:
            self._say_emergency(found, rules)
        self.told.clear()
        self._say_doubts(doubts)
        return bool(rules or doubts)

    # In the person's own words.

    def _begin(self) -> bool:
        """Let the person tell what is wrong in a sentence, or answer the first question; whether to go on."""
        question = self.session.next_question()
        example = self.session.knowledge.lexicon.example
        if not example or self.session.answers or question is None:
            return True
        self._wrap(_INVITATION.format(example=example))
        self._wrap(_GO_BY_LISTS)
        prompt = first_prompt(question, self.session.items(question.id))
        self._show(prompt)
        typed = self._hear_answer(question.id)
        if not typed:
            return True
        if not self._heed_alarm(typed):
            return False
        if not self._is_told(prompt, typed):
            return self._ask_one(question, typed)
        proposals = [each for each in self._proposals(typed) if not each.danger]
        choices = self._choices(typed)
        if not proposals and not choices:
            self._wrap(_NOT_USED)
        return self._take_told(proposals, choices)

    def _heed_alarm(self, typed: str) -> bool:
        """Put the signs that threaten life first where a line tells of fear; return whether to go on."""
        knowledge = self.session.knowledge
        if knowledge.lexicon.alarm is None or not listener(knowledge).hear(typed).alarm:
            return True
        return self._ask_one(knowledge.questions[knowledge.lexicon.alarm.asks])

    def _is_told(self, prompt: Prompt, typed: str) -> bool:
        """Whether a line tells something in own words, and is no answer to the question that was put."""
        if len(typed.split()) < _SENTENCE or self._rest(prompt, typed, look=True):
            return False
        with suppress(NotUnderstood):
            return not isinstance(read_line(prompt, typed, self.session.knowledge), Taken)
        return True

    def _proposals(self, typed: str) -> Sequence[Proposal]:
        """Return what a line seems to say that is not known to be so."""
        if not _WORDS.search(typed):
            return ()
        today = datetime.now().astimezone().weekday()
        found = listener(self.session.knowledge).proposals(typed, today)
        return [each for each in found if self.session.findings.get(each.finding) != each.value]

    @property
    def _telling(self) -> Telling:
        return Telling(
            self.session.knowledge,
            self._wrap,
            lambda: self.hear("> ", ""),
            self._proposals,
            self._word,
            lambda misfit: self.misread("", misfit),
            lambda: self._leave(""),
        )

    def _choices(self, typed: str) -> Sequence[Choice]:
        """Return the words of a line of which the person must choose what they mean."""
        found = listener(self.session.knowledge).hear(typed).choices
        known = self.session.findings
        return [each for each in found if not any(f"{each.question}.{item}" in known for item in each.items)]

    def _take_told(self, proposals: Sequence[Proposal], choices: Sequence[Choice] = ()) -> bool:
        """Take what the person confirms of some proposals, and chooses; return whether to go on."""
        for each in self._telling.confirm(proposals):
            self.session = self.session.tell(each.finding, each.value, each.words)
        for choice in choices:
            for item in self._telling.choose(choice):
                self.session = self.session.tell(f"{choice.question}.{item}", YES, choice.words)
        return self._done()

    def _heed_dangers(self, typed: str) -> None:
        """Ask about each danger sign in a line by itself, before anything else is made of the line.

        Raises:
            _Enough: the person wants no further question.
        """
        self.asked_now = {}
        if self._is_as_shown(typed):
            return
        asked_anyhow = self._named_by(typed)
        dangers = [
            each for each in self._proposals(typed) if each.danger and each.finding not in asked_anyhow
        ]
        if not dangers:
            return
        words = {each.finding: each.words for each in dangers}
        answers = self._telling.ask_dangers(dangers)
        for finding, value in answers.items():
            self.asked_again.add(finding)
            self.session = self.session.tell(finding, value, words.get(finding, typed))
        go_on = self._heed()
        self.asked_now = dict(answers)
        if not go_on:
            raise _Enough

    def heeds_danger(self, typed: str) -> bool:
        """Ask about the danger signs in a line that is no answer; return whether there were any."""
        with suppress(_Enough):
            self._heed_dangers(typed)
        return bool(self.asked_now)

    def _named_by(self, typed: str) -> frozenset[str]:
        """Return the items that a line names as an answer to what was shown last."""
        with suppress(NotUnderstood):
            reading = self.put and read_line(self.put, typed, self.session.knowledge)
            if self.put and isinstance(reading, Guess):
                return frozenset(f"{self.put.question.id}.{item}" for item in reading.doubtful)
        return frozenset()

    def _is_as_shown(self, typed: str) -> bool:
        """Whether a line is an answer in the very words, or by the numbers, that were shown last."""
        with suppress(NotUnderstood):
            reading = self.put and read_line(self.put, typed, self.session.knowledge)
            return isinstance(reading, Taken) and not reading.echo
        return False

    def _is_told_at(self, prompt: Prompt, typed: str) -> bool:
        """Whether a line at a question is no answer to it, and yet says something, of it or of others."""
        if not typed[:1].isalpha():
            return False
        with suppress(NotUnderstood):
            read_line(prompt, typed, self.session.knowledge)
            return False
        if prompt.question.red_flags:
            return bool(self.asked_now)  # else whoever is not understood here must hear whom to call
        return bool(self.asked_now or self._tellable(prompt.question, typed) or self._choices(typed))

    def _tellable(self, question: Question, typed: str) -> Sequence[Proposal]:
        """Return what a line says that is no danger; a script speaks of the question at hand alone."""
        proposals = [each for each in self._proposals(typed) if not each.danger]
        own = [each for each in proposals if each.question == question.id]
        return proposals if self.terminal.interactive else own

    def _take_told_at(self, question: Question, typed: str) -> bool:
        """Take what a line says of the question at hand, and what is confirmed of the rest."""
        proposals = self._tellable(question, typed)
        others = [each for each in proposals if each.question != question.id]
        own = [each for each in proposals if each.question == question.id]
        for each in own:
            self._wrap(f"Taken as: {self._shown(question, self._as_answer(question, each))}.")
            self.session = self.session.tell(each.finding, each.value, each.words)
        choices = self._choices(typed) if self.terminal.interactive else ()
        return self._take_told(others, choices) if proposals or choices or not self.asked_now else True

    def _as_answer(self, question: Question, proposal: Proposal) -> Any:
        is_item = question.kind == "checklist"
        return [proposal.finding.partition(".")[2]] if is_item else proposal.value

    def _with_told(self, earlier: Session) -> Session:
        """Return an earlier state of the interview with the danger signs that were told since."""
        flags = self.session.knowledge.red_flags
        for finding, (value, words) in self.session.told.items():
            if finding in flags and finding not in earlier.told:
                earlier = earlier.tell(finding, value, words)
        return earlier

    # Asking.

    def _introduce(self) -> None:
        knowledge = self.session.knowledge
        self._wrap(knowledge.laws.not_reviewed)
        self._wrap(
            f"In an emergency call {knowledge.calls.emergency_call} first. "
            f"{'Each answer is kept at once.' if self.kept else 'Nothing is kept unless you ask for it.'}"
        )
        self._wrap(
            "Answer with numbers or words. For a list give several (1 3), none, or not sure; ?2 means not "
            "sure about 2. At any time: ? what it means and why, 2? what answer 2 means, b back, s skip, "
            f"q {'save and quit' if self.kept else 'quit'}."
        )

    def _ask_all(self) -> None:
        while (question := self.session.next_question()) is not None:
            together = self._together(question)
            if not (self._ask_jointly(together) if len(together) > 1 else self._ask_one(question)):
                return

    def _ask_stale(self) -> bool:
        """Ask again what was so at another time; return whether to go on. Each answer counts until then."""
        before: list[tuple[str, Session]] = []
        while self.stale:
            name, session, asked = self.stale[0], self.session, self.asked
            if name not in session.answers:
                self.stale.pop(0)
                continue
            self.session = session.meet_again(name)
            go_on = self._ask_one(session.knowledge.questions[name])
            went_back, self.asked = self.asked < asked, asked
            if not went_back:
                before.append((self.stale.pop(0), session))
                if not go_on:
                    return False
            elif before:
                name, self.session = before.pop()
                self.stale.insert(0, name)
            else:
                self.session = session
                self._wrap("This is the first question that is asked again.")
        return True

    def _together(self, question: Question) -> list[Question]:
        """Return the questions that one list can stand for, with this one.

        None of them was answered, save that some of it may have been told in own words.
        """
        more = self.session.knowledge.lexicon.more
        is_told = question.id in more and self._is_told_alone(question)
        able = []
        for each in self.session.outlook().askable:
            if each.id in more and self._is_told_alone(each):
                able.append(replace(each, first_line=more[each.id], first_ask=each.means))
            elif is_told:  # what was begun is ended first; other lists wait for the signs of danger
                continue
            elif each.first_line and each.id not in {*self.session.answers, *self.session.remembered}:
                able.append(each)
        return able if any(each.id == question.id for each in able) else []

    def _is_told_alone(self, question: Question) -> bool:
        """Whether something of a list is known, and all of it was told in own words."""
        known = {each for each in question.findings if each in self.session.findings}
        return len(known) > 0 and known <= self.session.words().keys()

    def _is_told_danger(self, name: str) -> bool:
        """Whether a list of danger signs is answered only by what was told in own words."""
        question = self.session.knowledge.questions[name]
        return bool(question.red_flags) and self._is_told_alone(question)

    def _ask_jointly(self, questions: Sequence[Question]) -> bool:
        """Ask by one list which of some lists are needed, and then these; return whether to go on asking."""
        is_rest = all(self._is_told_alone(each) for each in questions)
        prompt = joint_prompt(questions, _IS_THERE_MORE) if is_rest else joint_prompt(questions)
        self._show(prompt)
        while True:
            typed = self._hear_answer(questions[0].id)
            command = typed.lower()
            if command in ("b", "back"):
                self._step_back()
                return self._heed()
            if command in ("s", "skip"):
                for question in questions:
                    self.session = self.session.skip(question.id)
                return self._done()
            if command in ("q", "quit"):
                self._leave(questions[0].id)
            elif named := self._naming(questions, typed):
                return self._ask_one(named, typed)
            elif self._is_told_at(prompt, typed):
                return self._take_told_at(prompt.question, typed)
            elif (answer := self._answer(prompt, typed)) is not None:
                return self._ask_chosen(questions, answer)

    def _naming(self, questions: Sequence[Question], typed: str) -> Question | None:
        """Return the first question whose list has what a line names, where it is words and no answer."""
        with suppress(NotUnderstood):
            read_line(joint_prompt(questions), typed, self.session.knowledge)
            return None
        for question in self.session.knowledge.questions.values():
            if question.id not in {each.id for each in questions}:
                continue
            with suppress(NotUnderstood):
                read_names(question, typed, self.session.knowledge)
                return question
        return None

    def _ask_chosen(self, questions: Sequence[Question], answer: Any) -> bool:
        """Take "no" for the lists that were not chosen, and ask those that were; return whether to go on."""
        before, asked = self.session, self.asked
        names = [each.id for each in questions]
        chosen = {name.removeprefix(NOT_SURE_MARK) for name in (names if answer == UNKNOWN else answer)}
        for question in questions:
            if question.id not in chosen:
                items = dict.fromkeys(self.session.items(question.id), NO)
                self.session = self.session.answer_items(question.id, items)
        if not self._done():
            return False
        return self._ask_in_turn([each for each in questions if each.id in chosen], before, asked)

    def _ask_in_turn(self, lists: Sequence[Question], before: Session, asked: int) -> bool:
        """Ask the lists that were chosen; return whether to go on asking.

        Who goes back from the first of them chooses again: what was not chosen then is not "none".
        """
        names = {each.id for each in lists}
        while True:
            met = {*self.session.answers, *self.session.skipped}
            askable = {each.id for each in self.session.outlook().askable}
            due = next((each for each in lists if each.id in askable and self._is_open(each)), None)
            if due is None:
                return True
            if not self._ask_one(due, opened=True):
                return False
            if met.isdisjoint(names) and names.isdisjoint({*self.session.answers, *self.session.skipped}):
                kept = {name: given for name, given in self.session.remembered.items() if name in names}
                again = before.remember({**before.remembered, **kept})
                self.session, self.asked = self._with_told(again), asked
                return True

    def _is_open(self, question: Question) -> bool:
        """Whether a list was not asked yet; what was told of it in own words does not count."""
        if question.id in self.session.skipped:
            return False
        return question.id not in self.session.answers or self._is_told_alone(question)

    def _ask_one(self, question: Question, begun: str = "", *, opened: bool = False) -> bool:
        """Ask one question, step by step; return whether to go on asking.

        Args:
            question: the question.
            begun: the first line, where it has been typed already.
            opened: whether it is known that something of its list is so.
        """
        prompt = first_prompt(question, self.session.items(question.id), opened=opened)
        earlier: list[tuple[Prompt, Session]] = []
        if not begun:
            self._show(prompt)
        while True:
            typed, begun = begun or self._hear_answer(question.id), ""
            command = typed.lower()
            if _is_back(command, question) and earlier:
                prompt, session = earlier.pop()
                self.session = self._with_told(session)
                self.show_step(prompt)
            elif _is_back(command, question):
                self._step_back()
                return self._heed()
            elif command in ("s", "skip"):
                self.session = self.session.skip(question.id)
                return self._done()
            elif not command and not earlier and self._kept(prompt) is not None:
                return self._take(question, self._kept(prompt))
            elif rest := self._rest(prompt, typed):
                due = self.session.next_question()
                return self._heed() and due is not None and self._ask_one(due, rest)
            elif self._is_told_at(prompt, typed):
                return self._take_told_at(question, typed)
            elif (answer := self._answer(prompt, typed)) is not None:
                step = _step_after(prompt, answer)
                if not isinstance(step, Prompt):
                    return self._take(question, step)
                earlier.append((prompt, self.session))
                if not self._note(question, step.given):
                    return question.id not in self.session.answers  # gone means that the person went back
                prompt = step
                self.show_step(prompt)
            else:
                self._show_unless_shown(prompt)

    def _rest(self, prompt: Prompt, typed: str, *, look: bool = False) -> str:
        """Take the first answer of a line that holds the next one too, and return what is left of the line.

        Both must be certain: else nothing is taken, and the line is read as one answer. With `look`, nothing
        is taken either.
        """
        question, words = prompt.question, typed.replace(",", " ").split()
        for count in range(1, len(words) if question.same_line else 0):
            first, rest = " ".join(words[:count]), " ".join(words[count:])
            with suppress(NotUnderstood):
                reading = read_line(prompt, first, self.session.knowledge)
                if not isinstance(reading, Taken):
                    continue
                session = self.session.answer(question.id, reading.answer)
                due = session.next_question()
                if due is not None and isinstance(read(due, rest, session.knowledge), Taken):
                    if not look:
                        self.session, self.asked = session, self.asked + 1
                    return rest
        return ""

    def _note(self, question: Question, given: Mapping[str, Value]) -> bool:
        """Take what a step has said of some items, and tell a new emergency; return whether to go on."""
        if given:
            self.session = self.session.answer_items(question.id, given)
        if not set(self.session.emergencies()) - self.told:
            return True
        return self._heed() and question.id in self.session.answers

    def _kept(self, prompt: Prompt) -> Any:
        """Return what Enter gives: what was said before of all that is shown now; None if there is none."""
        answer = self.session.remembered.get(prompt.question.id)
        return (
            known(prompt.question, answer, prompt.shown) if answer is not None and prompt.is_list else answer
        )

    def _answer(self, prompt: Prompt, typed: str) -> Any:
        """Return the answer that a line gives, once it is certain; None to ask again."""
        question = prompt.whole
        if typed.lower() in ("?", "why"):
            self._explain(prompt)
            return None
        try:
            reading = read_line(prompt, typed, self.session.knowledge)
        except NotUnderstood as misfit:
            self.misread(question.id or prompt.shown[0], misfit)
            return None
        if isinstance(reading, Inquiry):
            for option in question.options:
                if option.id in reading.options:
                    self._explain_option(prompt, option)
            self._wrap("Nothing is taken for an answer yet. Please answer the question now.")
            return None
        if isinstance(reading, Taken):
            answer, echo = reading.answer, reading.echo
        else:
            answer, echo = self._confirmed(prompt, reading), True
        if answer is not None and echo:
            colon = "" if question.kind == "number" else ":"
            self._wrap(f"Taken as{colon} {self._shown(question, answer)}.")
        # What was found by words alone says nothing of the other signs of its list.
        by_words = isinstance(reading, Guess) and not reading.certain and bool(question.red_flags)
        return dict(marked(answer)) if by_words and isinstance(answer, list) else answer

    def _confirmed(self, prompt: Prompt, guess: Guess) -> Any:
        """Ask about each option that was found by words; return what counts, or None to ask again."""
        question = prompt.whole
        items = list(guess.certain)
        for option in question.options:
            if option.id not in guess.doubtful:
                continue
            number = prompt.number_of(option)
            place = f"{number}, " if number else ""
            self._wrap(f'Do you mean {place}"{self._word(option.label)}"?', strong=True)
            if option.means:
                self._wrap(self._word(option.means))
            answer = self._hear_yes_or_no(question)
            if answer == YES:
                items.append(option.id)
            elif answer == "unknown":
                items.append(f"?{option.id}")
        if question.kind != "checklist":
            items = [item for item in items if not item.startswith("?")]
        if not items:
            none = ", or type none" if question.kind == "checklist" else ""
            self._wrap(f"Then nothing is taken. Please choose by number{none}.")
            self._say_whom_to_call(question)
            return None
        if question.kind != "checklist":
            return items[0]
        order = [option.id for option in question.options]
        return sorted(items, key=lambda item: order.index(item.removeprefix("?")))

    def _hear_yes_or_no(self, question: Question) -> str:
        self._wrap("yes, no, or not sure")
        while True:
            typed = self._hear_heeding("> ", question.id)
            if typed.lower() in ("q", "quit"):
                self._leave(question.id)
            if typed.lower() in ("b", "back"):
                return NO
            try:
                return yes_no_or_not_sure(typed)
            except NotUnderstood as misfit:
                self.misread(question.id, misfit)

    def _take(self, question: Question, answer: Any) -> bool:
        if question.kind == "checklist":
            self.session = self.session.answer_items(question.id, answer)
        else:
            self.session = self.session.answer(question.id, answer)
        return self._done()

    def _done(self) -> bool:
        self.asked += 1
        self._asides = 0
        return self._heed()

    # What cannot wait.

    def _heed(self) -> bool:
        """Tell every new reason for an emergency, and clear up doubts about one; return whether to go on."""
        while True:
            emergencies = self.session.emergencies()
            in_question = self.session.emergencies_in_doubt()
            unsure = {name for name, value in self.session.findings.items() if value is Missing.UNKNOWN}
            self.told &= {*emergencies, *in_question}
            self.asked_again &= unsure
            new = set(emergencies) - self.told
            if new:
                self.told |= new
                if not self._warn(new):
                    return False
            doubt = next((finding for finding in in_question if finding not in self.asked_again), None)
            if new or doubt is None:
                break
            self._ask_again(doubt)
            self._say_doubts({doubt} & set(self.session.emergencies_in_doubt()) - self.told)
        self._say_doubts(set(in_question) - self.told)
        return True

    def _warn(self, rules: set[str]) -> bool:
        """Show an emergency at once; return whether the person wants to go on all the same."""
        self._say_emergency(self.session.assessment(), rules)
        question = next(iter(self.session.way[-1:]), "")
        self._wrap(
            "You can stop here. Type more to answer the other questions, or press Enter to stop asking."
        )
        while True:
            try:
                typed = self._hear_heeding("> ", question).lower()
            except OutOfInput:
                return False
            if not typed:
                return False
            if typed in _GO_ON:
                return True
            if typed in ("b", "back"):
                self._step_back()
                return self._heed()
            if typed in ("q", "quit"):
                self._leave(question)
            self.misread(question, NotUnderstood("Please type more, b to go back, or press Enter."))

    def _say_emergency(self, found: Assessment, rules: set[str]) -> None:
        self.terminal.say()
        self._wrap(found.title.upper(), strong=True)
        self._wrap(found.action)
        for reason in found.reasons:
            if reason.rule in rules:
                self._wrap(f"- because {reason.because}", hang=2)

    def _ask_again(self, finding: str) -> None:
        """Ask about one sign by itself, with its meaning."""
        self.asked_again.add(finding)
        question = self.session.knowledge.question_of[finding]
        option = next((each for each in question.options if finding == f"{question.id}.{each.id}"), None)
        self.terminal.say()
        self._wrap("You are not sure about this one, and it matters. Is it so?", strong=True)
        self._wrap(self._word(option.label if option else question.ask))
        self._wrap(f"What it means: {self._word((option and option.means) or question.means)}")
        self._wrap("yes, no, or not sure")
        while True:
            typed = self._hear_heeding("> ", question.id).lower()
            if typed in ("b", "back"):
                self.session = self.session.without(question.id)
                self.asked = max(0, self.asked - 1)
                return
            if typed in ("q", "quit"):
                self._leave(question.id)
            if typed == "?":
                self._explain(Prompt(question, question))
                continue
            if typed in ("s", "skip"):
                return
            try:
                answer = yes_no_or_not_sure(typed)
            except NotUnderstood as misfit:
                self.misread(question.id, misfit)
                continue
            if answer in (YES, NO):
                self.session = self.session.settle(finding, answer)
            return

    def _say_doubts(self, findings: set[str]) -> None:
        """Say what to do about signs in doubt; in few words where it has been said of another."""
        if not findings:
            return
        found = self.session.assessment()
        signs = [sign for sign in found.not_sure if sign.finding in findings]
        if not signs:
            return
        said = self.told & {sign.finding for sign in found.not_sure} - findings
        self.told |= findings
        text, _ = in_doubt(self.session.knowledge, found)
        self.terminal.say()
        self._wrap("The same holds for this one:" if said else text, strong=True)
        for sign in signs:
            self._wrap(f"- {sign.label}", hang=2)

    # Leaving.

    def _leave(self, question: str) -> None:
        """Quit; where answers would be lost, say so and ask once more.

        Raises:
            Quit: unless the person goes on after all.
        """
        if self.kept or dict(self.session.answers) == dict(self.begun_with) or not self.terminal.interactive:
            raise Quit
        self._wrap("Your answers are not kept yet.")
        prompt = "q to leave all the same, a file name such as my-answers.json to keep them, Enter to go on: "
        while True:
            try:
                typed = self.hear(prompt, question)
            except OutOfInput:
                raise Quit from None
            if not typed:
                self._wrap("Please answer the question.")
                return
            if typed.lower() in ("q", "quit"):
                raise Quit
            refusal = (
                self.no_place(typed)
                if typed.lower().endswith(".json")
                else "Please give a name that ends in .json."
            )
            if not refusal:
                raise Quit(typed)
            self._wrap(refusal)

    def _hear_heeding(self, prompt: str, question: str) -> str:
        """Return the next line; a danger sign in it is asked about first.

        Raises:
            OutOfInput: there is none.
            Misread: a script goes on without answering anything, or cannot be read.
            _Enough: the person wants no further question after an emergency.
        """
        typed = self.hear(prompt, question)
        self._heed_dangers(typed)
        return typed

    def _hear_answer(self, question: str) -> str:
        """Return the next line that is no wish to leave."""
        while (typed := self._hear_heeding("> ", question)).lower() in ("q", "quit"):
            self._leave(question)
        return typed

    def hear(self, prompt: str, question: str) -> str:
        """Return the next line that can be read, without blanks around it.

        Raises:
            OutOfInput: there is none.
            Misread: a script goes on without answering anything, or cannot be read.
        """
        while True:
            self.waiting()
            try:
                typed = self.terminal.ask(prompt).strip()
            except EOFError:
                raise OutOfInput(question) from None
            self._asides += 1
            if not self.terminal.interactive and self._asides > _MOST_ASIDES:
                raise Misread(self.terminal.line, question, "too many lines answer nothing.")
            if readable(typed):
                return typed
            self.misread(question, NotUnderstood(_UNREADABLE))

    def misread(self, name: str, misfit: NotUnderstood) -> None:
        """Say that a line was not understood.

        Raises:
            Misread: nobody is there to answer again.
        """
        self._wrap(str(misfit))
        if name:
            self._say_whom_to_call(self.session.knowledge.questions[name])
        if not self.terminal.interactive:
            raise Misread(self.terminal.line, name, str(misfit))

    def _say_whom_to_call(self, question: Question) -> None:
        knowledge = self.session.knowledge
        if question.red_flags and knowledge.laws.refused_danger:
            text = knowledge.laws.refused_danger
            self._wrap(knowledge.calls.named_in(text))

    def _step_back(self) -> None:
        # A danger sign that was told elsewhere is no question that was met: going back does not take it back.
        questions = self.session.knowledge.questions
        met = [name for name in self.session.way if name in questions and not self._is_told_danger(name)]
        if not met:
            self._wrap("This is the first question.")
            return
        self.session = self.session.without(met[-1])
        self.asked = max(0, self.asked - 1)

    def _show(self, prompt: Prompt) -> None:
        left = self.session.left()
        self.bound = left if self.bound is None else min(left, self.bound)
        self.terminal.say()
        again = f"Asked again, {len(self.stale) - 1} more of these to come" if self.stale else ""
        self._wrap(again or f"Question {self.asked + 1}, at most {max(0, left - 1)} left")
        if told := self._told_already(prompt):
            self._wrap(f"You have told already: {told}. This is about anything else.")
        self.show_step(prompt)
        if self._kept(prompt) is not None:
            question = prompt.question
            self._wrap(f"Enter keeps: {self._shown(question, self.session.remembered[question.id])}")

    def _told_already(self, prompt: Prompt) -> str:
        """Return what was told of a list in own words, where the list comes back for the rest."""
        told = self.session.words()
        items = [each.id for each in prompt.question.options if f"{prompt.question.id}.{each.id}" in told]
        return self._shown(prompt.question, items) if items and prompt.is_list else ""

    def _show_unless_shown(self, prompt: Prompt) -> None:
        """Show a prompt where another was shown last: the next line would be typed for that."""
        if self.put is not prompt:
            self._show(prompt)

    def show_step(self, prompt: Prompt) -> None:
        """Show what is put to the person, line by line."""
        self.put = prompt
        question = prompt.offer
        self._wrap(self._word(question.ask), strong=True)
        width = len(str(len(question.options)))
        group = ""
        for number, option in enumerate(question.options, start=1):
            if option.group and option.group != group:
                group = option.group
                self._wrap(f"{group}:")
            self._wrap(f"{number:>{width}}  {self._word(option.label)}", hang=width + 2)
        if question.same_line:
            self._wrap(self._word(question.same_line))
        if question.kind == "yes_no":
            self._wrap("yes, no, or not sure")
        elif question.kind == "checklist":
            self._wrap("one or several, none, or not sure")
        elif question.kind == "number":
            self._wrap(f"a number{example_of(question)}, or not sure")

    def _explain(self, prompt: Prompt) -> None:
        question = prompt.offer
        self._wrap(f"What it means: {self._word(question.means)}")
        for option in question.options:
            if option.means:
                self._explain_option(prompt, option)
        self._wrap(f"Why it is asked: {self._word(question.why)}")
        rules = self.session.outlook().rests.get(question.id, ())
        knowledge = self.session.knowledge
        told = sorted(
            (rule for rule in rules if rule.disposition),
            key=lambda rule: -knowledge.rungs[rule.disposition].rank,
        )
        if told:
            self._wrap("What rests on it now:")
        for rule in told[:_MOST_RULES_SHOWN]:
            names = [knowledge.sources[name].publisher for name in rule.provenance.guidance]
            names += sorted({knowledge.claims[claim].document for claim in rule.provenance.claims})
            outcome = knowledge.rungs[rule.disposition].title
            self._wrap(f"- {self._word(rule.title)}: {outcome} ({', '.join(dict.fromkeys(names))})", hang=2)
        more = len(rules) - len(told[:_MOST_RULES_SHOWN])
        if more > 0:
            self._wrap(f"- and {plural(more, 'other rule')} on what to do or what is safe", hang=2)

    def _explain_option(self, prompt: Prompt, option: Option) -> None:
        number = prompt.number_of(option)
        means = f": {self._word(option.means)}" if option.means else ""
        self._wrap(f"{number or '-'}  {self._word(option.label)}{means}", hang=3)

    # Words.

    def _word(self, text: str) -> str:
        return address(text, about_other=self.session.about_other)

    def _shown(self, question: Question, answer: Any) -> str:
        return shown(question, answer, about_other=self.session.about_other)

    def _wrap(self, text: str, *, strong: bool = False, hang: int = 0) -> None:
        say_wrapped(self.terminal, text, strong=strong, hang=hang)


def _step_after(prompt: Prompt, answer: Any) -> Any:
    """Return the next step of a question, or its answer; of a list, what is said item by item."""
    if isinstance(answer, Mapping):
        return {**prompt.given, **answer}
    return following(prompt, answer) if prompt.is_list else answer


def _is_back(command: str, question: Question) -> bool:
    """Whether the person wants to go back: "back" can also be a part of the body."""
    names_a_part = any(holds(label, "back") for option in question.options for label in labels(option))
    return command == "b" or (command == "back" and not names_a_part)
