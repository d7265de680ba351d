# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Why the new storage does not answer to a service, in words, and what to do about it.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .._errors import MigrationError
from .storage_in_use import StorageInUse
from .storage_probe import ANSWER_SECONDS, CONNECT_SECONDS

MISSING_CONTAINER = "container"
"""The kind of an answer of :mod:`storage_probe` when there is no such container."""


@dataclass(frozen=True)
class _Reason:
    """Templates of a message, of the role's variable and of a remedy.

    They may name the ``service``, the ``url`` that was asked, its ``host``, the ``container``, the
    ``region``, the ``ca`` variable, and the ``detail`` and ``error`` of the answer.
    """

    message: str
    option: Mapping[str, str]
    remedy: str


_URL = {"s3": "cube_storage_s3.endpoint_url", "swift": "cube_storage_swift.auth_url"}
_KEY = {"s3": "cube_storage_s3.secret_key", "swift": "cube_storage_swift.key"}
_USER = {"s3": "cube_storage_s3.access_key", "swift": "cube_storage_swift.username"}
_BACKEND = dict.fromkeys(_URL, "cube_storage_backend")
_CONTAINER = dict.fromkeys(_URL, "cube_storage_container")
_REGION = dict.fromkeys(_URL, "cube_storage_s3.region")

_REASONS = {
    "library": _Reason(
        "the Python of {service} has no {detail}, so it knows no such storage",
        _BACKEND,
        "A CUBE older than 7.0.0-a1 needs swift and a v1 auth gateway",
    ),
    "name": _Reason(
        "{service} finds no address for the host {host} of {url}",
        _URL,
        "Name the storage as the network of {service} knows it, or put both into one network. "
        "Look at its DNS, too",
    ),
    "closed": _Reason(
        "nothing listens at {url}, seen from {service}",
        _URL,
        "Look at host and port. In a container, localhost is the container itself",
    ),
    "silent": _Reason(
        f"{{url}} does not answer to {{service}}, which waited {CONNECT_SECONDS} seconds for a "
        f"connection or {ANSWER_SECONDS} for an answer",
        _URL,
        "Look at firewalls, security groups and routes between the network of {service} and the "
        "storage",
    ),
    "certificate": _Reason(
        "{service} does not trust the certificate of {url}: {detail}",
        _URL,
        "Put the authority's certificate into the image of {service}, or name its file there with "
        "{ca}. If another host is meant, mend the URL",
    ),
    "tls": _Reason(
        "{url} does not speak TLS as {service} does",
        _URL,
        "Look whether the URL begins with https and has the port for that",
    ),
    "key": _Reason(
        "the storage at {url} refuses the login that {service} would get",
        _KEY,
        "Look at it and at {user}",
    ),
    "forbidden": _Reason(
        "the storage at {url} knows the login that {service} would get, but does not let it read "
        "the container {container}",
        _USER,
        "Take a login of the project that has the container, with a role that may read and write",
    ),
    "clock": _Reason(
        "the storage at {url} refuses what {service} signs, because their clocks differ",
        _URL,
        "Set the clock of CUBE's host",
    ),
    "region": _Reason(
        "the storage at {url} is not in the region {region} that {service} would get",
        _REGION,
        "Give the server's own region, which the catalogue of its Keystone names. CUBE does not "
        "start with another one",
    ),
    MISSING_CONTAINER: _Reason(
        "{service} finds no container {container} at {url}",
        _CONTAINER,
        "Run playbooks/migrate.yml first, which makes it and fills it. If it has run, look at the "
        "name, and whether the login is of the same project",
    ),
}
_OTHER = _Reason(
    "the storage at {url} does not answer to the environment that {service} would get: {error}",
    _URL,
    "Look at the URL, the login and the container's name",
)


def storage_error(
    service: str, environment: Mapping[str, str], answer: Mapping[str, Any]
) -> MigrationError:
    """What went wrong, with the role's variable to look at.

    :param environment: what the service would get; none of its secrets is told.
    :param answer: of :mod:`storage_probe`, with an ``error``.
    """
    storage = StorageInUse.of(environment)
    reason = _REASONS.get(answer.get("kind", ""), _OTHER)
    url = answer.get("url") or storage.url
    words = {
        "service": service,
        "url": url,
        "host": _host(url),
        "container": storage.container,
        "region": environment.get("S3_REGION") or environment.get("S3_REGION_NAME", ""),
        "ca": "AWS_CA_BUNDLE" if storage.backend == "s3" else "REQUESTS_CA_BUNDLE",
        "user": _USER[storage.backend],
        "detail": answer.get("detail", ""),
        "error": answer["error"],
    }
    return MigrationError(
        reason.message.format(**words),
        option=reason.option[storage.backend],
        remedy=reason.remedy.format(**words),
    )


def _host(url: str) -> str:
    """The host of a URL; all of it where there is none, or a user's typing error makes it no URL."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
