# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is said of a login that somebody on the way could read or change."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.weak_transport import (
    warn_of_weak_transport,
)

pytestmark = pytest.mark.security


def warnings(
    caplog: pytest.LogCaptureFixture, url: str, given: dict[str, Any], **used: Any
) -> list[str]:
    """What is warned of a login at a URL.

    :param given: by the user, who calls it the source.  :param used: options in effect.
    """
    warn_of_weak_transport(
        ConnectionOptions(**given, label="source"),
        ConnectionOptions(auth={"auth_url": url}, **used),
    )
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    "url",
    [
        "http://k/v3",
        "HTTP://k/v3",
        "http://192.0.2.1:5000/v3",
        "http://[2001:db8::1]/v3",
        "http://localhost.example.org/v3",
        "http://127.0.0.1@k/v3",
    ],
)
def test_a_login_over_plain_http_is_warned_of(caplog: pytest.LogCaptureFixture, url: str) -> None:
    (warning,) = warnings(caplog, url, {"auth": {"auth_url": url}})
    assert warning.startswith(f"source.auth.auth_url: the login at {url} is over plain http: ")


@pytest.mark.parametrize(
    "url",
    [
        "https://k/v3",
        "http://127.0.0.1:5000/v3",
        "http://127.1.2.3/v3",
        "http://[::1]/v3",
        "http://LOCALHOST/v3",
        "",
    ],
)
def test_a_login_that_nobody_else_reads_is_not_warned_of(
    caplog: pytest.LogCaptureFixture, url: str
) -> None:
    assert warnings(caplog, url, {"auth": {"auth_url": url}}) == []


@pytest.mark.parametrize("option", ["cloud", "openrc"])
def test_an_address_is_blamed_on_the_option_that_it_came_from(
    caplog: pytest.LogCaptureFixture, option: str
) -> None:
    (warning,) = warnings(caplog, "http://k/v3", {option: "nerc"})
    assert warning.startswith(f"source.{option}: the login at http://k/v3 ")


def test_certificates_that_are_not_checked_are_warned_of_with_what_to_give_instead(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (warning,) = warnings(caplog, "https://k/v3", {"cloud": "nerc"}, validate_certs=False)
    assert warning == (
        "source.validate_certs: the certificates of https://k/v3 are not checked: everybody on the "
        "way can read the secret and the objects, and change them. Rather give source.ca_cert"
    )


def test_plain_http_and_certificates_that_are_not_checked_are_told_apart(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = warnings(caplog, "http://k/v3", {"cloud": "nerc"}, validate_certs=False)
    assert [warning.partition(":")[0] for warning in told] == [
        "source.cloud",
        "source.validate_certs",
    ]
