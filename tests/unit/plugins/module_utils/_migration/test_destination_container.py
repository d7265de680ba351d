# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The container that a migration fills: made if all fits in, left alone once it is in use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.destination_container import (
    DestinationContainer,
    Provided,
    Source,
    is_in_use,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerSettings,
    ContainerState,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.two_clouds import PHASE, TwoClouds

OWNER = "x-container-meta-owner"


@pytest.fixture
def clouds(source: ObjectServer, destination: ObjectServer, tmp_path: Path) -> TwoClouds:
    """The old container holds 5 bytes; the new one is not there yet."""
    made = TwoClouds(source, destination, tmp_path)
    made.source.put("a", b"123", "old")
    made.source.put("b", b"45", "old")
    made.source.containers["old"][OWNER] = "FNNDSC"
    del made.destination.containers["new"]
    return made


def provide(
    clouds: TwoClouds,
    wanted: ContainerSettings | None = None,
    *,
    check: bool = False,
    prefix: str = "",
    remedy: str = "",
) -> Provided:
    source, destination = clouds.connections
    return DestinationContainer(destination, "new", Source(source, "old", prefix, remedy)).provide(
        wanted or ContainerSettings(), check=check
    )


def with_account(clouds: TwoClouds, **headers: str) -> None:
    """Let the destination tell totals of its account."""
    server, store = clouds.connections[1], clouds.destination
    named = {f"X-Account-{name.replace('_', '-')}": value for name, value in headers.items()}
    server.script = lambda asked: Answer(204, named) if asked.path == "/v1/AUTH_x" else store(asked)


def test_it_is_made_with_what_is_wanted_and_what_the_source_has(clouds: TwoClouds) -> None:
    provided = provide(clouds, ContainerSettings(quota_bytes=5))
    assert clouds.state["x-container-meta-quota-bytes"] == "5"
    assert clouds.state[OWNER] == "FNNDSC"
    assert provided.outcome.changed
    assert provided.source is not None
    assert (provided.source.objects, provided.source.bytes) == (2, 5)
    assert (provided.carried, provided.left) == (("Owner",), ())


def test_in_check_mode_the_same_is_told_and_nothing_made(clouds: TwoClouds) -> None:
    told = provide(clouds, ContainerSettings(quota_bytes=5), check=True)
    assert clouds.writes == []
    made = provide(clouds, ContainerSettings(quota_bytes=5))
    assert told.outcome.changed
    assert told.outcome.after.settings() == made.outcome.after.settings()
    assert (told.source, told.carried, told.left) == (made.source, made.carried, made.left)


@pytest.mark.parametrize("phase", ["verified", "cut-over"])
def test_once_it_is_in_use_it_stays_as_it_is_and_the_source_is_not_asked(
    clouds: TwoClouds, phase: str
) -> None:
    clouds.destination.containers["new"] = {PHASE: phase}
    provided = provide(clouds, ContainerSettings(quota_bytes=1))
    assert clouds.asked == [("destination", "HEAD", "new")]
    assert not provided.outcome.changed
    assert (provided.source, provided.carried) == (None, ())


@pytest.mark.parametrize(
    ("phase", "in_use"),
    [
        ("copying", False),
        ("frozen", False),
        ("verified", True),
        ("cut-over", True),
        ("rolled-back", False),
        (None, False),
        ("finished", True),
    ],
)
def test_an_application_may_use_it_from_the_proof_until_a_way_back(
    phase: str | None, in_use: bool
) -> None:
    metadata = {PHASE: phase} if phase else {}
    assert is_in_use(ContainerState.of(metadata)) is in_use


@pytest.mark.parametrize(
    ("prefix", "option"), [("", "source.container"), ("nerc_", "nerc_source_container")]
)
def test_a_source_that_is_not_there_is_named_by_its_option(
    clouds: TwoClouds, prefix: str, option: str
) -> None:
    del clouds.source.containers["old"]
    with pytest.raises(MigrationError) as caught:
        provide(clouds, prefix=prefix)
    assert str(caught.value) == (
        f"{option}: the old Swift has no container 'old'. Name the one that holds the data."
    )
    assert clouds.writes == []


@pytest.mark.parametrize(
    ("settings", "option"),
    [
        (ContainerSettings(quota_bytes=4), "nerc_quota_bytes"),
        (ContainerSettings(quota_count=1), "nerc_quota_count"),
    ],
)
def test_what_does_not_fit_in_is_told_before_anything_is_made(
    clouds: TwoClouds, settings: ContainerSettings, option: str
) -> None:
    with pytest.raises(MigrationError, match=f"^{option}: the source holds .* container 'new' may"):
        provide(clouds, settings, prefix="nerc_")
    assert clouds.writes == []


def test_a_quota_that_it_has_already_counts(clouds: TwoClouds) -> None:
    clouds.destination.containers["new"] = {"x-container-meta-quota-bytes": "4"}
    with pytest.raises(MigrationError, match=r"^quota_bytes: the source holds"):
        provide(clouds)
    provide(clouds, ContainerSettings(quota_bytes=0))
    assert clouds.state["x-container-meta-quota-bytes"] == ""


def test_what_it_holds_already_does_not_count_twice_against_the_accounts_quota(
    clouds: TwoClouds,
) -> None:
    # 5 bytes of other containers, and 3 that are copied already.
    clouds.destination.put("a", b"123", "new")
    with_account(clouds, Bytes_Used="8", Meta_Quota_Bytes="9")
    with pytest.raises(
        MigrationError, match=r"10 bytes\) are needed.*Ask the cloud's operators\.$"
    ):
        provide(clouds, remedy="Ask the cloud's operators")
    assert clouds.writes == []
    with_account(clouds, Bytes_Used="8", Meta_Quota_Bytes="10")
    assert provide(clouds).outcome.changed


def test_old_versions_in_a_container_of_their_own_are_told_with_their_number(
    clouds: TwoClouds,
) -> None:
    clouds.source.containers["old"]["x-versions-location"] = "old%20archive"
    assert provide(clouds, check=True).left == (
        "Not copied: old versions of objects, of which container 'old archive' has 0.",
    )
    for number in range(1001):
        clouds.source.put(str(number), b"", "old archive")
    assert provide(clouds, check=True).left == (
        "Not copied: old versions of objects, of which container 'old archive' has 1,001.",
    )


def test_old_versions_in_the_container_itself_are_counted(clouds: TwoClouds) -> None:
    rows = [{"name": "a", "is_latest": latest, "version_id": "1"} for latest in (True, False)]

    def versions(asked: Asked) -> Answer | None:
        if "versions" not in asked.path:
            return None
        return Answer(200, body=json.dumps([] if "marker" in asked.path else rows).encode())

    clouds.source.containers["old"]["x-versions-enabled"] = "true"
    clouds.source.refuse = versions
    versioning, old_versions = provide(clouds, check=True).left
    assert versioning.startswith("Not taken over: versioning")
    assert old_versions == ("Not copied: old versions of objects, of which container 'old' has 1.")


def test_what_the_destination_does_not_show_afterwards_is_told(clouds: TwoClouds) -> None:
    clouds.destination.refuse = _forgetting(clouds)
    assert provide(clouds).left == (
        "Taken over, but the destination does not show it afterwards: Owner.",
    )


def _forgetting(clouds: TwoClouds) -> Callable[[Asked], Answer | None]:
    """Let the destination make containers without settings."""

    def script(asked: Asked) -> Answer | None:
        if asked.method not in ("PUT", "POST"):
            return None
        clouds.destination.containers["new"] = {}
        return Answer(201)

    return script
