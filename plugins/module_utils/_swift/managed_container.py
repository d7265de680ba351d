# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container that a user wants to be there with certain settings, or not to be there."""

from __future__ import annotations

import dataclasses
from typing import Any

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._transport.http_messages import Response
from .._transport.retry import Retry
from .bulk_delete import delete_objects
from .container import Container
from .container_name import SHARED_NAMES, check_name
from .container_settings import ContainerSettings, ContainerState
from .swift_client import SwiftClient

_ABSENT = ContainerState(exists=False)


@dataclasses.dataclass(frozen=True)
class ContainerChange:
    """What became of a container, or in check mode would become of it.

    :param ignored: headers of settings that the server took without an error, and did not set.
    """

    changed: bool
    before: ContainerState
    after: ContainerState
    ignored: tuple[str, ...] = ()

    def diff(self) -> dict[str, Any]:
        """Give the settings before and after, for diff mode.  Of a key, only that it is set."""
        before, after = self.before.settings(), self.after.settings()
        old, new = self.before.temp_url_keys, self.after.temp_url_keys
        for key in new:
            if key in old and new[key] != old[key]:
                after["temp_url_keys"][key] = "set to another one"
        return {"before": before, "after": after}


class ManagedContainer:
    """One container and what may be done to it.  It is looked at before it is touched.

    :raises MigrationError: by every method, naming the option of the module and the remedy.
    """

    def __init__(self, connection: Connection, name: str) -> None:
        check_name(name)
        self._connection = connection
        self._container = Container(SwiftClient(connection, Retry(attempts=4)), name)
        self._name = name

    def state(self) -> ContainerState:
        """HEAD the container."""
        response = self._container.request("HEAD", accept=(403, 404))
        if response.status == 404:
            return _ABSENT
        if response.status == 403:
            raise MigrationError(
                f"the login may not see container '{self._name}' (403)",
                option="name",
                remedy=f"Check that its role may use the object store. {SHARED_NAMES}",
            )
        return ContainerState.of(response.headers)

    def ensure_present(self, wanted: ContainerSettings, *, check: bool = False) -> ContainerChange:
        """Make the container if it is missing, and change the settings that differ.

        :param check: change nothing, only tell.
        """
        before = self.state()
        policy = self._policy(wanted, before)
        self._check_versioning(wanted, before)
        changed = not before.exists or bool(wanted.headers(before))
        if check or not changed:
            expected = dataclasses.replace(wanted, storage_policy=policy)
            return ContainerChange(changed, before, expected.applied_to(before))
        state = before if before.exists else self._create(wanted)
        # A server may leave settings out when it makes a container.
        if headers := wanted.headers(state):
            self._accepted(
                self._container.request("POST", headers=headers, accept=(400, 403, 404)), "change"
            )
            state = self.state()
        changed = not before.exists or _settings(state) != _settings(before)
        return ContainerChange(changed, before, state, tuple(wanted.headers(state)))

    def ensure_absent(self, *, force: bool, check: bool = False) -> ContainerChange:
        """Delete the container; with ``force``, its objects too.

        :param check: change nothing, only tell.
        """
        before = self.state()
        if not before.exists:
            return ContainerChange(False, before, before)
        if before.objects and not force:
            raise self._not_empty(f"it holds {before.objects} objects ({before.bytes} bytes)")
        if not check:
            self._delete(force=force)
        return ContainerChange(True, before, _ABSENT)

    def _create(self, wanted: ContainerSettings) -> ContainerState:
        response = self._container.request(
            "PUT", headers=wanted.headers(_ABSENT), accept=(202, 400, 403, 409)
        )
        self._accepted(response, "create")
        return self.state()

    def _delete(self, *, force: bool) -> None:
        if force:
            delete_objects(self._container)
        response = self._container.request("DELETE", accept=(403, 404, 409))
        if response.status == 409:
            left = "objects have come meanwhile, or old versions or unfinished uploads are left"
            raise self._not_empty(left if force else "it holds objects")
        if response.status != 404:
            self._accepted(response, "delete")

    def _not_empty(self, why: str) -> MigrationError:
        return MigrationError(
            f"container '{self._name}' is not empty: {why}",
            option="force",
            remedy="force=true deletes the objects too",
        )

    def _accepted(self, response: Response, action: str) -> None:
        if response.status < 400:
            return
        text = " ".join(response.body[:300].decode("utf-8", "replace").split())
        remedy = None
        if response.status == 409:
            text, remedy = "the name is taken", SHARED_NAMES
        elif response.status == 403:
            text, remedy = "forbidden", f"Check that the login's role allows it. {SHARED_NAMES}"
        raise MigrationError(
            f"the server refuses to {action} container '{self._name}' ({response.status}): {text}",
            option="name",
            remedy=remedy,
        )

    def _policy(self, wanted: ContainerSettings, state: ContainerState) -> str | None:
        """Give the name of the storage policy that the container has or will have."""
        policy = wanted.storage_policy
        if state.exists and not policy:
            return state.storage_policy
        profile = self._connection.profile()
        names = profile.policies
        if policy and names and policy.lower() not in names:
            raise MigrationError(
                f"the server has no storage policy {policy}",
                option="storage_policy",
                remedy=f"Take {' or '.join(sorted(set(names.values())))}",
            )
        name = names.get(policy.lower(), policy) if policy else profile.default_policy
        if state.exists and state.storage_policy not in (name, None):
            raise MigrationError(
                f"container '{self._name}' has storage policy {state.storage_policy}, not {name}, "
                f"and a container keeps its policy for life",
                option="storage_policy",
                remedy="Leave storage_policy out, or give a new container's name",
            )
        return name

    def _check_versioning(self, wanted: ContainerSettings, state: ContainerState) -> None:
        if not wanted.versioning or state.versioning:
            return
        if not self._connection.profile().object_versioning:
            raise MigrationError(
                "the server cannot keep old versions of objects",
                option="versioning",
                remedy="Leave versioning out",
            )


def _settings(state: ContainerState) -> ContainerState:
    """What does not change by itself."""
    return dataclasses.replace(state, objects=0, bytes=0)
