"""A fixed sample of much that is alike, in which every kind has its share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from pathlib import PurePath
from typing import TypeVar

import pytest

from triage.cases.case_set import Case
from triage.cases.expectations import wanted

Each = TypeVar("Each")


def shares(one_in: int) -> pytest.MarkDecorator:
    """One in so many by default, and all by night."""
    return pytest.mark.parametrize("one_in", [one_in, pytest.param(1, marks=pytest.mark.nightly)])


def one_of_each(many: Iterable[Each], kind: Callable[[Each], Hashable], one_in: int) -> list[Each]:
    """One in so many of each kind, and at least one."""
    kinds: dict[Hashable, list[Each]] = {}
    for each in many:
        kinds.setdefault(kind(each), []).append(each)
    return [each for alike in kinds.values() for each in alike[::one_in]]


def spread(cases: Iterable[Case], one_in: int) -> list[Case]:
    """One in so many cases of each folder and each rung."""
    return one_of_each(cases, lambda case: (PurePath(case.raw.file).parent, wanted(case.expect)[:1]), one_in)
