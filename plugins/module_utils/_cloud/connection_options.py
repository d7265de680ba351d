# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How to log in to one cloud: what the user gave, checked and made complete."""

from __future__ import annotations

import dataclasses
import platform
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from .._errors import MigrationError
from . import openrc as openrc_module

V1 = "v1password"
APPLICATION_CREDENTIAL = "v3applicationcredential"

# What each way to log in cannot do without; any one of each group is enough.
_REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    V1: (("auth_url",), ("username",), ("password",)),
    "password": (("auth_url",), ("username", "user_id"), ("password",)),
    "v3password": (("auth_url",), ("username", "user_id"), ("password",)),
    APPLICATION_CREDENTIAL: (
        ("auth_url",),
        ("application_credential_id", "application_credential_name"),
        ("application_credential_secret",),
    ),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ConnectionOptions:
    """The connection options of a module, as documented in the ``connection`` fragment.

    ``None`` means not given: then ``clouds.yaml`` or the openrc counts, and
    after that the default.  Certificates are not checked if ``validate_certs``
    or ``clouds.yaml`` says so.  ``label`` is what precedes the options' names
    in errors, ``source`` for example.
    """

    cloud: str | None = None
    openrc: str | None = None
    auth_type: str | None = None
    auth: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    region_name: str | None = None
    interface: str | None = None
    validate_certs: bool = True
    ca_cert: str | None = None
    allow_plain_http: bool = False
    storage_url: str | None = None
    label: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, Any], label: str = "") -> Self:
        """Take the connection options out of a module's parameters."""
        names = {field.name for field in dataclasses.fields(cls)} - {"auth", "label"}
        given = {name: params[name] for name in names if params.get(name) is not None}
        auth = {key: value for key, value in (params.get("auth") or {}).items() if value}
        return cls(**given, auth=auth, label=label)

    def option(self, name: str) -> str:
        """Give the option's name as the user writes it."""
        return f"{self.label}.{name}" if self.label else name

    def origin(self, key: str) -> str:
        """Name the option that the value of ``auth.key`` came from."""
        if key not in self.auth:
            for source in ("openrc", "cloud"):
                if getattr(self, source):
                    return self.option(source)
        return self.option(f"auth.{key}")

    def complete(self) -> ConnectionOptions:
        """Check the options and add what the openrc says.

        Afterwards ``auth_type`` is known and ``auth`` is complete, unless
        ``cloud`` is given: ``clouds.yaml`` is read when the session is made.

        :raises MigrationError: naming the option that is missing or wrong.
        """
        self._check_sources()
        self._check_ca_cert(self.ca_cert, "ca_cert")
        self.check_url(self.storage_url, self.option("storage_url"))
        if self.cloud:
            return self
        found = self._read_openrc() if self.openrc else {}
        auth = {**found.get("auth", {}), **self.auth}
        complete = dataclasses.replace(
            self,
            auth=auth,
            auth_type=self.auth_type or found.get("auth_type") or _derive_auth_type(auth),
            region_name=self.region_name or found.get("region_name"),
            interface=self.interface or found.get("interface"),
            ca_cert=self.ca_cert or found.get("ca_cert"),
        )
        self._check_ca_cert(complete.ca_cert, "openrc")
        self._check_auth(complete)
        return complete

    def _check_sources(self) -> None:
        given = [name for name in ("cloud", "openrc") if getattr(self, name)]
        if self.auth.get("auth_url") or (self.auth and not given):
            given.append("auth")
        names = ", ".join(self.option(name) for name in given)
        if len(given) > 1:
            raise MigrationError(
                f"{names} are mutually exclusive: each says where to log in",
                remedy=(
                    f"Give one of them; {self.option('auth')} may complete "
                    f"{self.option('openrc')} or {self.option('cloud')}, but without auth_url"
                ),
            )
        if not given:
            raise MigrationError(
                "nothing says how to log in",
                option=self.label or None,
                remedy=(
                    f"Give {self.option('openrc')}, {self.option('cloud')} or {self.option('auth')}"
                ),
            )

    def _read_openrc(self) -> dict[str, Any]:
        try:
            return openrc_module.load(str(self.openrc), self._given())
        except MigrationError as error:
            raise MigrationError(
                error.message, option=self.option("openrc"), remedy=error.remedy
            ) from None

    def _given(self) -> frozenset[str]:
        names = ("auth_type", "region_name", "interface", "ca_cert")
        return frozenset(self.auth) | {name for name in names if getattr(self, name)}

    def _check_ca_cert(self, path: str | None, option: str) -> None:
        if not path:
            return
        try:
            ssl.create_default_context(cafile=Path(path).expanduser())
        except FileNotFoundError:
            problem = f"there is no file {path} on host {platform.node()}"
        except OSError as error:  # ssl.SSLError is one
            problem = f"cannot read a certificate from {path} ({error.strerror or error})"
        else:
            return
        raise MigrationError(
            problem,
            option=self.option(option),
            remedy="Give the PEM file of the authority that signed the server's certificate",
        )

    def _check_auth(self, complete: ConnectionOptions) -> None:
        auth = complete.auth
        for group in _REQUIRED.get(complete.auth_type or "", ()):
            if any(auth.get(key) for key in group):
                continue
            names = " or ".join(self.option(f"auth.{key}") for key in group)
            problem = f"missing, but auth_type {complete.auth_type} needs it"
            if self.openrc and group == ("password",):
                problem = f"the openrc {self.openrc} asks for the password and does not hold it"
            raise MigrationError(
                problem, option=self.option(f"auth.{group[0]}"), remedy=f"Give {names}"
            )
        self.check_url(auth.get("auth_url"), self.origin("auth_url"))
        if complete.auth_type == V1:
            for key in ("username", "password"):
                self._check_header(key, auth[key])

    def _check_header(self, key: str, value: str) -> None:
        """Refuse what the header of a v1 login cannot carry; servers drop white space at its ends."""
        if value != value.strip():
            problem = "begins or ends with white space, which v1 auth cannot carry"
        elif re.search(r"[\x00-\x1f\x7f]", value):
            problem = "holds a control character, which v1 auth cannot carry"
        else:
            return
        raise MigrationError(
            problem,
            option=self.origin(key),
            remedy="Take it out; a value that was read from a file often ends with a new line",
        )

    def check_url(self, url: str | None, option: str) -> None:
        """Refuse an address that is none of http or https; None is not given.

        :raises MigrationError: naming ``option``.
        """
        if url is None:
            return
        parts = split_url(url)
        if not (parts.scheme in ("http", "https") and parts.netloc):
            raise MigrationError(
                f"{url} is not a URL", option=option, remedy="It begins with http:// or https://"
            )


def split_url(url: str) -> SplitResult:
    """The parts of a URL, the scheme in small letters; all are empty if it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _derive_auth_type(auth: Mapping[str, str]) -> str:
    if any(key.startswith("application_credential_") for key in auth):
        return APPLICATION_CREDENTIAL
    return "v3token" if "token" in auth else "v3password"
