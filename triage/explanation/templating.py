"""Environments for templates: HTML and Markdown pages, where every text is escaped, and plain texts.

A room keeps its templates in its own folder `templates`. The templates that all rooms share are in the folder
beside this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from triage.explanation.markdown import is_web_address, markdown
from triage.explanation.phrasing import capital, headline, spaced
from triage.knowledge.parts.pronouns import address
from triage.source.text import plural

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.-]")


@cache
def html_environment(room: str) -> Environment:
    """Return the environment for the HTML pages of a room, such as `triage.audit`.

    Every text is escaped, and its pronouns address the person.
    """
    return _environment(room, _addressed)


@cache
def markdown_environment(room: str) -> Environment:
    """Return the environment for the Markdown pages of a room; every text is escaped, as in HTML."""
    environment = _environment(room, lambda value: _escaped(_addressed(value)))
    environment.filters["code"] = code
    return environment


@cache
def text_environment(room: str) -> Environment:
    """Return the environment for the plain texts of a room; each value takes one line and is not escaped."""
    environment = _environment(room, _on_one_line, autoescape=False)
    environment.filters["plural"] = plural
    return environment


def _environment(room: str, finalize: Callable[[Any], Any], *, autoescape: bool = True) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(room), PackageLoader(__package__)]),
        autoescape=autoescape,  # noqa: S701 - off for plain text alone
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(spaced=spaced, headline=headline, capital=capital)
    environment.globals.update(anchor=anchor)
    environment.tests["web_address"] = is_web_address
    return environment


def anchor(kind: str, name: str) -> Markup:
    """Return the id of an element of a page: "rule-cramp-over-ten-minutes"."""
    plain = _NOT_PLAIN.sub(lambda found: f"~{ord(found[0]):x}~", name)
    return Markup(f"{kind}-{plain}")  # noqa: S704 - only letters, digits and _.-~ are left


def code(text: str) -> Markup:
    """Return a text as a code span of Markdown."""
    runs = re.findall("`+", text)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    space = " " if runs else ""
    return Markup(f"{fence}{space}{text}{space}{fence}")  # noqa: S704 - a code span shows what it holds


def _on_one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) and "\n" in value else value


def _addressed(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return address(value)
    return value


def _escaped(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return Markup(markdown(str(value)))  # noqa: S704 - escaped for Markdown just here
