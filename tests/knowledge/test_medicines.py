"""Medicines by name: the data, and how a name is understood however it is written."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE

from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.knowledge.model import Question
from triage.knowledge.parts.medicines import items_of_name, suggestions, unknown_name
from triage.knowledge.parts.spelling import plain_name

CLASSES = KNOWLEDGE.medicines.values()
NAMES = sorted({name.text for name in KNOWLEDGE.names.values()})
BEHIND_A_STROKE = [name for name in NAMES if not name[0].isdigit()]
"""A number behind a stroke is read as a dose."""
DOSES = ["", " 20 mg", " 20mg", " 2.5 mg tablets", " 1,000 mg twice a day", " 5mg/5ml", " (40 mg)", " 100 MR"]
FAMILIES = {
    "statin": ("statin", {"nystatin"}),
    "sartan": ("ace_inhibitor_or_arb", set()),
    "pril": ("ace_inhibitor_or_arb", set()),
    "olol": ("beta_blocker", set()),
    "prazole": ("proton_pump_inhibitor", {"aripiprazole", "brexpiprazole"}),
    "floxacin": ("fluoroquinolone", set()),
    "triptan": ("serotonergic", set()),
    "dronate": ("bisphosphonate", set()),
    "dronic acid": ("bisphosphonate", set()),
    "fibrate": ("muscle_toxic_other", set()),
    "limumab": ("checkpoint_inhibitor", {"adalimumab", "golimumab", "belimumab"}),
    "gatran": ("blood_thinner", set()),
    "xaban": ("blood_thinner", set()),
}


def listed() -> Question:
    question = KNOWLEDGE.named_question
    assert question is not None, 'give the list of medicines the key "names" in questionnaire.toml'
    return question


def test_every_item_has_names() -> None:
    named = {item for row in CLASSES for item in row.items}
    items = {option.id for option in listed().options}
    missing = items - named
    assert not missing, f"add a class with the most used names to medicines.toml for: {sorted(missing)}"


def test_every_class_rests_on_a_source_that_was_read() -> None:
    unread = [
        row.id
        for row in CLASSES
        if row.items and all(KNOWLEDGE.sources[name].seen == "unverified" for name in row.provenance.guidance)
    ]
    assert not unread, f"look up a source and enter it in sources.toml for: {unread}"


@pytest.mark.parametrize("ending", FAMILIES)
def test_names_with_an_ending_belong_to_its_family(ending: str) -> None:
    item, others = FAMILIES[ending]
    strangers = {
        name.text
        for plain, name in KNOWLEDGE.names.items()
        if plain.endswith(plain_name(ending)) and item not in name.items and name.generic not in others
    }
    assert not strangers, f'give these the item "{item}" in medicines.toml, or say here that they are no such'


def test_a_name_that_is_an_item_stands_for_it() -> None:
    for option in listed().options:
        items = items_of_name(KNOWLEDGE, option.id.replace("_", " "))
        assert items is None or option.id in items, f"{option.id}: move this name to its own class"


def test_a_combined_medicine_stands_for_all_its_parts() -> None:
    """But for the cortisone in an inhaler, and what is none of the kinds."""
    for row in CLASSES:
        for generic in row.names:
            parts = [items_of_name(KNOWLEDGE, part) for part in generic.split(" with ")]
            if len(parts) > 1 and None not in parts:
                wanted = {item for items in parts for item in items or ()} - {"other_medicine"}
                assert wanted <= {*row.items}, f"{generic}: its class lacks {sorted(wanted - {*row.items})}"


def test_known_confusions_are_kept_apart() -> None:
    assert items_of_name(KNOWLEDGE, "nystatin") == ("other_medicine",)
    assert items_of_name(KNOWLEDGE, "azithromycin") == ("other_medicine",)
    assert items_of_name(KNOWLEDGE, "hydrocortisone cream") == ("other_medicine",)
    assert items_of_name(KNOWLEDGE, "Fucidin cream") == ("other_medicine",)
    assert items_of_name(KNOWLEDGE, "paracetamol") == ()
    assert items_of_name(KNOWLEDGE, "chemotherapy") is None
    assert items_of_name(KNOWLEDGE, "Fucidin") is None


@given(
    st.sampled_from(NAMES),
    st.sampled_from([str.upper, str.lower, str.title, str]),
    st.sampled_from(DOSES),
    st.data(),
)
def test_the_way_of_writing_does_not_matter(name: str, case: Any, dose: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name)))
    between = data.draw(st.sampled_from(["", " ", "-", "\u2011", "\u0301"]))
    written = unicodedata.normalize("NFC", f" {case(name[:place])}{between}{case(name[place:])}{dose} ")
    if between == "\u0301" and not (place and name[place - 1].isalpha()):
        written = f"{case(name)}{dose}"
    assert items_of_name(KNOWLEDGE, written) == items_of_name(KNOWLEDGE, name)


@given(st.sampled_from(NAMES), st.sampled_from(["?{}", "{}?", "no {}", "not {}", "{} stopped", "{} 20 mg?"]))
def test_doubt_and_denial_are_never_a_name(name: str, doubt: str) -> None:
    assert items_of_name(KNOWLEDGE, doubt.format(name)) is None


@given(
    st.sampled_from([" + ", "/", " and ", " & "]).flatmap(
        lambda joint: st.tuples(
            st.just(joint),
            st.lists(st.sampled_from(BEHIND_A_STROKE if joint == "/" else NAMES), min_size=2, max_size=3),
        )
    )
)
def test_joined_names_stand_for_the_items_of_all(joined: tuple[str, list[str]]) -> None:
    joint, names = joined
    each = {item for name in names for item in items_of_name(KNOWLEDGE, name) or ()}
    assert set(items_of_name(KNOWLEDGE, joint.join(names)) or ()) == each
    assert items_of_name(KNOWLEDGE, joint.join([*names, "such a thing"])) is None


def test_a_name_that_begins_with_a_number_is_asked_back_behind_a_stroke_where_doses_stand() -> None:
    assert items_of_name(KNOWLEDGE, "5-FU and 5-FU") == items_of_name(KNOWLEDGE, "5-FU")
    assert items_of_name(KNOWLEDGE, "5-FU/5-FU") is None


@pytest.mark.parametrize("text", ["1" * 200, "1 x " * 49, "1/" * 99, "mg " * 60, "a/b" * 60, "x" * 100_000])
def test_odd_texts_take_no_time(text: str) -> None:
    start = time.perf_counter()
    assert items_of_name(KNOWLEDGE, text) is None
    assert text[:60] in unknown_name(KNOWLEDGE, text)
    assert time.perf_counter() - start < 2


def test_a_long_text_is_no_name() -> None:
    assert items_of_name(KNOWLEDGE, f"atorvastatin{' ' * 300}was stopped") is None


def test_near_names_are_suggested_one_a_medicine_and_rightly_spelt() -> None:
    near = suggestions(KNOWLEDGE, "atorvasttin 20 mg")
    assert near[0] == "atorvastatin"
    wrong = {plain_name(each) for row in CLASSES for several in row.misspelt.values() for each in several}
    for row in CLASSES:
        for several in row.misspelt.values():
            for misspelt in several:
                assert not wrong & {plain_name(name) for name in suggestions(KNOWLEDGE, f"{misspelt}x")}


# What names say of a list.


def present(answers: dict[str, Any]) -> set[str]:
    question = listed()
    findings = read_answers(KNOWLEDGE, answers)
    assert set(findings) <= set(question.findings)
    return {finding.partition(".")[2] for finding, value in findings.items() if value == "yes"}


def test_names_alone_are_a_complete_list() -> None:
    question = listed()
    named = {question.names: ["Atorvastatin 20 mg", "Bendroflumethiazide"]}
    assert read_answers(KNOWLEDGE, named) == read_answers(KNOWLEDGE, {question.id: ["statin", "thiazide"]})
    harmless = {question.names: ["paracetamol"]}
    assert read_answers(KNOWLEDGE, harmless) == read_answers(KNOWLEDGE, {question.id: "none"})


def test_names_join_what_the_list_says() -> None:
    question = listed()
    names = {question.names: ["Lipitor"]}
    assert present({**names, question.id: ["quinine"]}) == {"statin", "quinine"}
    assert present({question.id: ["statin"], **names}) == {"statin"}
    assert read_answers(KNOWLEDGE, {**names, question.id: {"quinine": "no"}}) == {
        f"{question.id}.statin": "yes",
        f"{question.id}.quinine": "no",
    }
    unsure = read_answers(KNOWLEDGE, {**names, question.id: "unknown"})
    assert as_answers(KNOWLEDGE, unsure)[question.id][0] == "statin"
    assert len(unsure) == len(question.findings)


@pytest.mark.parametrize(
    ("names", "answer", "said"),
    [
        (["atorvasttin"], None, 'did you mean "atorvastatin"'),
        (["xyzzy"], None, 'check the spelling, or give its kind under "medicines"'),
        (["Lipitor"], "none", '"none" does not go with the names'),
        (["paracetamol"], "none", '"none" does not go with the names'),
        (["Lipitor"], {"statin": "no"}, '"statin" is "no", but "Lipitor" is one of these'),
        (["Lipitor"], ["?statin"], '"statin" is "unknown", but "Lipitor"'),
        ([], None, "an empty list says nothing"),
        ("Lipitor", None, "give a list of names"),
        ([3], None, "a name is a text"),
        (None, None, "give a list of names"),
    ],
)
def test_what_cannot_be_so_is_refused(names: Any, answer: Any, said: str) -> None:
    question = listed()
    answers = {question.names: names, **({} if answer is None else {question.id: answer})}
    with pytest.raises(IntakeError) as caught:
        read_answers(KNOWLEDGE, answers)
    assert said in str(caught.value)
    assert caught.value.question == question.id
