"""A sentence and the lexicon: what is proposed, and what never is."""

from __future__ import annotations

import time
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.samples import one_of_each, shares
from support.shipped import KNOWLEDGE

from triage.inference.truth import Value
from triage.interview.own_words.proposals import listener
from triage.interview.own_words.told import Proposal
from triage.knowledge.model import YES
from triage.knowledge.parts.lexicon import DAY, DURATION, GAP, MEDICINE, NUMBER

LISTENER = listener(KNOWLEDGE)
LEXICON = KNOWLEDGE.lexicon
LISTS = {**LEXICON.lists, MEDICINE: ("atorvastatin",)}
WEDNESDAY = 2
SLOTS = {NUMBER: "3", DURATION: "3 weeks", DAY: "yesterday"}
DENIED = ("no", "without any", "I have no", "there is no", "I haven't got any", "I've never had")
PHRASES = [(name, phrase) for name, phrases in LEXICON.says.items() for phrase in phrases]
DANGERS = [(name, phrase) for name, phrase in PHRASES if name in KNOWLEDGE.red_flags]
FILLERS = (
    "{}",
    "hello, {}",
    "I was sitting at home and {} came, what is it",
    "calf is sore; {}",
    "It was raining. {}. Thank you.",
)


def proposed(text: str) -> tuple[Proposal, ...]:
    return LISTENER.proposals(text, WEDNESDAY)


def answers(text: str) -> dict[str, Value]:
    return {each.finding: each.value for each in proposed(text)}


def written_out(phrase: str) -> str:
    """A phrase as somebody types it: the first word of each list, nothing in a gap."""
    words = [
        SLOTS.get(word) or LISTS.get(word.strip("{},.()"), (word,))[0] if word.startswith("{") else word
        for word in phrase.split()
        if word != GAP
    ]
    return " ".join(words)


def answer_of(name: str) -> tuple[str, Value]:
    question, _, option = name.partition(".")
    return (name, YES) if KNOWLEDGE.questions[question].kind == "checklist" else (question, option)


SHARES = shares(23)
"""There are thousands of phrases: by day a few for each finding, and by night all."""


@SHARES
def test_every_phrase_alone_is_proposed(one_in: int) -> None:
    silent = [
        f"{name}: {text}"
        for name, phrase in one_of_each(PHRASES, itemgetter(0), one_in)
        if answers(text := with_what_it_is_about(name, phrase)).get(answer_of(name)[0]) != answer_of(name)[1]
        and not hidden(name, text)
    ]
    assert not silent


def with_what_it_is_about(name: str, phrase: str) -> str:
    """A phrase as a person says it; what is said of a change counts only beside what has changed."""
    about = " my tablets" if name.partition(".")[0] in KNOWLEDGE.lexicon.naming else ""
    return f"{written_out(phrase)}{about}"


def hidden(name: str, text: str) -> bool:
    """Whether a longer phrase takes the words for the same question, or for nothing."""
    question = name.partition(".")[0]
    return any(each.question == question for each in proposed(text))


@SHARES
def test_no_denied_phrase_is_proposed(one_in: int) -> None:
    taken = [
        f"{name}: {text}"
        for name, phrase in PHRASES[:: 3 * one_in - 2]
        for denial in (() if phrase.startswith(("my ", "i ", "it ")) else DENIED)
        for text in [f"{denial} {written_out(phrase)}"]
        for each in proposed(text)
        if (each.finding, each.value) == answer_of(name)
        and not each.words.lower().startswith(denial.split()[-1])
    ]
    assert not taken


@SHARES
@pytest.mark.parametrize("filler", FILLERS)
def test_a_danger_in_any_sentence_is_found(filler: str, one_in: int) -> None:
    told = [
        (name, filler.format(written_out(phrase)))
        for name, phrase in one_of_each(DANGERS, itemgetter(0), one_in)
    ]
    passed_over = [
        f"{name}: {text}" for name, text in told if not any(each.danger for each in proposed(text))
    ]
    assert not passed_over


@pytest.mark.parametrize(
    "text",
    [
        "not only chest pain",
        "it's not just chest pain",
        "not sure if it's chest pain",
        "no fever but chest pain",
        "it feels like a heart attack",
        "I don't know whether it's chest pain or my stomach",
        "no sleep because of chest pain",
        "no idea why I get chest pain",
        "I can't sleep, chest pain",
        "my calf, and chest pain too",
        "CHEST PAIN!!!",
        "chest pian",
        "if I get chest pain what should I do",
    ],
)
def test_a_danger_that_only_looks_denied_is_asked_about(text: str) -> None:
    assert any(each.finding == "danger_signs.chest_tightness" and each.danger for each in proposed(text))


def test_a_danger_inside_another_is_asked_about_too() -> None:
    found = {each.finding for each in proposed("talking rubbish and my fingers tingle") if each.danger}
    assert found >= {
        "danger_signs.stroke_signs",
        "danger_signs.confusion",
        "limb_signs.tingling_lips_fingers",
        "warning_signs.lasting_numbness",
    }


@pytest.mark.parametrize(
    "text",
    [
        "diagnosed with MS years ago, can't feel my legs",
        "slipped disc 3 years ago, now can't feel my legs",
    ],
)
def test_the_past_ends_at_the_next_mark(text: str) -> None:
    assert "limb_signs.both_legs_weak" in {each.finding for each in proposed(text) if each.danger}


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain",
        "I have no fever, cough or chest pain",
        "without chest pain",
        "I haven't had any chest pain",
        "chest pain: no",
        "chest pain? no",
        "my father has chest pain, I get a cramp in my calf",
        "my husband used to get chest pain",
        "I had chest pain last year",
        "I used to get chest pain",
        "no chest pain or breathlessness",
    ],
)
def test_what_is_denied_past_or_anothers_is_not_proposed(text: str) -> None:
    assert not [each for each in proposed(text) if each.finding.startswith("danger_signs")]


def test_the_name_of_a_medicine_in_a_change_is_told_too() -> None:
    told = answers("started atorvastatin three weeks ago, calves ache")
    assert told["medicine_change"] == "yes"
    assert told["medicines.statin"] == YES


@pytest.mark.parametrize(
    ("text", "pregnant"),
    [
        ("calf rock hard, 28 weeks.", True),
        ("23 weeks, foot cramps", True),
        ("calf cramps for 14 weeks.", False),
        ("calf cramps, 3 weeks.", False),
    ],
)
def test_weeks_that_stand_alone_are_a_pregnancy_and_no_span_of_time(text: str, *, pregnant: bool) -> None:
    told = answers(text)
    assert ("conditions.pregnant" in told) is pregnant
    assert ("course_days" in told) is not pregnant or text.startswith("23")


@pytest.mark.parametrize(
    "text",
    [
        "a patient on my ward had seizures, my arm jerks when I nod off",
        "every muscle aches like I'd been hit by a truck",
        "I can't breathe for laughing, hiccups for an hour",
        "dead on my feet after nights, calves sore",
        "my urine is clear as water, thighs sore",
    ],
)
def test_a_figure_of_speech_and_anothers_sign_ask_about_no_danger(text: str) -> None:
    assert not [each for each in proposed(text) if each.danger]


def test_what_was_fine_only_afterwards_is_asked_about() -> None:
    found = {each.finding for each in proposed("he went stiff and jerked then fine") if each.danger}
    assert "danger_signs.first_fit" in found


def test_whom_it_is_about() -> None:
    assert answers("my daughter, 6, has cramps in her calves")["for_whom"] == "other"
    assert answers("my daughter, 6, has cramps in her calves")["age"] == 6
    assert answers("my father has Parkinson's and I get cramps in my calf") == {
        "for_whom": "self",
        "feels.painful_tightening": YES,
        "site.calf": YES,
    }
    assert "for_whom" not in answers("cramp in the calf")


@pytest.mark.parametrize(
    ("text", "question", "value"),
    [
        ("cramps for three weeks", "course_days", 21),
        ("cramps since yesterday", "course_days", 1),
        ("cramps since Tuesday", "course_days", 1),
        ("cramps since Wednesday", "course_days", 7),
        ("cramps for a year and a half", "course_days", 548),
        ("five minutes each", "episode_seconds", 300),
        ("lasts half a minute", "episode_seconds", 30),
        ("I'm 67", "age", 67),
        ("67 yo", "age", 67),
        ("I am forty-two", "age", 42),
        ("calf cramps at night, 77", "age", 77),
        ("cramps in my calf when I walk. Smoker, 66.", "age", 66),
        ("my calf cramps in bed, lasts 30 seconds", "episode_seconds", 30),
        ("thumb cramps, 2 weeks.", "course_days", 14),
        ("twice a week", "frequency", "weekly"),
        ("every night", "frequency", "daily"),
    ],
)
def test_amounts(text: str, question: str, value: Value) -> None:
    assert answers(text)[question] == value


@pytest.mark.parametrize("text", ["I'm 300", "cramps since Tuesdays child", "I'm 45, no wait I'm 54"])
def test_an_amount_that_cannot_be_or_is_given_twice_is_not_proposed(text: str) -> None:
    found = answers(text)
    assert "age" not in found or text.startswith("cramps")


@pytest.mark.parametrize(
    "name", ["atorvastatin", "Lipitor", "atorvastatine", "atorvastatn", "simvastatin 20mg"]
)
def test_medicines_are_known_by_name_misspelt_too(name: str) -> None:
    assert answers(f"cramp, I take {name}")["medicines.statin"] == YES


@pytest.mark.parametrize("text", ["my station is far", "I stand in a stadium", "my program", "the season"])
def test_ordinary_words_are_no_misspelt_medicines(text: str) -> None:
    assert not [each for each in proposed(text) if each.question == "medicines"]


def test_words_are_the_persons_own() -> None:
    found = {each.finding: each.words for each in proposed("Woke at 3 with a CRAMP in my  left Calf")}
    assert found["site.calf"] == "Calf"
    assert found["timing.at_night"] == "Woke at 3"


@pytest.mark.parametrize(
    "text", ["", "?", "...", "1 2 3", "\x00", "'" * 50, "no " * 2000, "cramp " * 900, "{cramp}"]
)
def test_odd_lines_do_no_harm(text: str) -> None:
    proposed(text)


def test_a_long_paragraph_costs_as_much_as_its_halves() -> None:
    sentences = [f"hello, {written_out(phrase)} and my calf hurrts." for _, phrase in PHRASES[::25]]
    first, second = " ".join(sentences[:32]), " ".join(sentences[32:64])
    assert min(len(first), len(second)) > 1000, "the paragraph is short: take more phrases"
    halves = seconds_of(first) + seconds_of(second)
    assert seconds_of(f"{first} {second}") < 1.5 * halves


SIGNS = (
    "I can't breathe",
    "half my face droops",
    "she is confused and hot",
    "leg cold and blue, foot numb",
    "no fever but I passed out",
)
CROWD = (
    "my leg, arm, foot, hand and knee are here",
    "chest, back, belly, face and mouth too",
    "no pain, no cold, no weak leg, nothing numb",
    "it hurts, aches, burns and tingles a bit",
)


@given(
    sign=st.sampled_from(SIGNS),
    before=st.lists(st.sampled_from(CROWD), max_size=12),
    after=st.lists(st.sampled_from(CROWD), max_size=12),
)
@settings(max_examples=40, deadline=None)
def test_no_length_loses_a_danger(sign: str, before: list[str], after: list[str]) -> None:
    alone = {each.finding for each in proposed(sign) if each.danger}
    among = {each.finding for each in proposed(". ".join([*before, sign, *after])) if each.danger}
    assert alone
    assert among >= alone


def test_a_danger_at_the_end_of_a_crowded_sentence_is_found() -> None:
    crowd = "my leg and my arm and my foot and my hand, " * 40
    assert "limb_signs.sudden_weakness" in {each.finding for each in proposed(f"{crowd}my arm is so weak")}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("my cest feels tigth", "danger_signs.chest_tightness"),
        ("he had a seizrue", "danger_signs.first_fit"),
        ("my calf is swolaen", "limb_signs.one_limb_swollen"),
        ("cant swalow my spit", "danger_signs.trouble_swallowing"),
        ("feelnig fanty and dzzy", "danger_signs.faint"),
    ],
)
def test_a_misspelt_danger_is_asked_about(text: str, finding: str) -> None:
    assert finding in {each.finding for each in proposed(text) if each.danger}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("couldn't walk for a minute when the cramp came", "limb_signs.both_legs_weak"),
        ("worried it might be a clot", "limb_signs.one_limb_swollen"),
        ("the swelling has gone down", "limb_signs.one_limb_swollen"),
        ("swallowing, breathing and sight all fine", "danger_signs.breathless"),
    ],
)
def test_what_is_harmless_or_only_feared_is_not_asked_about(text: str, finding: str) -> None:
    assert finding not in {each.finding for each in proposed(text)}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("can't swallow normally", "danger_signs.trouble_swallowing"),
        ("my speech isn't coming out clear", "danger_signs.stroke_signs"),
        ("swelling has not gone down, leg still hot", "limb_signs.one_limb_swollen"),
        ("when I was walking my chest went tight", "danger_signs.chest_tightness"),
        ("I had flu, now my legs won't hold me", "limb_signs.both_legs_weak"),
        ("she is so drowsy that I must shake her", "danger_signs.confusion"),
        ("my back hurts too but it's my husband, his face has dropped", "danger_signs.stroke_signs"),
    ],
)
def test_a_danger_that_only_looks_well_past_or_anothers_is_asked_about(text: str, finding: str) -> None:
    assert finding in {each.finding for each in proposed(text) if each.danger}


def seconds_of(text: str) -> float:
    """Return the seconds of processor that a text takes, the least of five: their ratio holds anywhere."""
    taken = []
    for _ in range(5):
        begun = time.process_time()
        proposed(text)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize(
    "text", ["my baby has cramps, he is 5 months", "she is 6 weeks and cramps", "cramp, he's 10 days old"]
)
def test_the_age_of_a_baby_is_never_taken_for_years(text: str) -> None:
    assert answers(text).get("age", 0) == 0


def test_an_age_in_years_is_taken_for_years() -> None:
    assert answers("my son has a cramp in his calf, he is 5 years old")["age"] == 5
    assert answers("my son has a cramp in his calf, he is 5")["age"] == 5


NOT_SO = (
    "calf cramps. No rash, {}, swelling.",
    "calf cramps. I've got no rash/{}",
    "No rash and headache or {}, just calf cramps",
    "calf cramps. {} - none",
    "calf cramps. {}: none of that",
    "calf cramps. {} has been excluded",
    "calf cramps. I have never ever had {}",
    "calf cramps. not a sign of {}",
    "calf cramps. I no longer have {}",
    "calf cramps. They checked for {} and it was clear",
    "calf cramps. I was worried about {} but no",
    "my calf cramps. {} runs in the family",
)


NOT_SO_OF = {
    "chest pain": "danger_signs.chest_tightness",
    "fever": "warning_signs.fever",
    "diabetes": "conditions.diabetes",
}


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (sentence, words)
        for sentence in NOT_SO
        for words, finding in NOT_SO_OF.items()
        if "no longer" not in sentence or finding not in LEXICON.lasting  # it may be there still
    ],
)
def test_what_is_denied_in_any_order_of_words_is_neither_proposed_nor_asked_about(
    sentence: str, words: str
) -> None:
    assert NOT_SO_OF[words] not in answers(sentence.format(words))


@pytest.mark.parametrize(
    "sentence",
    [
        "calf cramps. I have no rash and {}",
        "calf cramps, no rash, {}",
        "calf cramps. I was worried about {} but it isn't better",
        "calf cramps. I was worried, now {} but no rash",
        "calf cramps, no rash, {} since this morning, swelling",
        "it's {}, no?",
    ],
)
def test_a_danger_that_may_be_so_beside_a_denial_is_asked_about(sentence: str) -> None:
    text = sentence.format("chest pain")
    assert any(each.finding == "danger_signs.chest_tightness" and each.danger for each in proposed(text))


def test_what_another_owns_does_not_make_the_rest_of_a_sentence_about_them() -> None:
    found = answers("I tried my sister's magnesium, and still my right calf seizes up")
    assert found["site.calf"] == YES
    assert found["for_whom"] == "self"


def test_beside_a_sign_of_danger_how_often_is_not_proposed() -> None:
    assert answers("calf cramps every day")["frequency"] == "daily"
    assert "frequency" not in answers("calf cramps, chest pain every day")


def test_small_words_together_are_no_name_of_a_medicine() -> None:
    assert "medicines.other_medicine" not in answers("All I have is a twitching eyelid")
    assert "medicines.other_medicine" in answers("I take alli")


@pytest.mark.parametrize(
    "text",
    [
        "lower belly cramps like a period, 52",
        "52, no period for 3 years, now cramps like period",
        "my periods stopped two years ago and now belly cramps",
        "period-like cramps low down",
    ],
)
def test_what_is_only_like_a_period_or_long_over_is_no_period(text: str) -> None:
    names = {each.finding for each in proposed(text)}
    assert names.isdisjoint({"timing.with_period", "conditions.possibly_pregnant"})


@pytest.mark.parametrize(
    "text", ["belly cramps with my period", "period pains again", "cramps, my period is late"]
)
def test_a_period_is_still_a_period(text: str) -> None:
    names = {each.finding for each in proposed(text)}
    assert names & {"timing.with_period", "conditions.possibly_pregnant"}
