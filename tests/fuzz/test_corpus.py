"""What once broke something, and what looks like it, is taken or refused in words, never by a traceback.

An entry of the corpus is a file: bytes of cases, of a rule, of typed lines, of a saved interview. A fault
that is found becomes an entry.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE
from support.small_base import RULES, write_base

from triage import KnowledgeBaseError, assess, load_knowledge_base
from triage.cases.checker import CaseChecker
from triage.cases.plain import written_plainly
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_text
from triage.interview.hearing.options import NotUnderstood
from triage.interview.hearing.parsing import read_answer
from triage.interview.saving import CannotResume, read_saved

Try: TypeAlias = Callable[[bytes, Path], None]

CORPUS = Path(__file__).parent / "corpus"
CHECKER = CaseChecker(KNOWLEDGE)
LONGEST_MESSAGE = 1000


def cases(data: bytes, _: Path) -> None:
    """What is valid is assessed; what is not has a message that is no book; both doors say the same."""
    for lines in (False, True):
        for raw in read_text("odd.json", data, lines=lines):
            if not isinstance(raw, RawCase):
                assert 0 < len(raw.diagnostic.message) < LONGEST_MESSAGE
                continue
            problems = CHECKER.check(raw)
            assert all(0 < len(each.message) < LONGEST_MESSAGE for each in problems)
            if isinstance(raw.data, dict):
                written_plainly(KNOWLEDGE, raw.data)
                if not problems:
                    assess(KNOWLEDGE, raw.data["answers"], engine="compiled")


def rules(data: bytes, folder: Path) -> None:
    base = folder / "rules"
    if not base.exists():
        write_base(base)
    (base / next(iter(RULES))).with_name("odd.toml").write_bytes(data)
    try:
        knowledge = load_knowledge_base(base)
    except KnowledgeBaseError as error:
        told = [each.message for each in error.problems]
        assert told
        assert all(0 < len(each) < LONGEST_MESSAGE for each in told)
    else:
        answers = {"lasts": 900}
        assert assess(knowledge, answers) == assess(knowledge, answers, engine="compiled")


def typed(data: bytes, _: Path) -> None:
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        for name in ("for_whom", "age", "site", "danger_signs", "episode_seconds", "medicines"):
            try:
                answer = read_answer(KNOWLEDGE.questions[name], line, KNOWLEDGE)
            except NotUnderstood as error:
                assert 0 < len(str(error)) < LONGEST_MESSAGE  # noqa: PT017 - a line may be understood, too
            else:
                assess(KNOWLEDGE, {name: answer}, engine="compiled")


def saved(data: bytes, folder: Path) -> None:
    path = folder / "me.json"
    path.write_bytes(data)
    try:
        taken = read_saved(path, KNOWLEDGE, force=True)
    except CannotResume as error:
        assert 0 < len(str(error)) < LONGEST_MESSAGE  # noqa: PT017 - a file may be taken up, too
    else:
        assess(KNOWLEDGE, taken.answers, engine="compiled")


ROOMS: dict[str, Try] = {"cases": cases, "rules": rules, "typed": typed, "saved": saved}
ENTRIES = [(room, path.name) for room in ROOMS for path in sorted((CORPUS / room).iterdir())]


@pytest.mark.parametrize(("room", "name"), ENTRIES)
def test_each_entry_is_taken_or_refused_in_words(room: str, name: str, tmp_path: Path) -> None:
    ROOMS[room]((CORPUS / room / name).read_bytes(), tmp_path)


def mutants(room: str) -> st.SearchStrategy[bytes]:
    """An entry with a few of its bytes left out, put in, doubled, or taken from another entry."""
    entries = [path.read_bytes() for path in sorted((CORPUS / room).iterdir())]
    whole = [data for data in entries if len(data) < 2000]

    def mutated(data: bytes, changes: list[tuple[float, float, bytes]]) -> bytes:
        for at, to, new in changes:
            start, end = sorted((int(at * len(data)), int(to * len(data))))
            data = data[:start] + new + data[max(end, len(data) - 40 if start == end else start + 3) :]
        return data

    piece = st.one_of(st.binary(max_size=3), st.sampled_from(whole).map(lambda data: data[:60]))
    share = st.floats(0, 1)
    return st.builds(mutated, st.sampled_from(whole), st.lists(st.tuples(share, share, piece), max_size=4))


@pytest.mark.nightly
@pytest.mark.parametrize("room", ROOMS)
def test_many_mutants_of_the_entries_are_taken_or_refused_in_words(
    room: str, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp(room)
    tried = 0

    @settings(max_examples=int(os.environ.get("TRIAGE_MUTANTS", "5000")), deadline=None)
    @given(mutants(room))
    def many(data: bytes) -> None:
        nonlocal tried
        tried += 1
        ROOMS[room](data, folder)

    many()
    with capsys.disabled():
        print(f"{tried:,} mutants of {room}")  # noqa: T201 - the nightly run reports its count
