"""What people type, and what it is taken for."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.shipped import KNOWLEDGE

from triage.explanation.answers import answer_text
from triage.inference.answers.intake import read_answers
from triage.interview.hearing.parsing import (
    Guess,
    Inquiry,
    NotUnderstood,
    Reading,
    Taken,
    read,
    read_answer,
    yes_no_or_not_sure,
)
from triage.knowledge.model import Option, Question
from triage.knowledge.parts.pronouns import address

ASK = KNOWLEDGE.questions
CHECKLISTS = [question for question in ASK.values() if question.kind == "checklist"]
DANGERS = [question for question in CHECKLISTS if question.red_flags]
PLAIN = st.sampled_from(["1", "2", "1, 2", "no", "yes", "none", "not sure", "?1", "30", "2 days", "40 s"])


def reading_of(question: Question, typed: str) -> Reading | None:
    try:
        return read(question, typed)
    except NotUnderstood:
        return None


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        ("episode_seconds", "90 s", 90),
        ("episode_seconds", "2 min", 120),
        ("episode_seconds", "about 10 minutes", 600),
        ("episode_seconds", "10.5 min", 630),
        ("episode_seconds", "ten minutes", 600),
        ("episode_seconds", "an hour", 3600),
        ("episode_seconds", "half an hour", 1800),
        ("episode_seconds", "1,5 min", 90),
        ("episode_seconds", "0.5 s", 1),
        ("episode_seconds", "not sure", "unknown"),
        ("course_days", "3 weeks", 21),
        ("course_days", "22 days", 22),
        ("course_days", "1 year", 366),
        ("age", "42", 42),
        ("age", "42 years", 42),
        ("age", "18 months", 1),
        ("age", "23 months", 1),
        ("age", "24 months", 2),
        ("for_whom", "2", "other"),
        ("for_whom", "someone else", "other"),
        ("frequency", "every day", "daily"),
        ("frequency", "4", "weekly"),
        ("one_side", "Yes.", "yes"),
        ("one_side", "n", "no"),
        ("one_side", "dont know", "unknown"),
        ("site", "none", "none"),
        ("site", "1 3", ["calf", "foot"]),
        ("site", "1, 3", ["calf", "foot"]),
        ("site", "3 1 1", ["calf", "foot"]),
        ("site", "calf and jaw", ["calf", "jaw"]),
        ("site", "1 ?26", ["calf", "?jaw"]),
        ("site", "?jaw, calf", ["calf", "?jaw"]),
        ("site", "NOT SURE", "unknown"),
    ],
)
def test_what_is_understood(question: str, typed: str, answer: Any) -> None:
    assert read_answer(ASK[question], typed) == answer


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        ("episode_seconds", "10", "10 seconds or 10 minutes"),
        ("episode_seconds", "1", "1 second or 1 minute?"),
        ("course_days", "3", "3 days or 3 weeks"),
        ("heat_cramp_minutes", "30", "30 minutes or 30 hours"),
        ("episode_seconds", "long", "such as 90 s, 2 min"),
        ("episode_seconds", "a few minutes", "About how many minutes?"),
        ("episode_seconds", "a few seconds", 'the number and "seconds", or not sure'),
        ("course_days", "for years", 'About how many years? A guess will do: type the number and "years"'),
        ("course_days", "on and off for months", "About how many months?"),
        ("course_days", "for ages", "such as 3 days, 2 weeks, or not sure. A guess will do."),
        ("course_days", "since I was a kid", "A guess will do."),
        ("soreness_days", "several days", "About how many days?"),
        ("age", "years", "About how many years?"),
        ("age", "30-40", "Please give one number of years"),
        ("age", "30 to 40 years", "Please give one number of years"),
        ("episode_seconds", "2-3", "such as 90 s, 2 min"),
        ("episode_seconds", "3 fortnights", "I do not know the unit"),
        ("episode_seconds", "3 weeks", "That cannot be"),
        ("age", "400", "from 0 to 120 years"),
        ("age", "-3", "Please give a number of years"),
        ("one_side", "maybe", "yes, no or not sure"),
        ("frequency", "7", "choose from 1 to 6"),
        ("frequency", "often", "is not among the answers"),
        ("danger_signs", "pain", "fits more than one answer: 10 or 17"),
        ("site", "upper arm", "fits more than one answer: 15 or 16"),
        ("site", "1 99", "There is no number 99"),
        ("site", "", "s to skip"),
        ("site", ";", "s to skip"),
        ("site", "? ,", "s to skip"),
        ("site", "and", "s to skip"),
    ],
)
def test_what_is_asked_again(question: str, typed: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read_answer(ASK[question], typed)
    assert said in str(caught.value)


@conditional(at_least=0.12)  # measured: 0.32
@given(st.sampled_from(sorted(ASK)), st.text(max_size=30) | PLAIN)
def test_whatever_is_typed_is_a_valid_answer_or_asked_again(
    antecedent: Antecedent, name: str, typed: str
) -> None:
    reading: Any = None
    with contextlib.suppress(NotUnderstood):
        reading = read_answer(ASK[name], typed)
    if antecedent(reading is not None):
        read_answers(KNOWLEDGE, {name: reading})


# Numbers and units.


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("course_days", "3m"),
        ("course_days", "2 m"),
        ("course_days", "6 M"),
        ("course_days", "40 s"),
        ("course_days", "20 min"),
        ("age", "18m"),
        ("age", "18 m"),
        ("age", "40s"),
        ("age", "a"),
        ("age", "half"),
        ("episode_seconds", "a"),
        ("episode_seconds", "half"),
        ("episode_seconds", "1.200 s"),
        ("episode_seconds", "1,20,000 s"),
        ("episode_seconds", "1,2,3 s"),
        ("episode_seconds", "2 months"),
        *(
            (name, typed)
            for name in ("age", "course_days", "episode_seconds")
            for typed in ("nan", "inf", "1e5")
        ),
        *((name, digits * 400) for name in ("age", "course_days") for digits in ("9", "9 ")),
        ("age", "9" * 5000),
        ("danger_signs", "9" * 5000),
        ("danger_signs", "1 " + "9" * 400),
        ("frequency", "9" * 5000),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_or_in_none_is_asked_again(question: str, typed: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read(ASK[question], typed)
    assert len(str(caught.value)) < 200
    assert "lease " in str(caught.value)


@pytest.mark.parametrize(
    ("question", "typed", "answer", "said"),
    [
        ("episode_seconds", "1,200 s", 1200, "20 minutes"),
        ("episode_seconds", "1 200 s", 1200, "20 minutes"),
        ("episode_seconds", "1,000 s", 1000, "16 minutes 40 seconds"),
        ("episode_seconds", "2 m", 120, "2 minutes"),
        ("episode_seconds", "0.5 s", 1, "1 second"),
        ("course_days", "half a year", 183, "6 months"),
        ("course_days", "3 hours ago", 1, "1 day"),
        ("age", "18 months", 1, "1 year"),
        ("frequency", "once a month", "monthly", "One to three days in four weeks"),
        ("site", "1 ?26", ["calf", "?jaw"], "Calf; not sure about: Jaw"),
        ("danger_signs", "?5", ["?stroke_signs"], "not sure about: Drooping face"),
    ],
)
def test_what_is_understood_is_said_where_it_is_not_what_was_typed(
    question: str, typed: str, answer: Any, said: str
) -> None:
    reading = read(ASK[question], typed)
    assert reading == Taken(answer, echo=True)
    assert answer_text(ASK[question], answer).startswith(said)


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("episode_seconds", "90 s"),
        ("episode_seconds", "ten minutes"),
        ("age", "42"),
        ("site", "1 5"),
        ("site", "none"),
    ],
)
def test_what_was_typed_is_not_said_again(question: str, typed: str) -> None:
    reading = read(ASK[question], typed)
    assert isinstance(reading, Taken)
    assert not reading.echo


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("episode_seconds", 300, "5 minutes"),
        ("episode_seconds", 60, "1 minute"),
        ("episode_seconds", 90, "90 seconds"),
        ("episode_seconds", 630, "10 minutes 30 seconds"),
        ("episode_seconds", 0, "0 seconds"),
        ("course_days", 1, "1 day"),
        ("course_days", 21, "3 weeks"),
        ("course_days", 92, "3 months"),
        ("course_days", 1827, "5 years"),
        ("heat_cramp_minutes", 61, "61 minutes"),
        ("heat_cramp_minutes", 120, "2 hours"),
        ("age", 1, "1 year"),
    ],
)
def test_durations_are_said_as_people_say_them(question: str, answer: int, said: str) -> None:
    assert answer_text(ASK[question], answer) == said


@conditional(at_least=0.4)  # measured: 0.9
@given(
    st.sampled_from(["episode_seconds", "course_days", "heat_cramp_minutes"]),
    st.integers(0, 86400) | st.integers(0, 48).map(lambda number: number * 60),
)
def test_a_duration_as_it_is_said_is_read_back_unchanged(
    antecedent: Antecedent, name: str, value: int
) -> None:
    question = ASK[name]
    value = min(value, question.maximum)
    said = answer_text(question, value)
    if antecedent(said.count(" ") == 1):
        assert read_answer(question, said) == value


# Question marks.


@pytest.mark.parametrize("typed", ["? 5", "5?", "5 ?", "?? 5", "?5?", "face drooping?"])
def test_a_question_about_an_item_is_no_answer(typed: str) -> None:
    with contextlib.suppress(NotUnderstood):
        assert read(ASK["danger_signs"], typed) == Inquiry(("stroke_signs",))


def test_the_plain_spellings_of_a_question_are_understood() -> None:
    for typed in ("? 5", "5?", "5 ?", "\uff1f 5", "5\uff1f"):
        assert read(ASK["danger_signs"], typed) == Inquiry(("stroke_signs",))
    assert read(ASK["site"], "jaw?") == Inquiry(("jaw",))
    assert read(ASK["frequency"], "2?") == Inquiry(("rarely",))


@pytest.mark.parametrize(
    "typed",
    [
        "?5",
        "not sure 5",
        "5 not sure",
        "not sure about 5",
        "I'm not sure about 5",
        "unsure 5",
        "? 5".replace(" ", ""),
    ],
)
def test_not_sure_about_one_item(typed: str) -> None:
    assert read(ASK["danger_signs"], typed) == Taken(["?stroke_signs"], echo=True)


@pytest.mark.parametrize(
    "typed", ["1 ?1", "?1 1", "1, not sure 1", "not sure 3, 5", "1 3 not sure", "3, 5 not sure"]
)
def test_what_contradicts_itself_or_has_two_readings_is_asked_again(typed: str) -> None:
    with pytest.raises(NotUnderstood):
        read(ASK["danger_signs"], typed)


# Words.


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("frequency", "no"),
        ("limb_signs", "all"),
        ("danger_signs", "yes"),
        ("danger_signs", "y"),
        ("danger_signs", "no chest pain"),
        ("danger_signs", "I don't have chest pain"),
        ("danger_signs", "never had a fit"),
        ("danger_signs", "no, chest pain"),
        ("danger_signs", "none, 3"),
        ("danger_signs", "chest pain but no fit"),
        ("frequency", "not every day"),
    ],
)
def test_words_that_deny_or_name_nothing_are_asked_again(question: str, typed: str) -> None:
    with pytest.raises(NotUnderstood):
        read(ASK[question], typed)


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("chest pain", ["chest_tightness"]),
        ("I have chest pains", ["chest_tightness"]),
        ("heart attack", ["chest_tightness"]),
        ("can't breathe", ["breathless"]),
        ("can\u2019t breathe", ["breathless"]),
        ("short of breath", ["breathless"]),
        ("stroke", ["stroke_signs"]),
        ("Seizure!", ["first_fit"]),
        ("fit", ["first_fit"]),
        ("snake", ["venom_bite"]),
        ("left arm", ["chest_tightness"]),
        ("chest pain and fit", ["chest_tightness", "first_fit"]),
    ],
)
def test_plain_words_for_a_danger_are_understood_and_must_be_confirmed(typed: str, items: list[str]) -> None:
    assert read(ASK["danger_signs"], typed) == Guess(tuple(items))
    with pytest.raises(NotUnderstood, match="give the number"):
        read_answer(ASK["danger_signs"], typed)


@pytest.mark.parametrize(
    ("question", "typed", "items"),
    [
        ("pregnancy_signs", "resting", ("gone_on_resting",)),
        ("pregnancy_signs", "passing wind", ("gone_on_resting",)),
        ("pregnancy_signs", "ankles", ("evening_ankles",)),
        ("danger_signs", "heat", ("plain_faint",)),
    ],
)
def test_a_part_of_a_harmless_line_beside_a_danger_must_be_confirmed(
    question: str, typed: str, items: tuple[str, ...]
) -> None:
    """Who means the danger must not be taken for the line that says that all is well."""
    assert reading_of(ASK[question], typed) == Guess(items)


def test_a_part_of_a_step_of_a_scale_must_be_confirmed() -> None:
    assert read(ASK["frequency"], "less than once") == Guess(("rarely",))


def test_plain_words_never_stand_for_two_dangers_of_one_list() -> None:
    for question in CHECKLISTS:
        named = [phrase for option in question.options for phrase in option.words]
        assert len(named) == len(set(named)), question.id


# Labels as they are shown.

LABELS = [
    (question, place, address(option.label, about_other=about_other))
    for question in ASK.values()
    for place, option in enumerate(question.options)
    for about_other in (False, True)
]


@pytest.mark.parametrize("numbered", [False, True])
def test_every_label_typed_as_shown_is_understood(numbered: bool) -> None:  # noqa: FBT001 - a parameter
    for question, place, label in LABELS:
        name = question.options[place].id
        typed = f"{place + 1}  {label}" if numbered else label
        assert read(question, typed) == Taken([name] if question.kind == "checklist" else name), typed


@st.composite
def spelled(draw: st.DrawFn, question: Question) -> tuple[str, set[str], bool]:
    """A list as somebody might type it: the line, what is marked as so, and whether words stand alone."""
    picked = draw(st.lists(st.sampled_from(question.options), min_size=1, max_size=4, unique=True))
    so: set[str] = set()
    words_alone = False
    pieces = []
    for option in picked:
        number = str(question.options.index(option) + 1)
        ways = [number, option.id, address(option.label, about_other=draw(st.booleans())), *option.words]
        text = draw(st.sampled_from(ways))
        words_alone = words_alone or text in option.words
        mark = draw(st.sampled_from(["", "", "?", "? ", "{}?", "not sure "]))
        pieces.append(mark.format(text) if "{}" in mark else f"{mark}{text}")
        if not mark:
            so.add(option.id)
    line = draw(st.sampled_from([", ", " , ", ";", " and ", ",  "])).join(pieces)
    line = {"lower": line.lower(), "upper": line.upper(), "title": line.title(), "": line}[
        draw(st.sampled_from(["lower", "upper", "title", ""]))
    ]
    blank = draw(st.sampled_from(["", " ", "\t", "  "]))
    return f"{blank}{line}{blank}{draw(st.sampled_from(['', '.', '!']))}", so, words_alone


@conditional(at_least=0.2)  # measured: 0.48
@given(st.sampled_from(CHECKLISTS).flatmap(lambda question: st.tuples(st.just(question), spelled(question))))
def test_a_list_however_spelled_is_never_more_than_was_said(
    antecedent: Antecedent,
    given_list: tuple[Question, tuple[str, set[str], bool]],
) -> None:
    question, (line, so, words_alone) = given_list
    flags = {flag.partition(".")[2] for flag in question.red_flags}
    reading = reading_of(question, line)
    if isinstance(reading, Inquiry):
        assert "?" in line
    if not antecedent(isinstance(reading, Taken)):
        return
    assert isinstance(reading, Taken)
    items = reading.answer if isinstance(reading.answer, list) else []
    yes = {item for item in items if not item.startswith("?")}
    assert yes <= so
    if not words_alone:
        assert yes == so or "?" in line or "not sure" in line.lower()
    assert words_alone is False or not (yes & flags) - so


@conditional(at_least=0.5)  # measured: 0.95
@given(st.sampled_from(DANGERS), st.data())
def test_a_line_with_a_question_mark_alone_gives_no_yes(
    antecedent: Antecedent, question: Question, data: st.DataObject
) -> None:
    option = data.draw(st.sampled_from(question.options))
    number = question.options.index(option) + 1
    text = data.draw(st.sampled_from([str(number), option.id, option.label, *option.words]))
    line = data.draw(
        st.sampled_from(["?{}", "? {}", "{}?", "{} ?", "?{}?", "is it {}?", "{}??", "? ? {}"])
    ).format(text)
    reading = reading_of(question, line)
    if antecedent(reading):
        assert isinstance(reading, Inquiry) or (
            isinstance(reading, Taken) and all(item.startswith("?") for item in reading.answer)
        )


DENIALS = {"no", "none", "nothing"}
"""Words of some labels that answer a list by themselves, and name nothing of it."""


def bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w']", " ", text.lower()).split())


def names_of(option: Option) -> set[str]:
    """Return the names that an author wrote: id, plain words, a label's head, and what is in brackets."""
    head, bracket, inside = address(option.label).partition("(")
    in_brackets = re.split(r",|\bor\b", inside.partition(")")[0])
    spaced = option.id.replace("_", " ")
    return {bare(name) for name in (spaced, *option.words, *((head, *in_brackets) if bracket else ()))}


@conditional(at_least=0.4)  # measured: 0.92
@given(st.sampled_from(DANGERS), st.data())
def test_no_danger_counts_that_was_found_by_words(
    antecedent: Antecedent, question: Question, data: st.DataObject
) -> None:
    option = data.draw(st.sampled_from(question.options))
    pieces = address(option.label).split()
    start = data.draw(st.integers(0, len(pieces) - 1))
    stop = data.draw(st.integers(start + 1, len(pieces)))
    part = data.draw(st.sampled_from([" ".join(pieces[start:stop]), *option.words]))
    known = {each.id for each in question.options} | {label.lower() for _, _, label in LABELS}
    harmless = {name for each in question.options if not each.red_flag for name in names_of(each)}
    named = {bare(piece) for piece in re.split(r"[,;&]|\b(?:and|but)\b", part)} - {""}
    reading = reading_of(question, part)
    if antecedent(reading and part.lower().strip(",.") not in known and not named <= harmless | DENIALS):
        assert isinstance(reading, Guess)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("atorvastatin", ["statin"]),
        ("Lipitor 20 mg, bendroflumethiazide", ["statin", "thiazide"]),
        ("co-amilofruse and aspirin", ["loop_diuretic", "potassium_sparing_diuretic", "blood_thinner"]),
        ("?simvastatin, 3", ["?statin", "loop_diuretic"]),
        ("not sure about simvastatin", ["?statin"]),
        ("paracetamol", "none"),
        ("paracetamol, warfarin", ["blood_thinner"]),
        ("Nifedipine", ["nifedipine"]),
        ("none", "none"),
        ("1", ["statin"]),
    ],
)
def test_names_fill_the_list_of_medicines(typed: str, answer: Any) -> None:
    assert read_answer(ASK["medicines"], typed, KNOWLEDGE) == answer


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("atorvasttin", 'I do not know "atorvasttin". Did you mean "atorvastatin"'),
        ("xyzzy", 'I do not know "xyzzy". Please check the name on the pack'),
        ("warfarin, xyzzy", 'I do not know "xyzzy"'),
        ("atorvastatin stopped", 'I do not know "atorvastatin stopped"'),
        ("simvastatin, ?atorvastatin", "cannot be both so and not sure"),
    ],
)
def test_a_name_that_is_not_known_is_asked_back(typed: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read(ASK["medicines"], typed, KNOWLEDGE)
    assert said in str(caught.value)


def test_names_are_for_their_list_alone() -> None:
    assert reading_of(ASK["medicines"], "Lipitor") is None
    with pytest.raises(NotUnderstood):
        read(ASK["conditions"], "Lipitor", KNOWLEDGE)


@pytest.mark.parametrize(
    "typed", ["No, none of these.", "no nothing like that", "nope", "nah", "none of that", "nil"]
)
def test_none_has_many_words(typed: str) -> None:
    assert read_answer(KNOWLEDGE.questions["danger_signs"], typed, KNOWLEDGE) == "none"


@pytest.mark.parametrize("typed", ["no but my chest is tight", "no, 3", "none but 2"])
def test_none_and_more_is_not_none(typed: str) -> None:
    with contextlib.suppress(NotUnderstood):
        assert read(KNOWLEDGE.questions["danger_signs"], typed, KNOWLEDGE) != Taken("none")


@pytest.mark.parametrize(
    ("typed", "value"), [("yes, that's right", "yes"), ("yup", "yes"), ("nah", "no"), ("No, it isn't.", "no")]
)
def test_yes_and_no_have_many_words(typed: str, value: str) -> None:
    assert yes_no_or_not_sure(typed) == value


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("yes dear", "yes"), ("No, thank you.", "no"), ("not sure, love", "unknown"), ("yes please", "yes")],
)
def test_words_of_courtesy_behind_an_answer_do_not_matter(typed: str, answer: str) -> None:
    assert yes_no_or_not_sure(typed) == answer


@pytest.mark.parametrize("typed", ["yes dear no", "dear", "1 dear", "yes but only dear"])
def test_courtesy_makes_no_answer(typed: str) -> None:
    with pytest.raises(NotUnderstood):
        yes_no_or_not_sure(typed)


@pytest.mark.parametrize(
    "typed", ["yes very painful", "Yes, both legs hurt", "yeah i think so", "yes, a bit"]
)
def test_a_red_flag_is_confirmed_by_a_yes_with_more_words(typed: str) -> None:
    assert yes_no_or_not_sure(typed) == "yes"


@pytest.mark.parametrize(
    "typed", ["yes, but not now", "yes last year", "yes or no", "yes?", "yes it isn't mine", "yes only a bit"]
)
def test_a_yes_whose_words_turn_it_is_asked_back(typed: str) -> None:
    with pytest.raises(NotUnderstood):
        yes_no_or_not_sure(typed)
