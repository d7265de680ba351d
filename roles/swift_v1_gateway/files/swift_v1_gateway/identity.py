# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Keystone v3: an application credential in, a token and the account's URL out."""

from __future__ import annotations

import time

from keystoneauth1 import exceptions
from keystoneauth1.access.access import AccessInfo
from keystoneauth1.identity.v3 import ApplicationCredential
from keystoneauth1.session import Session

from swift_v1_gateway.login_error import LoginError
from swift_v1_gateway.token_cache import Login

SERVICE = "object-store"
RETRY_AFTER = 5


class Identity:
    """Logs in to Keystone; may be used by many threads.

    :param url: of Keystone, ending in ``/v3``.
    :param region_name: of the object store; needed if the catalog has several.
    :param interface: ``public``, ``internal`` or ``admin``.
    :param ca_file: of the authority that signed Keystone's certificate; None for the system's.
    :param timeout: seconds that Keystone has for an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        region_name: str | None,
        interface: str,
        ca_file: str | None,
        timeout: float,
    ) -> None:
        self._url = url
        self._region_name = region_name
        self._interface = interface
        # The secret goes to this URL and nowhere else: no redirects.
        self._session = Session(
            verify=ca_file or True, timeout=timeout, redirect=False, app_name="swift_v1_gateway"
        )

    def log_in(self, name: str, secret: str) -> Login:
        """Get a new token.

        :param name: the application credential's ID.
        :raises LoginError: 401 when Keystone rejects the credential, 503 when it has no time, 502
            when the gateway's options are wrong.
        """
        auth = ApplicationCredential(
            self._url, application_credential_id=name, application_credential_secret=secret
        )
        # The token cannot be older than this, so it is not used for too long.
        begun = time.monotonic()
        try:
            access = auth.get_access(self._session)
        except exceptions.ClientException as error:
            raise self._explain(error) from None
        token, expires, issued = access.auth_token, access.expires, access.issued
        if token is None or expires is None or issued is None:
            raise LoginError(502, f"{self._url} answers, but gives no token that expires")
        url = self._storage_url(access)
        if not all(text.isascii() and text.isprintable() for text in (token, url)):
            raise LoginError(502, f"{self._url} answers with what cannot be a token and a URL")
        # Both times are the server's, so a wrong clock here does not matter.
        life = (expires - issued).total_seconds()
        return Login(token, url, begun, life)

    def _storage_url(self, access: AccessInfo) -> str:
        if not access.has_service_catalog():
            raise LoginError(502, "the application credential sees no catalog of services")
        found = access.service_catalog.get_endpoints_data(service_type=SERVICE)
        endpoints = [endpoint for group in found.values() for endpoint in group]
        offered = [(str(known.region_name), str(known.interface)) for known in endpoints]
        urls = {
            str(known.url).rstrip("/")
            for known in endpoints
            if known.interface == self._interface and self._region_name in (None, known.region_name)
        }
        if len(urls) == 1:
            return urls.pop()
        places = ", ".join(f"{region} ({interface})" for region, interface in sorted(set(offered)))
        if urls:
            raise LoginError(502, f"--region-name is needed, there are object stores in {places}")
        raise LoginError(
            502,
            f"there is no object store with --region-name {self._region_name} and --interface "
            f"{self._interface}; the catalog has {places or 'none'}",
        )

    def _explain(self, error: exceptions.ClientException) -> LoginError:
        url = self._url
        if isinstance(error, exceptions.SSLError):
            return LoginError(502, f"no TLS connection with {url}; --ca-file names who signed it")
        if isinstance(error, exceptions.ConnectionError):
            return LoginError(503, f"cannot reach {url}", retry_after=RETRY_AFTER)
        if not isinstance(error, exceptions.HttpError):
            return LoginError(502, f"{url} answers, but not as Keystone v3; see --keystone-url")
        status = error.http_status
        # Keystone answers 404 for an ID that it does not know.
        unknown = status == 404 and "application credential" in str(error.message).lower()
        if status in (401, 403) or unknown:
            return LoginError(401, f"Keystone rejects the application credential ({status})")
        if status >= 500 or status in (408, 429):
            wait = getattr(error, "retry_after", 0) or RETRY_AFTER
            return LoginError(503, f"{url} answers {status}", retry_after=wait)
        return LoginError(502, f"{url} answers {status}; see --keystone-url")
