# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A controller that runs the playbooks as a user does, with a home directory of its own."""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swiftclient.exceptions import ClientException

from tests.dataset.client import Client
from tests.integration.warm_python import CALLBACKS, WarmPython
from tests.servers import Lab

ROOT = Path(__file__).parents[3]
RECAP = re.compile(r"^\S+\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=\d+", re.MULTILINE)
FAILED = re.compile(r"^(?:fatal: \S+ FAILED!|failed: \S+ \(item=\S+\)) => (\{.*\})$", re.MULTILINE)
MODULES = {f"AnsiballZ_{path.name}" for path in (ROOT / "plugins" / "modules").glob("*.py")}
"""Files of this collection's modules, as Ansible leaves them on a host without pipelining."""

# What the README passes with -e; everything else stands in an inventory's group_vars.
EXTRA = {"swift_migration_cutover"}


@dataclass(frozen=True)
class Run:
    """What a playbook left: its exit status and all that it printed."""

    status: int
    output: str

    @property
    def changed(self) -> int:
        """The sum of the recap's ``changed``; fails when no host was reached."""
        hosts = RECAP.findall(self.output)
        assert hosts, self.output
        return sum(map(int, hosts))

    @property
    def tasks(self) -> int:
        """How many tasks the recap counts on all hosts, the skipped ones among them."""
        counts = re.findall(r" (?:ok|failed|skipped)=(\d+)", self.output)
        assert counts, self.output
        return sum(map(int, counts))

    @property
    def errors(self) -> list[str]:
        """The messages of the tasks that failed."""
        return [json.loads(result)["msg"] for result in FAILED.findall(self.output)]

    def result(self, task: str) -> dict[str, Any]:
        """What a task returned, by its name; the playbook must have run with ``-v``."""
        found = re.search(
            rf"^TASK \[[^\]]*{re.escape(task)}\][^\n]*\n"
            r"(?:\[[^\n]*\n)*"  # how far it was
            r"(?:ok|changed): \[\S+\] => (.*)$",
            self.output,
            re.MULTILINE,
        )
        assert found, self.output
        result: dict[str, Any] = json.loads(found[1])
        return result


class Controller:
    """Runs ``ansible-playbook`` from the checkout.

    :param home: a folder for everything that Ansible may write: home, temporary and remote files.
    :param variables: what ``group_vars`` have in each run.
    :param environment: environment variables besides those that every controller has.
    """

    def __init__(self, home: Path, variables: Mapping[str, Any], **environment: str) -> None:
        self.home = home
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(home / "remote"),
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "ANSIBLE_NOCOLOR": "1",
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
            **environment,
        }
        self.variables = dict(variables)
        self.within: Sequence[str] = ()
        """The begin of the command, which runs Ansible where it is to run."""
        (home / "tmp").mkdir(parents=True)

    def given(self, variables: Mapping[str, Any]) -> Controller:
        """Take these variables as well, and give itself back."""
        self.variables.update(variables)
        return self

    def warmed(self, python: WarmPython) -> Controller:
        """Let one that is warm run the modules, build each of them once, and give itself back."""
        self.environment |= python.environment
        path = python.path
        return self.given({"python_of_tests": str(path), "mover_venv": str(path.parents[1])})

    def with_real_python(self) -> Controller:
        """Let each module be built, compiled and run by a new interpreter, as a user does."""
        for name in ("python_of_tests", "mover_venv"):
            self.variables.pop(name)
        self.environment.pop("BUILT_MODULES")
        return self

    def hooked(self, hooks: Mapping[str, str]) -> Controller:
        """Give a controller like this one that runs shell commands at the begin of tasks.

        :param hooks: from the begin of a task's name to the command, or to ``KILL``.
        """
        other = copy.copy(self)
        more = {"HOOKS": json.dumps(dict(hooks)), "ANSIBLE_CALLBACK_PLUGINS": CALLBACKS}
        other.environment = {**self.environment, **more}
        return other

    def start(
        self,
        *arguments: str,
        playbook: str = "playbooks/migrate.yml",
        inventory: Path | str = "inventories/demo",
        directory: Path = ROOT,
        **variables: Any,
    ) -> subprocess.Popen[str]:
        """Start a playbook in a process group of its own.

        :param variables: those of ``group_vars`` besides the controller's own; what is in ``EXTRA``
            becomes an extra variable.
        """
        given = self.variables | variables
        extra = {name: value for name, value in given.items() if name in EXTRA}
        options = [f"--inventory={inventory}", f"--inventory={self._inventory(given)}"]
        options += [f"--extra-vars={json.dumps(extra)}"] if extra else []
        return subprocess.Popen(
            [*self.within, "ansible-playbook", *options, *arguments, playbook],
            cwd=directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _inventory(self, given: Mapping[str, Any]) -> Path:
        """Make a second inventory, without hosts: its ``group_vars`` win over the first one's."""
        folder = Path(tempfile.mkdtemp(prefix="inventory-", dir=self.home.parent))
        (folder / "hosts.yml").write_text("all:\n")
        (folder / "group_vars").mkdir()
        variables = {name: value for name, value in given.items() if name not in EXTRA}
        (folder / "group_vars" / "all.yml").write_text(json.dumps(variables))
        if python := variables.get("python_of_tests"):
            (folder / "host_vars").mkdir()
            interpreter = {"ansible_python_interpreter": python}
            (folder / "host_vars" / "localhost.yml").write_text(json.dumps(interpreter))
        return folder

    def run(self, *arguments: str, **options: Any) -> Run:
        """Run a playbook to its end; the options are those of :meth:`start`."""
        process = self.start(*arguments, **options)
        output, _errors = process.communicate()
        return Run(process.returncode, output)

    def traces(self, secrets: re.Pattern[bytes]) -> list[Path]:
        """Return the files left that hold a secret, or a module together with its arguments."""
        return [
            path
            for path in self.home.rglob("*")
            if path.is_file() and (path.name in MODULES or secrets.search(content(path)))
        ]

    def transferred(self) -> set[str]:
        """Return the names of the modules' files that are there now, with their arguments in it."""
        found: set[str] = set()
        with contextlib.suppress(OSError):  # a folder may go at any moment
            found.update(path.name for path in (self.home / "remote").glob("*/AnsiballZ_*"))
        return found


def content(path: Path) -> bytes:
    """What a file holds; what a list of objects holds before it is compressed."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.name.endswith(".jsonl.gz") else raw


def read_until(process: subprocess.Popen[str], found: Callable[[str], bool]) -> str:
    """Read what a playbook prints up to the first line that is looked for.

    :raises AssertionError: it ended before, having printed this.
    """
    assert process.stdout
    before = ""
    for line in process.stdout:
        before += line
        if found(line):
            return before
    raise AssertionError(before)


def finish(process: subprocess.Popen[str], before: str) -> Run:
    """Wait for the end of a playbook of which ``before`` has been read."""
    assert process.stdout
    output = before + process.stdout.read()
    return Run(process.wait(), output)


def source_login(lab: Lab, **changed: str) -> dict[str, Any]:
    """Return connection options of the source, with parts of ``auth`` changed."""
    login = lab.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    return {"auth_type": "v1password", "auth": auth | changed}


def destination_login(lab: Lab, **changed: str) -> dict[str, Any]:
    """Return connection options of the destination, with parts of ``auth`` changed."""
    login = lab.description["destination"]
    keys = ("auth_url", "application_credential_id", "application_credential_secret")
    return {"auth": {key: login[key] for key in keys} | changed}


def objects_in(client: Client, container: str) -> int:
    """Return how many objects a container has; 0 when it does not exist."""
    try:
        return int(client.head(container)["x-container-object-count"])
    except ClientException as error:
        if error.http_status == 404:
            return 0
        raise


def descendants(pid: int) -> list[int]:
    """Return a process and all that come from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for known in found:
        found.extend(children.get(known, []))
    return found


def kill(pids: list[int]) -> None:
    """End processes without giving them a chance to tidy up."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
