# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The openrc file that Horizon's "Download openrc file" gives, read without a shell.

Horizon writes two kinds: one for an application credential, which holds
everything, and one for a password, which asks for the password when it is
sourced (``read -sr OS_PASSWORD_INPUT``) and so holds all but that.
"""

from __future__ import annotations

import platform
import re
import stat
from pathlib import Path
from typing import Any

from .._errors import MigrationError

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

_ASSIGNMENT = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=", re.MULTILINE)
# One piece of a shell word: 'literal', "with expansions", \escaped, or bare.
_PIECE = re.compile(
    r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|((?:\$\(|[^\s'"\\;&|<>()])+)""", re.DOTALL
)
_EXPANSION = re.compile(r"\\([$`\"\\])|\$(?:(\w+)|\{(\w+)\})|(\$[({]|`)")


def parse(text: str) -> dict[str, Any]:
    """Read the text of an openrc.

    :returns: connection options: ``auth``, and those of ``auth_type``,
        ``region_name``, ``interface`` and ``ca_cert`` that the file sets.  The
        password is missing when the file would ask for it.
    :raises MigrationError: if this is not an openrc, or one that computes its
        values with shell commands.
    """
    variables = _assignments(text)
    if not variables.get("OS_AUTH_URL"):
        raise MigrationError("not an openrc file: it does not set OS_AUTH_URL", remedy=_REMEDY)
    auth = {key: variables[name] for name, key in _AUTH_VARIABLES.items() if variables.get(name)}
    ca_cert = variables.get("OS_CACERT")
    options = {
        "auth_type": variables.get("OS_AUTH_TYPE"),
        "auth": auth,
        "region_name": variables.get("OS_REGION_NAME"),
        "interface": _interface(variables),
        "ca_cert": ca_cert and str(Path(ca_cert).expanduser()),
    }
    return {key: value for key, value in options.items() if value}


def load(path: str) -> dict[str, Any]:
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
        return parse(text)
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


def _assignments(text: str) -> dict[str, str]:
    variables: dict[str, str] = {}
    position = 0
    while match := _ASSIGNMENT.search(text, position):
        name = match[1]
        variables[name], position = _word(text, match.end(), name, variables)
    return variables


def _word(text: str, start: int, name: str, known: dict[str, str]) -> tuple[str, int]:
    value: list[str] = []
    position = start
    while piece := _PIECE.match(text, position):
        literal, quoted, escaped, bare = piece.groups()
        if literal is not None:
            value.append(literal)
        elif escaped is not None:
            value.append("" if escaped == "\n" else escaped)
        else:
            value.append(_expand(quoted if quoted is not None else bare, name, known))
        position = piece.end()
    return "".join(value), position


def _expand(text: str, name: str, known: dict[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        escaped, plain, braced, command = match.groups()
        if command:
            raise MigrationError(
                f"not an openrc file as Horizon writes it: {name} is computed by the shell",
                remedy=f"Write the value of {name} into the file, or give it under auth",
            )
        return escaped or known.get(plain or braced, "")

    return _EXPANSION.sub(replacement, text)
