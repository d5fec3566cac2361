"""Every check of a knowledge base, of its reach, and of its cases, in the order of `triage lint --list`."""

from __future__ import annotations

from triage.authoring.lint import (
    case_checks,
    condition_checks,
    name_checks,
    order_checks,
    reach_checks,
    red_flag_checks,
    source_checks,
    text_checks,
)
from triage.authoring.lint.case_files import CHECKS as CASE_FILE_CHECKS
from triage.authoring.lint.case_files import Cases
from triage.authoring.lint.reach_checks import Reach
from triage.knowledge.checking.lint import Base, Check

BASE_CHECKS: tuple[Check[Base], ...] = (
    *name_checks.CHECKS,
    *condition_checks.CHECKS,
    *order_checks.CHECKS,
    *text_checks.CHECKS,
    *red_flag_checks.CHECKS,
    *source_checks.CHECKS,
)
REACH_CHECKS: tuple[Check[Reach], ...] = reach_checks.CHECKS
CASE_CHECKS: tuple[Check[Cases], ...] = (*CASE_FILE_CHECKS, *case_checks.CHECKS)
