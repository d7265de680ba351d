# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a failed login means, and which option to look at."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .._dependencies import keystone_exceptions as keystone
from .._errors import AttemptError, MigrationError
from .._transport.http_messages import origin_of
from .._transport.proxy import through
from .._transport.retry import GATEWAY_STATUSES, RETRIED_STATUSES
from .connection_options import APPLICATION_CREDENTIAL, V1, ConnectionOptions

_WHERE = "in Horizon under Identity, Application Credentials, and download its openrc"

_NEW_CREDENTIAL = (
    f"If it is right, the credential has expired or was deleted: create a new one {_WHERE}"
)


class ServiceError(AttemptError):
    """A request of keystoneauth that failed.

    :param explained: what it means for the user.
    :param error: what keystoneauth raised.
    :param server: address of the server that was asked.
    """

    fatal = True

    def __init__(self, explained: MigrationError, error: Exception, server: str) -> None:
        super().__init__(explained.message, option=explained.option, remedy=explained.remedy)
        status = error.http_status if isinstance(error, keystone.HttpError) else None
        self.retry_after = getattr(error, "retry_after", None)
        self.retryable = status in RETRIED_STATUSES
        silent = status in GATEWAY_STATUSES
        if isinstance(error, keystone.RetriableConnectionFailure):
            self.retryable = silent = self.unreachable = True
        self.unanswered = server if silent else ""


def explain(error: Exception, given: ConnectionOptions, used: ConnectionOptions) -> MigrationError:
    """Turn a failure of keystoneauth into one that names the option and the remedy.

    :param given: the options as the user gave them; they say which option to name.
    :param used: the same, complete; they say what was tried.
    """
    url = used.auth.get("auth_url", "")
    if isinstance(error, (keystone.NoMatchingPlugin, keystone.OptionError)):
        return _unusable_options(error, given, used)
    if isinstance(error, keystone.ConnectionError):
        return unreachable(error, url, given.origin("auth_url"), given)
    if isinstance(error, keystone.Unauthorized):
        return _rejected(given, used, url)
    if isinstance(error, keystone.EmptyCatalog):
        return MigrationError(
            "the login is not for a project, so it shows no object store",
            option=given.origin("project_name"),
            remedy=f"Give {given.option('auth.project_name')} or {given.option('auth.project_id')}",
        )
    if isinstance(error, keystone.HttpError):
        return _refused(error, given, used, url)
    # InvalidResponse, DiscoveryFailure and the like: something else answers there.
    return MigrationError(
        f"{url} answers, but not as {_service(used)}",
        option=given.origin("auth_url"),
        remedy=_url_hint(given, used, url),
    )


def unreachable(
    error: Exception, url: str, option: str, given: ConnectionOptions
) -> MigrationError:
    """Explain why no request reached the server at ``url``."""
    text = str(error)
    if "SSL" in text or isinstance(error, keystone.SSLError):
        return _bad_tls(text, url, option, given)
    reason = "no answer in time" if "timed out" in text.lower() else _reason(text)
    return MigrationError(
        f"cannot reach {url}{through(origin_of(url))} ({reason})",
        option=option,
        remedy="Check the URL, and that the host which runs the module may connect to it",
    )


def _reason(text: str) -> str:
    found = re.search(r"\[Errno -?\d+\] ([^\"')]+)", text) or re.search(r"'([^']+)'\)+$", text)
    return found[1] if found else "no connection"


def _bad_tls(text: str, url: str, option: str, given: ConnectionOptions) -> MigrationError:
    verify = re.search(r"certificate verify failed: ([^(]+)", text)
    if not verify and "match" not in text:
        return MigrationError(
            f"no TLS connection with {url}: {_tls_reason(text)}",
            option=option,
            remedy="Check that the URL's port speaks https",
        )
    reason = verify[1].strip() if verify else "it is for another host name"
    return MigrationError(
        f"the certificate of {url} is not trusted: {reason}",
        option=given.option("ca_cert"),
        remedy=(
            f"Let {given.option('ca_cert')} name the PEM file of the authority that signed it, "
            f"or correct the host name in the URL"
        ),
    )


def _tls_reason(text: str) -> str:
    found = re.search(r"\[SSL[^\]]*\] ([a-z ]+)", text)
    return found[1].strip() if found else "handshake failed"


def _unusable_options(
    error: Exception, given: ConnectionOptions, used: ConnectionOptions
) -> MigrationError:
    if re.search("oidc|saml|websso|kerberos|adfs|federat", used.auth_type or ""):
        return MigrationError(
            f"{used.auth_type} logs in through an identity provider, which asks a person",
            option=given.option(_source(given)),
            remedy=f"Create an application credential {_WHERE}",
        )
    if isinstance(error, keystone.NoMatchingPlugin):
        return MigrationError(
            f"{used.auth_type} is not a way to log in",
            option=given.option("auth_type"),
            remedy=f"Take {APPLICATION_CREDENTIAL}, v3password, password or {V1}",
        )
    return MigrationError(str(error), option=given.option("cloud" if given.cloud else "auth"))


def _source(given: ConnectionOptions) -> str:
    """The option that says how to log in."""
    if given.auth_type:
        return "auth_type"
    return "openrc" if given.openrc else "cloud"


def _rejected(given: ConnectionOptions, used: ConnectionOptions, url: str) -> MigrationError:
    if used.auth_type == V1 or not _looks_like_v1(url):
        if used.auth_type == APPLICATION_CREDENTIAL:
            return MigrationError(
                f"{url} rejects the secret of the application credential {_credential(used)}",
                option=given.origin("application_credential_secret"),
                remedy=f"Check the secret. {_NEW_CREDENTIAL}",
            )
        user = used.auth.get("username") or used.auth.get("user_id") or "the token"
        project = used.auth.get("project_name") or used.auth.get("project_id")
        scope = f" with project {project}" if project and used.auth_type != V1 else ""
        names = (
            ("username", "password")
            if used.auth_type == V1
            else ("username", "password", "the user's domain", "the project")
        )
        return MigrationError(
            f"{url} rejects user {user}{scope} with this password",
            option=given.origin("password"),
            remedy=f"Check {', '.join(names[:-1])} and {names[-1]}",
        )
    return MigrationError(
        f"{url} is a v1 auth URL, but the login is by {used.auth_type}",
        option=given.origin("auth_url"),
        remedy=_url_hint(given, used, url),
    )


def _credential(used: ConnectionOptions) -> str:
    auth = used.auth
    return auth.get("application_credential_id") or auth.get("application_credential_name", "")


def _refused(
    error: keystone.HttpError, given: ConnectionOptions, used: ConnectionOptions, url: str
) -> MigrationError:
    status = error.http_status
    message = error.message.partition(" (HTTP")[0]
    if status == 404 and "pplication" in error.message:
        return MigrationError(
            f"{url} knows no application credential {_credential(used)}",
            option=given.origin("application_credential_id"),
            remedy=f"Check the id. {_NEW_CREDENTIAL}",
        )
    domain = re.search(r"domain in (user|project)", error.message)
    if domain:
        names = [given.option(f"auth.{domain[1]}_domain_{kind}") for kind in ("id", "name")]
        return MigrationError(
            f"{url} asks for the {domain[1]}'s domain",
            option=names[0],
            remedy=f"Give {names[0]} or {names[1]}",
        )
    if status in (404, 405) or error.message.startswith("Bad Request"):
        return MigrationError(
            f"{url} answers {status}: there is no {_service(used)}",
            option=given.origin("auth_url"),
            remedy=_url_hint(given, used, url),
        )
    if status >= 500 or status == 429:
        return MigrationError(
            f"{url} answers {status} {message}",
            option=given.origin("auth_url"),
            remedy="The service is in trouble: try again later",
        )
    return MigrationError(
        f"{url} refuses the login: {message} ({status})",
        option=given.option("auth" if given.auth else "openrc" if given.openrc else "cloud"),
    )


def _service(used: ConnectionOptions) -> str:
    return "v1 auth" if used.auth_type == V1 else "Keystone v3"


def _looks_like_v1(url: str) -> bool:
    return bool(re.search(r"/v1(\.0)?$", urlsplit(url).path.rstrip("/")))


def _url_hint(given: ConnectionOptions, used: ConnectionOptions, url: str) -> str:
    if used.auth_type == V1:
        if re.search(r"/v3/?$", url):
            return f"A URL ending in /v3 is Keystone's: leave {given.option('auth_type')} out"
        return "A v1 auth URL ends in /auth/v1.0"
    if _looks_like_v1(url):
        return f"For v1 auth, set {given.option('auth_type')} to {V1}"
    return "Keystone's URL ends in /v3"
