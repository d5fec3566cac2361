"""A location and a diagnostic as people read them."""

from __future__ import annotations

import pytest

from triage.source.diagnostic import Diagnostic, Location, nearest
from triage.source.pointer import pointer_text


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (Location("a.json"), "a.json"),
        (Location("a.json", 3), "a.json:3"),
        (Location("a.json", 3, 7), "a.json:3:7"),
        (Location("a.json", 3, 7, "/0/id"), "a.json:3:7 /0/id"),
        (Location("a.toml", 3, pointer="/id"), "a.toml:3 /id"),
        (Location("a.json", 0, 7), "a.json"),
    ],
)
def test_a_location_tells_what_is_known(location: Location, text: str) -> None:
    assert str(location) == text


def test_a_diagnostic_names_the_whole_document_by_a_slash() -> None:
    assert str(Diagnostic(Location("a.json", 1, 1), "is empty")) == "a.json:1:1 / is empty"
    assert str(Diagnostic.at("a.toml", 4, "/id", "is missing")) == "a.toml:4 /id is missing"
    assert (
        str(Diagnostic.at("a.toml", 4, "/id", "is missing").in_file("b/a.toml"))
        == "b/a.toml:4 /id is missing"
    )


def test_diagnostics_stand_in_order_of_file_line_and_column() -> None:
    places = [("a", 10, 2), ("a", 2, 1), ("b", 1, 1), ("a", 2, 10)]
    diagnostics = sorted(Diagnostic(Location(*place), "x") for place in places)
    assert [str(each.location) for each in diagnostics] == ["a:2:1", "a:2:10", "a:10:2", "b:1:1"]


def test_pointers_are_escaped() -> None:
    assert pointer_text(()) == ""
    assert pointer_text(("a/b", "c~d", 0, "")) == "/a~1b/c~0d/0/"


def test_only_a_name_that_is_near_is_proposed() -> None:
    assert nearest("sings", ["signs", "site"]) == '; did you mean "signs"?'
    assert nearest("zzz", ["signs", "site"]) == ""


def test_nothing_in_a_diagnostic_can_move_the_cursor_or_forge_a_line() -> None:
    odd = "a\x1b[2J\r\nb\u202e\ud800\x85"
    told = Diagnostic.at(odd, 3, f"/{odd}", f'unknown question "{odd}"')
    assert str(told).isprintable()
    assert "\\x1b[2J\\r\\nb\\u202e\\ud800\\x85" in str(told)
    whole = odd.replace("\ud800", "\\ud800")
    assert told.record()["message"] == f'unknown question "{whole}"', "exact, but for what UTF-8 cannot hold"
    assert str(Diagnostic.at("café.json", 1, "/età", "è così")) == "café.json:1 /età è così"
