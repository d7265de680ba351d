# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Those who copy one container into another, each as a process of its own."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.logins import Logins
from tests.benchmarks.process import ROOT, Command
from tests.benchmarks.results import OTHER, THIS

MODULES = "ansible_collections.fnndsc.swift_migration.plugins.modules"
RCLONE = str(Path(sys.executable).parent / "rclone")
FASTEST = ("--fast-list", "--use-server-modtime", "--update", "--ignore-checksum")


@dataclass(frozen=True)
class Pair:
    """What is copied where.

    :param concurrency: objects at once; None for a contestant's own choice.
    """

    logins: Logins
    source: str
    destination: str
    concurrency: int | None = 16


@dataclass(frozen=True)
class Contestant:
    """A name for the tables, and the command that copies.

    :param kept: reads in what it printed how many objects it found equal; None if it tells nothing.
    """

    name: str
    command: Callable[[Pair], Command]
    kept: Callable[[str], list[int]] | None = None


def sync(pair: Pair, checkout: Path = ROOT) -> Command:
    """``swift_sync``."""
    return _module("swift_sync", pair, checkout)


def preflight(pair: Pair) -> Command:
    """``swift_preflight``."""
    return _module("swift_preflight", pair, ROOT)


def _module(name: str, pair: Pair, checkout: Path) -> Command:
    """A module as Ansible runs it, its arguments on standard input."""
    login = pair.logins.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    arguments = {
        "source": {"auth_type": "v1password", "auth": auth, "container": pair.source},
        "destination": {"openrc": str(pair.logins.openrc), "container": pair.destination},
    }
    if pair.concurrency is not None:
        arguments["concurrency"] = pair.concurrency
    given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
    return Command([sys.executable, "-m", f"{MODULES}.{name}"], given, checkout)


def rclone(pair: Pair, *more: str) -> Command:
    """``rclone sync`` with a configuration of its own."""
    atonce = str(pair.concurrency)
    most = ("--transfers", atonce, "--checkers", atonce) if pair.concurrency is not None else ()
    sides = (f"source:{pair.source}", f"destination:{pair.destination}")
    return Command([RCLONE, "--config", str(pair.logins.rclone), "sync", *most, *more, *sides])


def floor(pair: Pair) -> Command:
    """The least that copies: see floor.py."""
    what = (pair.source, pair.destination, str(pair.concurrency or 16))
    return Command([sys.executable, "-m", "tests.benchmarks.floor", str(pair.logins.lab), *what])


def listing(pair: Pair) -> Command:
    """The least that compares: see plain_listing.py."""
    what = (str(pair.logins.lab), pair.source, pair.destination)
    return Command([sys.executable, "-m", "tests.benchmarks.plain_listing", *what])


def kept_by_sync(output: str) -> list[int]:
    return [json.loads(output)["objects"]["kept"]]


def kept_by_listing(output: str) -> list[int]:
    return [int(line) for line in output.split()]


def other_version(checkout: Path) -> Contestant:
    """``swift_sync`` of another checkout."""
    return Contestant(OTHER, functools.partial(sync, checkout=checkout), kept_by_sync)


SYNCER = Contestant(THIS, sync, kept_by_sync)
RIVAL = Contestant("rclone", rclone)
FAST_RIVAL = Contestant("rclone, fastest", lambda pair: rclone(pair, *FASTEST))
FLOOR = Contestant("floor", floor)
LISTING = Contestant("plain listing", listing, kept_by_listing)
