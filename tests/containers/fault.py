# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Deployments with one fault each, and what the look before a cutover's stop says of them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.containers.engine import Engine
from tests.cube import logins
from tests.cube.probe import Probe

STORAGE = ("STORAGE_ENV", "SWIFT_", "S3_", "AWS_", "PFCON_OP_IMAGE")
OLD = ("SWIFT_AUTH_URL", "SWIFT_USERNAME", "SWIFT_KEY", "SWIFT_CONTAINER_NAME")


@dataclass(frozen=True)
class Fault:
    """What differs from a sound deployment.

    :ivar told: a regular expression; the error has it, or what is told.
    :ivar refused: whether it is an error.
    :ivar settings: other settings of the deployment.
    :ivar params: other parameters of the module.
    :ivar environment: variables that Ansible has otherwise; None for one that it has not.
    :ivar before: a shell command that makes the fault.
    :ivar after: another one that mends it.
    """

    told: str
    refused: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str | None] = field(default_factory=dict)
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Look:
    """Runs the module that the role's ``preflight`` runs.

    :ivar module: runs a module with these parameters and this environment.
    :ivar params: those for a sound deployment.
    :ivar exported: what the environment has for a sound one.
    """

    module: Callable[[dict[str, Any], dict[str, str]], dict[str, Any]]
    engine: Engine
    params: Mapping[str, Any]
    exported: Mapping[str, str]

    def __call__(self, fault: Fault) -> dict[str, Any]:
        """What the module gives back."""
        params = {"preflight": True, **self.params, **fault.params}
        params["settings"] = {**params["settings"], **fault.settings}
        environment = {**self.engine.environment, **self.exported, **fault.environment}
        given = {name: value for name, value in environment.items() if value is not None}
        if fault.before:
            self._shell(fault.before)
        try:
            return self.module(params, given)
        finally:
            if fault.after:
                self._shell(fault.after)

    def _shell(self, command: str) -> None:
        done = subprocess.run(
            ["sh", "-c", command],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **self.engine.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def assert_found(self, url: str, faults: Sequence[Fault]) -> None:
        """Each fault is told while nothing is stopped, and while CUBE answers every request.

        :param url: what is asked all the time.
        """
        before = _runs(self.engine)
        wrong = {}
        with Probe(url) as probe:
            for fault in faults:
                found = self(fault)
                text = json.dumps({key: found[key] for key in TOLD if key in found})
                refused = bool(found.get("failed"))
                if refused != fault.refused or not re.search(fault.told, text):
                    wrong[fault.told] = text
                assert not [s for s in self.exported if "KEY" in s and self.exported[s] in text]
        print(f"{len(faults)} faults, {probe.answered} requests answered")
        assert not wrong, json.dumps(wrong, indent=1)
        assert not probe.failures, probe.failures
        assert probe.answered >= len(faults)
        assert _runs(self.engine) == before, "something was started anew"


TOLD = ("msg", "notices")
"""What the module's answer tells its user."""


def of_storage(new: dict[str, str]) -> dict[str, Any]:
    """The module's parameters for the new storage."""
    pfcon = {k: v for k, v in logins.pfcon(new).items() if k.startswith(STORAGE)}
    return {
        "variables": new,
        "pfcon_variables": pfcon,
        "names": sorted({*new, *pfcon, *OLD}),
    }


def _runs(engine: Engine) -> dict[str, str]:
    """Which containers run since when."""
    ids = engine.docker("ps", "--quiet", "--no-trunc").split()
    lines = engine.docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *ids).splitlines()
    return dict(line.split() for line in lines)
