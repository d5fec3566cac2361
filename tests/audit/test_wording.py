"""What an author and a reader of the page call the same things."""

from __future__ import annotations

import pytest
from support.small_base import write_base

from triage import KnowledgeBase, load_knowledge_base
from triage.audit.model import Name, Named, Sentence
from triage.audit.mutants import mutants, words_of
from triage.audit.wording import AuthorWords, ReaderWords, say
from triage.inference.domains import domains
from triage.knowledge.parts.conditions import Test, tests_of


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return load_knowledge_base(write_base(tmp_path_factory.mktemp("base")))


@pytest.mark.parametrize(
    ("named", "author", "reader"),
    [
        (Test("signs.jaw", accepts=frozenset({"yes"})), "signs.jaw is yes", '"A stiff jaw & neck"'),
        (Test("signs.jaw", accepts=frozenset({"no"})), "signs.jaw is no", '"A stiff jaw & neck": no'),
        (
            Test("for_whom", accepts=frozenset({"other", "self"})),
            "for_whom in self, other",
            '"Who is this about?": Me or Someone else',
        ),
        (
            Test("lasts", at_least=5, at_most=9),
            "lasts at_least 5 at_most 9",
            '"How long does it last?" at least 5 and at most 9 seconds',
        ),
        (Name("option", "feels.twitch"), "feels.twitch", '"A twitch" (How does it feel?)'),
        (Name("question", "lasts"), "lasts", '"How long does it last?"'),
        (Name("disposition", "self_care"), "self_care", "self care"),
    ],
)
def test_each_reader_meets_words_that_they_know(
    knowledge: KnowledgeBase, named: Named, author: str, reader: str
) -> None:
    assert AuthorWords(knowledge).name(named) == author
    assert ReaderWords(knowledge).name(named) == reader


def test_a_threshold_is_called_by_its_loose_word(knowledge: KnowledgeBase) -> None:
    (test,) = (each for each in tests_of(knowledge.rules["long-cramp"].when) if each.threshold)
    threshold = knowledge.thresholds[str(test.threshold)]
    assert AuthorWords(knowledge).name(test) == f"lasts at_least {threshold.id} ({threshold.value})"
    assert ReaderWords(knowledge).name(test) == f'"{threshold.means}"'


def test_a_sentence_calls_a_rule_by_its_id_or_its_title(knowledge: KnowledgeBase) -> None:
    sentence = Sentence("fires exactly when {} does", (Name("rule", "long-cramp"),))
    assert say(AuthorWords(knowledge), sentence) == str(sentence) == "fires exactly when long-cramp does"
    title = knowledge.rules["long-cramp"].title
    assert say(ReaderWords(knowledge), sentence) == f'fires exactly when "{title}" does'


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ("a", "so is a"),
        ("ab", "so is a and b"),
        ("abca", "so is a, b and c"),
        ("abcde", "so is a, b, c and 2 others"),
    ],
)
def test_a_list_names_each_once_and_counts_what_it_leaves_out(ids: str, text: str) -> None:
    assert str(Sentence.listing("so is {}", (Name("rule", name) for name in ids))) == text


def test_every_change_is_worded_for_both(knowledge: KnowledgeBase) -> None:
    author, reader = AuthorWords(knowledge), ReaderWords(knowledge)
    every = [
        mutant
        for rule in knowledge.rules.values()
        for mutant in mutants(knowledge, domains(knowledge, fine=True), rule)
    ]
    said = {(words_of(author, mutant), words_of(reader, mutant)) for mutant in every}
    label = '"A stiff jaw & neck"'
    assert {
        ("leave stiff-jaw out", f'leave "{knowledge.rules["stiff-jaw"].title}" out'),
        (
            "count signs.jaw is yes as false where it is not known",
            f"count {label} as false where it is not known",
        ),
        ("signs.jaw is no instead of signs.jaw is yes", f"{label}: no instead of {label}"),
    } <= said
    assert any(theirs.endswith(" out of the steps") for _, theirs in said)
    assert not [theirs for _, theirs in said if "at_least" in theirs or "at_most" in theirs]
