# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the servers that tests run against promise."""

from __future__ import annotations

import datetime
import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.dataset.client import Account, Client
from tests.servers import Lab


def log_in(lab: Lab, name: str) -> Account:
    """Log in to the destination with one of the lab's application credentials."""
    credential = lab.description["app_credentials"][name]
    return Account.destination(
        {
            "destination": {
                **lab.description["destination"],
                "application_credential_id": credential["id"],
                "application_credential_secret": credential["secret"],
            }
        }
    )


def get(
    url: str, headers: dict[str, str] | None = None, context: ssl.SSLContext | None = None
) -> Any:
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310
    return urllib.request.urlopen(request, timeout=30, context=context)  # noqa: S310


@pytest.fixture
def trusting(lab: Lab) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=lab.description["ca_cert"])


def test_all_services_answer(lab: Lab) -> None:
    status = lab.status()
    assert len(status) == 13
    assert all(status.values()), status


def test_credentials_are_their_owners_alone(lab: Lab) -> None:
    files = list(lab.state.creds.iterdir())
    assert {"lab.json", "rclone.conf", "openrc-migrate.sh"} <= {file.name for file in files}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert lab.state.creds.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "name",
    ["migrate", "migrate-unrestricted", "migrate-swiftoperator", "opsonly-unrestricted"],
)
def test_an_application_credential_reaches_the_project(lab: Lab, name: str) -> None:
    account = log_in(lab, name)
    assert account.url == lab.description["destination"]["storage_url"]
    assert "x-account-container-count" in Client(account).head("")


def test_an_expired_credential_is_refused(lab: Lab) -> None:
    with pytest.raises(Exception, match=r"HTTP 401"):
        log_in(lab, "expired")


def test_a_credential_without_a_role_may_log_in_and_nothing_else(lab: Lab) -> None:
    client = Client(log_in(lab, "no-swift-role"))
    with pytest.raises(Exception, match=r"403 Forbidden"):
        client.head("")


def test_the_source_is_reached_over_tls(lab: Lab, trusting: ssl.SSLContext) -> None:
    login = lab.description["source"]
    user = {"X-Auth-User": login["username"], "X-Auth-Key": login["password"]}
    with get(login["tls_auth_url"], user, trusting) as answer:
        url, token = answer.headers["X-Storage-Url"], answer.headers["X-Auth-Token"]
    assert url.startswith("https://")
    with get(url, {"X-Auth-Token": token}, trusting) as answer:
        assert answer.status in (200, 204)


def test_the_destination_is_reached_over_tls(lab: Lab, trusting: ssl.SSLContext) -> None:
    account = log_in(lab, "migrate")
    url = lab.description["destination"]["tls_storage_url"]
    with get(url, {"X-Auth-Token": account.token}, trusting) as answer:
        assert answer.status in (200, 204)


@pytest.mark.parametrize("cluster", ["source", "destination"])
def test_the_certificate_is_not_trusted_unasked(lab: Lab, cluster: str) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(lab.description[cluster]["tls_auth_url"])


@pytest.mark.own_lab
def test_the_access_log_tells_what_was_asked_since_a_mark(
    lab: Lab, source_client: Client, container: str
) -> None:
    log = lab.access_log("source")
    source_client.put_container(container)
    source_client.put(container, "before", b"1")
    mark = log.mark()
    source_client.put(container, "a b?", b"123")
    source_client.get(container, "a b?")
    source_client.head(container)
    mine = [seen for seen in log.requests(mark) if seen.container == container]
    assert [(seen.method, seen.name, seen.status) for seen in mine] == [
        ("PUT", "a b?", 201),
        ("GET", "a b?", 200),
        ("HEAD", "", 204),
    ]
    assert [seen.received for seen in mine] == [3, 0, 0]
    assert [seen.method for seen in log.object_requests(mark)] == ["PUT", "GET"]
    assert log.requests(log.mark()) == []


def test_the_destinations_account_knows_how_much_it_holds(
    lab: Lab, destination_client: Client, container: str
) -> None:
    def used() -> int:
        account = destination_client.listing("", container)
        return next((int(row["bytes"]) for row in account if row["name"] == container), 0)

    destination_client.put_container(container)
    destination_client.put(container, "object", b"x" * 1000)
    deadline = time.monotonic() + 120  # the container-updater comes by every 30 s
    while used() < 1000 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert used() == 1000
    assert int(destination_client.head("")["x-account-bytes-used"]) >= 1000


def test_the_clusters_have_the_middleware_that_the_real_ones_have(lab: Lab) -> None:
    def capabilities(cluster: str) -> set[str]:
        port = lab.description["ports"][f"{cluster}-proxy"]
        with get(f"http://127.0.0.1:{port}/info") as answer:
            return set(json.loads(answer.read()))

    both = {"slo", "bulk_delete", "container_quotas", "account_quotas", "tempurl"}
    # The old Swift of a CUBE has none of these, and others that a container may come from have.
    both |= {"symlink", "versioned_writes", "object_versioning"}
    assert both | {"tempauth", "ratelimit"} <= capabilities("source")
    assert both | {"s3api"} <= capabilities("destination")
    assert "s3api" not in capabilities("source")


def test_tokens_live_for_an_hour(lab: Lab) -> None:
    account = log_in(lab, "migrate")
    url = lab.description["auth_url"] + "/auth/tokens"
    with get(url, {"X-Auth-Token": account.token, "X-Subject-Token": account.token}) as answer:
        token = json.loads(answer.read())["token"]
    issued, expires = (
        datetime.datetime.fromisoformat(token[key]) for key in ("issued_at", "expires_at")
    )
    assert expires - issued == pytest.approx(
        datetime.timedelta(hours=1), abs=datetime.timedelta(seconds=2)
    )


def test_logs_and_configuration_are_below_the_state(lab: Lab) -> None:
    state: Path = lab.state.root
    assert (state / "log" / "source-proxy.log").exists()
    assert state.stat().st_mode & 0o777 == 0o700
