"""Adding cases to the files of a folder: their present bytes stay the same, and no id is used twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from triage.authoring.drafting import cases_text
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.source.strict_json import JsonError, parse

Cases = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Addition:
    """New texts of files, how many cases each gets, and the files that cannot take any."""

    texts: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)


def addition(
    there: Iterable[RawCase | Unreadable], texts: Mapping[str, str], new: Mapping[str, Cases]
) -> Addition:
    """Return the files of a folder with more cases at their ends.

    A case whose id is taken gets the next free one (`id-2`). Of several cases with the same answers and the
    same expectations only the first is kept, whether it was there or is new.

    Args:
        there: everything that was read from the folder.
        texts: the texts of the files that exist already, by name.
        new: the cases to add, by the name of the file.
    """
    known = [raw for raw in there if isinstance(raw, RawCase)]
    taken = {raw.id for raw in known}
    written: dict[str, str] = {}
    added: dict[str, int] = {}
    refused: dict[str, int] = {}
    for file, cases in new.items():
        before = [raw.data for raw in known if raw.file == file]
        wanted: list[Mapping[str, Any]] = []
        for case in cases:
            if not any(_is_the_same(case, other) for other in (*before, *wanted)):
                wanted.append(case)
        if not wanted:
            continue
        if file in texts and not _is_a_list(texts[file]):
            refused[file] = len(wanted)
            continue
        named = [{**case, "id": _free(str(case["id"]), taken)} for case in wanted]
        written[file] = _with_cases(texts[file], named) if file in texts else cases_text(named)
        added[file] = len(named)
    return Addition(written, added, refused)


def _is_the_same(case: Mapping[str, Any], other: Any) -> bool:
    return isinstance(other, Mapping) and all(other.get(key) == case[key] for key in ("answers", "expect"))


def _free(name: str, taken: set[str]) -> str:
    """Return an id that no case has yet, and take it."""
    free = next(
        each for number in count(1) if (each := f"{name}-{number}" if number > 1 else name) not in taken
    )
    taken.add(free)
    return free


def _is_a_list(text: str) -> bool:
    try:
        return isinstance(parse(text.removeprefix("\ufeff")), list)
    except JsonError:
        return False


def _with_cases(text: str, cases: list[dict[str, Any]]) -> str:
    """Return the text of a list of cases with more cases at its end."""
    end = text.rindex("]")
    before = text[:end].rstrip()
    separator = "" if before.endswith("[") else ","
    more = cases_text(cases).removeprefix("[\n").removesuffix("\n]\n")
    return f"{before}{separator}\n{more}\n{text[end:]}"
