# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Symlinks copied as symlinks, or as objects where that cannot be."""

from __future__ import annotations

import time
from collections.abc import Collection

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.symlinks import Symlinks
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.symlink_counts import (
    SymlinkCounts,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

pytestmark = pytest.mark.security

TARGET, ETAG = "x-symlink-target", "x-symlink-target-etag"
NOTHING = {"symlinks": 0, "objects": 0, "dangling": 0, "first_objects": {}, "first_dangling": {}}


class Times:
    """Knows when objects expire, whatever their version is."""

    def __init__(self) -> None:
        self.moment: int | None = None
        self.noted: dict[str, tuple[str, int]] = {}

    def note_expiry(self, container: str, entry: ListedObject, moment: int) -> None:
        self.noted[f"{container}/{entry.name}"] = (entry.version, moment)

    def note_expired(self, container: str, entry: ListedObject) -> None:
        raise AssertionError("a symlink is looked at in each run")

    def expiry(self, _container: str, _entry: ListedObject) -> int | None:
        return self.moment


class Copying:
    """From container "old" to container "new"."""

    def __init__(self, source: ObjectServer, destination: ObjectServer) -> None:
        self.here, self.there = ObjectStore(), ObjectStore()
        source.script, destination.script = self.here, self.there
        destination.info = {"swift": {}, "symlink": {}}
        self.destination = destination
        self.times, self.counts = Times(), SymlinkCounts()
        self.transfer = Transfer(
            source.container("old", reach=ManifestReach("old", ["allowed", "AUTH_y/old"])),
            destination.container("new", "destination"),
            expiries=self.times,
        )
        self.here.put("target", b"bytes", "old", **{"x-object-meta-kind": "theirs"})

    def link(self, to: str, **headers: str) -> None:
        self.here.put("link", b"", "old", **{TARGET: to, "x-object-meta-kind": "mine", **headers})

    def copy(
        self,
        *,
        last: bool = True,
        check: bool = False,
        again: Collection[str] = (),
        prefix: str = "",
    ) -> Outcome:
        self.counts = SymlinkCounts()
        symlinks = Symlinks(
            self.transfer,
            self.transfer.copy_bytes,
            self.counts,
            again=again,
            prefix=prefix,
            check=check,
        )
        return symlinks.copy(ListedObject("link", 0, md5(b""), "", "", symlink="/"), last=last)

    @property
    def made(self) -> dict[str, str]:
        return self.there.headers["new", "link"]

    @property
    def writes(self) -> int:
        return len(self.destination.named("PUT"))


@pytest.fixture
def copying(source: ObjectServer, destination: ObjectServer) -> Copying:
    return Copying(source, destination)


def test_one_within_the_container_leads_to_the_same_object_of_the_new_one(copying: Copying) -> None:
    copying.link("old/target")
    assert copying.copy().kind is Kind.COPIED
    assert copying.made[TARGET] == "new/target"
    assert copying.made["x-object-meta-kind"] == "mine"
    assert copying.there.objects["new", "link"] == b""
    assert copying.counts.result() == {**NOTHING, "symlinks": 1}
    assert copying.copy().kind is Kind.KEPT
    assert copying.writes == 1
    assert copying.copy(again=["link"]).kind is Kind.COPIED
    assert copying.writes == 2


@pytest.mark.parametrize("change", [{TARGET: "new/other"}, {"x-object-meta-kind": "new"}])
def test_one_that_differs_is_put_again(copying: Copying, change: dict[str, str]) -> None:
    copying.link("old/target")
    copying.copy()
    copying.made.update(change)
    assert copying.copy(check=True).kind is Kind.COPIED
    assert copying.writes == 1
    assert copying.copy().kind is Kind.COPIED
    assert copying.made[TARGET] == "new/target"


def test_one_that_names_its_own_account_is_within_the_container(copying: Copying) -> None:
    copying.link("old/target", **{"x-symlink-target-account": "AUTH_x"})
    assert copying.copy().kind is Kind.COPIED
    assert copying.made[TARGET] == "new/target"
    assert "x-symlink-target-account" not in copying.made


def test_one_that_leads_to_nothing_is_copied_and_told(copying: Copying) -> None:
    copying.link("old/none")
    for kind in (Kind.COPIED, Kind.KEPT):
        assert copying.copy().kind is kind
    assert copying.counts.result()["first_dangling"] == {"link": "old/none"}


def test_a_static_one_waits_for_its_target_and_becomes_an_object_if_that_does_not_come(
    copying: Copying,
) -> None:
    copying.link("old/target", **{"x-symlink-target-etag": md5(b"bytes")})
    assert copying.copy(last=False).kind is Kind.LARGE
    assert copying.counts.result() == NOTHING
    assert copying.copy().kind is Kind.COPIED
    assert copying.there.objects["new", "link"] == b"bytes"
    copying.there.put("target", b"bytes", "new")
    assert copying.copy().kind is Kind.COPIED
    assert copying.made["x-symlink-target-etag"] == md5(b"bytes")


class TestPredictedStatic:
    """What check mode tells of a static symlink is what a run then does."""

    def predicted_and_done(
        self, copying: Copying, prefix: str = ""
    ) -> list[tuple[Outcome, dict[str, object]]]:
        told = []
        for check in (True, False):
            told.append((copying.copy(check=check, prefix=prefix), copying.counts.result()))
            assert not (check and copying.writes)
        return told

    def test_one_stays_a_symlink_where_its_target_comes_first(self, copying: Copying) -> None:
        copying.link("old/target", **{ETAG: md5(b"bytes")})
        predicted = copying.copy(check=True), copying.counts.result()
        copying.there.put("target", b"bytes", "new")
        assert (copying.copy(), copying.counts.result()) == predicted
        assert predicted == (Outcome(Kind.COPIED, "link"), {**NOTHING, "symlinks": 1})

    @pytest.mark.parametrize("target", ["target", "none"])
    def test_one_that_is_broken_cannot_be_read(self, copying: Copying, target: str) -> None:
        copying.link(f"old/{target}", **{ETAG: "0" * 32})
        predicted, done = self.predicted_and_done(copying)
        assert predicted == done
        assert predicted[0].kind is Kind.UNREADABLE
        assert f"a symlink to 'old/{target}', which is not there with the ETag" in done[0].reason

    def test_one_becomes_an_object_whose_target_is_not_copied(self, copying: Copying) -> None:
        copying.link("old/target", **{ETAG: md5(b"bytes")})
        predicted, done = self.predicted_and_done(copying, prefix="li")
        assert predicted == done
        assert predicted[1]["first_objects"] == {"link": "old/target"}

    def test_one_stays_a_symlink_whose_target_an_earlier_run_has_copied(
        self, copying: Copying
    ) -> None:
        copying.link("old/target", **{ETAG: md5(b"bytes")})
        copying.there.put("target", b"bytes", "new")
        predicted, done = self.predicted_and_done(copying, prefix="li")
        assert predicted == done
        assert predicted[1]["symlinks"] == 1

    def test_one_becomes_an_object_whose_target_becomes_a_large_one(self, copying: Copying) -> None:
        copying.destination.info["swift"] = {"max_file_size": 4}
        copying.link("old/target", **{ETAG: md5(b"bytes")})
        predicted, done = self.predicted_and_done(copying)
        assert predicted == done
        assert predicted[1]["first_objects"] == {"link": "old/target"}


def test_one_whose_metadata_is_not_taken_is_told_in_check_mode_too(copying: Copying) -> None:
    copying.transfer.metadata = MetadataLimits(value=3)
    copying.link("old/target")
    for check in (True, False):
        with pytest.raises(MigrationError, match="its metadata 'kind' has 4 bytes"):
            copying.copy(check=check)


class TestAsObject:
    """At a destination that has no symlinks."""

    @pytest.fixture(autouse=True)
    def no_symlinks(self, destination: ObjectServer, copying: Copying) -> None:
        del copying
        destination.info = {"swift": {}}

    def test_it_has_the_bytes_and_the_headers_of_its_target(self, copying: Copying) -> None:
        copying.link("old/target")
        assert copying.copy(check=True).kind is Kind.COPIED
        assert copying.writes == 0
        assert copying.copy().kind is Kind.COPIED
        assert copying.there.objects["new", "link"] == b"bytes"
        assert copying.made["x-object-meta-kind"] == "theirs"
        assert TARGET not in copying.made
        assert copying.counts.result()["first_objects"] == {"link": "old/target"}

    def test_it_is_kept_until_its_target_changes(self, copying: Copying) -> None:
        copying.link("old/target")
        copying.copy()
        assert [copying.copy(check=check).kind for check in (True, False)] == [Kind.KEPT] * 2
        assert copying.writes == 1
        copying.here.put("target", b"other", "old")
        assert [copying.copy(check=check).kind for check in (True, False)] == [Kind.COPIED] * 2
        assert copying.there.objects["new", "link"] == b"other"

    @pytest.mark.parametrize("status", [404, 409])
    def test_it_cannot_be_read_if_it_leads_to_nothing(self, copying: Copying, status: int) -> None:
        etag = {"x-symlink-target-etag": "0"} if status == 409 else {}
        copying.link("old/target" if status == 409 else "old/none", **etag)
        outcome = copying.copy()
        assert outcome.kind is Kind.UNREADABLE
        assert "it is a symlink to 'old/" in outcome.reason
        assert copying.counts.result() == NOTHING

    def test_it_has_expired_only_if_the_time_was_seen(self, copying: Copying) -> None:
        copying.link("old/none")
        copying.times.moment = int(time.time()) + 3600
        assert copying.copy().kind is Kind.UNREADABLE
        copying.times.moment = int(time.time()) - 3600
        assert copying.copy().kind is Kind.EXPIRED


@pytest.mark.parametrize(
    ("to", "account"), [("private/target", "AUTH_x"), ("old/target", "AUTH_z")]
)
def test_what_must_not_be_read_is_not_copied(copying: Copying, to: str, account: str) -> None:
    copying.here.put("target", b"secret", "private")
    copying.link(to, **{"x-symlink-target-account": account})
    with pytest.raises(MigrationError, match="a symlink leads to container"):
        copying.copy()
    assert copying.writes == 0


@pytest.mark.parametrize(
    ("to", "account"), [("allowed/target", "AUTH_x"), ("old/target", "AUTH_y")]
)
def test_what_the_user_allows_to_be_read_becomes_an_object(
    copying: Copying, to: str, account: str
) -> None:
    copying.here.put("target", b"bytes", "allowed")
    copying.link(to, **{"x-symlink-target-account": account})
    assert copying.copy().kind is Kind.COPIED
    assert copying.there.objects["new", "link"] == b"bytes"
    prefix = "" if account == "AUTH_x" else "AUTH_y/"
    assert copying.counts.result()["first_objects"] == {"link": f"{prefix}{to}"}


def test_one_that_has_been_replaced_by_an_object_meanwhile_is_copied_as_that(
    copying: Copying,
) -> None:
    copying.here.put("link", b"now an object", "old")
    assert copying.copy(check=True).kind is Kind.COPIED
    assert copying.copy().kind is Kind.COPIED
    assert copying.there.objects["new", "link"] == b"now an object"


class TestWhenItExpires:
    """That is remembered of the symlink as it is listed, as nothing tells it afterwards."""

    @pytest.mark.parametrize("container", ["old", "allowed"])
    def test_a_symlink_expires_at_its_own_time(self, copying: Copying, container: str) -> None:
        copying.here.put("target", b"bytes", "allowed")
        copying.link(f"{container}/target", **{"x-delete-at": "4102444800"})
        for kind in (Kind.COPIED, Kind.KEPT):
            copying.times.noted.clear()
            assert copying.copy().kind is kind
            assert copying.times.noted == {"old/link": (f"{md5(b'')} ", 4102444800)}

    def test_when_its_target_expires_is_not_remembered_of_it(self, copying: Copying) -> None:
        copying.here.put("target", b"bytes", "allowed", **{"x-delete-at": "4102444800"})
        copying.link("allowed/target")
        for _run in range(2):
            copying.copy()
        symlink = f"{md5(b'')} "
        assert symlink not in {version for version, _moment in copying.times.noted.values()}


def test_one_whose_own_time_has_come_has_expired(
    copying: Copying, destination: ObjectServer
) -> None:
    copying.link("old/target", **{"x-delete-at": "1"})
    destination.script = lambda asked: Answer(400 if asked.method == "PUT" else 404)
    assert copying.copy().kind is Kind.EXPIRED


@pytest.mark.parametrize("body", [b"secret", b"secret" * 1024 * 1024], ids=["small", "large"])
def test_what_has_become_a_symlink_since_it_was_listed_leads_nowhere_else_either(
    copying: Copying, body: bytes
) -> None:
    copying.here.put("target", body, "private")
    copying.link("private/target")
    with pytest.raises(MigrationError, match="a symlink leads to container 'private'"):
        copying.transfer.copy(ListedObject("link", len(body), md5(body), "", ""))
    with pytest.raises(MigrationError, match="a symlink leads to container 'private'"):
        copying.transfer.source.digest("link")
    assert copying.writes == 0
