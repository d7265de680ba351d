# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a failed login means, for failures that no lab shows."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.login_errors import (
    explain,
)
from keystoneauth1 import exceptions as keystone

URL = "https://keystone/v3"
GIVEN = ConnectionOptions(
    auth_type="v3password", auth={"auth_url": URL, "username": "chris"}, label="source"
)


def explained(error: Exception, given: ConnectionOptions = GIVEN) -> str:
    return str(explain(error, given, GIVEN))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            keystone.ConnectTimeout(f"Request to {URL}/auth/tokens timed out"),
            f"source.auth.auth_url: cannot reach {URL} (no answer in time).",
        ),
        (
            keystone.ConnectFailure("Unable to establish connection: ('Connection aborted.', ...)"),
            f"source.auth.auth_url: cannot reach {URL} (no connection).",
        ),
        (
            keystone.ConnectFailure(
                "... ('Connection aborted.', RemoteDisconnected('closed without response'))"
            ),
            f"source.auth.auth_url: cannot reach {URL} (closed without response).",
        ),
        (
            keystone.SSLError(
                'SSL exception connecting: (Caused by SSLError(CertificateError("hostname '
                "'keystone' doesn't match 'other'\")))"
            ),
            f"source.ca_cert: the certificate of {URL} is not trusted: it is for another host",
        ),
        (
            keystone.SSLError(
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has "
                "expired (_ssl.c:1006)"
            ),
            f"source.ca_cert: the certificate of {URL} is not trusted: certificate has expired.",
        ),
        (
            keystone.ServiceUnavailable(),
            f"source.auth.auth_url: {URL} answers 503 Service Unavailable. The service is in "
            "trouble: try again later.",
        ),
        (
            keystone.TooManyRequests(),
            f"source.auth.auth_url: {URL} answers 429 Too Many Requests. The service is",
        ),
        (
            keystone.Forbidden("You are locked out (HTTP 403) (Request-ID: req-1)"),
            f"source.auth: {URL} refuses the login: You are locked out (403).",
        ),
        (
            keystone.BadRequest("Expecting to find domain in project. The server could not ..."),
            f"source.auth.project_domain_id: {URL} asks for the project's domain. Give "
            "source.auth.project_domain_id or source.auth.project_domain_name.",
        ),
        (
            keystone.NotFound("Could not find Application Credential: abc. (HTTP 404)"),
            f"source.auth.application_credential_id: {URL} knows no application credential",
        ),
        (
            keystone.NotFound(),
            f"source.auth.auth_url: {URL} answers 404: there is no Keystone v3.",
        ),
        (
            keystone.Unauthorized(),
            f"source.auth.password: {URL} rejects user chris with this password. Check username, "
            "password, the user's domain and the project.",
        ),
    ],
)
def test_the_option_and_the_reason_are_named(error: Exception, message: str) -> None:
    assert explained(error).startswith(message)


def test_the_openrc_is_named_when_it_holds_the_value() -> None:
    given = ConnectionOptions(openrc="/openrc.sh", label="destination")
    assert explained(keystone.Unauthorized(), given).startswith("destination.openrc: ")
    assert explained(keystone.Forbidden(), given).startswith("destination.openrc: ")


@pytest.mark.parametrize(
    "kind", ["v3oidcaccesstoken", "v3oidcpassword", "v3websso", "v3samlpassword"]
)
@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"auth_type": "v3websso", "auth": {"auth_url": URL}}, "source.auth_type"),
        ({"openrc": "/openrc.sh"}, "source.openrc"),
        ({"cloud": "nerc"}, "source.cloud"),
    ],
)
@pytest.mark.parametrize(
    "error", [keystone.MissingRequiredOptions([]), keystone.NoMatchingPlugin("x")]
)
def test_a_login_by_an_identity_provider_needs_an_application_credential(
    kind: str, options: dict[str, Any], option: str, error: Exception
) -> None:
    given = ConnectionOptions(label="source", **options)
    used = ConnectionOptions(label="source", auth_type=kind, auth={"auth_url": URL})
    assert str(explain(error, given, used)) == (
        f"{option}: {kind} logs in through an identity provider, which asks a person. Create an "
        "application credential in Horizon under Identity, Application Credentials, and download "
        "its openrc."
    )
