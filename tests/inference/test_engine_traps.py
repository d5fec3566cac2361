"""Every known trap of experta, with the guard that keeps the engine from falling in."""

from __future__ import annotations

import collections
import gc
import itertools
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.rules import asks, rule, rule_base
from support.shipped import KNOWLEDGE
from support.strategies import ITEMS

from triage.inference import engine, lean_experta
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.engine import infer
from triage.inference.truth import Missing, Value
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import All, Test
from triage.knowledge.parts.conditions import Any as AnyOf

A, B, C = (f"danger_signs.{item}" for item in ("breathless", "faint", "confusion"))


def fired(knowledge: KnowledgeBase, answers: Mapping[str, Value]) -> set[str]:
    return set(infer(knowledge, working_memory(knowledge, answers)).fired)


def test_the_lent_name_is_taken_back() -> None:
    assert not hasattr(collections, "Mapping")


def test_importing_leaves_the_root_logger_alone() -> None:
    program = (
        "import logging; logging.getLogger().setLevel(logging.DEBUG);"
        "import triage.inference.engine; print(len(logging.getLogger().handlers), logging.getLogger().level)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert printed.split() == ["0", str(logging.DEBUG)]


def test_answers_are_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        infer(KNOWLEDGE, working_memory(KNOWLEDGE, {"age": 42}))
    assert caplog.records == []


def test_every_rule_has_a_salience_of_its_own() -> None:
    built = engine._Engine(KNOWLEDGE)  # noqa: SLF001 - the guard lives inside
    saliences = [found.salience for found in built._engine.get_rules()]  # noqa: SLF001 - as above
    assert len(saliences) == len(KNOWLEDGE.rules) == len(set(saliences))


def test_many_rules_on_the_same_facts_fire_as_each_condition_says() -> None:
    """Directed: every subset of three answers against rules that share, nest and exclude them."""
    rules = [
        rule("a", asks(A)),
        rule("b", asks(B)),
        rule("not-a", asks(A, "no")),
        rule("not-b", asks(B, "no")),
        rule("a-and-b", All((asks(A), asks(B)))),
        rule("a-or-b", AnyOf((asks(A), asks(B)))),
        rule("not-a-and-b", All((asks(A, "no"), asks(B)))),
        rule("a-and-b-or-c", All((asks(A), AnyOf((asks(B), asks(C)))))),
        rule("both-ors", All((AnyOf((asks(A), asks(B))), AnyOf((asks(B), asks(C)))))),
    ]
    small = rule_base(KNOWLEDGE, *rules)
    states: tuple[Value, ...] = ("yes", "no", Missing.UNKNOWN, Missing.NOT_ASKED)
    for a, b, c in itertools.product(states, repeat=3):
        y = {"a": a == "yes", "b": b == "yes", "c": c == "yes"}
        expected = {
            "a": y["a"],
            "b": y["b"],
            "not-a": a == "no",
            "not-b": b == "no",
            "a-and-b": y["a"] and y["b"],
            "a-or-b": y["a"] or y["b"],
            "not-a-and-b": a == "no" and y["b"],
            "a-and-b-or-c": y["a"] and (y["b"] or y["c"]),
            "both-ors": (y["a"] or y["b"]) and (y["b"] or y["c"]),
        }
        assert fired(small, {A: a, B: b, C: c}) == {name for name, holds in expected.items() if holds}, (
            a,
            b,
            c,
        )


def test_no_is_not_what_was_never_asked() -> None:
    small = rule_base(KNOWLEDGE, rule("no", asks(A, "no")))
    assert fired(small, {}) == set()
    assert fired(small, {A: Missing.UNKNOWN}) == set()
    assert fired(small, {A: "no"}) == {"no"}


def test_same_conditions_in_two_rules_stay_two_rules() -> None:
    small = rule_base(KNOWLEDGE, rule("one", asks(A)), rule("two", asks(A)))
    assert fired(small, {A: "yes"}) == {"one", "two"}


def test_a_rule_named_facts_does_not_vanish() -> None:
    small = rule_base(KNOWLEDGE, rule("facts", asks(A)), rule("run", asks(A)))
    assert fired(small, {A: "yes"}) == {"facts", "run"}


def test_an_any_of_many_fires_once_and_stays_small() -> None:
    """Six groups of four alternatives would be 4,096 branches of an OR."""
    items = [f"site.{option.id}" for option in KNOWLEDGE.questions["site"].options]
    groups = tuple(AnyOf(tuple(asks(item) for item in items[at : at + 4])) for at in (0, 2, 4, 6, 8, 10))
    small = rule_base(KNOWLEDGE, rule("wide", All(groups)))
    assert fired(small, dict.fromkeys(items, "yes")) == {"wide"}
    assert fired(small, {**dict.fromkeys(items, "no"), items[0]: "yes"}) == set()


def test_one_and_true_are_not_the_same() -> None:
    with pytest.raises(ValueError, match="whole number"):
        read_answers(KNOWLEDGE, {"age": True})


def test_conclusions_do_not_outlive_what_led_to_them() -> None:
    small = rule_base(
        KNOWLEDGE,
        rule("first", asks(A), findings=("leg_site",)),
        rule("second", asks("leg_site")),
        rule("third", All((asks(B), AnyOf((asks("leg_site"), asks(C)))))),
    )
    assert fired(small, {A: "yes", B: "yes"}) == {"first", "second", "third"}
    assert fired(small, {A: "no", B: "yes"}) == set()
    assert fired(small, {A: "no", B: "yes", C: "yes"}) == {"third"}


def test_a_chain_of_several_stages_fires_in_one_inference() -> None:
    small = rule_base(
        KNOWLEDGE,
        rule("last", asks("back_site")),
        rule("middle", asks("leg_site"), findings=("back_site",)),
        rule("first", asks(A), findings=("leg_site",)),
    )
    assert fired(small, {A: "yes"}) == {"first", "middle", "last"}
    firings = infer(small, working_memory(small, {A: Missing.UNKNOWN}))
    assert firings.open == {"first", "middle", "last"}


def test_a_finding_that_no_rule_concludes_satisfies_nothing() -> None:
    small = replace(
        rule_base(KNOWLEDGE, rule("waits", asks("leg_site"))),
        findings={"leg_site": KNOWLEDGE.findings["leg_site"]},
    )
    found = infer(small, working_memory(small, {A: "yes"}))
    assert found.fired == found.possible == set()


def test_two_tests_on_one_number_are_both_asked_for() -> None:
    """A fact has one place for each finding, and so one predicate."""
    ends = (Test("age", at_least=18), Test("age", at_most=30))
    small = rule_base(KNOWLEDGE, rule("grown", ends[0]), rule("young", All(ends)), rule("same", All(ends)))
    assert fired(small, {"age": 17}) == set()
    assert fired(small, {"age": 18}) == fired(small, {"age": 30}) == {"grown", "young", "same"}
    assert fired(small, {"age": 31}) == {"grown"}
    assert infer(small, working_memory(small, {"age": Missing.UNKNOWN})).open == {"grown", "young", "same"}


def test_what_all_is_known_of_leaves_nothing_open() -> None:
    """Both lenses are the same then, and the rules run once."""
    small = rule_base(KNOWLEDGE, rule("a", asks(A)), rule("b", asks(B)), rule("c", asks(C, "no")))
    memory: dict[str, Value] = {
        **dict.fromkeys(working_memory(small, {}), Missing.NOT_APPLICABLE),
        A: "yes",
        B: "no",
        C: "no",
    }
    found = infer(small, memory)
    assert found.fired == found.possible == {"a", "c"}
    assert infer(small, {**memory, B: Missing.NOT_ASKED}).open == {"b"}


def test_an_engine_that_raised_is_thrown_away() -> None:
    small = rule_base(KNOWLEDGE, rule("a", asks(A)))
    assert fired(small, {A: "yes"}) == {"a"}

    class Explodes:
        """A value that no check accepts."""

        __hash__ = None  # type: ignore[assignment]

    broken = {**working_memory(small, {}), A: Explodes()}
    with pytest.raises(TypeError):
        infer(small, broken)  # type: ignore[arg-type]
    assert small not in engine._at_rest  # noqa: SLF001 - the guard lives inside
    assert fired(small, {A: "no"}) == set()


def test_threads_do_not_mix_cases_up() -> None:
    small = rule_base(KNOWLEDGE, rule("a", asks(A)), rule("b", asks(B)), rule("c", asks(C)))
    wrong: list[object] = []

    def work(mine: str, name: str) -> None:
        for _ in range(60):
            found = fired(small, {mine: "yes"})
            if found != {name}:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=pair) for pair in ((A, "a"), (B, "b"), (C, "c"), (A, "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_threads_give_what_one_thread_gives() -> None:
    memories = [
        working_memory(KNOWLEDGE, {**dict.fromkeys(ITEMS, "no"), item: "yes", "age": age})
        for item in ITEMS[::6]
        for age in (3, 70)
    ]
    alone = [infer(KNOWLEDGE, memory) for memory in memories]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda memory: infer(KNOWLEDGE, memory), memories * 3))
    assert together == alone * 3


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[object]]:
    """Every engine that is built in a test."""
    engines: list[weakref.ref[object]] = []

    class Counted(engine._Engine):  # noqa: SLF001 - the guard lives inside
        def __init__(self, knowledge: KnowledgeBase) -> None:
            super().__init__(knowledge)
            engines.append(weakref.ref(self))

    monkeypatch.setattr(engine, "_Engine", Counted)
    return engines


def test_the_engine_is_reused_case_after_case(built: list[weakref.ref[object]]) -> None:
    small = rule_base(KNOWLEDGE, rule("a", asks(A)))
    for _ in range(3):
        assert fired(small, {A: "yes"}) == {"a"}
    assert len(built) == 1


def test_many_short_threads_share_one_engine(built: list[weakref.ref[object]]) -> None:
    small = rule_base(KNOWLEDGE, rule("a", asks(A)))
    for _ in range(50):
        threads = [threading.Thread(target=fired, args=(small, {A: "yes"})) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(built) == 1


def test_an_engine_goes_with_its_knowledge_base(built: list[weakref.ref[object]]) -> None:
    small = rule_base(KNOWLEDGE, rule("a", asks(A)))
    fired(small, {A: "yes"})
    (kept,) = built
    assert kept() is not None
    del small
    gc.collect()  # the knowledge base, and with it the hold on its engine
    gc.collect()
    assert kept() is None


def test_experta_keeps_nothing_of_an_engine_that_is_gone() -> None:
    """It remembers every check of every engine, half a megabyte for one of the bundled rules."""

    def remembered() -> list[int]:
        return [len(check._instances) for check in lean_experta._REMEMBERED]  # noqa: SLF001 - as above

    before = remembered()
    for name in ("a", "b", "c"):
        assert fired(rule_base(KNOWLEDGE, rule(name, AnyOf((asks(A), asks(B))))), {A: "yes"}) == {name}
    assert remembered() == before


def test_an_inference_within_another_has_an_engine_of_its_own() -> None:
    """As in a signal handler: an engine that is half run must not begin anew."""
    small = rule_base(KNOWLEDGE, rule("a", asks(A)), rule("b", asks(B)), rule("c", asks(C)))
    within: list[set[str]] = []

    class Interrupts:
        """A value in whose check another case is assessed."""

        def __hash__(self) -> int:
            within.append(fired(small, {C: "yes"}))
            return hash("yes")

        def __eq__(self, other: object) -> bool:
            return other == "yes"

    interrupted = {**working_memory(small, {A: "yes"}), B: Interrupts()}
    assert set(infer(small, interrupted).fired) == {"a", "b"}  # type: ignore[arg-type]
    assert within
    assert all(found == {"c"} for found in within)
    assert fired(small, {A: "yes"}) == {"a"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_process_forked_while_a_thread_infers_can_infer() -> None:
    """In a process of its own, since it forks with threads about."""
    program = """
import os, signal, threading
from triage import load_knowledge_base
from triage.inference import engine
from triage.inference.answers.working_memory import working_memory

knowledge = load_knowledge_base()
memory = working_memory(knowledge, {"age": 40})
expected = engine.infer(knowledge, memory)
held, done = threading.Event(), threading.Event()

def hold():
    with engine._in_use:
        busy = engine._at_rest.pop(knowledge)
        held.set()
        done.wait()
        engine._at_rest[knowledge] = busy

thread = threading.Thread(target=hold, daemon=True)
thread.start()
assert held.wait(60)
child = os.fork()
if not child:
    signal.alarm(60)
    os._exit(0 if engine.infer(knowledge, memory) == expected else 1)
status = os.waitpid(child, 0)[1]
done.set()
thread.join()
assert engine.infer(knowledge, memory) == expected
print(status)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "0\n"


def test_an_incomplete_experta_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import experta  # noqa: PLC0415 - only to break it

    monkeypatch.delattr(experta, "KnowledgeEngine")
    with pytest.raises(ImportError, match="KnowledgeEngine"):
        lean_experta._import_experta()  # noqa: SLF001 - the guard itself
