# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""``ansible-playbook playbooks/verify.yml`` proves what ``migrate.yml`` did."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.integration.playbooks.controller import Controller, Run

OBJECTS = 40


def verify(controller: Controller) -> Run:
    proof = str(controller.home / "proof.json")
    return controller.run(
        playbook="playbooks/verify.yml", migrate_data_proof=proof, migrate_data_sample="10"
    )


def test_the_proof_reaches_the_controller_and_a_loss_fails_it(
    controller: Controller,
    container: str,
    fill: Callable[[int], Uploaded],
    destination_client: Client,
) -> None:
    fill(OBJECTS)
    assert controller.run().status == 0
    path = controller.home / "proof.json"
    proved = verify(controller)
    assert proved.status == 0, proved.output
    assert proved.changed == 0
    proof = json.loads(path.read_text())
    assert proof["equal"] is True
    assert proof["objects"]["match"] == OBJECTS
    assert proof["sampled"] == 10
    assert proof["source"]["sha256"] == proof["destination"]["sha256"]
    assert proof["source"]["sha256"] in proved.output

    new = f"{container}-new"
    lost = next(row["name"] for row in destination_client.listing(new) if row["bytes"])
    destination_client.delete(new, lost)
    refused = verify(controller)
    assert refused.status != 0
    assert refused.errors == [
        f"'{new}' does not hold what '{container}' holds: 1 missing. The first is {lost}: missing."
    ]
    assert json.loads(path.read_text())["equal"] is False
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
