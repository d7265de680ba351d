# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A catalogue: the names of all files that an application knows, in a file that one host sends another.

It is compressed by gzip.  Each line is the UTF-8 of a name in lower-case hex, as names hold line
feeds; their order is that of a listing.  The last line, ``end 300011``, counts them: a part of a
catalogue looks like that of a smaller application.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ._errors import MigrationError
from ._own_file import open_own

END = b"end "
"""What the last line begins with."""

_HEX = re.compile(rb"(?:[0-9a-f]{2})+")


class CatalogueError(MigrationError):
    """What should be a catalogue is none, or a part of one."""


def write_catalogue(path: Path, lines: Iterable[bytes], option: str = "path") -> int:
    """Write a catalogue, with mode 0600; what is left of one that broke off is removed.

    :param lines: names in hex and in order, without their line feeds, and then the last line.
    :param option: the option that names the file.
    :returns: how many names there are.
    :raises CatalogueError: these are no such lines.
    :raises MigrationError: the file cannot be written, or from `lines`.
    """
    try:
        descriptor = open_own(path, os.O_WRONLY | os.O_TRUNC)
    except OSError as error:
        raise _unusable("write", path, option, error) from None
    count = 0
    try:
        # Without a name or a time in it: the file is sent, and says nothing else.
        with (
            os.fdopen(descriptor, "wb") as raw,
            gzip.GzipFile("", "wb", 1, raw, mtime=0) as file,
        ):
            for line in checked(lines):
                file.write(line + b"\n")
                count += 1
            file.write(END + b"%d\n" % count)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise _unusable("write", path, option, error) from None
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return count


def read_catalogue(path: Path, option: str) -> Iterator[str]:
    """The names of a catalogue, in order.

    :param option: the option that names the file.
    :raises CatalogueError: it is none, or a part of one.
    :raises MigrationError: it cannot be read.
    """
    try:
        with gzip.open(path, "rb") as file:
            for line in checked(each.removesuffix(b"\n") for each in file):
                yield bytes.fromhex(line.decode("ascii")).decode()
    except UnicodeDecodeError:
        raise CatalogueError(f"{path} has a name that is not UTF-8", option=option) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise CatalogueError(f"{path} is no whole catalogue", option=option) from None
    except OSError as error:
        raise _unusable("read", path, option, error) from None


def checked(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The names among the lines of a catalogue, still in hex.

    :raises CatalogueError: a line is none, comes too early, or the last one is missing or wrong.
    """
    before = b""
    count = 0
    rest = iter(lines)
    for line in rest:
        if line.startswith(END):
            if line != END + b"%d" % count or next(rest, None) is not None:
                raise CatalogueError(f"a catalogue says '{_text(line)}' after {count} names")
            return
        if not _HEX.fullmatch(line):
            raise CatalogueError(f"a catalogue has no line '{_text(line)}'")
        if line <= before:
            raise CatalogueError(f"line {count + 1} of a catalogue is not in order")
        before = line
        count += 1
        yield line
    raise CatalogueError(f"a catalogue ends after {count} names without saying so")


def _text(line: bytes) -> str:
    """The beginning of a line that is none, as a message may show it."""
    return ascii(line[:60].decode("latin-1"))[1:-1]


def _unusable(what: str, path: Path, option: str, error: OSError) -> MigrationError:
    return MigrationError(f"cannot {what} {path}: {error.strerror or error}", option=option)
