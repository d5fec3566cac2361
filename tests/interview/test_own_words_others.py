"""What a sentence tells of other matters, such as habits, plans and who is only there, is no answer."""

from __future__ import annotations

import pytest
from support.shipped import KNOWLEDGE

from triage.inference.truth import Value
from triage.interview.own_words.proposals import listener

LISTENER = listener(KNOWLEDGE)


def answers(text: str) -> dict[str, Value]:
    return {each.finding: each.value for each in LISTENER.proposals(text)}


def asked(text: str) -> set[str]:
    return {each.finding for each in LISTENER.proposals(text) if each.danger}


# When something else is done.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("i only drink at weekends, cramp in feet", "frequency"),
        ("i run every morning, calf cramps in bed", "timing.on_waking"),
        ("i go to the gym 3 times a week and my neck hurts", "frequency"),
        ("we eat pasta every night. calf cramps when i run", "timing.at_night"),
        ("take my tablets in the morning, toes cramp in bed", "timing.on_waking"),
        ("kids wake me at night, neck stiff", "timing.at_night"),
        ("i teach yoga 5 days a week, hamstring tight", "frequency"),
        ("got shin splints i think, running 3 times a week", "frequency"),
    ],
)
def test_when_a_habit_comes_tells_nothing_of_the_trouble(text: str, finding: str) -> None:
    assert finding not in answers(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("calf cramps every night", "frequency"),
        ("half past two every night, calf", "frequency"),
        ("my calf cramps at night, i run a lot", "timing.at_night"),
        ("every time i run in the morning my calf cramps", "timing.on_waking"),
    ],
)
def test_when_the_trouble_comes_is_proposed_beside_a_habit(text: str, finding: str) -> None:
    assert finding in answers(text)


# What is given up, refused or only planned.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("stopped drinking coffee, eyelid still twitches", "lately.caffeine"),
        ("cut down on coffee, eyelid twitches less", "lately.caffeine"),
        ("refused statins, calf cramps", "medicines.statin"),
        ("allergic to ibuprofen, back spasm", "medicines.naproxen"),
        ("gp wants to put me on amlodipine, calf cramps", "medicine_change"),
        ("waiting for a hip replacement, thigh cramps", "lately.operation_or_bed_rest"),
        ("about to have surgery on my knee, calf cramps", "lately.operation_or_bed_rest"),
        ("my knee op was cancelled, thigh cramps", "lately.operation_or_bed_rest"),
        ("flying next week, calf cramps", "lately.long_journey"),
        ("i was thinking of asking the dentist, jaw aches", "lately.dental_work"),
    ],
)
def test_what_is_given_up_or_only_planned_is_not_proposed(text: str, finding: str) -> None:
    assert finding not in answers(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("gave up the booze 2 days ago now shaking and sweaty with cramps", "lately.withdrawal"),
        ("waiting for an op on my hip and now my calf is swollen and hot", "limb_signs.one_limb_swollen"),
        ("about to have a scan, my leg is swollen and red", "limb_signs.one_limb_swollen"),
        ("allergic to wasps and my throat is closing up", "danger_signs.trouble_swallowing"),
    ],
)
def test_a_plan_or_what_is_given_up_rules_out_no_danger(text: str, finding: str) -> None:
    assert finding in asked(text)


def test_where_it_was_thought_to_be_is_not_proposed() -> None:
    told = answers("i thought it was my hip but its my lower back, spasms")
    assert "site.hip" not in told
    assert "site.lower_back" in told


def test_what_was_thought_rules_out_no_danger() -> None:
    assert "danger_signs.chest_tightness" in asked("i thought it was chest pain but its my arm")


def test_what_stays_until_next_week_is_so_now() -> None:
    assert "lately.bladder_catheter" in answers("catheter stays in till next week, cramps in my belly")


# People who are only there.


@pytest.mark.parametrize(
    "text",
    [
        "lifted my mum off the floor, back in spasm",
        "played with the kids in the pool and got a calf cramp",
        "single dad, 40, calf cramps",
        "im a gran of 4 and get foot cramps",
        "just had a baby 3 weeks ago, calf cramps",
        "my friend got sciatica, i dont have that, just a tight buttock",
        "worried cos my brother had a clot, calf cramps both sides no swelling",
        "family history of clots, calf cramps",
    ],
)
def test_who_is_only_there_is_not_whom_it_is_about(text: str) -> None:
    assert answers(text).get("for_whom") != "other"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("i carry my 2 year old on my hip, back aches", "age"),
        ("carrying my 2 year old, calf cramps", "age"),
        ("worried cos my brother had a clot, calf cramps", "conditions.past_clot"),
        ("family history of clots, calf cramps", "conditions.past_clot"),
    ],
)
def test_what_is_said_of_them_is_not_proposed(text: str, finding: str) -> None:
    assert finding not in answers(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("with my mum, her face is drooping", "danger_signs.stroke_signs"),
        (
            "worried because my dad had chest pain this morning and his arm aches",
            "danger_signs.chest_tightness",
        ),
        ("after my baby i get chest pain walking", "danger_signs.chest_tightness"),
        ("carrying my 2 year old i got chest pain down my arm", "danger_signs.chest_tightness"),
        ("dad died last week and my chest is tight", "danger_signs.chest_tightness"),
    ],
)
def test_a_danger_is_asked_about_whoever_is_there(text: str, finding: str) -> None:
    assert finding in asked(text)


def test_words_that_name_a_birth_are_no_company() -> None:
    assert "conditions.pregnant" in answers("with child")


# Things, and numbers of them.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("my neck of the woods is cold, hands cramp", "site.neck_shoulder"),
        ("calf is cramping, i lift 5x a week", "course_days"),
        ("went up 3 flights of stairs and thigh cramped", "lately.long_journey"),
        ("my toddler has 40 degree fever and his neck is stiff", "timing.in_heat"),
        ("5 foot 10 male 33 calf cramp", "site.foot"),
        ("stiff door at work, wrist cramps", "feels.stiffness"),
        ("tight deadline at work, neck hurts", "feels.stiffness"),
        ("i keep dropping his coffee, arm twitches", "lately.caffeine"),
        ("doctor worried about magnesium, foot cramp", "medicines.other_medicine"),
        ("doctor says potassium low, calf cramps", "medicines.other_medicine"),
        ("bag on my shoulder all day, hand cramps", "site.neck_shoulder"),
        ("calf sore if i stretch it", "feels.constant_ache"),
        ("my pillow is no good, neck stiff", "effects.self_care_failed"),
        ("feet cramp, i take metformin", "conditions.diabetes"),
        ("waiting on a blood test, calf cramps", "lately.needle_in_arm"),
        ("my partner snores, neck tight", "feels.constant_ache"),
        ("knocked my shin on the coffee table", "lately.caffeine"),
        ("comes on after about 10 mins walking uphill, left calf", "timing.with_period"),
        ("stomach hard as a board, thought i pulled a muscle", "timing.after_injury"),
    ],
)
def test_words_of_other_things_propose_nothing(text: str, finding: str) -> None:
    assert finding not in answers(text)


def test_of_two_numbers_the_one_of_the_children_is_no_age() -> None:
    assert answers("got a charlie horse at 3am, im 45 with 2 kids aged 5 and 8")["age"] == 45


# What cannot be done denies no sign that follows it.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("neck wont bend, light hurts, head banging, chucked up", "warning_signs.new_headache_with_neck"),
        ("my hand wont grip, face droops, speech odd", "danger_signs.stroke_signs"),
        ("jaw doesnt open, neck rigid, throat tight", "danger_signs.stiff_jaw"),
        ("leg didnt move, chest tight, arm heavy", "danger_signs.chest_tightness"),
        ("stopped having feeling in my foot", "warning_signs.lasting_numbness"),
    ],
)
def test_signs_that_are_listed_behind_what_fails_are_asked_about(text: str, finding: str) -> None:
    assert finding in asked(text)


def test_signs_that_are_listed_behind_no_are_denied() -> None:
    assert "danger_signs.chest_tightness" not in asked("calf cramps, no fever, chest pain, numbness")


# Told mildly, misspelt, in slang.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("me chest is a bit tite like when i go upstairs", "danger_signs.chest_tightness"),
        ("feels like someones sat on me chest", "danger_signs.chest_tightness"),
        ("cant catch me breff, leg cramp", "danger_signs.breathless"),
        ("half me face gone funny n words come out wrong", "danger_signs.stroke_signs"),
        ("me mouth is all lopsided since brekkie", "danger_signs.stroke_signs"),
        ("legs gone like jelly cant get up off loo", "limb_signs.sudden_weakness"),
        ("cant tell when i need a wee, back is killing", "limb_signs.bladder_bowel"),
        ("numb round me bits, sat on the bike seat wont go, back spasm", "limb_signs.saddle_numbness"),
        ("wee is coca cola colour after crossfit", "limb_signs.dark_urine"),
        ("piss is brown as stout after leg day", "limb_signs.dark_urine"),
        ("my foots gone white and freezin, pain wont stop", "limb_signs.cold_pale_limb"),
        ("shin got whacked, now rock hard and screamin pain moving toes", "limb_signs.tight_painful_limb"),
        ("jaw wont open since that rusty nail", "danger_signs.stiff_jaw"),
        ("spewing and the squits, dizzy standing, cramp in both calves", "lately.great_fluid_loss"),
        ("32 wks up the duff an baby not movin much, belly cramps", "pregnancy_signs.moves_less"),
        ("six weeks late, stabby pain low on one side, went faint", "limb_signs.one_sided_belly_pain"),
        ("dont want to be here any more, the cramps are too much", "warning_signs.something_worrying"),
        ("heart going like the clappers and skippin, cramps in feet", "warning_signs.palpitations"),
        ("ball is killing me and my tummy on that side, came on quick, 15", "limb_signs.testicle_pain"),
        ("quit drinking on friday, got the shakes and seeing things", "lately.withdrawal"),
        ("making coffee my hand went dead and i couldnt talk", "danger_signs.stroke_signs"),
        ("i spilt a pan of soup last week, hands tremble", "warning_signs.clumsy_or_slurred"),
    ],
)
def test_a_danger_in_slang_is_asked_about(text: str, finding: str) -> None:
    assert finding in asked(text)
