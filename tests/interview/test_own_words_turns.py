"""Signs of danger told by colour, place or looks; comparisons, the dead, and what only sounds alike."""

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


# Signs of danger that are told, not named.


@pytest.mark.parametrize(
    "text",
    [
        "9 weeks pregnant, crampy, and there was pink on the loo roll",
        "cramping low down, 10 weeks pregnant, brown stuff when i wipe",
        "12 weeks pregnant and some brown on the tissue, cramps in tummy",
        "mrs is 8 weeks pregnant and her knickers had red in them, bad cramps",
        "35 weeks, my knickers keep getting damp and back cramps",
        "38 weeks and a puddle on the bathroom floor, back cramps",
    ],
)
def test_blood_told_by_its_colour_and_water_by_what_it_wets_are_asked_about(text: str) -> None:
    assert "pregnancy_signs.bleeding_or_waters" in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "dad drank out of an unlabelled bottle in the garage, cramps and shaking",
        "toddler ate something off the garage floor, belly cramps",
        "he swigged something in the barn, now his back arches and he twitches",
        "someone put something in his drink, jaw clenched",
        "drank screenwash by mistake, leg cramps",
        "my son has eaten something from under the hedge and is cramping",
    ],
)
def test_something_unknown_that_was_swallowed_is_asked_about_as_poison(text: str) -> None:
    assert "warning_signs.toxin_contact" in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "graze on knee, now hot and feel terrible",
        "feel rough and hot, thigh is killing me",
        "cant cool down, feel awful, thigh",
        "running hot and feeling ill, leg",
    ],
)
def test_being_hot_and_feeling_ill_is_asked_about_as_fever(text: str) -> None:
    assert "warning_signs.fever" in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "fell off his horse, tummy sore, now hes gone grey",
        "shes gone white as a sheet, belly hurts",
        "has gone waxy and cold, tummy muscle sore",
        "he has gone chalky white, tummy pain",
        "son has gone really pale and sweaty, tummy muscle sore",
    ],
)
def test_somebody_who_changes_colour_is_asked_about_as_faint(text: str) -> None:
    assert "danger_signs.faint" in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "fell on handlebars, tummy sore, left shoulder hurts now",
        "period late, one sided cramp, shoulder ache",
        "belly ache and right shoulder pain",
        "horse kicked me in stomach, left shoulder sore",
    ],
)
def test_a_shoulder_that_hurts_beside_a_sore_belly_is_asked_about(text: str) -> None:
    assert "limb_signs.shoulder_tip_pain" in asked(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("his smile is all one sided and he cant lift the cup", "danger_signs.stroke_signs"),
        ("sitting on the loo seat feels like sitting on nothing", "limb_signs.saddle_numbness"),
        ("tongue swelling, on ramipril", "danger_signs.trouble_swallowing"),
        ("lips double the size, tummy cramps", "danger_signs.trouble_swallowing"),
    ],
)
def test_an_uneven_smile_a_seat_not_felt_and_swollen_lips_are_asked_about(text: str, finding: str) -> None:
    assert finding in asked(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("28 weeks pregnant, brown sugar craving and cramps in calves", "pregnancy_signs.bleeding_or_waters"),
        ("calf cramps, found pickle juice in the cupboard and drank it", "warning_signs.toxin_contact"),
        ("drank something fizzy and the cramp went", "warning_signs.toxin_contact"),
        ("hot weather makes me feel weak, calf cramps", "warning_signs.fever"),
        ("horrible calf cramp, hot bath helps", "warning_signs.fever"),
        ("fingers went white in the cold", "danger_signs.faint"),
        ("my beard is grey, 62, foot cramps", "danger_signs.faint"),
        ("shoulder hurts from sleeping on my stomach", "limb_signs.shoulder_tip_pain"),
        ("calf cramps, shoulder sore from the gym", "limb_signs.shoulder_tip_pain"),
    ],
)
def test_words_that_only_look_like_these_signs_ask_nothing(text: str, finding: str) -> None:
    assert finding not in asked(text)


# Comparisons, and the dead.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("my whole body jolts like i fell down a step", "timing.after_injury"),
        ("my whole body jolts like i fell down a step", "injury_signs.serious_accident"),
        ("numb like after the dentist", "lately.dental_work"),
    ],
)
def test_what_is_only_likened_did_not_happen(text: str, finding: str) -> None:
    assert finding not in answers(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("i fell down a flight of stairs, back spasm", "injury_signs.serious_accident"),
        ("i fell off the ladder, it hurts like i was stabbed", "injury_signs.fell_down"),
        ("feels like i cant breathe, calf cramps", "danger_signs.breathless"),
        ("feels like an elephant on my chest", "danger_signs.chest_tightness"),
    ],
)
def test_what_happened_and_what_is_felt_are_asked_about(text: str, finding: str) -> None:
    assert finding in asked(text)


def test_what_somebody_died_of_is_nobodys_sign_and_what_follows_is_the_writers() -> None:
    text = "my dad died of a stroke so i panic about it but its only a tight neck"
    assert "danger_signs.stroke_signs" not in asked(text)
    assert answers(text)["for_whom"] == "self"
    assert "site.neck_shoulder" in answers(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("my dad died of a stroke and now my face droops", "danger_signs.stroke_signs"),
        ("mum died of a heart attack, my chest is tight", "danger_signs.chest_tightness"),
    ],
)
def test_a_sign_of_the_writers_is_asked_about_beside_the_dead(text: str, finding: str) -> None:
    assert finding in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "belly cramps when I feed the baby, like period pain",
        "dialysis patient, muscles feel like lead",
        "muscles ache after gym more than mates do, 19",
    ],
)
def test_a_baby_that_is_fed_a_patient_and_mates_are_not_whom_it_is_about(text: str) -> None:
    assert answers(text).get("for_whom") != "other"


# Words of other things.


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("bruises all over, pain in one thigh", "site.widespread"),
        ("peeing coke colour, thighs sore", "lately.caffeine"),
        ("dialysis mon wed fri, legs cramp", "nerve_conditions.restless_legs"),
        ("jaw is tight, dentist gave me a splint", "lately.dental_work"),
        ("my toddler keeps scrunching his nose", "feels.click"),
        ("cramps gone after a drink in the shade", "feels.shaking"),
        ("legs cramping and heart fluttering when she stands", "feels.twitch"),
        ("my foot slaps when i walk", "timing.walking_distance"),
        ("hip aches in the van, gets better when i walk about", "timing.walking_distance"),
        ("neck moves fine, only a sore leg", "site.neck_shoulder"),
        ("she's 18 months with a cold, went stiff", "conditions.pregnant"),
        ("salbutamol and a steroid inhaler, fingers tremble", "medicines.corticosteroid"),
        ("restless legs, low iron once", "conditions.anaemia"),
        ("my baby boy 4 mnths cries", "age"),
        ("started a new statin, thighs sore", "timing.new_or_harder_exercise"),
    ],
)
def test_words_of_other_things_propose_nothing(text: str, finding: str) -> None:
    assert finding not in answers(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("bruises all over, pain in one thigh", "warning_signs.unusual_bleeding"),
        ("peeing coke colour, thighs sore", "limb_signs.dark_urine"),
        ("legs cramping and heart fluttering when she stands", "warning_signs.palpitations"),
        ("my foot slaps when i walk", "limb_signs.sudden_weakness"),
        ("rash all over and muscles ache", "warning_signs.band_of_blisters"),
        ("he keeps drifting off, leg cramp", "danger_signs.confusion"),
        ("the ulcer won't close, foot cramps", "warning_signs.sore_not_healing"),
    ],
)
def test_the_danger_in_such_words_is_still_asked_about(text: str, finding: str) -> None:
    assert finding in asked(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("jaw tight in the mornings, i grind, dentist gave me a splint", "cast_signs.cast_too_tight"),
        ("when im drifting off my arm jumps", "danger_signs.confusion"),
        ("hands cramped up like claws when i panic, gone now i breathed slow", "danger_signs.breathless"),
        ("hands cramped up like claws, tingly", "limb_signs.one_limb_swollen"),
        ("no loss of strength, buttock cramp", "limb_signs.sudden_weakness"),
        ("toes cramp when theyre cold", "limb_signs.cold_pale_limb"),
        ("toes cramp when theyre cold", "cast_signs.numb_or_blue_below_cast"),
        ("tetanus jab is up to date, neck is cricked", "warning_signs.dirty_wound"),
        ("shoulder stiff, can't reach bra strap", "danger_signs.chest_tightness"),
        ("boss thinks i'm faking but my forearm aches", "danger_signs.confusion"),
        ("bit of back spasm from gardening, better with heat", "warning_signs.dirty_wound"),
        ("rub it and she runs about fine next day, leg cramps", "lately.great_fluid_loss"),
        ("shooting cramps at night down the left leg", "warning_signs.rest_pain"),
    ],
)
def test_what_plainly_says_something_else_asks_about_no_danger(text: str, finding: str) -> None:
    assert finding not in asked(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("our little boy got hold of my tablets, he is sleepy", "warning_signs.toxin_contact"),
        ("the baby chewed one of nan's water pills", "warning_signs.toxin_contact"),
        ("legs cramp, off the drink since sunday, seeing spiders on the ceiling", "danger_signs.confusion"),
        ("his mouth hardly opens since he trod on a rusty nail", "danger_signs.stiff_jaw"),
        (
            "my lad has a stiff neck and hides from the light",
            "warning_signs.new_headache_with_neck",
        ),
        ("period is ten days late and it cramps on the left", "limb_signs.one_sided_belly_pain"),
    ],
)
def test_dangers_that_went_by_are_asked_about(text: str, sign: str) -> None:
    assert sign in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "my son takes his own tablets for asthma, calf cramp at night",
        "i see my physio on monday about the calf",
    ],
)
def test_near_misses_of_them_are_not_asked_about(text: str) -> None:
    assert asked(text).isdisjoint(
        {"warning_signs.toxin_contact", "danger_signs.confusion", "danger_signs.stiff_jaw"}
    )
