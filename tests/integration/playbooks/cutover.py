# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An application that is cut over, and what a test asks about it."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cube import logins
from tests.cube.api import Api
from tests.cube.deployed import Deployed
from tests.cube.deployment import LOOK, Deployment
from tests.cube.env_file import read
from tests.dataset.client import Client
from tests.integration.cube_role import s3_storage
from tests.integration.playbooks.controller import ROOT, Controller, Run
from tests.servers import Lab

LOCAL = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ python_of_tests | default(ansible_playbook_python) }}",
}
PHASE = "x-container-meta-migration-phase"


@dataclass(frozen=True)
class Cutover:
    """A running application, a controller, and the two containers.

    :param old: name of the container that the application uses at first.
    """

    deployment: Deployed
    controller: Controller
    inventory: Path
    old: str
    source: Client
    destination: Client

    @property
    def new(self) -> str:
        """Name of the container that it is cut over to."""
        return f"{self.old}-new"

    @property
    def api(self) -> Api:
        return Api(self.deployment.url)

    @property
    def files(self) -> dict[str, bytes | None]:
        """What the application gives back, but for what its worker writes all the time."""
        names = [name for name in self.api.files() if not name.startswith("results/")]
        return {name: self.api.download(name) for name in names}

    @property
    def phase(self) -> str:
        return self.destination.head(self.new).get(PHASE, "")

    @property
    def storage(self) -> str:
        """The container that the running application has, or "" when it does not run."""
        if not all(self.deployment.status().values()):
            return ""
        environment = self.deployment.environment()
        name = "S3_BUCKET_NAME" if environment["STORAGE_ENV"] == "s3" else "SWIFT_CONTAINER_NAME"
        return environment[name]

    @property
    def configured(self) -> str:
        """The container that the env file names."""
        variables = read(self.deployment.env_file)
        name = "S3_BUCKET_NAME" if variables["STORAGE_ENV"] == "s3" else "SWIFT_CONTAINER_NAME"
        return variables[name]

    @property
    def variables(self) -> Mapping[str, Any]:
        """What the playbooks are told, besides the inventory."""
        return self.controller.variables

    def with_real_python(self) -> Cutover:
        """Let each module be compiled and run by a new interpreter, and give itself back."""
        self.controller.with_real_python()
        return self

    def hooked(self, hooks: Mapping[str, str]) -> Cutover:
        """Give the same with something broken on the way; see :meth:`Controller.hooked`."""
        return dataclasses.replace(self, controller=self.controller.hooked(hooks))

    def migrate(self, *arguments: str, cutover: bool = True, **variables: Any) -> Run:
        return self.controller.run(
            *arguments, inventory=self.inventory, swift_migration_cutover=cutover, **variables
        )

    def rehearse(self, *arguments: str, **variables: Any) -> Run:
        return self.controller.run(
            *arguments, playbook="playbooks/rehearse.yml", inventory=self.inventory, **variables
        )

    def cut_over(self, *arguments: str, **variables: Any) -> Run:
        """Run the play of the cutover by itself."""
        return self.controller.run(
            *arguments,
            playbook="playbooks/cutover.yml",
            inventory=self.inventory,
            swift_migration_cutover=True,
            **variables,
        )

    def preflight(self, *arguments: str, **variables: Any) -> Run:
        """Look before a migration; see :meth:`found` for what it found."""
        given = {"inventory": self.inventory, **variables}
        return self.controller.run(*arguments, playbook="playbooks/preflight.yml", **given)

    def found(self, verdict: str) -> dict[str, dict[str, str]]:
        """What the last preflight found: from the host to the checks with this verdict."""
        report = json.loads((self.controller.home / "preflight.json").read_text())
        found: dict[str, dict[str, str]] = {check["host"]: {} for check in report["checks"]}
        for check in report["checks"]:
            if check["verdict"] == verdict:
                found[check["host"]][check["name"]] = check["seen"]
        return found

    def rollback(self, *arguments: str, **variables: Any) -> Run:
        return self.controller.run(
            *arguments, playbook="playbooks/rollback.yml", inventory=self.inventory, **variables
        )


def commands(state: Path) -> dict[str, str]:
    """The role's description of a deployment in a directory."""
    program = shlex.join([sys.executable, "-m", "tests.cube", "--state", str(state)])
    there = f"cd {shlex.quote(str(ROOT))} && "
    return {
        "services": ["server", "worker"],
        "stop": f"{there}{program} stop",
        "start": f"{there}{program} start",
        **look(state),
        "run": f'{there}{program} run --service "$SERVICE" -- -',
    }


def look(state: Path) -> dict[str, str]:
    """The commands that only look at a deployment, of which a cutover gives thirty."""
    program = shlex.join([str(LOOK), str(state)])
    return {"running": f"{program} running", "environment": f'{program} environment "$SERVICE"'}


def variables(lab: Lab, deployment: Deployment, new: str) -> dict[str, Any]:
    """What the role is told about the application and its new storage."""
    return {
        **s3_storage(logins.s3(lab, new)),
        "cube_storage_deployment": "commands",
        "cube_storage_commands": commands(deployment.state),
        "cube_storage_env_files": [str(deployment.env_file)],
        "cube_storage_health_url": deployment.url,
        "cube_storage_health_timeout": 60,
        "cube_storage_stay_up": 2,
    }


def write_inventory(folder: Path) -> Path:
    """Make the demo's inventory with a CUBE on the same host."""
    folder.mkdir()
    (folder / "group_vars").symlink_to(ROOT / "inventories" / "demo" / "group_vars")
    groups = {name: {"hosts": {"localhost": LOCAL}} for name in ("movers", "cube")}
    (folder / "hosts.yml").write_text(json.dumps(groups))
    return folder
