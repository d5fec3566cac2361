"""Compressed files: gzip with the standard library, zstd with `zstandard` or Python 3.14."""

from __future__ import annotations

import gzip
import zlib
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

GZIP = ".gz"
ZSTD = ".zst"
_GZIP_LEVEL = 4
_PIECE = 1 << 14
_ZSTD_PIECE = 1 << 10
"""Four bytes of zstd can become 128 KB, so a larger piece could fill the memory at once."""
_ENOUGH = 1 << 20


class ZstdMissingError(OSError):
    """No package that reads and writes zstd is installed."""

    def __init__(self) -> None:
        super().__init__(0, "zstd needs one more package: pip install 'cramp-triage[zstd]'")


class Reader(Protocol):
    """An open file that can be read."""

    def read(self, size: int = -1, /) -> bytes:
        """Return some bytes, or none at the end; without a size, all of them."""

    def __enter__(self) -> Any:
        """Open."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        """Close."""


def ending_of(name: str) -> str:
    """Return the ending that says how a file is compressed; "" for a plain file."""
    return next((ending for ending in (GZIP, ZSTD) if name.lower().endswith(ending)), "")


def plain_name(name: str) -> str:
    """Return a file name without the ending of its compression."""
    return name[: len(name) - len(ending_of(name))]


def decompressed(path: Path, raw: BinaryIO) -> Reader:
    """Return a reader of the plain bytes of an open file.

    Raises:
        ZstdMissingError: the file is zstd, and no package can read it.
    """
    ending = ending_of(path.name)
    if not ending:
        return raw
    if ending == GZIP:
        return _Decompressor(raw, lambda: zlib.decompressobj(31), _PIECE)
    return _Decompressor(raw, _zstd_decompressor(), _ZSTD_PIECE)


def compress(data: bytes, ending: str) -> bytes:
    """Compress some bytes; compressed parts can be joined.

    Raises:
        ZstdMissingError: zstd is wanted, and no package can write it.
    """
    if ending == GZIP:
        return gzip.compress(data, _GZIP_LEVEL, mtime=0)
    return _zstd_compress(data) if ending == ZSTD else data


class _Decompressor:
    """Reads one compressed part after another; raises an OSError if the last is not whole."""

    def __init__(self, raw: BinaryIO, new: Any, piece: int) -> None:
        self._raw = raw
        self._new = new
        self._piece = piece
        self._part: Any = None

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_ENOUGH), b""))
        found = b""
        while not found:
            data = self._raw.read(self._piece)
            if not data:
                if self._part is not None:
                    raise OSError(0, "ends in the middle of its compressed data")
                return b""
            try:
                found = self._feed(data)
            except Exception as error:
                raise OSError(0, f"holds broken compressed data ({error})") from error
        return found

    def _feed(self, data: bytes) -> bytes:
        found = []
        while data:
            if self._part is None:
                self._part = self._new()
            found.append(self._part.decompress(data))
            data = b""
            if self._part.eof:
                data, self._part = self._part.unused_data, None
        return b"".join(found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()


def _zstd_decompressor() -> Any:
    module = _zstd()
    if module.__name__ == "zstandard":
        return lambda: module.ZstdDecompressor().decompressobj()
    return module.ZstdDecompressor


def _zstd_compress(data: bytes) -> bytes:
    module = _zstd()
    found: bytes
    if module.__name__ == "zstandard":
        found = module.ZstdCompressor(write_checksum=True).compress(data)
    else:
        found = module.compress(data, options={module.CompressionParameter.checksum_flag: 1})
    return found


def _zstd() -> Any:
    for name in ("compression.zstd", "zstandard"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise ZstdMissingError
