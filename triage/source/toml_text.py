"""Read TOML; refuse a text that is not TOML, too long or nested too deeply, with the line at fault."""

from __future__ import annotations

import re
import tomllib
from typing import Any

LONGEST = 1 << 20
DEEPEST = 64
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOO_DEEP = "is nested too deeply; write it with fewer levels"
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
_LINE = re.compile(r"at line (\d+)")


class TomlError(ValueError):
    """A text that is refused; `line` is 0 if the fault has no line."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def read_toml(raw: bytes) -> tuple[str, dict[str, Any]]:
    """Return a text and its data, without a byte order mark.

    Raises:
        TomlError: it is not UTF-8 or TOML, longer than `LONGEST`, or has more levels than `DEEPEST`.
    """
    if len(raw) > LONGEST:
        raise TomlError(0, f"has more than {LONGEST:,} bytes; shorten its texts, or divide it")
    raw = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        text = raw.decode("utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise TomlError(raw[: error.start].count(b"\n") + 1, "is not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        line = _line_in(str(error), text)
        raise TomlError(line, _curly_in(text, line) or f"is not valid TOML: {error}") from None
    except RecursionError:
        raise TomlError(0, _TOO_DEEP) from None
    except ValueError:  # Python refuses a number of too many digits, and does not say where it is
        raise TomlError(0, "holds a number of too many digits; write a shorter one") from None
    if _is_deeper(data, DEEPEST):
        raise TomlError(0, _TOO_DEEP)
    return text, data


def _is_deeper(data: Any, most: int) -> bool:
    level = [data]
    for _ in range(most):
        level = [child for value in level for child in _children(value)]
    return bool(level)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.values()]
    return value if isinstance(value, list) else []


def _line_in(error: str, text: str) -> int:
    found = _LINE.search(error)
    return int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1


def _curly_in(text: str, line: int) -> str:
    """Return the message for a line with curly quotes, which word processors write; "" if it has none."""
    lines = text.split("\n")
    found = _CURLY.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return f'has the curly quote {found.group()}; write straight ones: "' if found else ""
