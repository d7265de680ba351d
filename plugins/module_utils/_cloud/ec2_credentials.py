# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""EC2 credentials in Keystone: keys for the S3 API of one user in one project.

https://docs.openstack.org/api-ref/identity/v3/ has them under "OS-EC2"; openstacksdk has no call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .._dependencies import keystone_exceptions
from .._errors import MigrationError
from .connection_options import APPLICATION_CREDENTIAL, V1, ConnectionOptions
from .login_errors import explain
from .session import LoginSession


@dataclass(frozen=True)
class Ec2Credential:
    """An access key and its secret.

    :param project_id: the project whose objects it opens.
    """

    access: str
    secret: str = field(repr=False)
    project_id: str

    @classmethod
    def from_answer(cls, told: Mapping[str, Any]) -> Self:
        return cls(told["access"], told["secret"], told["tenant_id"])


@dataclass(frozen=True)
class CredentialChange:
    """What became of a project's credentials, or in check mode would become of them.

    :param before: the access keys.
    :param after: the same; ``(new)`` stands for one that is not made in check mode.
    :param credential: the one that is present now.
    """

    before: list[str]
    after: list[str]
    credential: Ec2Credential | None = None

    @property
    def changed(self) -> bool:
        return self.before != self.after

    def diff(self) -> dict[str, Any]:
        """Give the access keys before and after, for diff mode; no secrets."""
        return {
            "before": {"access_keys": self.before},
            "after": {"access_keys": self.after},
        }


class Ec2Credentials:
    """The credentials of the user and the project of a login.

    Those that a trust gives to another user are not counted among them.  Each method raises
    :class:`MigrationError`.

    :param login: made from ``given``.
    :param given: the options as the user gave them, to name them in errors.
    """

    def __init__(self, login: LoginSession, given: ConnectionOptions) -> None:
        self._login = login
        self._given = given
        if login.options.auth_type == V1:
            raise MigrationError(
                "EC2 credentials are Keystone's, and v1 auth has none",
                option=given.option("auth_type"),
                remedy="Log in to Keystone with v3password",
            )
        try:
            access = login.auth.get_access(login.session)
        except keystone_exceptions.ClientException as error:
            raise explain(error, given, login.options) from error
        if access.project_id is None:
            raise explain(keystone_exceptions.EmptyCatalog(), given, login.options)
        self.project_id: str = access.project_id
        keystone = str(login.options.auth["auth_url"]).rstrip("/").removesuffix("/v3")
        self._url = f"{keystone}/v3/users/{access.user_id}/credentials/OS-EC2"

    def known(self) -> list[Ec2Credential]:
        """List the project's credentials, in the order of their access keys."""
        return [known for known in self._of_user() if known.project_id == self.project_id]

    def ensure_present(self, access: str | None, *, check: bool) -> CredentialChange:
        """Make one unless there is one.

        :param access: the one that must be there, because Keystone chooses the key of a new one.
        """
        known = self._named(access) if access else self.known()
        keys = [credential.access for credential in known]
        if known:
            return CredentialChange(keys, keys, known[0])
        if access:
            raise MigrationError(
                f"project {self.project_id} has no EC2 credential {access}",
                option="access",
                remedy="Leave it out to get one that is there, or a new one",
            )
        if check:
            return CredentialChange(keys, [*keys, "(new)"])
        made = self._ask("POST", self._url, json={"tenant_id": self.project_id})
        credential = Ec2Credential.from_answer(made["credential"])
        return CredentialChange(keys, [*keys, credential.access], credential)

    def ensure_absent(self, access: str | None, *, check: bool) -> CredentialChange:
        """Delete one.

        :param access: which one; not needed if there is only one.
        """
        keys = [known.access for known in (self._named(access) if access else self.known())]
        if len(keys) > 1:
            raise MigrationError(
                f"project {self.project_id} has the EC2 credentials {', '.join(keys)}",
                option="access",
                remedy="Say which one is to go",
            )
        for key in () if check else keys:
            self._ask("DELETE", f"{self._url}/{key}")
        return CredentialChange(keys, [])

    def _named(self, access: str) -> list[Ec2Credential]:
        found = [known for known in self._of_user() if known.access == access]
        for known in found:
            if known.project_id != self.project_id:
                raise MigrationError(
                    f"{access} is of project {known.project_id}, the login of {self.project_id}",
                    option="access",
                    remedy="Log in for the project of the EC2 credential",
                )
        return found

    def _of_user(self) -> list[Ec2Credential]:
        told = self._ask("GET", self._url)["credentials"]
        own = [Ec2Credential.from_answer(known) for known in told if not known.get("trust_id")]
        return sorted(own, key=lambda known: known.access)

    def _ask(self, method: str, url: str, **body: Any) -> Any:
        login = self._login
        try:
            answer = login.session.request(url, method, auth=login.auth, **body)
            return answer.json() if answer.content else None
        except keystone_exceptions.Forbidden as error:
            raise self._forbidden(error) from error
        except keystone_exceptions.NotFound as error:
            if method == "DELETE":  # somebody else was faster
                return None
            raise explain(error, self._given, login.options) from error
        except keystone_exceptions.ClientException as error:
            raise explain(error, self._given, login.options) from error

    def _forbidden(self, error: Any) -> MigrationError:
        reason = error.message.partition(" (HTTP")[0]
        if self._login.options.auth_type != APPLICATION_CREDENTIAL:
            return MigrationError(
                f"Keystone does not let this user handle EC2 credentials: {reason}",
                option=self._given.option("auth"),
                remedy="Ask the cloud's operators for one",
            )
        return MigrationError(
            "Keystone does not let an application credential handle EC2 credentials (403)",
            option=self._given.origin("application_credential_id"),
            remedy=(
                "Log in as the user: run 'openstack ec2 credentials create', or this module with "
                "auth_type v3password. Then give access and secret to the role cube_storage as "
                "access_key and secret_key of cube_storage_s3"
            ),
        )
