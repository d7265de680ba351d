# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A keystoneauth session and the plugin that logs in, made from connection options."""

from __future__ import annotations

import dataclasses
import logging
import platform
from typing import TYPE_CHECKING, Any, NamedTuple

from .._dependencies import keystone_exceptions, keystone_loading, keystone_session, require
from .._errors import MigrationError
from .._transport.authorities import trusted
from . import openrc as openrc_module
from .connection_options import V1, ConnectionOptions
from .login_errors import explain
from .login_transport import restrict
from .weak_transport import warn_of_weak_transport

if TYPE_CHECKING:
    from keystoneauth1.session import Session
    from openstack.config import OpenStackConfig

_LOG = logging.getLogger(__name__)

SERVICE = "object-store"

TIMEOUT = 30.0
"""Seconds for each request of a login."""


class LoginSession(NamedTuple):
    """What it takes to log in; nothing has been sent yet.

    :param session: without the plugin.  With it, the session would log in when a server that is
        asked for its versions answers 401, and wait for a lock that it holds itself.
    :param auth: the identity plugin.
    :param options: the options in effect.
    :param endpoint: the object store's URL, if ``clouds.yaml`` overrides the catalog.
    """

    session: Session
    auth: Any
    options: ConnectionOptions
    endpoint: str | None = None


def open_session(given: ConnectionOptions) -> LoginSession:
    """Make a session from the options that the user gave.

    :raises MigrationError: naming the option that is missing or wrong.
    """
    require("keystoneauth1", "python-swiftclient")
    options = given.complete()
    try:
        login = _from_clouds_yaml(options) if options.cloud else _from_options(options)
    except keystone_exceptions.ClientException as error:
        raise explain(error, given, options) from error
    warn_of_weak_transport(given, login.options)
    if given.openrc and (exposure := openrc_module.exposure(given.openrc)):
        _LOG.warning("%s: %s", given.option("openrc"), exposure)
    return login


def _from_options(options: ConnectionOptions) -> LoginSession:
    loader: Any = keystone_loading.get_plugin_loader(str(options.auth_type))
    known = {option.dest for option in loader.get_options()}
    auth = {key: value for key, value in options.auth.items() if key in known}
    session = keystone_session.Session(
        verify=options.validate_certs and trusted(options.ca_cert),
        timeout=TIMEOUT,
        app_name="fnndsc.swift_migration",
    )
    effective = dataclasses.replace(options, interface=options.interface or "public")
    restrict(session, options.origin("auth_url"))
    plugin = loader.load_from_options(**auth)
    return LoginSession(session, _in_utf8(plugin, effective), effective)


def _from_clouds_yaml(options: ConnectionOptions) -> LoginSession:
    require("openstacksdk")
    # It takes as long to import as all else together.
    from openstack.config import OpenStackConfig

    wanted: dict[str, Any] = {
        "auth_type": options.auth_type,
        "auth": dict(options.auth),
        "region_name": options.region_name,
        "interface": options.interface,
        "verify": None if options.validate_certs else False,
        "cacert": options.ca_cert,
        "api_timeout": TIMEOUT,
    }
    config = None
    try:
        config = OpenStackConfig()
        region = config.get_one(
            options.cloud,
            **{key: value for key, value in wanted.items() if value not in (None, {})},
        )
    except keystone_exceptions.ClientException:
        raise
    except Exception as error:  # whatever a broken file may cause
        raise _wrong_cloud(error, options, config) from error
    session = restrict(region.get_session(), options.option("cloud"))
    auth, session.auth = session.auth, None
    verify, _client_certificate = region.get_requests_verify_args()
    if verify is True:
        session.verify = trusted()
    effective = dataclasses.replace(
        options,
        auth=dict(region.config.get("auth", {})),
        auth_type=region.config.get("auth_type"),
        validate_certs=verify is not False,
        ca_cert=verify if isinstance(verify, str) else None,
        region_name=region.get_region_name(SERVICE) or None,
        interface=str(region.get_interface(SERVICE) or "public"),
    )
    effective.check_url(effective.auth.get("auth_url"), options.option("cloud"))
    endpoint = region.get_endpoint(SERVICE)
    return LoginSession(session, _in_utf8(auth, effective), effective, endpoint)


def _in_utf8(plugin: Any, options: ConnectionOptions) -> Any:
    """Let v1 auth send names and keys in UTF-8, as python-swiftclient's own commands do.

    Its plugin hands them to http.client, which sends text in Latin-1 and fails for what that lacks.
    """
    if options.auth_type == V1:
        plugin.user, plugin.key = (
            text.encode().decode("latin-1") for text in (plugin.user, plugin.key)
        )
    return plugin


def _wrong_cloud(
    error: Exception, options: ConnectionOptions, config: OpenStackConfig | None
) -> MigrationError:
    if config is None:
        return MigrationError(
            str(error), option=options.option("cloud"), remedy="Correct clouds.yaml"
        )
    place = config.config_filename
    known = [name for name in config.get_cloud_names() if name not in ("defaults", "envvars")]
    if options.cloud in known:
        option = "region_name" if "egion" in str(error) else "cloud"
        return MigrationError(str(error), option=options.option(option), remedy=f"See {place}")
    remedy = f"{place} has {', '.join(known) or 'none'}"
    if not place:
        remedy = (
            "No clouds.yaml was found in the working directory, ~/.config/openstack or "
            f"/etc/openstack of host {platform.node()}"
        )
    return MigrationError(str(error), option=options.option("cloud"), remedy=remedy)
