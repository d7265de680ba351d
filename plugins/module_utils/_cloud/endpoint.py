# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the object store is."""

from __future__ import annotations

from typing import Any

from .._dependencies import keystone_exceptions
from .._errors import MigrationError
from .connection_options import V1, ConnectionOptions, split_url
from .login_errors import explain
from .session import SERVICE, LoginSession

SCHEMES = ("http", "https")
"""What a server may name; libcurl knows file, gopher and others."""


def find_storage_url(login: LoginSession, given: ConnectionOptions) -> str:
    """Find the account's URL in the catalog, or in what v1 auth answered.

    The option ``storage_url`` and ``clouds.yaml`` may override it; one without a path overrides the
    server only.

    :param login: has logged in already.
    :param given: the options as the user gave them, to name them in errors.
    :raises MigrationError: there is none, or several to choose from.
    """
    if not given.storage_url:
        return _checked(login.endpoint or _named(login, given), login, given)
    server = split_url(given.storage_url)
    if server.path.strip("/"):
        return _checked(given.storage_url, login, given)
    path = split_url(login.endpoint or _named(login, given)).path
    return _checked(f"{server.scheme}://{server.netloc}{path}", login, given)


def _named(login: LoginSession, given: ConnectionOptions) -> str:
    """The address that the login names."""
    used = login.options
    wanted = {"interface": used.interface, "region_name": used.region_name}
    try:
        found = login.session.get_endpoint(auth=login.auth, service_type=SERVICE, **wanted)
    except keystone_exceptions.EndpointNotFound as error:
        if isinstance(error, keystone_exceptions.EmptyCatalog):
            raise explain(error, given, used) from error
        found = None
    except keystone_exceptions.ClientException as error:
        # It logs in again when the token has less than half a minute left.
        raise explain(error, given, used) from error
    if not found:
        raise _not_found(login, given)
    if used.auth_type != V1 and not used.region_name:
        regions = _offered(login, "region_name", interface=used.interface)
        if len(regions) > 1:
            raise MigrationError(
                f"there are object stores in {', '.join(regions)}",
                option=given.option("region_name"),
                remedy="Say which one is meant",
            )
    return str(found)


def _checked(url: str, login: LoginSession, given: ConnectionOptions) -> str:
    """The address that a server named, if a token may be sent there.

    :raises MigrationError: it is none of http or https, or http after a login over https.
    """
    parts = split_url(url)
    if not (parts.scheme in SCHEMES and parts.hostname and url.isascii() and url.isprintable()):
        raise MigrationError(
            f"the login names the address {url[:300]!r} for the object store, which is no URL of "
            "http or https",
            option=given.origin("auth_url"),
            remedy="Check that the URL leads to the right service, and ask its operators",
        )
    login_scheme = split_url(str(login.options.auth.get("auth_url", ""))).scheme
    if (login_scheme, parts.scheme) == ("https", "http") and not given.allow_plain_http:
        raise MigrationError(
            f"the login was over https, but the object store is at {url}, where the token and "
            "all objects could be read and changed on the way",
            option=given.option("storage_url"),
            remedy=(
                "Give the address that speaks https; or set "
                f"{given.option('allow_plain_http')} to true if the network between is trusted"
            ),
        )
    return url


def _offered(login: LoginSession, attribute: str, **wanted: Any) -> list[str]:
    catalog = login.auth.get_access(login.session).service_catalog
    endpoints = catalog.get_endpoints_data(service_type=SERVICE, **wanted)
    return sorted(
        {str(getattr(found, attribute)) for group in endpoints.values() for found in group}
    )


def _not_found(login: LoginSession, given: ConnectionOptions) -> MigrationError:
    used = login.options
    regions = _offered(login, "region_name")
    if not regions:
        return MigrationError(
            "the cloud's catalog has no object store",
            option=given.origin("auth_url"),
            remedy="Ask the cloud's operators for access to object storage",
        )
    if used.region_name and used.region_name not in regions:
        return MigrationError(
            f"there is no object store in region {used.region_name}",
            option=given.option("region_name"),
            remedy=f"Take {' or '.join(regions)}",
        )
    interfaces = _offered(login, "interface", region_name=used.region_name)
    return MigrationError(
        f"the object store has no {used.interface} address",
        option=given.option("interface"),
        remedy=f"Take {' or '.join(interfaces)}",
    )
