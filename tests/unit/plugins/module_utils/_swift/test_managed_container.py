# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container at servers that answer as Ceph does, and at others no lab has."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import managed_container
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerSettings,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.managed_container import (
    ManagedContainer,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

POLICIES = {
    "policies": [
        {"name": "default-placement", "default": True},
        {"name": "fast", "aliases": "fast, ssd"},
    ]
}
HELD = {"X-Container-Object-Count": "2", "X-Container-Bytes-Used": "5"}


class StoreServer(ObjectServer):
    """Answers by method; a HEAD can answer differently from one time to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.info: dict[str, Any] = {"swift": POLICIES}
        self.answers: dict[str, list[Answer]] = {}
        self.script = self._answer

    def _answer(self, asked: Asked) -> Answer:
        answers = self.answers[asked.method]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def managed(self) -> ManagedContainer:
        return ManagedContainer(self, "c")  # type: ignore[arg-type]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(
        managed_container, "Retry", lambda attempts: Retry(attempts, sleep=lambda _seconds: None)
    )
    with StoreServer().running() as running:
        yield running


def wanted(**params: Any) -> ContainerSettings:
    return ContainerSettings.from_params(params)


def listing(*names: str) -> list[Answer]:
    rows = ",".join(
        f'{{"name": "{name}", "bytes": 1, "hash": "x", "last_modified": "2026-01-01T00:00:00"}}'
        for name in names
    )
    return [Answer(200, body=f"[{rows}]".encode()), Answer(200, body=b"[]")]


class TestSomebodyElsesName:
    def test_is_told_when_it_may_not_be_seen(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(403)]}
        with pytest.raises(MigrationError, match=r"^name: .*\(403\).*take another name"):
            server.managed().ensure_present(wanted())

    def test_is_told_when_it_is_taken(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(404)], "PUT": [Answer(409, body=b"BucketAlreadyExists")]}
        with pytest.raises(MigrationError, match=r"\(409\): the name is taken. In some clouds"):
            server.managed().ensure_present(wanted())
        assert len(server.named("PUT")) == 1

    def test_is_told_when_making_it_is_forbidden(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(404)], "PUT": [Answer(403)]}
        with pytest.raises(MigrationError, match=r"refuses to create container 'c'.*role allows"):
            server.managed().ensure_present(wanted())


class TestSettings:
    def test_that_the_server_left_out_when_it_made_the_container_are_set_afterwards(
        self, server: StoreServer
    ) -> None:
        quota = {"X-Container-Meta-Quota-Count": "5"}
        server.answers = {
            "HEAD": [Answer(404), Answer(204), Answer(204, quota)],
            "PUT": [Answer(201)],
            "POST": [Answer(204)],
        }
        outcome = server.managed().ensure_present(wanted(quota_count=5))
        assert outcome.after.quota_count == 5
        assert outcome.ignored == ()
        assert server.named("POST")[0].headers["x-container-meta-quota-count"] == "5"

    def test_that_the_server_ignores_are_reported(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204)], "POST": [Answer(204)]}
        outcome = server.managed().ensure_present(wanted(quota_count=5))
        assert outcome.ignored == ("X-Container-Meta-Quota-Count",)
        assert not outcome.changed

    def test_of_versioning_are_refused_where_there_is_none(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(404)]}
        with pytest.raises(
            MigrationError, match=r"^versioning: the server cannot keep old versions"
        ):
            server.managed().ensure_present(wanted(versioning=True))

    def test_that_are_secret_differ_in_a_diff_without_being_shown(
        self, server: StoreServer
    ) -> None:
        key = "X-Container-Meta-Temp-Url-Key"
        server.answers = {
            "HEAD": [Answer(204, {key: "sesame"}), Answer(204, {key: "open"})],
            "POST": [Answer(204)],
        }
        settings = ContainerSettings(temp_url_keys={"Temp-Url-Key": "open"})
        outcome = server.managed().ensure_present(settings)
        assert outcome.changed
        before, after = (outcome.diff()[side]["temp_url_keys"] for side in ("before", "after"))
        assert before == {"Temp-Url-Key": "set"}
        assert after == {"Temp-Url-Key": "set to another one"}

    def test_are_cleared_by_an_empty_value(self, server: StoreServer) -> None:
        server.answers = {
            "HEAD": [Answer(204, {"X-Container-Read": ".r:*"}), Answer(204)],
            "POST": [Answer(204)],
        }
        server.managed().ensure_present(wanted(read_acl=""))
        assert server.named("POST")[0].headers["x-container-read"] == ""

    def test_need_no_request_but_one_when_all_is_right(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204, {"X-Container-Read": ".r:*"})]}
        assert not server.managed().ensure_present(wanted(read_acl=".r:*")).changed
        assert [asked.method for asked in server.asked] == ["HEAD"]


class TestStoragePolicy:
    def test_of_a_new_container_is_predicted(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(404)]}
        managed = server.managed()
        default = managed.ensure_present(wanted(), check=True).after
        assert default.storage_policy == "default-placement"
        named = managed.ensure_present(wanted(storage_policy="SSD"), check=True).after
        assert named.storage_policy == "fast"

    def test_that_is_unknown_is_refused_with_those_there_are(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(404)]}
        with pytest.raises(
            MigrationError, match=r"no storage policy x\. Take default-placement or"
        ):
            server.managed().ensure_present(wanted(storage_policy="x"))

    @pytest.mark.parametrize("policy", ["fast", "ssd", "Fast"])
    def test_that_is_so_already_changes_nothing(self, server: StoreServer, policy: str) -> None:
        server.answers = {"HEAD": [Answer(204, {"X-Storage-Policy": "fast"})]}
        assert not server.managed().ensure_present(wanted(storage_policy=policy)).changed

    def test_that_differs_is_refused(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204, {"X-Storage-Policy": "fast"})]}
        with pytest.raises(
            MigrationError, match=r"^storage_policy: .*has storage policy fast, not"
        ):
            server.managed().ensure_present(wanted(storage_policy="default-placement"))

    def test_is_left_to_a_server_that_names_none(self, server: StoreServer) -> None:
        server.info = {}
        server.answers = {"HEAD": [Answer(404), Answer(204)], "PUT": [Answer(201)]}
        server.managed().ensure_present(wanted(storage_policy="gold"))
        assert server.named("PUT")[0].headers["x-storage-policy"] == "gold"


class TestDeletion:
    def test_believes_the_server_that_there_are_objects(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204)], "DELETE": [Answer(409)]}
        with pytest.raises(MigrationError, match=r"^force: container 'c' is not empty"):
            server.managed().ensure_absent(force=False)

    def test_that_leaves_something_says_what_it_may_be(self, server: StoreServer) -> None:
        server.answers = {
            "HEAD": [Answer(204)],
            "GET": [Answer(200, body=b"[]")],
            "DELETE": [Answer(409)],
        }
        with pytest.raises(MigrationError, match="old versions or unfinished uploads"):
            server.managed().ensure_absent(force=True)

    def test_in_check_mode_is_only_announced(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204, HELD)]}
        assert server.managed().ensure_absent(force=True, check=True).changed
        assert [asked.method for asked in server.asked] == ["HEAD"]

    def test_of_one_that_has_gone_meanwhile_is_fine(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204)], "DELETE": [Answer(404)]}
        assert server.managed().ensure_absent(force=False).changed

    def test_that_is_forbidden_is_an_error(self, server: StoreServer) -> None:
        server.answers = {"HEAD": [Answer(204)], "DELETE": [Answer(403)]}
        with pytest.raises(MigrationError, match="refuses to delete container 'c'"):
            server.managed().ensure_absent(force=False)

    def test_of_objects_is_one_by_one_without_bulk(self, server: StoreServer) -> None:
        server.answers = {
            "HEAD": [Answer(204, HELD)],
            "GET": listing("a b", "a/../b"),
            "DELETE": [Answer(204), Answer(404), Answer(204)],
        }
        assert server.managed().ensure_absent(force=True).changed
        paths = [unquote(asked.path) for asked in server.named("DELETE")]
        assert paths == ["/v1/AUTH_x/c/a b", "/v1/AUTH_x/c/a/../b", "/v1/AUTH_x/c"]
