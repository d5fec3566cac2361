"""The lexicon as data: what does not load, and how words are made comparable."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import bundled_rules
from triage.knowledge.loader import read_and_check
from triage.knowledge.parts.lexicon import words_of


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ('[says.site]\ncalff = ["x"]', '"site.calff" is no answer of the questionnaire'),
        ('[says.site]\ncalf = ["..."]', "holds no word"),
        ('[says.site]\ncalf = ["{payn} leg"]', "names the list {payn}, which is not there"),
        ('[says.site]\ncalf = ["leg ..."]', "begins or ends with a gap"),
        ('[says.site]\nfoot = ["Calves!"]', '"Calves!" stands for'),
        ('[[amount]]\nquestion = "agee"\nphrases = ["{number} y"]', '"agee" is no answer'),
        ('[[either]]\noptions = ["site.calf", "site.legg"]\nphrases = ["x"]', '"site.legg" is no answer'),
        ('lasting = ["condition"]', '"condition" is no answer'),
        ('[[hint]]\nasks = ["danger_signs.fain"]\nwords = ["x"]', '"danger_signs.fain" is no answer'),
        ('[[hint]]\nasks = ["danger_signs.faint"]\nwords = ["x | {chesst}"]', "names the set {chesst}"),
        ('[sets]\nzz = "x | | y"', "holds no word between two bars"),
        ('[more]\nfeel = "x"', '"feel" is no answer'),
        ('[vague]\ncourse_dayz = ["for years"]', '"course_dayz" is no answer'),
        ('[leads]\ntiming = ["..."]', "holds no word"),
        ('[says.site]\ncalf = "calf"', 'write ["calf"]'),
        ("[saying]\nx = 1", 'unknown key "saying"'),
    ],
)
def test_what_names_nothing_or_too_much_does_not_load(tmp_path: Path, topic: str, message: str) -> None:
    root = tmp_path / "rules"
    shutil.copytree(bundled_rules(), root)
    (root / "lexicon" / "zz_test.toml").write_text(topic + "\n", "utf-8")
    with pytest.raises(KnowledgeBaseError) as refusal:
        read_and_check(root)
    assert message in str(refusal.value)
    assert "lexicon/" in str(refusal.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Can\u2019t breathe!", "cant breathe"),
        ("forty-two", "42"),
        ("CALVES", "calve"),
        ("three weeks", "3 week"),
        ("67yo", "67 yo"),
        ("caf\u00e9", "cafe"),
        ("pins-and-needles", "pins and needles"),
    ],
)
def test_two_spellings_are_the_same_words(one: str, other: str) -> None:
    def plain(text: str) -> list[str]:
        return [word.text for word in words_of(text) if not word.mark]

    assert plain(one) == plain(other)


def test_words_know_where_they_stand() -> None:
    text = "My  left CALF, forty two"
    assert [text[word.start : word.end] for word in words_of(text)] == [
        "My",
        "left",
        "CALF",
        ",",
        "forty two",
    ]
