"""A triage expert system for muscle cramps and spasms.

from triage import assess, load_knowledge_base

knowledge = load_knowledge_base()
assessment = assess(knowledge, {"feels": ["painful_tightening"], "site": ["calf"]})
print(assessment.disposition)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triage.inference.answers.intake_error import IntakeError
    from triage.inference.assess import assess
    from triage.inference.assessment import Assessment
    from triage.interview.interview import Interview
    from triage.knowledge import KnowledgeBase, KnowledgeBaseError, load_knowledge_base

__version__ = "0.2.0"
__all__ = [
    "Assessment",
    "IntakeError",
    "Interview",
    "KnowledgeBase",
    "KnowledgeBaseError",
    "assess",
    "load_knowledge_base",
]

_HOMES = {
    "Assessment": "triage.inference.assessment",
    "IntakeError": "triage.inference.answers.intake_error",
    "Interview": "triage.interview.interview",
    "KnowledgeBase": "triage.knowledge",
    "KnowledgeBaseError": "triage.knowledge",
    "assess": "triage.inference.assess",
    "load_knowledge_base": "triage.knowledge",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `triage --help` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'triage' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - lazy by design

    return getattr(import_module(_HOMES[name]), name)
