# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""``ansible-playbook playbooks/verify.yml`` proves what ``migrate.yml`` did."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.integration.comparison.findings import lose
from tests.integration.pair import Pair
from tests.integration.playbooks.controller import Controller, Run
from tests.integration.playbooks.cutover import LOCAL, PHASE, Cutover, write_inventory
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("warm_modules")

LOST = b"an object that is going to be lost"
OBJECTS = 40
VERIFIED = "X-Container-Meta-Migration-Verified"


def verify(controller: Controller, **variables: str) -> Run:
    proof = str(controller.home / "proof.json")
    options = {"migrate_data_proof": proof, "migrate_data_sample": "10", **variables}
    return controller.run(playbook="playbooks/verify.yml", **options)


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
    report = controller.home / "state/differences.jsonl"
    [error] = refused.errors
    assert error.startswith(
        f"'{new}' does not hold what '{container}' holds: 1 missing. The first is {lost}: missing. "
        f"To copy these again, give swift_sync {report} as copy_again (migrate_data_copy_again in "
        f"the playbooks). All of it is in {path.parent}/proof-"
    )
    assert json.loads(path.read_text())["equal"] is False
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0

    assert controller.run(migrate_data_copy_again=str(report)).status == 0
    assert verify(controller).status == 0


def test_what_was_accepted_as_lost_stands_in_the_proof_by_name(
    lab: Lab,
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    source_client: Client,
    destination_client: Client,
) -> None:
    fill(5)
    source_client.put(container, "lost", LOST)
    pair = Pair(container, lab, source_client, destination_client, lambda: {})
    lose(pair, "source", LOST)
    accepting = controller.given({"migrate_data_accept_unreadable": ["lost"]})
    copied = accepting.run()
    assert copied.status == 0, copied.output
    proved = verify(accepting)
    assert proved.status == 0, proved.output
    proof = json.loads((controller.home / "proof.json").read_text())
    assert proof["equal"] is True
    assert [(each["name"], each["side"]) for each in proof["accepted"]] == [("lost", "source")]
    assert "1 objects cannot be read, which was accepted. The first is lost." in proved.output


def test_a_file_of_names_needs_no_cube_and_the_database_does(
    controller: Controller,
    container: str,
    fill: Callable[[int], Uploaded],
    source_client: Client,
    tmp_path: Path,
) -> None:
    fill(5)
    assert controller.run().status == 0
    inventory = write_inventory(tmp_path / "inventory")
    (inventory / "hosts.yml").write_text(json.dumps({"movers": {"hosts": {"localhost": LOCAL}}}))
    names = tmp_path / "names"
    listed = [{"name": row["name"]} for row in source_client.listing(container)]
    names.write_text("\n".join(map(json.dumps, listed)))
    given = {"inventory": str(inventory), "swift_migration_catalogue": str(names)}
    looked = verify(controller, **given)
    assert looked.status == 0, looked.output
    assert "all 5 files of the catalogue are in place" in looked.output

    asked = verify(controller, **given | {"swift_migration_catalogue": "database"})
    assert asked.status != 0
    assert asked.errors == [
        "swift_migration_catalogue: the inventory has no host in the group cube, so no database "
        "can be asked. Put CUBE's host there, or name a file of names."
    ]


def test_after_a_cutover_it_tells_use_from_damage(cutover: Cutover) -> None:
    upload(cutover)
    assert cutover.migrate().status == 0
    replaced, deleted, kept, *_rest = sorted(FILES)
    cutover.api.upload("new", b"written to the new storage")
    cutover.api.replace(replaced, b"replaced there")
    cutover.api.delete(deleted)

    path = cutover.controller.home / "proof.json"
    proved = verify(cutover.controller, migrate_data_sample="100%")
    assert proved.status == 0, proved.output
    assert proved.changed == 0
    proof = json.loads(path.read_text())
    assert (proof["equal"], proof["phase"], proof["deleted"]) == (True, "cut-over", [deleted])
    assert proof["objects"]["written"] >= 2
    assert proof["objects"]["match"] >= len(FILES) - 2
    assert f"deleted them, or they are lost. The first is {deleted}." in proved.output
    assert cutover.phase == "cut-over"

    # As if the object had been put before the proof: the moment of the proof is moved.
    cutover.destination.put(cutover.new, kept, b"tampered with")
    headers = cutover.destination.head(cutover.new)
    row = next(row for row in cutover.destination.listing(cutover.new) if row["name"] == kept)
    later = row["last_modified"].replace("Z", "") + "1"
    cutover.destination.post(cutover.new, "", {VERIFIED: later})
    refused = verify(cutover.controller)
    assert refused.status != 0
    assert ": differ, bytes, hash" in refused.errors[0]
    named = [each["name"] for each in json.loads(path.read_text())["differences"]]
    assert kept in named
    assert headers[PHASE] == cutover.phase == "cut-over"
