# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Header lines of HTTP: each is one line to everybody, when it is read and when it is sent.

Parsers differ in what ends a line.  libcurl takes CRLF, Python's (Swift uses it) a bare LF too, so
a header of the source that is passed on could become two at the destination, under our token.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Mapping

from .._errors import MigrationError

ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

_NAME = re.compile(r"[^\x00-\x20\x7f:]+")
_NUMBER = re.compile("[0-9]{1,18}")
"""18 digits fit into 64 bits, which is what files, databases and servers count with."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")

NAMES = 128
"""Names that are remembered: objects of one server have the same ones again and again."""

SHOWN = 80
"""Characters of a header that are shown in an error."""


class HeaderError(MigrationError):
    """A header that is not one line, or has not the value that its name promises."""


def read(head: bytes) -> dict[str, str]:
    """The headers of an answer, names with their ASCII letters in lower case, values as Latin-1.

    :param head: as it came, with the head of each 1xx answer before it.
    :raises HeaderError: CR, LF or NUL in a line, a continued line, or a name with blanks.
    """
    final = head.rpartition(b"\r\n\r\nHTTP/")[2]  # what a 1xx said before is dropped
    fields = final.decode("latin-1").partition("\r\n")[2].removesuffix("\r\n\r\n")
    split = fields.split("\r\n")
    # One look at all lines costs less than one at each.
    ends = len(split) - 1
    is_odd = not fields.count("\r") == fields.count("\n") == ends or "\0" in fields
    parts = [line.partition(":") for line in split]
    found = {_lower(name): value.strip(" \t") for name, colon, value in parts if colon}
    if is_odd or "" in found:
        for name, colon, value in parts:
            if colon or _has_break(name):
                _check(name, value, "a server sent")
    return found


def lines(headers: Mapping[str, str]) -> list[bytes]:
    """The lines that libcurl sends for headers.

    :param headers: names, and values as Latin-1 text.
    :raises HeaderError: one would not be one line, so none is sent.
    """
    is_odd = _has_break("".join(headers.values()))
    made = []
    for name, value in headers.items():
        if is_odd or not _lower(name):
            _check(name, value, "nothing is sent with")
        # "Name;" is libcurl's way to send an empty value; "Name:" would remove the header.
        line = f"{name}: {value}" if value else f"{name};"
        try:
            made.append(line.encode("latin-1"))
        except UnicodeEncodeError:
            raise HeaderError(f"nothing is sent with header {name!r}: it is not bytes") from None
    return made


def number(headers: Mapping[str, str], name: str) -> int:
    """The value of a header that is a whole number, 0 if it is missing.

    :raises HeaderError: it is something else, or longer than 18 digits.
    """
    value = headers.get(name)
    if value is None:
        return 0
    if not _NUMBER.fullmatch(value):
        raise HeaderError(f"a server sent header {name} with {value[:SHOWN]!r}, no whole number")
    return int(value)


def whole_number(text: str) -> int | None:
    """The value of a header that need not be a whole number; None if it is none of 18 digits."""
    return int(text) if _NUMBER.fullmatch(text) else None


def timestamp(headers: Mapping[str, str], name: str) -> str:
    """The value of a header that is a time in seconds since the epoch, "" if it is missing.

    :raises HeaderError: it is something else.
    """
    value = headers.get(name, "")
    if value and not _TIMESTAMP.fullmatch(value):
        raise HeaderError(f"a server sent header {name} with {value[:SHOWN]!r}, no timestamp")
    return value


@functools.lru_cache(NAMES)
def _lower(name: str) -> str:
    """A header's name with its ASCII letters in lower case; "" if it cannot be one."""
    # Of other letters both cases may stand for themselves: a UTF-8 name has them.
    return name.translate(ASCII_LOWER) if _NAME.fullmatch(name) else ""


def _has_break(text: str) -> bool:
    return "\r" in text or "\n" in text or "\0" in text


def _check(name: str, value: str, what: str) -> None:
    if not _lower(name) or _has_break(value):
        line = f"{name}:{value}"[:SHOWN]
        raise HeaderError(
            f"{what} the header {line!r}, which is not one line to every server",
            remedy="Somebody may have changed it on the way: use https, and look at the object "
            "or container whose header it is",
        )
