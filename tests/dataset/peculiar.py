# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The objects that copiers lose or spoil: odd names, headers, sizes, and large objects."""

from __future__ import annotations

import gzip
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace

from tests.dataset.content import Content
from tests.dataset.ordinary import MEAN_BYTES
from tests.dataset.sample import SampleObject, sample

FEED = "chris/feed_12/pl-dircopy_34/data"
DIRECTORY = "application/directory"
SEGMENTS_SUFFIX = "_segments"
YEAR_2100 = "4102444800"

# Legal in Swift, and each of them lost, renamed or refused by some client.
NAMES = (
    "brain scan of patient 7.dcm",
    " leading and trailing space ",
    "caf\u00e9-nfc.txt",
    "cafe\u0301-nfd.txt",
    "\u9aea\u6a4b\u3055\u3093/\u8133.dcm",
    "brain \U0001f9e0.png",
    "\uff26ullwidth sorts before the brain above in UTF-8, after it in UTF-16.png",
    "what?.txt",
    "series#3.dcm",
    "100% sure.txt",
    "%2Falready%20encoded%3F.txt",
    "a?b#c%d&e=f+g;h,i.txt",
    'it\'s "quoted" <tag> `code` \\back|slash~.txt',
    "two//slashes.txt",
    "three///slashes///.txt",
    "trailing slash of a file/",
    "trailing slashes//",
    "a/../b.txt",
    "./here.txt",
    "dots/..",
    ".hidden",
    "~tilde",
    "-dash",
    "UPPER.txt",
    "upper.txt",
    "new\nline.txt",
    "tab\tand return\r.txt",
    "escape\x1b[31m.txt",
)
ROOT_NAMES = ("/leading slash.txt", "//two leading slashes.txt", "..", ".", "?", "\u00fc")


def peculiar(segments_container: str, scale: float) -> Iterator[SampleObject]:
    """Yield them all, always the same.

    :param segments_container: where the segments of the large objects lie.
    """
    yield from _folders()
    yield from _names()
    yield from _headers()
    yield _static(segments_container, scale)
    yield _dynamic(segments_container, scale)


def _folders() -> Iterator[SampleObject]:
    for name in ("chris/", "chris/feed_12/", "home/chris/an empty folder", f"{FEED}/sub"):
        yield SampleObject(name, Content.of(b""), {"Content-Type": DIRECTORY})
    yield sample(f"{FEED}/sub/below-a-marker.csv", "csv", 300)
    yield sample(f"{FEED}/empty.log", "log", 0)
    yield sample("home/chris/empty.dcm", "dicom", 0)
    yield sample("home/chris/one-byte", "noise", 1)


def _names() -> Iterator[SampleObject]:
    for name in (*(f"home/chris/odd/{name}" for name in NAMES), *ROOT_NAMES, _longest()):
        yield sample(name, "log", 100)


def _longest() -> str:
    """Return a name of 1,024 bytes of UTF-8, Swift's limit."""
    start = "home/chris/odd/"
    room = 1024 - len(start)
    return start + "\u00e9" * (room // 2) + "x" * (room % 2)


def _headers() -> Iterator[SampleObject]:
    yield sample(
        f"{FEED}/with-metadata.dcm",
        "dicom",
        5000,
        X_Object_Meta_Mtime="1679616000.123456789",
        X_Object_Meta_Patient="J\u00fcrgen \u9ad9\u6a4b \U0001f9e0",
        X_Object_Meta_Percent='50%25 of%20it: a, b; c="d"',
        X_Object_Meta_Longest="v" * 256,
        **{"X-Object-Meta-" + "N" * 80: "a long name"},
    )
    # Swift takes 90 items, but where it stores them, in one inode of ext4, is room for less.
    many = {f"X_Object_Meta_Tag_{number:02}": f"value {number}" for number in range(40)}
    yield sample(f"{FEED}/with-much-metadata.json", "json", 700, **many)
    table = Content("csv", 20_000, "gzip").read()
    yield SampleObject(
        f"{FEED}/volumes.csv",
        Content.of(gzip.compress(table, mtime=0)),
        {"Content-Type": "text/csv", "Content-Encoding": "gzip"},
    )
    yield sample(
        f"{FEED}/scan.nii.gz",
        "nifti",
        4000,
        Content_Disposition="attachment; filename=\"scan 7.nii.gz\"; filename*=UTF-8''scan%C3%A9",
    )
    yield sample("home/chris/expires-in-2100.log", "log", 200, X_Delete_At=YEAR_2100)
    yield sample(
        "home/chris/report.html",
        "log",
        400,
        Content_Type='text/html; charset=utf-8; profile="a, b"',
        Cache_Control="private, max-age=3600",
        Content_Language="en, de",
        Expires="Thu, 01 Dec 2094 16:00:00 GMT",
        X_Robots_Tag="noindex",
    )
    everything = sample(
        "home/chris/everything at once?.csv",
        "csv",
        0,
        Content_Encoding="gzip",
        Content_Disposition="inline",
        X_Delete_At=YEAR_2100,
        X_Object_Meta_Origin="PACS",
    )
    yield replace(everything, content=Content.of(gzip.compress(b"a,b\n1,2\n", mtime=0)))


def _segments(folder: str, scale: float) -> tuple[SampleObject, ...]:
    size = max(1000, round(MEAN_BYTES * scale * 4))
    sizes = (size, size, size // 3)
    return tuple(
        sample(f"{folder}/{number:08}", "noise", each) for number, each in enumerate(sizes)
    )


def _static(container: str, scale: float) -> SampleObject:
    """An SLO as ``swift upload --use-slo --segment-size`` makes it."""
    name = f"{FEED}/static large object.dcm"
    return SampleObject(
        name,
        Content.of(b""),
        {"Content-Type": "application/dicom", "X-Object-Meta-Mtime": "1679616001.5"},
        "static",
        _segments(f"{name}/slo/1679616001.5", scale),
    )


def _dynamic(container: str, scale: float) -> SampleObject:
    """A DLO as ``swift upload --segment-size`` made it."""
    name = f"{FEED}/dynamic large object.nii"
    folder = f"{name}/1679616002.5"
    return SampleObject(
        name,
        Content.of(b""),
        {
            "Content-Type": "application/x-nifti",
            "X-Object-Meta-Mtime": "1679616002.5",
            "X-Object-Manifest": urllib.parse.quote(f"{container}/{folder}/"),
        },
        "dynamic",
        _segments(folder, scale),
    )
