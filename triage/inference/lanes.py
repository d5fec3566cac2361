"""Turning a block of intakes on its side: from a row an intake to a column a bit, and back.

A column is an integer with one bit an intake. Rows and columns are turned eight by eight with a few
operations on whole blocks, so that no bit is ever handled by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import unpack_from
from typing import TypeAlias

Key: TypeAlias = int | tuple[int, ...]

WORD = 64
_CODES = ((8, "B"), (16, "H"), (32, "I"), (WORD, "Q"))


def columns_of(rows: Sequence[int], width: int, start: int = 0) -> list[int]:
    """Return a column a bit of the rows: bit `b` of row `n` becomes bit `n` of column `b - start`.

    Args:
        rows: an integer a lane.
        width: how many bits a row has.
        start: the first bit that is wanted, a multiple of 8.
    """
    size = -(-width // 8)
    lanes = _whole(len(rows))
    data = b"".join([row.to_bytes(size, "little") for row in rows]) + bytes(size * (lanes - len(rows)))
    turn = _Turn(lanes)
    columns: list[int] = []
    for index in range(start // 8, size):
        turned = turn(data[index::size])
        columns += [int.from_bytes(turned[bit::8], "little") for bit in range(8)]
    return columns[: width - start]


def keys_of(columns: Sequence[int], lanes: int) -> Iterable[Key]:
    """Return a key a lane: the bits that the lane has in these columns, the first column lowest.

    Up to 64 columns give an integer a lane, more give a tuple of integers of 64 bits each.
    """
    words = [_words(columns[start : start + WORD], lanes) for start in range(0, max(1, len(columns)), WORD)]
    return words[0] if len(words) == 1 else zip(*words, strict=True)


def bits_of(key: Key) -> list[int]:
    """Return the numbers of the columns whose bits are set in a key, lowest first."""
    bits = []
    for place, part in enumerate(key if isinstance(key, tuple) else (key,)):
        left = part
        while left:
            low = left & -left
            bits.append(WORD * place + low.bit_length() - 1)
            left ^= low
    return bits


def _words(columns: Sequence[int], lanes: int) -> tuple[int, ...]:
    bits, code = next((bits, code) for bits, code in _CODES if len(columns) <= bits)
    size = bits // 8
    whole = _whole(lanes)
    turn = _Turn(whole)
    data = bytearray(whole * size)
    for index in range(-(-len(columns) // 8)):
        eight = columns[8 * index : 8 * index + 8]
        if any(eight):
            side = bytearray(whole)
            for bit, column in enumerate(eight):
                side[bit::8] = column.to_bytes(whole // 8, "little")
            data[index::size] = turn(side)
    return unpack_from(f"<{lanes}{code}", data)


def _whole(lanes: int) -> int:
    return -(-lanes // 8) * 8


class _Turn:
    """Turns every square of eight bytes: bit `c` of byte `r` becomes bit `r` of byte `c`.

    The three steps swap the corners of squares of 1, 2 and 4 bits: Henry S. Warren, Hacker's Delight, 7-3.
    """

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes
        self._steps = [
            (shift, int.from_bytes(mask.to_bytes(8, "little") * (lanes // 8), "little"))
            for shift, mask in ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))
        ]

    def __call__(self, data: bytes | bytearray) -> bytes:
        square = int.from_bytes(data, "little")
        for shift, mask in self._steps:
            moved = (square ^ square >> shift) & mask
            square ^= moved ^ moved << shift
        return square.to_bytes(self._lanes, "little")
