"""The report of a run: the page tells what was counted, whatever way it was counted, and loads nothing."""

from __future__ import annotations

import io
from pathlib import Path

from click.testing import CliRunner
from support.bulk import as_lines, people
from support.pages import Page
from support.shipped import HEALTHY, KNOWLEDGE

from triage.bulk.blocks import Settings
from triage.bulk.stream import Run
from triage.cli import main
from triage.evaluation.report import MOST_BARS, html
from triage.evaluation.tally import Tally

WRONG = [
    {
        "id": "e",
        "answers": HEALTHY,
        "expect": {"disposition": "urgent", "causes": ["sciatica", "heat_cramps"]},
    },
    {"id": "f", "answers": HEALTHY, "expect": {"soon": False}},
    {"id": "g", "answers": {"age": -1}},
    {"id": "h", "answers": {"age": 400}},
    {"id": "<i>", "answers": {"<b>": 1}},
    {"id": "<i>", "answers": {}},
]


def counted(path: Path, engine: str = "compiled", block_size: int = 1 << 21) -> Tally:
    settings = Settings(engine="experta" if engine == "experta" else "compiled")
    run = Run(KNOWLEDGE, settings, (str(path),), io.BytesIO(), block_size=block_size)
    for _ in run.pieces():
        pass
    return run.tally


def test_columns_count_what_experta_counts_case_by_case(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_lines([*people(30, seed=4), *WRONG]))
    tally = counted(path)
    assert counted(path, "experta") == tally
    assert counted(path, block_size=2_000) == tally
    assert tally.open
    assert dict(tally.misses) == {
        "disposition: expected urgent, got self_care": 1,
        "causes: expected but not found: sciatica": 1,
        "causes: expected but not found: heat_cramps": 1,
    }
    assert sum(tally.faults.values()) == tally.invalid == 4
    assert sorted(tally.faults.values()) == [1, 1, 2]


def test_the_page_tells_the_counts_and_loads_nothing(tmp_path: Path) -> None:
    path, report = tmp_path / "a.jsonl", tmp_path / "r.html"
    path.write_bytes(as_lines([*people(30, seed=4), *WRONG]))
    arguments = ["evaluate", str(path), "--report", str(report), "--format", "csv"]
    assert CliRunner().invoke(main, arguments).exit_code == 3
    text = report.read_text("utf-8")
    page = Page(text)
    assert not page.unbalanced
    assert len(page.ids) == len(set(page.ids))
    assert all(link.removeprefix("#") in page.ids for link in page.links)
    assert not any(tag in ("script", "img", "link", "iframe") for tag, _ in page.tags)
    for title in ("Dispositions", "Reasons", "Possible causes", "What was not ruled out"):
        assert title in page.text
    assert "causes: expected but not found: sciatica" in page.text
    assert "4 of 36 could not be assessed" in page.text
    assert text.count("<rect") == text.count("<tr>") > 20
    seen_at_once = [part.partition("<details>")[0] for part in text.split("<h2")[1:]]
    assert max(part.count("<tr>") for part in seen_at_once) == MOST_BARS


def test_a_run_without_cases_has_a_page_too() -> None:
    page = Page(html(KNOWLEDGE, Tally(), ["a\x1b.jsonl"]))
    assert "No case could be assessed." in page.text
    assert "a\\x1b.jsonl" in page.text


def test_a_report_that_is_no_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(as_lines(people(1)))
    for name, said in (("r.pdf", "end its name in .html"), ("none/r.html", "none"), ("", "empty")):
        given = str(tmp_path / name) if name else ""
        result = CliRunner().invoke(main, ["evaluate", str(tmp_path / "a.jsonl"), "--report", given])
        assert result.exit_code == 2
        assert said in result.stderr
        assert result.stdout == ""
