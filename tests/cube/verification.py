# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether everything that the application has acknowledged is there, and nothing else."""

from __future__ import annotations

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from tests.cube.api import Api, UnansweredError
from tests.cube.deployed import Deployed
from tests.cube.deployment import PROGRAMS
from tests.cube.ledger import Ledger, Outcomes
from tests.cube.writing import PREFIX
from tests.servers.errors import LabError

READERS = 4


@dataclass
class Verification:
    """What was found.

    :param files: how many were read back that must be there.
    :param uncertain: how many may be one thing or another, because an answer never came.
    :param lost: names of those that are not there, or that the application fails to give.
    :param wrong: names of those with another content than the acknowledged one.
    :param unexpected: names of those that are there and should not be.
    """

    files: int = 0
    uncertain: int = 0
    lost: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    unexpected: set[str] = field(default_factory=set)

    @property
    def faults(self) -> set[str]:
        return self.lost | self.wrong | self.unexpected

    def __str__(self) -> str:
        return (
            f"{self.files} files read back, {self.uncertain} uncertain, {len(self.lost)} lost, "
            f"{len(self.wrong)} wrong, {len(self.unexpected)} unexpected"
        )

    def look(self, name: str, expected: Outcomes, found: str | None) -> None:
        """Compare what one file is with what it may be."""
        if found not in expected:
            faulty = self.lost if found is None else self.wrong
            (self.unexpected if expected == {None} else faulty).add(name)


def verify(deployment: Deployed) -> Verification:
    """Read every file back, through the API and from the storage that the application now has.

    Nobody may write through the API meanwhile; worker and pfcon may.

    :raises LabError: the application does not answer, or its storage does not.
    """
    api = Api(deployment.url)
    written = Ledger(deployment.ledger).expected()
    by_jobs = Ledger(deployment.pfcon_ledger).expected()
    remembered = {
        name: frozenset({sha256}) for name, sha256 in api.files().items() if name not in written
    }
    expected = written | remembered
    stored = _stored(deployment, [*expected, *by_jobs])
    done = Verification()
    with ThreadPoolExecutor(READERS) as readers:
        digests = readers.map(partial(_through, api), expected)
        for (name, outcomes), found in zip(expected.items(), digests, strict=True):
            done.look(name, outcomes, found)
    for name, outcomes in (expected | by_jobs).items():
        done.look(name, outcomes, stored.get(name))
        done.files += None not in outcomes
        done.uncertain += len(outcomes) > 1
    done.unexpected |= {name for name in stored if name not in expected and name not in by_jobs}
    return done


def _through(api: Api, name: str) -> str | None:
    try:
        content = api.download(name)
    except UnansweredError:
        return None
    return None if content is None else hashlib.sha256(content).hexdigest()


def _stored(deployment: Deployed, names: list[str]) -> dict[str, str]:
    """Ask a process in the server's place what the storage holds: these, and what is listed."""
    done = deployment.run(
        ["-m", f"{PROGRAMS}.digests", PREFIX], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    output, _nothing = done.communicate(json.dumps(names).encode())
    if done.returncode:
        raise LabError("the storage cannot be read with the application's environment")
    found: dict[str, str] = json.loads(output)
    return found
