# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The whole migration between real servers on this machine: what `make demo` runs."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tests.dataset import DEFAULT_OBJECTS, DEFAULT_SCALE, dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploaded, Uploader
from tests.dataset.verify import Side, Verification, verify
from tests.servers import Lab, LabError

ROOT = Path(__file__).parents[1]
SOURCE = "users"
DESTINATION = "cube-users"
CHANGED = re.compile(r"^\S+\s+: ok=\d+\s+changed=(\d+)", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[\d;]*m")


class DemoError(Exception):
    """The demo cannot go on, or what it showed was not what it promises."""


@dataclass(frozen=True)
class PlaybookRun:
    """One run of playbooks/migrate.yml.

    :param changed: how many tasks changed something, over all hosts.
    :param report: what swift_sync returned.
    :param object_requests: requests for objects that the two proxies answered meanwhile.
    """

    seconds: float
    changed: int
    report: dict[str, Any]
    object_requests: int


class Demo:
    """Fills the source of a running lab, migrates it twice and compares."""

    def __init__(self, lab: Lab, objects: int, seed: int, scale: float) -> None:
        self._lab = lab
        self._objects = objects
        self._seed = seed
        self._scale = scale

    def run(self) -> str:
        """Return the summary.

        :raises DemoError: when a run fails, the second one changes something, or an object differs.
        """
        say(f"Filling the source with a data set like a CUBE's, {self._objects:,} objects")
        seeded = self._seed_source()
        say("ansible-playbook -i inventories/demo playbooks/migrate.yml")
        first = self._migrate()
        say("The same again: there must be nothing to do")
        second = self._migrate()
        say("Reading every object back from both servers with python-swiftclient")
        begun = time.monotonic()
        compared = self._verify()
        seconds = time.monotonic() - begun
        for difference in compared.differences[:20]:
            print(difference)
        if compared.differences:
            raise DemoError(f"{len(compared.differences)} differences between the two containers")
        if second.changed or second.object_requests:
            raise DemoError(
                f"the second run changed {second.changed} tasks "
                f"and asked for objects {second.object_requests} times"
            )
        return summary(seeded, first, second, compared, seconds)

    def _seed_source(self) -> Uploaded:
        objects = dataset(self._seed, self._objects, self._scale, SOURCE)
        return Uploader(Account.source(self._lab.description), SOURCE).run(objects)

    def _migrate(self) -> PlaybookRun:
        logs = [self._lab.access_log("source"), self._lab.access_log("destination")]
        marks = [log.mark() for log in logs]
        report = self._lab.state.root / "report.json"  # where inventories/demo wants it
        report.unlink(missing_ok=True)
        begun = time.monotonic()
        output = self._playbook()
        seconds = time.monotonic() - begun
        return PlaybookRun(
            seconds,
            changes(output),
            json.loads(report.read_text()),
            sum(len(log.object_requests(mark)) for log, mark in zip(logs, marks, strict=True)),
        )

    def _playbook(self) -> str:
        command = [
            str(Path(sys.executable).parent / "ansible-playbook"),
            "--inventory=inventories/demo",
            "playbooks/migrate.yml",
        ]
        environment = os.environ | {"SWIFT_MIGRATION_LAB": str(self._lab.state.root)}
        if sys.stdout.isatty():
            environment["ANSIBLE_FORCE_COLOR"] = "1"
        output = []
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    print(line, end="", flush=True)
                    output.append(line)
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise DemoError(f"ansible-playbook ended with status {process.returncode}")
        return "".join(output)

    def _verify(self) -> Verification:
        lab = self._lab.description
        return verify(
            Side(Account.source(lab), SOURCE), Side(Account.destination(lab), DESTINATION)
        )


def changes(output: str) -> int:
    """Add up the recap's ``changed`` over all hosts.

    :raises ValueError: when there is no recap: nothing was shown then.
    """
    found = CHANGED.findall(COLOUR.sub("", output))
    if not found:
        raise ValueError("no recap in the output of ansible-playbook")
    return sum(map(int, found))


def summary(
    seeded: Uploaded,
    first: PlaybookRun,
    second: PlaybookRun,
    compared: Verification,
    seconds: float,
) -> str:
    """Tell in a few lines what was shown."""
    report = first.report
    moved = report["objects"]["copied"]
    return f"""\
Migrated     {moved:,} of {seeded.objects:,} objects, {size(report["bytes_copied"])}, in \
{report["seconds"]:.1f} s: {report["objects_per_second"]:.0f} objects/s
From         {SOURCE} in a Swift with v1 login
To           {DESTINATION} in a Swift behind Keystone, with an application credential
Second run   {second.seconds:.1f} s with Ansible's own time (first: {first.seconds:.1f} s), \
changed={second.changed},
             {second.object_requests} requests for objects in the access logs of both servers
Verified     {compared.objects:,} objects, {size(compared.bytes)}, read back from both servers in \
{seconds:.1f} s:
             names, bytes, metadata and headers are the same, \
{len(compared.differences)} differences"""


def size(number: int) -> str:
    """Spell a number of bytes for a person."""
    value = float(number)
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"


def say(text: str) -> None:
    print(f"\n==> {text}", flush=True)


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Take SIGTERM for Ctrl-C, so that the servers are stopped."""
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--objects", type=int, default=DEFAULT_OBJECTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--scale", type=float, default=DEFAULT_SCALE, help="of the mean size; 1 is 485 KiB"
    )
    parser.add_argument("--state", type=Path, default=ROOT / ".cache" / "demo")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    lab = Lab(options.state)
    options.state.parent.mkdir(parents=True, exist_ok=True)
    with options.state.with_name(options.state.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"demo: another one is running in {options.state}", file=sys.stderr)
            return 1
        try:
            lab.destroy()
            say("Starting the old Swift, the new Swift and its Keystone")
            with lab:
                told = Demo(lab, options.objects, options.seed, options.scale).run()
            lab.destroy()
        except (DemoError, LabError) as error:
            print(
                f"\ndemo: {error}\nThe servers are stopped; logs: {lab.state.log}", file=sys.stderr
            )
            return 1
        except KeyboardInterrupt:
            print("\ndemo: interrupted; the servers are stopped", file=sys.stderr)
            return 130
    print(f"\n{told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
