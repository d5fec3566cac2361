"""A run goes on only with the program that began it: its hash covers all that a record follows from."""

from __future__ import annotations

from pathlib import Path

from support.floors import imported_rooms
from support.source_code import modules_of

import triage
from triage.cluster.manifest import ROOMS


def test_every_room_below_is_hashed() -> None:
    rooms = imported_rooms(modules_of(Path(triage.__file__).parent))
    reached: set[str] = set()
    waiting = {"cluster"}
    while waiting:
        room = waiting.pop()
        reached.add(room)
        waiting |= rooms[room] - reached
    assert set(ROOMS) == reached
