"""Turns a text into Markdown that shows it unchanged and links to the web addresses in it."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://[^\s<>\\`\"]+")
_MARKUP = re.compile(r"[\\`*_\[\]|~#$]")
_AT_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)])(?=\s|$))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def is_web_address(text: str) -> bool:
    """Whether the whole text is an address that a page may link to."""
    return bool(_ADDRESS.fullmatch(text))


def markdown(text: str) -> str:
    """Return Markdown that shows a text unchanged, on one line; addresses in it become links."""
    text = re.sub(r"\s*[\r\n]\s*", " ", text)
    pieces = []
    end = 0
    for found in _ADDRESS.finditer(text):
        pieces += [_plain(text[end : found.start()]), f"<{found.group()}>"]
        end = found.end()
    return _AT_START.sub(_escape_start, "".join([*pieces, _plain(text[end:])]))


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text.translate(_ENTITIES))


def _escape_start(found: re.Match[str]) -> str:
    space, sign, digits, dot = found.groups()
    return f"{space}\\{sign}" if sign else f"{space}{digits}\\{dot}"
