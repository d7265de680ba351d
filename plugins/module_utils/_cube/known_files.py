# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files that CUBE's database knows, by psql or else by CUBE's own Python."""

from __future__ import annotations

import base64
import gzip
import inspect
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .._catalogue_file import END, write_catalogue
from .._errors import MigrationError
from . import files_probe
from .database import DONE, FILES
from .deployment import Deployment

BY_PSQL = "psql"
"""Works while CUBE is stopped, too."""

BY_DJANGO = "django"


@dataclass(frozen=True)
class KnownFiles:
    """What was written.

    :ivar count: how many names.
    :ivar way: :data:`BY_PSQL` or :data:`BY_DJANGO`.
    """

    count: int
    way: str


def write_known_files(deployment: Deployment, path: Path) -> KnownFiles:
    """Write the names of all files as a catalogue.

    :raises MigrationError: the database cannot be asked in either way; none is left then.
    """
    try:
        return KnownFiles(write_catalogue(path, _by_psql(deployment)), BY_PSQL)
    except MigrationError as first:
        try:
            return KnownFiles(write_catalogue(path, _by_django(deployment)), BY_DJANGO)
        except MigrationError as second:
            raise MigrationError(
                f"{first.message}; nor by a service of CUBE: {second.message}",
                option=first.option,
                remedy=first.remedy,
            ) from None


def _by_psql(deployment: Deployment) -> Iterator[bytes]:
    count = 0
    for line in deployment.query(FILES):
        if line == DONE:
            yield END + b"%d" % count
        else:
            yield line
            count += 1


def _by_django(deployment: Deployment) -> Iterator[bytes]:
    running = deployment.running()
    cube = [s for s in deployment.services if s not in deployment.pfcon_services and s in running]
    if not cube:
        raise MigrationError("none runs", option=deployment.option)
    output = deployment.run_python(cube[0], inspect.getsource(files_probe))
    no_answer = MigrationError(f"{cube[0]} gave no answer", option=deployment.option)
    try:
        told = json.loads(output.rstrip().rpartition("\n")[2])
        if "error" in told:
            raise MigrationError(f"{cube[0]} answered {told['error']}", option=deployment.option)
        packed, count = base64.b64decode(told["names"], validate=True), int(told["count"])
    except (TypeError, KeyError, ValueError):
        raise no_answer from None
    try:
        with gzip.open(io.BytesIO(packed)) as file:
            yield from (line.removesuffix(b"\n") for line in file)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise no_answer from None
    yield END + b"%d" % count
