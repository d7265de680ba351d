# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Reproducible bytes that look like files of medical imaging, in constant memory."""

from __future__ import annotations

import hashlib
import io
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass

CHUNK = 1 << 16


@dataclass(frozen=True)
class Content:
    """The body of one object.

    :param kind: a key of :data:`CONTENT_TYPES`.
    :param size: in bytes.
    :param seed: bodies of the same kind, size and seed are the same.
    :param fixed: the body itself, where it is not generated.
    """

    kind: str
    size: int
    seed: str = ""
    fixed: bytes | None = None

    @classmethod
    def of(cls, data: bytes) -> Content:
        """Return a body that is given."""
        return cls("fixed", len(data), fixed=data)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body, piece by piece."""
        if self.fixed is not None:
            yield self.fixed
            return
        rng = random.Random(f"{self.kind}:{self.seed}")  # noqa: S311
        left = self.size
        for chunk in _GENERATORS[self.kind](rng):
            if left <= len(chunk):
                yield chunk[:left]
                return
            yield chunk
            left -= len(chunk)

    def read(self) -> bytes:
        return b"".join(self.chunks())

    def md5(self) -> str:
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


class ContentReader(io.RawIOBase):
    """A file whose bytes are those of a content, for an HTTP library to send."""

    def __init__(self, content: Content) -> None:
        self._size = content.size
        self._chunks = content.chunks()
        self._rest = b""

    def __len__(self) -> int:
        return self._size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._chunks, b"")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _noise(rng: random.Random) -> Iterator[bytes]:
    while True:
        yield rng.randbytes(CHUNK)


def _dicom(rng: random.Random) -> Iterator[bytes]:
    yield bytes(128) + b"DICM"
    yield from _noise(rng)


def _nifti(rng: random.Random) -> Iterator[bytes]:
    yield struct.pack("<i", 348) + bytes(340) + b"n+1\0"
    yield from _noise(rng)


def _png(rng: random.Random) -> Iterator[bytes]:
    yield b"\x89PNG\r\n\x1a\n"
    yield from _noise(rng)


def _json(rng: random.Random) -> Iterator[bytes]:
    yield b'{"plugin": "pl-dircopy", "values": ['
    while True:
        yield "".join(f"{rng.randrange(10**9)}, " for _number in range(500)).encode()


def _csv(rng: random.Random) -> Iterator[bytes]:
    yield b"subject,region,volume\n"
    regions = ("hippocampus", "amygdala", "thalamus", "insula")
    while True:
        yield "".join(
            f"{rng.randrange(10**6):06},{rng.choice(regions)},{rng.uniform(1e3, 1e4):.3f}\n"
            for _row in range(500)
        ).encode()


def _log(rng: random.Random) -> Iterator[bytes]:
    second = 0.0
    while True:
        lines = []
        for _line in range(500):
            second += rng.expovariate(2)
            lines.append(f"[{second:12.3f}] read slice {rng.randrange(512)} of 512\n")
        yield "".join(lines).encode()


_GENERATORS = {
    "dicom": _dicom,
    "nifti": _nifti,
    "png": _png,
    "json": _json,
    "csv": _csv,
    "log": _log,
    "noise": _noise,
}
CONTENT_TYPES = {
    "dicom": "application/dicom",
    "nifti": "application/x-nifti",
    "png": "image/png",
    "json": "application/json",
    "csv": "text/csv",
    "log": "text/plain; charset=utf-8",
    "noise": "application/octet-stream",
}
