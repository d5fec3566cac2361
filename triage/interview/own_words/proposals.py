"""From a sentence to the answers that it seems to give: proposed, never taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from weakref import WeakKeyDictionary

from triage.inference.truth import Value
from triage.interview.own_words.changes import about_medicine, changes_of_medicines
from triage.interview.own_words.hours import Hours
from triage.interview.own_words.known_words.cues import Standing, is_ruled_out
from triage.interview.own_words.known_words.hints import Hinted
from triage.interview.own_words.known_words.phrases import Match
from triage.interview.own_words.known_words.vocabulary import HARMLESS, Meaning, Vocabulary
from triage.interview.own_words.marking import is_turned
from triage.interview.own_words.onsets import left_open, value_told
from triage.interview.own_words.owners import Owner
from triage.interview.own_words.sieve import (
    beside_any,
    has_fitting_unit,
    has_other_unit,
    without_bystanders,
    without_overreach,
    without_twofold_amounts,
    without_uncalm,
)
from triage.interview.own_words.standing import Reading, Readings
from triage.interview.own_words.told import Choice, Proposal, Told, keep_longest
from triage.interview.own_words.uncovered import left_over
from triage.knowledge.model import YES, KnowledgeBase
from triage.knowledge.parts.lexicon import Amounts, Hint, Word, words_of

LONGEST = 4000
"""How many characters of a text are read."""
_UNITS_OF_DOSES = ("mg", "mcg", "g", "ml")


@dataclass(frozen=True)
class Listener:
    """A knowledge base and its lexicon, made ready to understand sentences."""

    knowledge: KnowledgeBase
    _heard: dict[tuple[str, int | None], Told] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that are understood."""
        return Vocabulary(self.knowledge)

    @cached_property
    def _hours(self) -> Hours:
        return Hours(self.vocabulary)

    def proposals(self, text: str, weekday: int | None = None) -> tuple[Proposal, ...]:
        """Return the answers that a text seems to give; as `hear`, without what is open."""
        return self.hear(text, weekday).proposals

    def hear(self, text: str, weekday: int | None = None) -> Told:
        """Return what a text seems to say, in the order of the questionnaire.

        Args:
            text: what the person typed.
            weekday: today, from Monday (0) on.
        """
        if (text, weekday) not in self._heard:
            self._heard.clear()
            self._heard[text, weekday] = self._heard_in(text[:LONGEST], weekday)
        return self._heard[text, weekday]

    def _heard_in(self, typed: str, weekday: int | None) -> Told:
        vocabulary, raw = self.vocabulary, words_of(typed)
        words = _ended(vocabulary.spelt(raw))
        every = vocabulary.book.every_match(words, weekday)
        found = vocabulary.book.longest([each for each in every if has_fitting_unit(each)])
        single = without_twofold_amounts(found, _names_answer)
        matches = without_overreach(single, vocabulary.cues.denials, words)
        matches = [each for each in matches if each.means is not HARMLESS or not self._is_turned(words, each)]
        medicines = vocabulary.medicines(typed, words, matches)
        matches = [*self._without_doses(words, matches, medicines), *medicines]
        readings = Readings(vocabulary.cues, words, matches)
        matches = self._with_changes(words, matches, readings.found)
        patient = self._patient(readings.plain, matches)
        harmless = {place for each in matches if each.means is HARMLESS for place in each.places}
        cues = vocabulary.cues.book.longest(readings.found)
        harmless.update(place for each in cues if each.means == "freedoms" for place in each.places)
        telling = (each for each in readings.found if each.means not in ("asides", "habits"))
        taken = {place for each in (*found, *medicines, *telling) for place in each.places}

        def counts(sign: Match) -> bool:
            taken.update(sign.places)
            return (
                harmless.isdisjoint(sign.places)
                and _may_be_so(readings.beside(sign), sign, patient)
                and not self._only_likened(readings.plain, sign)
            )

        hinted = vocabulary.hints.read(words, raw, vocabulary.right)
        asked, alarms = hinted.matches(counts), [each for each in hinted.alarms() if counts(each)]
        patient = self._patient(readings.plain, [*matches, *asked])
        matches = self._hours.without_habits(words, matches, readings.found)
        told = replace(
            self._told(typed, readings.plain, matches, asked, patient),
            alarm=_said(typed, words, alarms[0]) if alarms else "",
            uncovered=left_over(typed, raw, readings.plain.standings, taken, vocabulary.says_nothing),
        )
        return replace(told, first=self._first(told, hinted))

    def _first(self, told: Told, hinted: Hinted) -> tuple[str, ...]:
        """Return the lists of signs that are put at once, where some words are not understood or alarming."""
        alarm = self.knowledge.lexicon.alarm
        calls = told.alarm or told.uncovered or any(each.danger for each in told.proposals)
        if alarm is None or not calls:
            return ()
        also = (question for question, written in alarm.where.items() if hinted.holds(written))
        return (*alarm.asks[:1], *also, *alarm.asks[1:])

    def _only_likened(self, reading: Reading, sign: Match) -> bool:
        """Whether a comparison names what would have happened: "like being stabbed" is no wound."""
        if not isinstance(sign.means, Hint):
            return False
        likened = any(reading.standings[place] & Standing.LIKENED for place in sign.places)
        return likened and set(self.vocabulary.hints.asked_by(sign.means)).issubset(
            self.knowledge.lexicon.likened
        )

    def _is_turned(self, words: Sequence[Word], match: Match) -> bool:
        """Whether a negation stands before a match in its part of the sentence, or in its gap."""
        gap = set(range(match.start, match.end)).difference(match.places)
        negations = self.vocabulary.cues.negations
        return is_turned(words, match, negations) or any(words[place].text in negations for place in gap)

    def _without_doses(
        self, words: Sequence[Word], matches: Sequence[Match], medicines: Sequence[Match]
    ) -> Iterator[Match]:
        """Yield matches without those that tell when a medicine is taken: "baclofen 10 mg at night"."""
        ends = {match.end for match in medicines}
        for match in matches:
            before = match.start - 1
            while before >= 0 and (words[before].text.isdecimal() or words[before].text in _UNITS_OF_DOSES):
                before -= 1
            if before not in ends or self.vocabulary.questions_of(match.means).isdisjoint(
                self.knowledge.lexicon.dosing
            ):
                yield match

    def _with_changes(
        self, words: Sequence[Word], matches: Sequence[Match], cues: Sequence[Match]
    ) -> list[Match]:
        """Return matches with the changes of medicines, and without those of anything else."""
        naming = frozenset(self.knowledge.lexicon.naming)
        named = [each for each in matches if self._names_medicine(each)]
        remedies = {place for each in named for place in each.places}
        remedies.update(cue.start for cue in cues if cue.means == "remedies")
        kept = [
            each
            for each in matches
            if naming.isdisjoint(self.vocabulary.questions_of(each.means))
            or about_medicine(words, each, remedies)
        ]
        told = Meaning(tuple(f"{question}.{YES}" for question in naming))
        changed = changes_of_medicines(words, (cue for cue in cues if cue.means == "changes"), named)
        return [*kept, *(Match(each.places, told) for each in changed)]

    def _names_medicine(self, match: Match) -> bool:
        question = self.knowledge.named_question
        return question is not None and question.id in self.vocabulary.questions_of(match.means)

    # What it comes to.

    def _told(
        self,
        text: str,
        reading: Reading,
        matches: Sequence[Match],
        hinted: Sequence[Match],
        patient: Owner,
    ) -> Told:
        told: dict[str, dict[Value, Proposal]] = {}
        choices: dict[Choice, None] = {}
        signs = {place for match in hinted for place in match.places}
        evidence = {place for match in hinted for place in range(match.start, match.end + 1)}
        complaint = {place for match in matches if self._hours.complains(match) for place in match.places}
        of_signs = self._hours.of_signs(reading.words, matches, signs, complaint)
        certain: set[str] = set()
        weak: dict[str, dict[Value, Proposal]] = {}
        for match in matches:
            owner = reading.owner(match)
            known = Owner.NOBODY not in (owner, patient)
            anothers = known and owner not in (patient, Owner.BYSTANDER)
            for proposal in self._of_match(text, reading.words, match):
                theirs = owner is Owner.BYSTANDER and not proposal.danger
                if theirs or not self._counts(proposal, reading.standing(match), anothers=anothers):
                    continue
                if isinstance(match.means, Meaning) and match.means.either:
                    choices[_choice(match.means, proposal.words)] = None
                    continue
                if match in of_signs:
                    continue
                if evidence.isdisjoint(match.places) or beside_any(reading.words, match, complaint):
                    certain.add(proposal.finding)
                into = weak if isinstance(match.means, Amounts) and match.means.weak else told
                keep_longest(into.setdefault(proposal.finding, {}), proposal)
        open_ones = left_open(self.vocabulary, reading, matches, complaint, (told, weak))
        told = {name: values for name, values in (weak | told).items() if name not in open_ones}
        for proposal in (*self._about(patient), *self._hinted_at(text, reading.words, hinted)):
            told.setdefault(proposal.finding, {}).setdefault(proposal.value, proposal)
        order = {finding: place for place, finding in enumerate(self.knowledge.question_of)}
        single = (next(iter(values.values())) for values in told.values() if len(values) == 1)
        kept = without_uncalm(without_bystanders(tuple(single), certain), self.knowledge.lexicon.calm)
        proposals = tuple(sorted(kept, key=lambda proposal: order[proposal.finding]))
        named = {each.finding for each in proposals}
        left = (
            each for each in choices if named.isdisjoint(f"{each.question}.{item}" for item in each.items)
        )
        return Told(proposals, tuple(left))

    def _hinted_at(self, text: str, words: Sequence[Word], hinted: Sequence[Match]) -> Iterator[Proposal]:
        for match in sorted(hinted, key=lambda each: each.end - each.start):
            if isinstance(match.means, Hint):
                said = _said(text, words, match)
                for finding in self.vocabulary.hints.asked_by(match.means):
                    yield Proposal(finding, YES, said, danger=True)

    def _counts(self, proposal: Proposal, standing: Standing, *, anothers: bool) -> bool:
        lexicon = self.knowledge.lexicon
        named = {proposal.finding, proposal.question}
        if anothers:
            return False
        if named.isdisjoint(lexicon.likened):
            standing &= ~Standing.LIKENED
        if proposal.danger:
            return not is_ruled_out(standing) and not standing & Standing.LIKENED
        if not named.isdisjoint(lexicon.lasting):
            standing &= ~(Standing.PAST | Standing.OVER)
        if not named.isdisjoint(lexicon.guessable):
            standing &= ~Standing.GUESSED
        if not named.isdisjoint(lexicon.complained):
            standing &= ~(Standing.LISTED | Standing.WELL | Standing.OVER)
        return not standing

    def _of_match(self, text: str, words: Sequence[Word], match: Match) -> Iterator[Proposal]:
        said = _said(text, words, match)
        if isinstance(match.means, Amounts):
            question = self.knowledge.questions[match.means.question]
            number = value_told(question, words, match)
            if number is not None and not has_other_unit(words, match, self._measures):
                yield Proposal(question.id, number, said)
        elif isinstance(match.means, Meaning):
            for name in match.means.names:
                finding, value = self._answer(name)
                yield Proposal(finding, value, said, danger=finding in self.vocabulary.dangers)

    @property
    def _measures(self) -> Collection[str]:
        return self.knowledge.lexicon.lists.get("measure", ())

    def _answer(self, name: str) -> tuple[str, Value]:
        question_id, _, option = name.partition(".")
        question = self.knowledge.questions[question_id]
        return (name, YES) if question.kind == "checklist" else (question_id, option)

    def _patient(self, reading: Reading, matches: Sequence[Match]) -> Owner:
        """Return whom the text is about: the one it names, or the writer, where a complaint is theirs."""
        telling = (Meaning, Amounts, Hint)
        owners = [reading.owner(match) for match in matches if isinstance(match.means, telling)]
        if reading.concerns_another:
            return Owner.OTHER
        if Owner.WRITER in owners:
            return Owner.WRITER
        if self._is_bystander(reading, matches):
            return Owner.NOBODY
        if Owner.OTHER in (*owners, *reading.owners):
            alone = Owner.WRITER not in reading.owners
            return Owner.OTHER if alone or Owner.OTHER in owners else Owner.NOBODY
        return Owner.WRITER if Owner.WRITER in reading.owners else Owner.NOBODY

    def _is_bystander(self, reading: Reading, matches: Sequence[Match]) -> bool:
        """Whether somebody is only named behind a complaint, and nothing is told of them: "two kids"."""
        if not reading.names_another or Owner.OTHER not in reading.owners:
            return False
        first = reading.owners.index(Owner.OTHER)
        if reading.words[first].text in self.vocabulary.cues.pronouns:
            return False
        own = any(self._hours.complains(each) and each.start < first for each in matches)
        theirs = (each for each in matches if any(reading.owners[at] is Owner.OTHER for at in each.places))
        return own and not any(
            self._hours.complains(each) or isinstance(each.means, Amounts | Hint) for each in theirs
        )

    def _about(self, patient: Owner) -> Iterator[Proposal]:
        people = self.knowledge.lexicon.people
        if people is None or patient is Owner.NOBODY:
            return
        finding, value = self._answer(people.writer if patient is Owner.WRITER else people.other)
        yield Proposal(finding, value, "")


def _names_answer(match: Match) -> bool:
    return isinstance(match.means, Meaning) and bool(match.means.names)


def _may_be_so(reading: Reading, match: Match, patient: Owner) -> bool:
    """Whether none of some words is denied, past, called well, or another's."""
    owners = {reading.owners[place] for place in match.places}
    anothers = reading.names_another and patient is Owner.WRITER and Owner.OTHER in owners
    return not anothers and not any(is_ruled_out(reading.standings[place]) for place in match.places)


def _said(text: str, words: Sequence[Word], match: Match) -> str:
    """Return the words of a text from the first to the last of a match, without the marks around them."""
    return " ".join(text[words[match.start].start : words[match.end].end].split()).strip(" ,;:.")


def _ended(words: list[Word]) -> list[Word]:
    """Return words with a full stop behind the last: a phrase can tell by it that a sentence ends."""
    if not words or words[-1].text == ".":
        return words
    end = words[-1].end
    return [*words, Word(".", end, end, mark=True)]


def _choice(means: Meaning, words: str) -> Choice:
    questions, _, _ = means.names[0].partition(".")
    return Choice(questions, tuple(name.partition(".")[2] for name in means.names), words)


_listeners: WeakKeyDictionary[KnowledgeBase, Listener] = WeakKeyDictionary()


def listener(knowledge: KnowledgeBase) -> Listener:
    """Return what understands sentences with a knowledge base; it is made ready once."""
    if knowledge not in _listeners:
        _listeners[knowledge] = Listener(knowledge)
    return _listeners[knowledge]
