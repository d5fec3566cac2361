"""The knowledge base of the package, loaded once a process, and a person whom it reassures."""

from __future__ import annotations

from typing import Any

from triage import load_knowledge_base

KNOWLEDGE = load_knowledge_base()

HEALTHY: dict[str, Any] = {
    "for_whom": "self",
    "age": 35,
    "danger_signs": "none",
    "limb_signs": "none",
    "warning_signs": "none",
    "feels": ["painful_tightening", "sudden_onset", "hard_lump"],
    "site": ["calf"],
    "frequency": "first_time",
    "episode_seconds": 90,
    "timing": ["after_exercise"],
    "lately": "none",
    "conditions": "none",
    "nerve_conditions": "none",
    "medicines": "none",
}
"""An ordinary calf cramp in a healthy adult, with every question that applies answered."""
