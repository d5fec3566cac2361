"""From a rules folder to a checked, frozen knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from triage.knowledge.checking.base_checks import check_knowledge_base
from triage.knowledge.checking.checks import check_folder
from triage.knowledge.files import Document, Folder, read_folder
from triage.knowledge.lines import lines_of_keys, lines_of_rows, lines_of_tests
from triage.knowledge.model import (
    YES,
    Cause,
    Claim,
    Explanation,
    Finding,
    Gate,
    Group,
    KnowledgeBase,
    Laws,
    MedicineClass,
    Moment,
    Option,
    Provenance,
    Question,
    Retirement,
    Review,
    Route,
    Rule,
    Rung,
    Source,
    Step,
    Threshold,
    Undetermined,
)
from triage.knowledge.parts.calls import Calls
from triage.knowledge.parts.conditions import All, Condition, Test
from triage.knowledge.parts.conditions import Any as AnyOf
from triage.knowledge.parts.lexicon import frozen, joined_lexicon
from triage.source.pointer import Pointer

Row = TypeVar("Row")


def read_and_check(folder: Path) -> KnowledgeBase:
    """Read and check a rules folder.

    Raises:
        KnowledgeBaseError: with every problem found, each with file, line, place and remedy.
    """
    return checked(read_folder(folder))


def checked(files: Folder, *, unfinished: bool = False) -> KnowledgeBase:
    """Check the files of a rules folder and build the knowledge base.

    In an `unfinished` one, which is not for use, rules for red flags may be missing.

    Raises:
        KnowledgeBaseError: with every problem found.
    """
    check_folder(files)
    knowledge = _build(files)
    check_knowledge_base(knowledge, files, unfinished=unfinished)
    return knowledge


def _build(files: Folder) -> KnowledgeBase:
    tables = {name: document.data for name, document in files.tables.items()}
    meta = tables["meta"]["knowledge_base"]
    ladder = tables["ladder"]
    moments = _by_id(Moment(**row) for row in ladder["moment"])
    thresholds = _by_id(_cited(Threshold, row) for row in tables["thresholds"]["threshold"])
    options = {
        row["id"]: tuple(option["id"] for option in row.get("options", ()))
        for row in tables["questionnaire"]["question"]
    }
    reader = _ConditionReader(thresholds, options)
    gates = _by_id(_gates(files.tables["gates"], reader)) if "gates" in files.tables else {}
    return KnowledgeBase(
        id=meta["id"],
        version=meta["version"],
        title=meta["title"],
        reviewed_by_clinician=meta["reviewed_by_clinician"],
        sha256=files.sha256,
        calls=Calls(dict(ladder["ladder"])),
        questions=_by_id(_questions(files.tables["questionnaire"], reader, gates)),
        thresholds=thresholds,
        findings=_by_id(Finding(**row) for row in tables["findings"]["finding"]),
        causes=_by_id(Cause(**row) for row in tables["causes"]["cause"]),
        steps=_by_id(
            _cited(Step, row)
            for row in sorted(tables["steps"]["step"], key=lambda row: [*moments].index(row["when"]))
        ),
        explanations=_by_id(_cited(Explanation, row) for row in tables["explanations"]["explanation"]),
        moments=moments,
        rungs=_by_id(_cited(Rung, row) for row in sorted(ladder["rung"], key=lambda row: row["rank"])),
        routes=_by_id(_cited(Route, row) for row in ladder.get("route", ())),
        undetermined=Undetermined(**frozen(ladder["undetermined"])),
        laws=Laws(**ladder["laws"]),
        sources=_by_id(Source(**row) for row in tables["sources"]["source"]),
        claims=_by_id(Claim(**row) for row in tables["claims"]["claim"]),
        rules=_by_id(_rule(document, reader) for document in files.rules),
        gates=gates,
        retired=_by_id(Retirement(**frozen(row)) for row in tables.get("retired", {}).get("retired", ())),
        medicines=_by_id(_medicines(row) for row in tables.get("medicines", {}).get("medicine_class", ())),
        reviews=_by_id(Review(**row) for row in tables.get("reviews", {}).get("review", ())),
        places=meta.get("places", ""),
        lexicon=joined_lexicon([document.data for document in files.lexicon]),
        lines={name: lines_of_rows(document) for name, document in files.tables.items()},
    )


def _by_id(rows: Iterable[Row]) -> Mapping[str, Row]:
    return {row.id: row for row in rows}  # type: ignore[attr-defined]


def _provenance(row: Mapping[str, Any]) -> Provenance:
    return Provenance(tuple(row.get("claims", ())), tuple(row.get("guidance", ())))


def _cited(kind: Callable[..., Row], row: Mapping[str, Any]) -> Row:
    """Make a row into its dataclass, with its sources as one `Provenance`."""
    own = {key: value for key, value in frozen(row).items() if key not in ("claims", "guidance")}
    return kind(**own, provenance=_provenance(row))


def _medicines(row: Mapping[str, Any]) -> MedicineClass:
    tables = {key: frozen(row.get(key, {})) for key in ("names", "misspelt")}
    return _cited(MedicineClass, {**row, **tables})


class _ConditionReader:
    """Turns a condition as written into one with the values of thresholds and the items of checklists."""

    def __init__(self, thresholds: Mapping[str, Threshold], options: Mapping[str, tuple[str, ...]]) -> None:
        self._thresholds = thresholds
        self._options = options

    def placed(self, document: Document, place: Pointer, written: Mapping[str, Any]) -> Condition:
        """Read a condition with the line of each test; `place` is where it stands in its file."""
        return self.read(written, iter(lines_of_tests(document, place, written)))

    def read(self, written: Mapping[str, Any], lines: Iterator[int]) -> Condition:
        """Read a condition; `lines` gives the line of each test, in the order in which they are written."""
        if "all" in written:
            return All(tuple(self.read(part, lines) for part in written["all"]))
        if "any" in written:
            return AnyOf(tuple(self.read(part, lines) for part in written["any"]))
        return self._test(written, next(lines, 0))

    def _test(self, written: Mapping[str, Any], line: int) -> Condition:
        finding: str = written["finding"]
        if "is" in written:
            return Test(finding, accepts=frozenset({written["is"]}), line=line)
        if "in" in written:
            return Test(finding, accepts=frozenset(written["in"]), line=line)
        if "includes" in written:
            named = written["includes"]
            items = self._options[finding] if named == "any" else named
            present = tuple(Test(f"{finding}.{item}", accepts=frozenset({YES}), line=line) for item in items)
            return present[0] if len(present) == 1 else AnyOf(present)
        return self._bound(finding, written, line)

    def _bound(self, finding: str, written: Mapping[str, Any], line: int) -> Test:
        operator = "at_least" if "at_least" in written else "at_most"
        threshold = self._thresholds[written[operator]]
        if isinstance(threshold.value, str):
            scale = self._options[finding]
            cut = scale.index(threshold.value)
            accepted = scale[cut:] if operator == "at_least" else scale[: cut + 1]
            return Test(finding, accepts=frozenset(accepted), threshold=threshold.id, line=line)
        if operator == "at_least":
            return Test(finding, at_least=threshold.value, threshold=threshold.id, line=line)
        return Test(finding, at_most=threshold.value, threshold=threshold.id, line=line)


def _gates(document: Document, reader: _ConditionReader) -> Iterator[Gate]:
    for place, row in document.rows():
        yield Gate(row["id"], row["means"], reader.placed(document, (*place, "when"), row["when"]))


def _questions(document: Document, reader: _ConditionReader, gates: Mapping[str, Gate]) -> Iterator[Question]:
    def gated(place: Pointer, row: Mapping[str, Any]) -> Mapping[str, Any]:
        written = row.get("asked_when")
        if written is None:
            return row
        if isinstance(written, str):
            return {**row, "asked_when": gates[written].when, "gate": written}
        return {**row, "asked_when": reader.placed(document, (*place, "asked_when"), written)}

    for place, row in document.rows():
        plain = {key: value for key, value in row.items() if key not in ("options", "groups")}
        groups = (Group(**group) for group in row.get("groups", ()))
        options = (
            Option(**frozen(gated((*place, "options", number), option)))
            for number, option in enumerate(row.get("options", ()))
        )
        yield Question(**gated(place, plain), options=tuple(options), groups=tuple(groups))


def _rule(document: Document, reader: _ConditionReader) -> Rule:
    data = document.data
    return Rule(
        id=data["id"],
        title=data["title"],
        topic=document.path.rpartition("/")[0],
        file=document.path,
        when=reader.placed(document, ("when",), data["when"]),
        lines=lines_of_keys(document),
        provenance=_provenance(data["source"]),
        **frozen(data["then"]),
        **data["why"],
    )
