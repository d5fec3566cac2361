"""Turning rows of bits into columns and back, eight by eight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BYTE = 8
# Knuth, The Art of Computer Programming 4A, section 7.1.3: transposing a matrix of bits by delta swaps.
_SWAPS = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


def columns_of(rows: bytes, stride: int) -> list[int]:
    """Return the bits of rows as columns.

    Args:
        rows: the joined rows.
        stride: how many bytes a row has.

    Returns:
        An integer for each of the `8 * stride` bits of a row, with one bit a row, the first row lowest.

    Raises:
        ValueError: the bytes are not a whole number of rows.
    """
    count = len(rows) // stride
    if not rows:
        return [0] * (BYTE * stride)
    size = -(-count // BYTE)
    table = np.zeros((size * BYTE, stride), np.uint8)
    table[:count] = np.frombuffer(rows, np.uint8).reshape(count, stride)
    turned = _turned(table.reshape(size, BYTE, stride).transpose(2, 0, 1))
    data = turned.transpose(0, 2, 1).tobytes()
    return [int.from_bytes(data[start : start + size], "little") for start in range(0, len(data), size)]


def rows_of(columns: Sequence[int], count: int) -> NDArray[np.uint8]:
    """Return columns as rows: the reverse of `columns_of`.

    Args:
        columns: integers with one bit a row; their number is a multiple of 8.
        count: how many rows there are.

    Returns:
        An array of `count` rows of bytes, an eighth as many a row as there are columns.
    """
    if not count:
        return np.zeros((0, len(columns) // BYTE), np.uint8)
    size = -(-count // BYTE)
    data = b"".join([column.to_bytes(size, "little") for column in columns])
    table = np.frombuffer(data, np.uint8).reshape(-1, BYTE, size)
    turned = _turned(table.transpose(0, 2, 1))
    return np.ascontiguousarray(turned.reshape(-1, size * BYTE)[:, :count].T)


def _turned(squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Transpose squares of 8 by 8 bits; the last axis holds the eight bytes of each."""
    bits = np.ascontiguousarray(squares).view("<u8")
    for shift, mask in _SWAPS:
        swap = (bits ^ (bits >> np.uint64(shift))) & np.uint64(mask)
        bits = bits ^ swap ^ (swap << np.uint64(shift))
    return bits.view(np.uint8)
