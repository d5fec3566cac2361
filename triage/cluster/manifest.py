"""The identity of a run in parts (inputs, rules, program, settings), its plan, and its final manifest.

The plan is kept beside the parts, so that the same command can go on with it and another one is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import orjson

import triage
from triage.bulk.blocks import Settings
from triage.cases.reading.raw_case import Unreadable
from triage.cluster.parts import ASIDE, Kind, Made, Part, part_name, width_of
from triage.cluster.stores import (
    Source,
    joined,
    make_folder,
    names_in,
    read_if_there,
    remove,
    sha256_at,
    store,
)
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase
from triage.source.atomic import TEMPORARY
from triage.source.diagnostic import Diagnostic, Location

MANIFEST = "manifest.json"
_PLAN = "run.json"
ROOMS = ("source", "knowledge", "inference", "explanation", "cases", "evaluation", "bulk", "cluster")


class RefusedError(Exception):
    """The run must not begin; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything that determines the output of a run."""

    program: Mapping[str, str]
    knowledge_base: Mapping[str, str]
    settings: Mapping[str, Any]
    inputs: Sequence[Source]

    @property
    def run(self) -> str:
        """A hash that differs from that of every other run."""
        return hashlib.sha256(orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)).hexdigest()


def identity_of(knowledge: KnowledgeBase, settings: Settings, inputs: Sequence[Source]) -> Identity:
    """Return the identity of a run."""
    return Identity(
        {"version": triage.__version__, "sha256": program_sha256()},
        {"version": knowledge.version, "sha256": knowledge.sha256},
        {**asdict(settings), "meta": list(settings.meta)},
        tuple(inputs),
    )


def program_sha256() -> str:
    """Return a hash of the code that determines the output."""
    here = Path(triage.__file__).parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted(file for file in (here / room).rglob("*") if file.suffix in (".py", ".json")):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def kept_plan(folder: str, identity: Identity) -> list[Part] | None:
    """Return the plan that a folder holds for this run, or None if the folder is new.

    Raises:
        RefusedError: the folder holds something else.
    """
    names = names_in(folder)
    raw = read_if_there(joined(folder, ASIDE, _PLAN))
    if raw is None:
        if set(names) - {ASIDE}:
            raise RefusedError(
                f"{folder}: is not empty, and holds no run of this command; name a new folder with -o"
            )
        return None
    try:
        kept = orjson.loads(raw)
        found = Identity(**{**kept["identity"], "inputs": tuple(map(_source, kept["identity"]["inputs"]))})
        parts = [_part(number, found.inputs, entry) for number, entry in enumerate(kept["parts"])]
    except (ValueError, KeyError, TypeError, IndexError):
        raise RefusedError(
            f"{folder}: its {ASIDE}/{_PLAN} cannot be read; name a new folder with -o, or delete this one"
        ) from None
    if found.run != identity.run:
        raise RefusedError(
            f"{folder}: holds the parts of another run: {'; '.join(_differences(found, identity))}. "
            "Name a new folder with -o, or delete this one to begin anew"
        )
    width = width_of(len(parts))
    settings = Settings(**cast("Any", identity.settings))
    known = {ASIDE, MANIFEST, *(part_name(part.number, width, settings) for part in parts)}
    strange = [name for name in names if name.startswith("part-") and name not in known]
    if strange:
        raise RefusedError(f"{folder}: {strange[0]} is not part of this run; move it away first")
    return parts


def keep_plan(folder: str, identity: Identity, parts: Sequence[Part]) -> None:
    """Keep the plan of a run, so that the same command can go on with it."""
    place = {source: number for number, source in enumerate(identity.inputs)}
    entries = [[place[part.source], part.kind, part.offset, part.length, part.line] for part in parts]
    data = {"identity": asdict(identity), "parts": entries}
    store(joined(folder, ASIDE, _PLAN), [orjson.dumps(data) + b"\n"], joined(folder, ASIDE))


def seal_of_plan(folder: str) -> str:
    """Return a hash of the plan that a folder holds, or "" if there is none."""
    found = sha256_at(joined(folder, ASIDE, _PLAN))
    return found.sha256 if found else ""


def make_place(folder: str) -> None:
    """Make the folder of a run, and check that files can be written there.

    Raises:
        RefusedError: they cannot be written.
    """
    aside = joined(folder, ASIDE)
    probe = joined(aside, f"probe{TEMPORARY}")
    try:
        make_folder(aside)
        store(probe, [b""], aside)
        remove(probe)
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "nothing can be written there"
        raise RefusedError(f"{folder}: cannot be written: {reason.lower()}") from None


def clear_away(folder: str) -> None:
    """Remove half-written files of processes that were killed."""
    aside = joined(folder, ASIDE)
    for name in names_in(aside):
        if name.endswith(TEMPORARY):
            remove(joined(aside, name))


def write_manifest(
    folder: str, knowledge: KnowledgeBase, identity: Identity, made: Sequence[tuple[Part, Made]], tally: Tally
) -> None:
    """Write the manifest: inputs, parts and counts. The same run gives the same manifest."""
    settings = Settings(**cast("Any", identity.settings))
    width = width_of(len(made))
    data = {
        "run": identity.run,
        "program": {"name": "cramp-triage", **identity.program},
        "knowledge_base": identity.knowledge_base,
        "settings": identity.settings,
        "inputs": [
            {"file": source.file, "size": source.size, "state": source.mark, "readable": source.fault is None}
            for source in identity.inputs
        ],
        "parts": [
            {
                "part": part_name(part.number, width, settings),
                "file": part.source.file,
                "offset": part.offset,
                "length": part.length,
                "line": part.line,
                "cases": found.tally.cases,
                "invalid": found.tally.invalid,
                "size": found.size,
                "sha256": found.sha256,
            }
            for part, found in made
        ],
        "tally": tally.record(knowledge),
    }
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    store(joined(folder, MANIFEST), [text], joined(folder, ASIDE))


def _source(data: Mapping[str, Any]) -> Source:
    fault = data["fault"]
    return Source(**{**data, "fault": _unreadable(**fault) if fault else None})


def _unreadable(diagnostic: Mapping[str, Any], *, empty_folder: bool) -> Unreadable:
    location = Location(**diagnostic["location"])
    return Unreadable(Diagnostic(location, diagnostic["message"]), empty_folder=empty_folder)


def _part(number: int, inputs: Sequence[Source], entry: Sequence[Any]) -> Part:
    source, kind, offset, length, line = entry
    return Part(number, inputs[source], cast("Kind", kind), offset, length, line)


def _differences(old: Identity, new: Identity) -> Iterator[str]:
    """Yield, in words, how two runs differ."""
    if old.knowledge_base != new.knowledge_base:
        shas = (base.knowledge_base.get("sha256", "")[:12] for base in (old, new))
        yield "other rules (sha256 {}, now {})".format(*shas)
    if old.program != new.program:
        yield "another version of the program"
    for name, value in new.settings.items():
        if old.settings.get(name) != value:
            yield f"{name} was {old.settings.get(name)!r}, now {value!r}"
    if [source.file for source in old.inputs] != [source.file for source in new.inputs]:
        yield "other inputs"
        return
    for before, after in zip(old.inputs, new.inputs, strict=True):
        if before != after:
            yield f"{after.file} has changed since"
            return
