# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Sessions made of what is given and of clouds.yaml; nothing is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import (
    session as session_module,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.login_transport import (
    LoginTransport,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.session import (
    open_session,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.authorities import (
    trusted,
)

# openstacksdk announces what it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Support for InfluxDB")

AUTH = {"auth_url": "https://k/v3", "username": "u", "user_domain_id": "d", "password": "p"}
CLOUDS = """\
clouds:
  nerc:
    auth_type: v3applicationcredential
    auth:
      auth_url: https://nerc/v3
      application_credential_id: id
      application_credential_secret: secret
    region_name: One
    interface: internal
    verify: false
    object_store_endpoint_override: https://objects/v1/AUTH_x
  other:
    auth: {auth_url: 'https://other/v3', username: u, user_domain_id: d}
"""


@pytest.fixture
def clouds_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "clouds.yaml"
    path.write_text(CLOUDS)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))
    monkeypatch.setenv("OS_USERNAME", "somebody")
    return path


def test_the_plugin_is_apart_from_the_session() -> None:
    opened = open_session(ConnectionOptions(auth=AUTH))
    assert opened.session.auth is None
    assert opened.auth.auth_url == "https://k/v3"
    assert opened.options.interface == "public"


@pytest.mark.parametrize("validate", [True, False])
def test_certificates_are_checked_unless_told_otherwise(validate: bool) -> None:
    ca_cert = certifi.where()
    plain = open_session(ConnectionOptions(auth=AUTH, validate_certs=validate))
    assert plain.session.verify == (trusted() if validate else False)
    own = open_session(ConnectionOptions(auth=AUTH, validate_certs=validate, ca_cert=ca_cert))
    assert own.session.verify == (ca_cert if validate else False)


def test_keys_that_the_way_to_log_in_does_not_know_are_left_out() -> None:
    given = ConnectionOptions(auth_type="v1password", auth=AUTH)
    assert open_session(given).auth.user == "u"


def test_an_unknown_way_to_log_in_is_refused_with_those_there_are() -> None:
    with pytest.raises(MigrationError, match=r"^auth_type: v9 is not a way to log in\. Take v3app"):
        open_session(ConnectionOptions(auth_type="v9", auth=AUTH))


def test_the_environment_does_not_say_how_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_PASSWORD", "other")
    monkeypatch.setenv("OS_REGION_NAME", "Mars")
    opened = open_session(ConnectionOptions(auth=AUTH))
    assert opened.auth.auth_methods[0].password == "p"
    assert opened.options.region_name is None


def test_clouds_yaml_says_all(clouds_yaml: Path) -> None:
    opened = open_session(ConnectionOptions(cloud="nerc"))
    assert opened.session.auth is None
    assert opened.session.verify is False
    assert opened.endpoint == "https://objects/v1/AUTH_x"
    options = opened.options
    assert options.auth["auth_url"] == "https://nerc/v3"
    assert (options.region_name, options.interface) == ("One", "internal")
    assert options.validate_certs is False


@pytest.mark.parametrize("given", [{"auth": AUTH}, {"cloud": "nerc"}])
def test_no_session_follows_redirects(clouds_yaml: Path, given: dict[str, Any]) -> None:
    session = open_session(ConnectionOptions(**given)).session
    assert session.redirect is False
    adapters = session.session.adapters.values()  # type: ignore[attr-defined]
    assert {type(adapter) for adapter in adapters} == {LoginTransport}


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """What the engine warns of, as a module gets it to show it."""
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    engine = logging.getLogger(session_module.__name__.rpartition("._cloud.")[0])
    engine.addHandler(handler)
    yield told
    engine.removeHandler(handler)


@pytest.mark.parametrize("given", [{"auth": AUTH, "validate_certs": False}, {"cloud": "nerc"}])
def test_certificates_that_are_not_checked_are_warned_of(
    clouds_yaml: Path, warnings: list[str], given: dict[str, Any]
) -> None:
    open_session(ConnectionOptions(**given, label="destination"))
    (warning,) = warnings
    assert warning.startswith("destination.validate_certs: the certificates of https://")


def test_what_is_given_wins_over_clouds_yaml(clouds_yaml: Path) -> None:
    given = ConnectionOptions(
        cloud="nerc", auth={"application_credential_secret": "new"}, interface="public"
    )
    options = open_session(given).options
    assert options.auth["application_credential_secret"] == "new"
    assert options.interface == "public"


def test_a_region_that_clouds_yaml_does_not_have_is_refused(clouds_yaml: Path) -> None:
    with pytest.raises(MigrationError, match=r"^region_name: .* Valid choices are One\."):
        open_session(ConnectionOptions(cloud="nerc", region_name="Two"))


def test_a_password_completes_clouds_yaml(clouds_yaml: Path) -> None:
    opened = open_session(ConnectionOptions(cloud="other", auth={"password": "p"}))
    assert opened.options.auth["password"] == "p"
    assert opened.options.validate_certs is True


def test_an_unknown_cloud_is_refused_with_those_there_are(clouds_yaml: Path) -> None:
    with pytest.raises(MigrationError) as caught:
        open_session(ConnectionOptions(cloud="nrec", label="source"))
    assert str(caught.value) == (
        f"source.cloud: Cloud nrec was not found. {clouds_yaml} has nerc, other."
    )


@pytest.mark.parametrize("text", ["clouds: [", "clouds: 7", "clouds:\n  nerc: 7\n", "7"])
def test_a_broken_clouds_yaml_is_an_error_of_cloud(clouds_yaml: Path, text: str) -> None:
    clouds_yaml.write_text(text)
    with pytest.raises(MigrationError, match=r"^cloud: "):
        open_session(ConnectionOptions(cloud="nerc"))


@pytest.mark.parametrize("url", ["https://[k/v3", "keystone:5000/v3"])
def test_an_address_of_clouds_yaml_that_is_no_url_is_an_error_of_cloud(
    clouds_yaml: Path, url: str
) -> None:
    clouds_yaml.write_text(CLOUDS.replace("https://other/v3", url))
    with pytest.raises(MigrationError) as caught:
        open_session(ConnectionOptions(cloud="other", auth={"password": "p"}, label="source"))
    assert str(caught.value).startswith(f"source.cloud: {url} is not a URL. It begins with http")


@pytest.mark.security
def test_an_openrc_that_every_user_may_read_is_warned_of(
    tmp_path: Path, warnings: list[str]
) -> None:
    path = tmp_path / "openrc.sh"
    path.write_text(
        "export OS_AUTH_URL=https://keystone.example.org/v3\n"
        "export OS_APPLICATION_CREDENTIAL_ID=id\nexport OS_APPLICATION_CREDENTIAL_SECRET=s\n"
    )
    for mode, count in ((0o600, 0), (0o644, 1)):
        path.chmod(mode)
        open_session(ConnectionOptions(openrc=str(path), label="source"))
        assert len(warnings) == count
    assert warnings[0].startswith(f"source.openrc: every user of this host may read {path}")
