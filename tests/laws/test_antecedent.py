"""A law that speaks of nobody fails; every property test with a premise counts how often it held."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.antecedent import FEW, Antecedent, conditional

EXAMPLES = settings(max_examples=4 * FEW, database=None)


@EXAMPLES
@given(st.integers(0, 999))
def law_of_none(antecedent: Antecedent, number: int) -> None:
    if antecedent(number > 999):
        pytest.fail("nobody is ever here")


@EXAMPLES
@given(st.integers(0, 999))
def law_of_all(antecedent: Antecedent, number: int) -> None:
    if antecedent(number < 1000):
        assert number >= 0


@EXAMPLES
@given(st.integers(0, 999))
def law_that_never_asks(antecedent: Antecedent, number: int) -> None:
    assert antecedent.met <= number


@EXAMPLES
@given(st.integers(0, 999))
def law_that_is_broken(antecedent: Antecedent, number: int) -> None:
    if antecedent(number < 1000):
        assert number < 1


@pytest.mark.parametrize("law", [law_of_none, law_that_never_asks])
def test_a_premise_that_never_holds_is_a_failure(law: object) -> None:
    with pytest.raises(AssertionError, match="the premise held in 0 of "):
        conditional(at_least=0.1)(law)()  # type: ignore[arg-type]


def test_a_premise_that_holds_lets_the_law_speak() -> None:
    conditional(at_least=0.9)(law_of_all)()
    with pytest.raises(AssertionError, match="assert 1 < 1"):
        conditional(at_least=0.9)(law_that_is_broken)()


def test_every_run_counts_anew() -> None:
    law = conditional(at_least=0.9)(law_of_none)
    for _ in range(2):
        with pytest.raises(AssertionError, match=rf"held in 0 of {4 * FEW} examples"):
            law()


@pytest.mark.parametrize(
    ("met", "examples", "enough"),
    [
        (0, 150, False),
        (29, 150, False),
        (30, 150, True),
        (0, 0, False),
        (0, 10, True),
        (1, 10, True),
        (0, FEW, False),
    ],
)
def test_a_fifth_of_the_examples(met: int, examples: int, *, enough: bool) -> None:
    """Of a few, as the quick profile has them, none at all may be chance; of many it is not."""
    antecedent = Antecedent()
    for number in range(examples):
        assert antecedent(number < met) is (number < met)
    assert antecedent.is_met(0.2) is enough


def test_a_likely_premise_must_hold_in_one_of_a_few_examples() -> None:
    antecedent = Antecedent()
    for _ in range(10):
        antecedent(holds=False)
    assert not antecedent.is_met(0.6)


def test_a_law_without_a_share_is_refused() -> None:
    with pytest.raises(AssertionError):
        conditional(at_least=0)


# Every property test of the project.


def premises(tree: ast.AST) -> Iterator[str]:
    """Yield the property tests that assert only where something holds, and do not count how often it did."""
    for test in ast.walk(tree):
        if isinstance(test, ast.FunctionDef):
            decorators = {name.id for each in test.decorator_list for name in _names(each)}
            is_law = test.name.startswith("test_") and "given" in decorators
            if is_law and "conditional" not in decorators and _has_premise(test):
                yield test.name


def _names(tree: ast.AST) -> Iterator[ast.Name]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Name))


def _has_premise(test: ast.FunctionDef) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "assume":
            return True
        branches = node.handlers if isinstance(node, ast.Try) else [node] if isinstance(node, ast.If) else []
        if any(isinstance(each, ast.Assert | ast.Return) for branch in branches for each in ast.walk(branch)):
            return True
        if isinstance(node, ast.With) and any(name.attr == "suppress" for name in _attributes(node.items)):
            return True
    return False


def _attributes(items: list[ast.withitem]) -> Iterator[ast.Attribute]:
    return (node for item in items for node in ast.walk(item) if isinstance(node, ast.Attribute))


@pytest.mark.parametrize(
    "body",
    [
        "if x: assert y",
        "if not x: return\n    assert y",
        "for x in y:\n        if x: assert y",
        "try: z = read(x)\n    except ValueError: return\n    assert z",
        "assume(x)\n    assert y",
        "with contextlib.suppress(ValueError): check(x)",
    ],
)
def test_a_test_that_does_not_count_is_noticed(body: str) -> None:
    source = f"@given(xs())\ndef test_law(x):\n    {body}\n"
    assert list(premises(ast.parse(source))) == ["test_law"]
    assert not list(premises(ast.parse(f"@conditional(at_least=0.5)\n{source}")))
    assert not list(premises(ast.parse(source.replace("@given(xs())", ""))))


UNCOUNTED = {
    "audit/test_proofs.py: test_statements_about_outcomes",
}
"""These go with the search that they test; nothing is added here."""


def test_every_law_with_a_premise_counts_it(root: Path) -> None:
    uncounted = {
        f"{path.relative_to(root / 'tests').as_posix()}: {name}"
        for path in (root / "tests").rglob("test_*.py")
        for name in premises(ast.parse(path.read_text("utf-8")))
    }
    more = uncounted - UNCOUNTED
    assert not more, f"decorate these with `conditional` (see tests/support/antecedent.py): {more}"
    assert uncounted == UNCOUNTED, "take out of UNCOUNTED what is counted now, or gone"
