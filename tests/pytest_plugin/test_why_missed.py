"""Why a case missed what it expects, in the words that its author reads."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import asks, rule, rule_base
from support.shipped import HEALTHY, KNOWLEDGE

from triage import KnowledgeBase, assess
from triage.cases.expectations import misses
from triage.pytest_plugin.why_missed import why_missed

TEN_MINUTES = {**HEALTHY, "episode_seconds": 600}
ELEVEN_MINUTES = {**HEALTHY, "episode_seconds": 660}
NUMB = {**HEALTHY, "conditions": ["diabetes"], "condition_change": "no"}


def why(answers: dict[str, Any], expect: dict[str, Any], knowledge: KnowledgeBase = KNOWLEDGE) -> str:
    found = assess(knowledge, answers)
    assert misses(expect, found), "the case meets its expectations: there is nothing to explain"
    said = why_missed(knowledge, {"answers": answers, "expect": expect}, found)
    assert max(map(len, said.splitlines())) <= 80
    return " ".join(said.split())


@pytest.mark.parametrize(
    ("answers", "expect", "said"),
    [
        (ELEVEN_MINUTES, {"disposition": "self_care"}, "It came to urgent, today: - because one cramp"),
        (ELEVEN_MINUTES, {"disposition": "self_care"}, "more than ten minutes (cramp-over-ten-minutes)"),
        (TEN_MINUTES, {"disposition": "urgent"}, "Why not urgent?"),
        (TEN_MINUTES, {"fires": ["cramp-over-ten-minutes"]}, "would bring it: - episode_seconds = 601"),
        (ELEVEN_MINUTES, {"silent": ["calf-or-foot-cramp"]}, "calf-or-foot-cramp fires, on:"),
        (ELEVEN_MINUTES, {"silent": ["cramp-over-ten-minutes"]}, "- episode_seconds = 660"),
        (ELEVEN_MINUTES, {"silent": ["cramp-over-ten-minutes"]}, "- through leg-involved"),
        (TEN_MINUTES, {"open": ["cramp-over-ten-minutes"]}, "fails episode_seconds"),
        (ELEVEN_MINUTES, {"open": ["cramp-over-ten-minutes"]}, "cramp-over-ten-minutes fires, on:"),
        (HEALTHY, {"causes": ["diabetes"]}, "diabetes is named by cramps-with-diabetes, "),
        (HEALTHY, {"causes": ["diabetes"]}, "; none of them fires."),
        (HEALTHY, {"steps": ["trapezius_roll"]}, "trapezius_roll is offered by "),
        (NUMB, {"steps": ["gentle_warmth"]}, "without your noticing (skin-without-feeling)."),
        (ELEVEN_MINUTES, {"steps": ["mineral_food"]}, "mineral_food is held back: Get help first."),
        (HEALTHY, {"withheld": ["gentle_warmth"]}, "gentle_warmth is given: it would be held back by "),
        (HEALTHY, {"withheld": ["trapezius_roll"]}, "trapezius_roll is offered by "),
        (HEALTHY, {"cautions": ["possible-clot"]}, "Why not possible-clot?"),
        (
            NUMB,
            {"cautions": ["skin-without-feeling"]},
            "skin-without-feeling fires, on: - conditions.diabetes",
        ),
        (
            {},
            {"cautions": ["possible-clot"]},
            "is open, but no step that it cautions about is given (stretch,",
        ),
        (
            {},
            {"cautions": ["cramp-over-ten-minutes"]},
            "holds back no kind of step, so it cautions about none.",
        ),
        (HEALTHY, {"not_steps": ["calf_wall"]}, "calf_wall is given, offered by calf-or-foot-cramp"),
    ],
)
def test_what_was_missed_is_explained(answers: dict[str, Any], expect: dict[str, Any], said: str) -> None:
    assert said in why(answers, expect)


def test_what_is_still_open_is_named() -> None:
    said = why({}, {"disposition": "self_care"})
    assert said.startswith("It came to undetermined: - ")
    assert "- adrenal-illness-with-vomiting (emergency) is not ruled out, without " in said
    assert "more Why" not in said, "no change of answers is searched for the least urgent outcome"
    assert "not sure about danger_signs" in why({"danger_signs": "unknown"}, {"disposition": "emergency"})


def test_where_no_rule_speaks_it_says_so() -> None:
    nothing = rule_base(KNOWLEDGE, rule("twitch", asks("feels.twitch"), steps=("calf_wall",)))
    answers = {"feels": ["constant_ache"]}
    assert "no rule with a disposition fired" in why(answers, {"disposition": "doctor"}, nothing)
    twitching = {"feels": ["twitch"]}
    assert "gentle_warmth is offered by no rule." in why(twitching, {"steps": ["gentle_warmth"]}, nothing)
