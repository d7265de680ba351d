# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An openrc file: what a shell would have in its environment after it, read without a shell.

Horizon writes two kinds: one for an application credential, which holds
everything, and one for a password, which asks for the password when it is
sourced (``read -sr OS_PASSWORD_INPUT``) and so holds all but that.  Other tools
and people write others.
"""

from __future__ import annotations

import platform
import stat
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from . import shell_program
from .shell_words import ShellSyntaxError

_REMEDY = "Give the file that Horizon offers under 'Download openrc file', as it is"

# Each variable of an openrc that belongs into auth, and its name there.
_AUTH_VARIABLES = {
    "OS_AUTH_URL": "auth_url",
    "OS_USERNAME": "username",
    "OS_USER_ID": "user_id",
    "OS_PASSWORD": "password",
    "OS_USER_DOMAIN_ID": "user_domain_id",
    "OS_USER_DOMAIN_NAME": "user_domain_name",
    "OS_TENANT_ID": "project_id",
    "OS_TENANT_NAME": "project_name",
    "OS_PROJECT_ID": "project_id",
    "OS_PROJECT_NAME": "project_name",
    "OS_PROJECT_DOMAIN_ID": "project_domain_id",
    "OS_PROJECT_DOMAIN_NAME": "project_domain_name",
    "OS_APPLICATION_CREDENTIAL_ID": "application_credential_id",
    "OS_APPLICATION_CREDENTIAL_NAME": "application_credential_name",
    "OS_APPLICATION_CREDENTIAL_SECRET": "application_credential_secret",
    "OS_TOKEN": "token",
}

# Variables that the tool swift reads for v1 auth.
_V1_VARIABLES = {"ST_AUTH": "auth_url", "ST_USER": "username", "ST_KEY": "password"}

_OPTION_VARIABLES = {
    "OS_AUTH_TYPE": "auth_type",
    "OS_REGION_NAME": "region_name",
    "OS_INTERFACE": "interface",
    "OS_ENDPOINT_TYPE": "interface",
    "OS_CACERT": "ca_cert",
}


def parse(text: str, given: Container[str] = ()) -> dict[str, Any]:
    """Read the text of an openrc.

    A variable that the file assigns counts, exported or not.  A byte order mark
    and the line ends of Windows do not.

    :param given: names of options, and of keys of ``auth``, that are not wanted of the file.
    :returns: connection options: ``auth``, and ``auth_type``,
        ``region_name``, ``interface`` and ``ca_cert`` if the file sets them.  The
        password is missing when the file would ask for it.
    :raises MigrationError: if this is not an openrc, or one that computes a value that is wanted
        with shell commands.
    """
    variables = _variables(text, given)
    auth = _named(variables, _AUTH_VARIABLES)
    if not auth.get("auth_url"):
        auth = _named(variables, _V1_VARIABLES)
        variables["OS_AUTH_TYPE"] = "v1password"
    if not auth.get("auth_url"):
        raise MigrationError("not an openrc file: it does not set OS_AUTH_URL", remedy=_REMEDY)
    ca_cert = variables.get("OS_CACERT")
    options = {
        "auth_type": variables.get("OS_AUTH_TYPE"),
        "auth": auth,
        "region_name": variables.get("OS_REGION_NAME"),
        "interface": _interface(variables),
        "ca_cert": ca_cert and str(Path(ca_cert).expanduser()),
    }
    return {key: value for key, value in options.items() if value}


def load(path: str, given: Container[str] = ()) -> dict[str, Any]:
    """Read the openrc at ``path``; see :func:`parse`.

    :raises MigrationError: also if there is no such file or it cannot be read.
    """
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MigrationError(
            f"there is no file {path} on host {platform.node()}", remedy=_REMEDY
        ) from None
    except UnicodeDecodeError:
        raise MigrationError(f"{path} is not a text file", remedy=_REMEDY) from None
    except OSError as error:
        raise MigrationError(f"cannot read {path}: {error.strerror}", remedy=_REMEDY) from None
    try:
        return parse(text, given)
    except MigrationError as error:
        raise MigrationError(f"{path} is {error.message}", remedy=error.remedy) from None


def exposure(path: str) -> str:
    """Say that others than the owner and its group may read a file; "" if they may not."""
    try:
        public = Path(path).expanduser().stat().st_mode & stat.S_IROTH
    except OSError:  # what reads the file tells of it
        return ""
    told = f"every user of this host may read {path}, which holds secrets: chmod o-r"
    return told if public else ""


def _interface(variables: dict[str, str]) -> str | None:
    # Older files say publicURL, internalURL, adminURL.
    name = variables.get("OS_INTERFACE") or variables.get("OS_ENDPOINT_TYPE")
    return name.removesuffix("URL") if name else None


def _variables(text: str, given: Container[str]) -> dict[str, str]:
    try:
        variables = shell_program.follow(text.removeprefix("\N{BYTE ORDER MARK}"))
    except RecursionError:
        raise ShellSyntaxError("not an openrc file: it is nested too deep") from None
    except ShellSyntaxError as error:
        raise ShellSyntaxError(error.message, remedy=_REMEDY) from None
    for name, key in (_AUTH_VARIABLES | _V1_VARIABLES | _OPTION_VARIABLES).items():
        if name in variables.unknown and key not in given:
            raise MigrationError(
                f"not an openrc file as Horizon writes it: {name} is computed by the shell",
                remedy=f"Write the value of {name} into the file, or give it as {_option(key)}",
            )
    return variables.values


def _option(key: str) -> str:
    return key if key in _OPTION_VARIABLES.values() else f"auth.{key}"


def _named(variables: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {key: variables[name] for name, key in names.items() if variables.get(name)}
