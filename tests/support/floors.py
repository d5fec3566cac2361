"""The rooms of the package as floors, drawn from what the modules import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from support.source_code import PACKAGE, Module, modules_of


def picture(package: Path) -> str:
    """Return the floors of a package, the highest first: each room, and the rooms that it stands on.

    A room stands one floor above the highest room that it imports from. What a room reaches through another
    room is left out.
    """
    rooms = imported_rooms(modules_of(package))
    floor = floors_of(rooms)
    lines = []
    for number in range(max(floor.values()), -1, -1):
        for room in sorted(room for room in rooms if floor[room] == number):
            below = sorted(nearest(rooms, room), key=lambda each: (-floor[each], each))
            lines.append(f"{number}  {room:<14} {'-> ' + ', '.join(below) if below else ''}".rstrip())
    return "\n".join(lines) + "\n"


def imported_rooms(modules: Iterable[Module]) -> Mapping[str, frozenset[str]]:
    """Return the rooms that each room imports from."""
    named = [(module.room, name.split(".")) for module in modules if module.room for name in module.imports]
    rooms = {room for room, _ in named}
    found: dict[str, set[str]] = {room: set() for room in rooms}
    for room, name in named:
        if name[0] == PACKAGE and len(name) > 1 and name[1] in rooms - {room}:
            found[room].add(name[1])
    return {room: frozenset(below) for room, below in found.items()}


def floors_of(rooms: Mapping[str, frozenset[str]]) -> Mapping[str, int]:
    """Return the floor of each room; what imports no other room stands on floor 0."""

    @cache
    def floor(room: str) -> int:
        return max((floor(below) + 1 for below in rooms[room]), default=0)

    return {room: floor(room) for room in rooms}


def nearest(rooms: Mapping[str, frozenset[str]], room: str) -> frozenset[str]:
    """Return the rooms that a room imports from and does not reach through another of them."""

    @cache
    def reached(start: str) -> frozenset[str]:
        return rooms[start].union(*map(reached, rooms[start]))

    return rooms[room].difference(*map(reached, rooms[room]))
