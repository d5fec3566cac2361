"""A clinician's sign-off holds for what was read, and ends with any change of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.small_base import write_base

from triage import KnowledgeBase, KnowledgeBaseError, assess, load_knowledge_base
from triage.explanation.narrative import render_assessment
from triage.knowledge.reviews import seal, signed
from triage.publication.document import document

LONG = "rules/patterns/long-cramp.toml"
ANSWERS = {"feels": ["tight"], "lasts": 700}
BOTH = {"signs": ["jaw"], **ANSWERS}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A small base whose rule about a long cramp is signed."""
    rules = write_base(tmp_path)
    sign(rules, "long-cramp")
    return rules


def sign(rules: Path, name: str, seal_of: str = "") -> None:
    knowledge = load_knowledge_base(rules)
    seal_of = seal_of or seal(knowledge, knowledge.rules[name])
    row = f'id = "{name}"\nsha256 = "{seal_of}"\nreviewer = "N. N."\nregistration = "0"\ndate = "2026-01-02"'
    (rules / "reviews.toml").write_text(f"[[review]]\n{row}\n", "utf-8")


def changed(rules: Path, file: str, before: str, after: str) -> KnowledgeBase:
    path = rules / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return load_knowledge_base(rules)


def test_no_rule_of_the_project_is_signed(knowledge: KnowledgeBase) -> None:
    assert not knowledge.reviewed_by_clinician
    assert knowledge.reviews == {}
    assert signed(knowledge) == frozenset()


def test_a_sign_off_holds_for_what_was_read(rules: Path) -> None:
    assert signed(load_knowledge_base(rules)) == {"long-cramp"}


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("patterns/long-cramp.toml", 'disposition = "urgent"', 'disposition = "doctor"'),
        ("patterns/long-cramp.toml", "it lasts too long", "it lasts long"),
        ("patterns/long-cramp.toml", 'at_least = "long"', 'at_most = "long"'),
        ("thresholds.toml", "value = 601", "value = 602"),
        ("questionnaire.toml", "How long does it last?", "How long did it last?"),
        ("questionnaire.toml", "One episode.", "All episodes."),
        ("patterns/tight-muscle.toml", 'includes = ["tight", "twitch"]', 'includes = ["tight"]'),
    ],
)
def test_a_change_of_what_was_read_ends_it(rules: Path, file: str, before: str, after: str) -> None:
    knowledge = changed(rules, file, before, after)
    assert signed(knowledge) == frozenset()
    assert "The sign-off of 2026-01-02 no longer holds" in document(knowledge, "md")


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("danger/stiff-jaw.toml", "a stiff jaw is dangerous", "it is dangerous"),
        ("questionnaire.toml", "Where is it?", "Where does it hurt?"),
        ("steps.toml", 'how_long = "A minute"', 'how_long = "Two minutes"'),
        ("patterns/long-cramp.toml", 'title = "A long cramp"', '# A note.\ntitle = "A long cramp"'),
    ],
)
def test_a_change_of_something_else_does_not(rules: Path, file: str, before: str, after: str) -> None:
    assert signed(changed(rules, file, before, after)) == {"long-cramp"}


def test_the_sign_off_of_no_rule_is_refused(rules: Path) -> None:
    sign(rules, "long-crampp", "0" * 64)
    with pytest.raises(KnowledgeBaseError) as caught:
        load_knowledge_base(rules)
    (problem,) = caught.value.problems
    assert str(problem).startswith("reviews.toml:2")
    assert 'there is no rule "long-crampp" to sign; did you mean "long-cramp"?' in str(problem)


@pytest.mark.parametrize(
    ("answers", "fired", "words"),
    [
        (ANSWERS, ("long-cramp",), "A clinician has signed 1 of 2 rules behind this."),
        (BOTH, ("long-cramp",), "A clinician has signed 1 of 3 rules behind this."),
        ({"signs": ["jaw"]}, (), "No clinician has reviewed these rules."),
    ],
)
def test_an_assessment_says_how_much_of_it_is_signed(
    rules: Path, answers: dict[str, object], fired: tuple[str, ...], words: str
) -> None:
    knowledge = load_knowledge_base(rules)
    found = assess(knowledge, answers)
    assert found.knowledge_base.signed == fired
    assert words in " ".join(render_assessment(knowledge, found).split())


def test_the_document_says_who_signed(rules: Path) -> None:
    knowledge = load_knowledge_base(rules)
    for text in (document(knowledge, "md"), document(knowledge, "html")):
        assert "Signed by N. N. (0) on 2026-01-02." in text
        assert seal(knowledge, knowledge.rules["long-cramp"]) in text
        assert text.count("No clinician has signed this rule.") == len(knowledge.rules) - 1
