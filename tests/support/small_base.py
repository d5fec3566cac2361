"""A whole knowledge base and its cases in a few files, so that an audit of it takes a moment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

from triage import KnowledgeBase, assess
from triage.knowledge.files import bundled_rules

TABLES = {
    "meta": """
[knowledge_base]
id = "small"
version = "1"
title = "A small base"
reviewed_by_clinician = false
""",
    "questionnaire": """
[[question]]
id = "for_whom"
kind = "choice"
ask = "Who is this about?"
means = "You or another."
why = "For the words."
options = [
  { id = "self", label = "Me" },
  { id = "other", label = "Someone else" },
]

[[question]]
id = "signs"
kind = "checklist"
ask = "Is there any of this?"
means = "Signs."
why = "They are urgent."
options = [
  { id = "jaw", label = "A stiff jaw & neck", red_flag = true },
  { id = "swallow", label = "Trouble swallowing", red_flag = true },
]

[[question]]
id = "feels"
kind = "checklist"
ask = "How does it feel?"
means = "The feeling."
why = "Patterns differ."
options = [
  { id = "tight", label = "Painful <tightening>" },
  { id = "twitch", label = "A twitch" },
]

[[question]]
id = "lasts"
kind = "number"
unit = "seconds"
minimum = 0
maximum = 1200
ask = "How long does it last?"
means = "One episode."
why = "Long ones are urgent."

[[question]]
id = "site"
kind = "checklist"
ask = "Where is it?"
means = "The place."
why = "For the advice."
options = [
  { id = "calf", label = "The calf" },
  { id = "back", label = "The back" },
]
""",
    "thresholds": """
[[threshold]]
id = "brief"
finding = "lasts"
value = 600
means = "a short one"
reason = "Ten minutes."
guidance = ["project-judgement"]

[[threshold]]
id = "long"
finding = "lasts"
value = 601
means = "a long one"
reason = "More than ten minutes."
guidance = ["project-judgement"]
""",
    "findings": """
[[finding]]
id = "tightening"
text = "a muscle that tightens"
""",
    "causes": """
[[cause]]
id = "tiredness"
name = "A tired muscle"
text = "It is tired."
""",
    "steps": """
[[step]]
id = "rub"
name = "Rub it"
when = "now"
kinds = ["massage"]
body_parts = ["any"]
how = "Rub it."
how_long = "A minute"
how_often = "Once"
guidance = ["project-judgement"]
""",
    "explanations": """
[[explanation]]
id = "what_it_is"
text = "A cramp is a spasm."
guidance = ["project-judgement"]
""",
    "claims": """
[[claim]]
id = "mms.01"
document = "mms"
kind = "advice"
use = "encode"
text = "Nothing rests on this one."
""",
}

RULES = {
    "danger/stiff-jaw": """
id = "stiff-jaw"
title = "A stiff jaw"
status = "active"

[when]
finding = "signs.jaw"
is = "yes"

[then]
disposition = "emergency"

[why]
reason = "a stiff jaw is dangerous"

[source]
guidance = ["project-judgement"]
""",
    "danger/no-swallowing": """
id = "no-swallowing"
title = "Trouble swallowing"
status = "active"

[when]
finding = "signs.swallow"
is = "yes"

[then]
disposition = "doctor"
soon = true

[why]
reason = "it may get worse"

[source]
guidance = ["project-judgement"]
""",
    "patterns/long-cramp": """
id = "long-cramp"
title = "A long cramp"
status = "active"

[when]
all = [
  { finding = "tightening", is = "yes" },
  { finding = "lasts", at_least = "long" },
]

[then]
disposition = "urgent"

[why]
reason = "it lasts too long"

[source]
guidance = ["project-judgement"]
""",
    "patterns/short-cramp": """
id = "short-cramp"
title = "A short cramp"
status = "active"

[when]
all = [
  { finding = "tightening", is = "yes" },
  { finding = "lasts", at_most = "brief" },
]

[then]
disposition = "self_care"
causes = ["tiredness"]
steps = ["rub"]

[why]
reason = "it is short"

[source]
guidance = ["project-judgement"]
""",
    "patterns/tight-muscle": """
id = "tight-muscle"
title = "A tight muscle"
status = "active"

[when]
finding = "feels"
includes = ["tight", "twitch"]

[then]
findings = ["tightening"]

[why]
rationale = "Both are a muscle at work."

[source]
guidance = ["project-judgement"]
""",
    "safety/sore-place": """
id = "sore-place"
title = "A sore place"
status = "active"

[when]
finding = "site"
includes = "any"

[then]
withholds = ["massage"]
caution = "not on a sore place"

[why]
reason = "the place is sore"

[source]
guidance = ["project-judgement"]
""",
}

TWIN = (
    RULES["patterns/long-cramp"]
    .replace('"long-cramp"', '"longer-cramp"')
    .replace("A long cramp", "A <b>longer</b> & longer 'cramp'")
)
"""A second rule for the same intakes: two laws are refuted, and neither disposition decides."""


def write_base(folder: Path, **more: str) -> Path:
    """Write the base, with more rules where named (`twin` is the file name of one), and return its folder."""
    for name in ("ladder", "sources"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundled_rules() / f"{name}.toml", folder / f"{name}.toml")
    for name, text in TABLES.items():
        (folder / f"{name}.toml").write_text(text.lstrip(), "utf-8")
    for name, text in {**RULES, **more}.items():
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    return folder


def _checklist(name: str, first: str | None, second: str | None) -> dict[str, Any]:
    """A checklist with its two items in these states."""
    items = ITEMS[name]
    given = {item: state for item, state in zip(items, (first, second), strict=True) if state is not None}
    return {name: given} if given else {}


ITEMS = {"signs": ("jaw", "swallow"), "feels": ("tight", "twitch"), "site": ("calf", "back")}


def every_case(knowledge: KnowledgeBase) -> list[dict[str, Any]]:
    """Cases that show everything about the base, and expect all that it says."""
    states = ("yes", "no", "unknown", None)
    times = (599, 600, 601, 602, "unknown", None)
    short = {"signs": "none", "feels": ["tight"], "lasts": 60}
    intakes: list[dict[str, Any]] = [
        {
            **_checklist("signs", jaw, "no"),
            **_checklist("feels", tight, "no"),
            **({} if time is None else {"lasts": time}),
        }
        for jaw, tight, time in product(states, states, times)
    ]
    for name in ITEMS:
        rest = {question: answer for question, answer in short.items() if question != name}
        intakes += [{**rest, **_checklist(name, *pair)} for pair in product(states, states)]
    intakes += [{"for_whom": who, **short} for who in ("self", "other")]
    return [case(knowledge, f"case-{number}", answers) for number, answers in enumerate(intakes)]


def case(knowledge: KnowledgeBase, name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A case that expects all that the rules say of it."""
    found = assess(knowledge, answers)
    expect: dict[str, Any] = {
        "disposition": found.disposition,
        "soon": found.soon,
        "fires": list(found.fired),
        "silent": [rule for rule in knowledge.rules if rule not in found.fired],
        "open": list(found.open_rules),
        "causes": [cause.id for cause in found.causes],
        "steps": [step.id for step in found.steps],
        "withheld": [step.id for step in found.withheld],
        "cautions": [caution.rule for step in found.steps for caution in step.cautions],
        "not_steps": [step for step in knowledge.steps if step not in {each.id for each in found.steps}],
    }
    return {"id": name, "answers": dict(answers), "expect": expect}


def write_cases(folder: Path, cases: list[dict[str, Any]]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "cases.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in cases), "utf-8")
    return str(path)
