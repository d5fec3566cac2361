"""TOML texts: what is taken, and what is refused with a reason, never by a traceback."""

from __future__ import annotations

import pytest

from triage.source.toml_text import DEEPEST, LONGEST, TomlError, read_toml


def test_a_byte_order_mark_is_left_out() -> None:
    assert read_toml(b'\xef\xbb\xbfa = "\xc3\xa9"\n') == ('a = "é"\n', {"a": "é"})


def test_depth_counts_to_the_limit_and_no_further() -> None:
    deepest = "a = " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    read_toml(deepest.encode())
    with pytest.raises(TomlError, match="nested too deeply"):
        read_toml(deepest.replace("[]", "[[]]").encode())


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        (b"\n\xff", 2, "not UTF-8"),
        (b"a = 1\nb =\n", 2, "not valid TOML"),
        (b"a = 1\nb", 2, "not valid TOML"),
        ("a = 1\nb = \u201cone\u201d\n".encode(), 2, "curly quote \u201c; write straight ones"),
        (b"a = " + b"7" * 5000, 0, "too many digits"),
        (b"a = " + b"[" * 100_000, 0, "nested too deeply"),
        (b".".join([b"a"] * 5000) + b" = 1", 0, "nested too deeply"),
        (b" " * (LONGEST + 1), 0, "more than 1,048,576 bytes"),
    ],
)
def test_what_is_refused(raw: bytes, line: int, said: str) -> None:
    with pytest.raises(TomlError, match=said) as caught:
        read_toml(raw)
    assert caught.value.line == line
