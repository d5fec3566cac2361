"""What is made plainer still shows what it showed, and nothing in it is there without need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from triage.inference.truth import Missing, Value
from triage.proof.circuit import Bit, Circuit
from triage.proof.plainest import Choice, Plainest
from triage.proof.solver import Answer

STATES: Sequence[Value] = ("yes", "no", "often", Missing.UNKNOWN)
ITEMS = ("a", "b", "c", "d")


def choices(circuit: Circuit) -> dict[str, dict[Value, Bit]]:
    return {name: dict(zip(STATES, circuit.choice(len(STATES)), strict=True)) for name in ITEMS}


def is_set(circuit: Circuit, bit: Bit, free: frozenset[int]) -> bool:
    """Whether a bit is set where exactly these free bits are."""
    gates = circuit._gates  # noqa: SLF001 - worked out apart from the solver

    def holds(literal: int) -> bool:
        inputs = gates.inputs[abs(literal)]
        value = all(map(holds, inputs)) if inputs else abs(literal) == 1 or abs(literal) in free
        return value == (literal > 0)

    return holds(bit.literal)


def plainest(circuit: Circuit, asked: Mapping[str, Mapping[Value, Bit]], wanted: Bit) -> dict[str, Value]:
    """The plainest answers where a bit is set; `a` and `b` are items of one list."""
    answer, free = circuit.ask([wanted], 1000)
    assert answer is Answer.FOUND
    made = Plainest(
        Choice({bit.literal: value for value, bit in bits.items()}, "list" if name in "ab" else "")
        for name, bits in asked.items()
    )
    kept = made.of(free, lambda people: [is_set(circuit, wanted, person) for person in people])
    assert is_set(circuit, wanted, kept)
    answers = [
        (name, value) for name, bits in asked.items() for value, bit in bits.items() if bit.literal in kept
    ]
    assert len(dict(answers)) == len(answers)
    return dict(answers)


def test_what_is_not_needed_is_left_out() -> None:
    circuit = Circuit()
    asked = choices(circuit)
    assert plainest(circuit, asked, asked["c"]["yes"] | (asked["d"]["yes"] & asked["c"]["often"])) == {
        "c": "yes"
    }


def test_no_is_plainer_than_any_other_answer_and_not_sure_the_least_plain() -> None:
    circuit = Circuit()
    asked = choices(circuit)
    any_answer = asked["c"]["yes"] | asked["c"]["no"] | asked["c"][Missing.UNKNOWN]
    assert plainest(circuit, asked, any_answer) == {"c": "no"}
    circuit = Circuit()
    asked = choices(circuit)
    assert plainest(circuit, asked, asked["c"]["often"] | asked["c"][Missing.UNKNOWN]) == {"c": "often"}


def test_a_list_that_is_begun_is_gone_through() -> None:
    circuit = Circuit()
    asked = choices(circuit)
    assert plainest(circuit, asked, asked["a"]["yes"]) == {"a": "yes", "b": "no"}
    circuit = Circuit()
    asked = choices(circuit)
    assert plainest(circuit, asked, asked["a"]["yes"] & ~asked["b"]["no"]) == {"a": "yes"}


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(ITEMS), st.sampled_from(STATES), st.booleans()), min_size=1, max_size=4
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_shown_stays(clauses: list[list[tuple[str, Value, bool]]]) -> None:
    circuit = Circuit()
    asked = choices(circuit)
    wanted = circuit.true
    for clause in clauses:
        some = circuit.false
        for name, value, is_set in clause:
            some |= asked[name][value] if is_set else ~asked[name][value]
        wanted &= some
    if circuit.ask([wanted], 1000)[0] is Answer.FOUND:
        plainest(circuit, asked, wanted)
