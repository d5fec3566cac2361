"""A red flag needs a rule that fires on it alone: in whatever way it is written; `new-rule` begins it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.small_base import RULES, write_base

from triage.cli import main
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.loader import read_and_check

ALONE = RULES["danger/stiff-jaw"]
CONDITION = 'finding = "signs.jaw"\nis = "yes"'
BOTH = '{ finding = "signs.jaw", is = "yes" }, { finding = "signs.swallow", is = "yes" }'
CONCLUDED = ALONE.replace("stiff-jaw", "told-jaw").replace(
    'disposition = "emergency"', 'findings = ["tightening"]'
)


def base_with(folder: Path, condition: str, **more: str) -> Path:
    return write_base(folder, **{"danger/stiff-jaw": ALONE.replace(CONDITION, condition), **more})


@pytest.mark.parametrize(
    "condition",
    [
        'finding = "signs"\nincludes = ["jaw", "swallow"]',
        'finding = "signs"\nincludes = "any"',
        f"any = [{BOTH}]",
        f'all = [{{ any = [{BOTH}] }}, {{ finding = "signs", includes = ["jaw"] }}]',
    ],
)
def test_it_may_stand_beside_others(tmp_path: Path, condition: str) -> None:
    read_and_check(base_with(tmp_path, condition))


def test_it_may_go_through_a_conclusion(tmp_path: Path) -> None:
    read_and_check(
        base_with(tmp_path, 'finding = "tightening"\nis = "yes"', **{"danger/told-jaw": CONCLUDED})
    )


@pytest.mark.parametrize(
    "condition",
    [
        f"all = [{BOTH}]",
        'all = [{ finding = "signs.jaw", is = "yes" }, { finding = "feels", includes = "any" }]',
        'finding = "signs.swallow"\nis = "yes"',
    ],
)
def test_it_may_not_need_more(tmp_path: Path, condition: str) -> None:
    with pytest.raises(KnowledgeBaseError, match=r"--finding signs\.jaw --disposition"):
        read_and_check(base_with(tmp_path, condition))


def test_the_rule_of_a_new_red_flag_is_begun_by_new_rule(tmp_path: Path) -> None:
    rules, cases = write_base(tmp_path / "rules"), tmp_path / "cases"
    (rules / "danger" / "stiff-jaw.toml").unlink()
    cases.mkdir()
    said = ("--finding=signs.jaw", "--disposition=emergency", "--title=Jaw", "--reason=a jaw is stiff")
    more = ("--rationale=Seen.", "--guidance=project-judgement")
    folders = (f"--rules={rules}", f"--cases={cases}")
    begun = CliRunner().invoke(main, ["new-rule", "danger", "hard-jaw", *said, *more, *folders])
    assert begun.exit_code == 0, begun.output
    assert "hard-jaw" in read_and_check(rules).rules
