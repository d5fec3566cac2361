"""How a question is put: only items that apply and matter, in steps where it says so, and nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.small_base import write_base
from support.typist import Typist

from triage import KnowledgeBase, KnowledgeBaseError, load_knowledge_base
from triage.inference.truth import Missing
from triage.interview.afterwards.follow_up import FollowUp
from triage.interview.asking.course import Course
from triage.interview.conversation import Conversation
from triage.interview.interview import Interview
from triage.knowledge.model import NO, YES

ITEMS = "abcdefghijkl"
OPTIONS = ",\n".join(
    f'  {{ id = "sign_{each}", group = "{"Head" if each < "f" else "Belly" if each < "l" else "Skin"}", '
    f'label = "Sign {each.upper()}", words = ["word {each}"], red_flag = true'
    + (
        ', asked_when = { finding = "feels.tight", is = "yes" }, rationale = "Not of others."'
        if each in "bgh"
        else ""
    )
    + " }"
    for each in ITEMS
)
QUESTIONS = f"""
[[question]]
id = "feels"
kind = "checklist"
ask = "How does it feel?"
means = "The feeling."
why = "Patterns differ."
opening = true
options = [
  {{ id = "tight", label = "Tight" }},
  {{ id = "twitch", label = "A twitch" }},
  {{ id = "idle", label = "Nothing rests on this" }},
]

[[question]]
id = "signs"
kind = "checklist"
ask = "Is there any of this?"
means = "Signs."
why = "They are urgent."
FIRST
by_group = true
groups = [{{ name = "Head", means = "All above the neck." }}]
options = [
{OPTIONS},
]

[[question]]
id = "extra"
kind = "yes_no"
ask = "Is there more?"
means = "More."
why = "To know."
asked_when = {{ finding = "feels.tight", is = "yes" }}

[[question]]
id = "lasts"
kind = "number"
unit = "seconds"
minimum = 0
maximum = 1200
ask = "How long does it last?"
means = "One episode."
why = "Nothing rests on it."
"""


def rule(name: str, when: str, disposition: str) -> str:
    return f"""
id = "{name}"
title = "{name}"
status = "active"

[when]
{when}

[then]
disposition = "{disposition}"

[why]
reason = "it is so"

[source]
guidance = ["project-judgement"]
"""


RULES = {
    **{
        f"danger/sign-{each}": rule(f"sign-{each}", f'finding = "signs.sign_{each}"\nis = "yes"', "urgent")
        for each in ITEMS
    },
    "patterns/twitch": rule("twitch", 'finding = "feels.twitch"\nis = "yes"', "self_care"),
    "patterns/more": rule("more", 'finding = "extra"\nis = "yes"', "doctor"),
}


def base(folder: Path, first_ask: str = "", questions: str = QUESTIONS) -> KnowledgeBase:
    """A base of twelve dangers in three groups, three of which only concern some people."""
    write_base(folder)
    for topic in ("danger", "patterns", "safety"):
        shutil.rmtree(folder / topic)
    first = f'first_ask = "{first_ask}"' if first_ask else ""
    (folder / "questionnaire.toml").write_text(questions.replace("FIRST", first).lstrip(), "utf-8")
    for name, text in RULES.items():
        path = folder / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    return load_knowledge_base(folder)


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return base(tmp_path_factory.mktemp("grouped"))


@pytest.fixture(scope="module")
def asked_first(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return base(tmp_path_factory.mktemp("first"), "Is there any sign of danger?")


def talk(knowledge: KnowledgeBase, *lines: str, **options: Any) -> tuple[Interview, str]:
    """Hold a conversation until its lines end; return what it knows, and all that was said."""
    typist = Typist(list(lines))
    held = Conversation(typist, Interview(knowledge, **options))
    try:
        Course(held).hold()
        FollowUp([held]).hold()
    except EOFError:
        raise
    except Exception as end:  # noqa: BLE001 - the input ends
        typist.said.append(type(end).__name__)
    return held.interview, typist.text


# Items.


def test_an_item_that_nothing_rests_on_is_not_shown_and_not_spoken_of(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "none")
    assert "Nothing rests on this" not in text
    assert interview.answers == {"feels": {"tight": "no", "twitch": "no"}}


def test_all_shows_every_item_that_applies(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "none", everything=True)
    assert "Nothing rests on this" in text
    assert interview.answers == {"feels": "none"}


def test_an_item_that_is_not_shown_can_be_named(grouped: KnowledgeBase) -> None:
    interview, _ = talk(grouped, "nothing rests on this")
    assert interview.answers["feels"] == ["idle"]


def test_what_a_gate_waits_for_comes_first_and_a_closed_gate_hides_the_item(grouped: KnowledgeBase) -> None:
    interview = Interview(grouped)
    assert [question.id for question in interview.outlook().askable] == ["feels"]
    interview = interview.answer("feels", "none")
    assert "sign_b" not in interview.items("signs")
    assert len(interview.items("signs")) == len(ITEMS) - 3


@pytest.mark.parametrize("leave", ["unknown", "skip"])
def test_a_gate_that_nothing_can_decide_is_open(grouped: KnowledgeBase, leave: str) -> None:
    interview = Interview(grouped)
    interview = interview.skip("feels") if leave == "skip" else interview.answer("feels", "unknown")
    assert len(interview.items("signs")) == len(ITEMS)
    assert {question.id for question in interview.outlook().askable} == {"signs", "extra"}


# Changes.


def test_an_older_answer_says_nothing_of_what_was_not_shown_and_comes_again(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "none", "none", "a")
    assert interview.answers["signs"] == "none"
    assert text.count("Is there any of this?") == 2, "and once among the answers"
    changed = interview.answer("feels", ["tight"])
    assert set(changed.answers["signs"].values()) == {"no"}
    assert "sign_b" not in changed.answers["signs"]
    due = changed.next()
    assert due is not None
    assert due.id == "signs"
    assert changed.items("signs") == ("sign_b", "sign_g", "sign_h")
    again = changed.answer_items("signs", dict.fromkeys(changed.items("signs"), NO))
    assert again.answers["signs"] == "none"


@pytest.mark.parametrize(
    ("answer", "stays"), [(["sign_b"], YES), (["?sign_b"], Missing.UNKNOWN), ("unknown", Missing.UNKNOWN)]
)
def test_a_red_flag_stays_when_its_gate_closes(grouped: KnowledgeBase, answer: Any, stays: object) -> None:
    interview = Interview(grouped).answer("feels", ["tight"]).answer("signs", answer).answer("extra", "yes")
    changed = interview.answer("feels", "none")
    assert changed.findings["signs.sign_b"] == stays
    assert "extra" not in changed.answers
    taken_back = interview.without("signs").answer("feels", "none")
    assert taken_back.findings["signs.sign_b"] == stays
    assert "signs" in taken_back.way


def test_skipping_what_comes_again_keeps_what_was_said(grouped: KnowledgeBase) -> None:
    interview = (
        Interview(grouped).answer("feels", "none").answer("signs", ["sign_a"]).answer("feels", ["tight"])
    )
    assert interview.skip("signs").findings["signs.sign_a"] == YES
    whole = Interview(grouped).answer("feels", ["tight"]).answer("signs", ["sign_a", "?sign_b"])
    assert whole.skip("signs").answers["signs"] == {"sign_a": "yes", "sign_b": "unknown"}


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """What a person does, step after step: answers what is due, changes, skips, goes back."""
    act = st.sampled_from(["next", "next", "next", "change", "skip", "back"])
    values = st.lists(
        st.sampled_from([YES, NO, NO, Missing.UNKNOWN]), min_size=len(ITEMS), max_size=len(ITEMS)
    )
    unsure = st.just([Missing.UNKNOWN] * len(ITEMS))
    # Somebody who comes to a list again, and skips it: what they said of danger is at stake.
    many = len(ITEMS)
    again = [("next", [NO] * many), ("next", draw(values | unsure)), ("change", [YES] * many), ("skip", [])]
    beginning = draw(st.sampled_from([again, again, again, []]))
    return [*beginning, *draw(st.lists(st.tuples(act, values | unsure), min_size=1, max_size=8))]


@conditional(at_least=0.06)  # measured: 0.15 to 0.33
@settings(max_examples=max(10, settings().max_examples // 2))
@given(histories())
def test_however_answers_change_no_danger_is_lost_and_nothing_unshown_is_no(
    antecedent: Antecedent, grouped: KnowledgeBase, history: list[tuple[str, Any]]
) -> None:
    interview = Interview(grouped)
    shown: set[str] = set()
    skips = 0
    for act, values in history:
        due = interview.next()
        name = interview.way[0] if act == "change" and interview.way else due.id if due else ""
        before = interview.findings
        if act == "back":
            name = interview.way[-1] if interview.way else ""
            interview = interview.back()
        elif not name:
            continue
        elif act == "skip":
            interview = interview.skip(name)
        elif grouped.questions[name].kind == "yes_no":
            interview = interview.answer(name, YES)
        else:
            items = interview.items(name)
            shown |= {f"{name}.{item}" for item in items}
            interview = interview.answer_items(name, dict(zip(items, values, strict=False)))
        absent = {each for each, value in interview.findings.items() if value == NO}
        assert absent <= shown
        assert {each for each in dangers(before) if not each.startswith(f"{name}.")} <= {
            *dangers(interview.findings)
        }
        if act == "skip":
            skips += bool(dangers(before))
            assert dangers(before) == dangers(interview.findings)
    antecedent(skips)


def dangers(findings: Any) -> dict[str, Any]:
    return {
        each: value
        for each, value in findings.items()
        if each.startswith("signs.") and value in (YES, Missing.UNKNOWN)
    }


# Groups before items.


def test_groups_come_first_then_the_items_of_those_chosen(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "1", "1 3", "2")
    lines = text[text.index(" 2/") :]
    assert "1 Head 2 Belly 3 Sign L numbers, none, or not sure" in lines
    assert "Any other of these? 1 Sign A 2 Sign B 3 Sign C 4 Sign D 5 Sign E none" in lines
    assert interview.answers["signs"] == ["sign_b", "sign_l"]


def test_not_sure_about_a_group_asks_about_its_items(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "1", "?1", "?2")
    assert "Which? 1 Sign A" in text
    assert interview.answers["signs"] == ["?sign_b"]
    interview, text = talk(grouped, "1", "not sure", "not sure")
    assert "Which? Head: 1 Sign A" in text
    assert interview.answers["signs"] == "unknown"


def test_none_of_the_groups_is_none(grouped: KnowledgeBase) -> None:
    assert talk(grouped, "1", "none")[0].answers["signs"] == "none"


@pytest.mark.parametrize("typed", ["sign_a", "Sign A"])
def test_an_item_can_be_named_where_groups_are_shown(grouped: KnowledgeBase, typed: str) -> None:
    interview, text = talk(grouped, "1", typed, "none")
    assert "Any other of these? 1 Sign B 2 Sign C" in text
    assert interview.answers["signs"] == ["sign_a"]


def test_a_word_for_a_danger_is_confirmed_where_groups_are_shown(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "1", "word a", "yes", "none")
    assert 'Do you mean "Sign A"?' in text
    assert interview.answers["signs"] == {"sign_a": "yes"}, "words rule nothing out"


def test_a_number_beyond_the_groups_names_nothing(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "1", "4")
    assert "There is no number 4. Please choose from 1 to 3." in text
    assert "signs" not in interview.answers


def test_a_group_can_be_asked_about(grouped: KnowledgeBase) -> None:
    assert "1 Head: All above the neck. Nothing is taken" in talk(grouped, "1", "1?")[1]


def test_a_list_of_few_items_needs_no_groups(grouped: KnowledgeBase) -> None:
    _, text = talk(grouped, "none")
    assert " 1 Sign A 2 Sign C" in text


def test_back_within_a_question_shows_its_groups_again(grouped: KnowledgeBase) -> None:
    interview, text = talk(grouped, "1", "1", "b", "none")
    assert text.count("1 Head 2 Belly 3 Sign L") == 2
    assert interview.answers["signs"] == "none"


# Yes or no before a list.


@pytest.mark.parametrize("typed", ["no", "none"])
def test_no_before_a_list_is_none(asked_first: KnowledgeBase, typed: str) -> None:
    interview, text = talk(asked_first, "1", typed)
    assert "Is there any sign of danger? Head Belly Skin yes, no, or not sure" in text
    assert "1 Head 2 Belly" not in text
    assert interview.answers["signs"] == "none"


@pytest.mark.parametrize("typed", ["yes", "not sure"])
def test_yes_and_not_sure_go_on_to_the_list(asked_first: KnowledgeBase, typed: str) -> None:
    interview, text = talk(asked_first, "1", typed, "3")
    assert "1 Head 2 Belly 3 Sign L" in text
    assert interview.answers["signs"] == ["sign_l"]


def test_an_item_named_before_the_list_counts(asked_first: KnowledgeBase) -> None:
    interview, text = talk(asked_first, "1", "sign l", "none")
    assert "Any other of these?" in text
    assert interview.answers["signs"] == ["sign_l"]


def test_an_item_named_counts_though_the_person_leaves(asked_first: KnowledgeBase) -> None:
    interview, _ = talk(asked_first, "1", "sign l")
    assert interview.answers["signs"] == {"sign_l": "yes"}


# What is written is checked.


def faults(folder: Path, old: str, new: str) -> Iterator[str]:
    assert old in QUESTIONS
    with pytest.raises(KnowledgeBaseError) as refused:
        base(folder, questions=QUESTIONS.replace(old, new))
    yield from str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('group = "Skin", ', "", "every option needs a group; add one to sign_l"),
        ('name = "Head"', 'name = "Haed"', 'no option is in the group "Haed"; did you mean "Head"?'),
        ("by_group = true", "", "nobody is shown these; add by_group = true, or remove them"),
        (
            'means = "More."',
            'means = "More."\nfirst_ask = "So?"',
            "only a checklist has this; extra is a yes_no",
        ),
        ("groups = [", 'groups = [{ name = "Head", means = "Twice." }, ', 'the group "Head" appears twice'),
    ],
)
def test_how_a_question_is_put_is_checked(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert any(message in line for line in faults(tmp_path, old, new))
