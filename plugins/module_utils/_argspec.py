# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Argument specifications that several modules share.

They are documented in documentation fragments.
"""

from __future__ import annotations

from typing import Any

from ._migration.state_dir import STATE_DIR

_AUTH: dict[str, dict[str, Any]] = {
    "auth_url": {"type": "str"},
    "username": {"type": "str"},
    "user_id": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "user_domain_id": {"type": "str"},
    "user_domain_name": {"type": "str"},
    "project_id": {"type": "str"},
    "project_name": {"type": "str"},
    "project_domain_id": {"type": "str"},
    "project_domain_name": {"type": "str"},
    "application_credential_id": {"type": "str"},
    "application_credential_name": {"type": "str"},
    "application_credential_secret": {"type": "str", "no_log": True},
    "token": {"type": "str", "no_log": True},
}


def connection_options() -> dict[str, dict[str, Any]]:
    """Say how to log in: for a whole module, or for its ``source`` and ``destination``.

    ``auth`` is spelled out key by key because ``no_log`` on the whole dictionary
    would mask user names and URLs wherever they appear, in object names too.

    ``interface`` has no default here, so that what ``clouds.yaml`` or the openrc
    says counts until the user says otherwise.
    """
    return {
        "cloud": {"type": "str"},
        "openrc": {"type": "path"},
        "auth_type": {"type": "str"},
        "auth": {"type": "dict", "options": {name: dict(spec) for name, spec in _AUTH.items()}},
        "region_name": {"type": "str"},
        "interface": {"type": "str", "choices": ["public", "internal", "admin"]},
        "validate_certs": {"type": "bool", "default": True},
        "ca_cert": {"type": "path"},
        "allow_plain_http": {"type": "bool", "default": False},
        "storage_url": {"type": "str"},
    }


def container_options() -> dict[str, Any]:
    """Say which container, and how to log in to its cloud: ``source`` or ``destination``."""
    options = {"container": {"type": "str", "required": True}, **connection_options()}
    return {"type": "dict", "required": True, "options": options}


def progress_options() -> dict[str, Any]:
    """The options for where a long run keeps its state, and whom it tells how far it is."""
    return {
        "state_dir": {"type": "path", "default": STATE_DIR},
        "progress_interval": {"type": "float", "default": 10},
        "metrics_dir": {"type": "path"},
    }


def timetable_options() -> dict[str, dict[str, Any]]:
    """Return the option for limits that hold at some hours."""
    return {"timetable": {"type": "dict", "default": {}}}


def history_options() -> dict[str, dict[str, Any]]:
    """The options for the record of a run: who asks for it, and where it goes on the controller."""
    asker = {
        "by": {"type": "str", "default": ""},
        "mark": {"type": "str", "default": ""},
        "expected_seconds": {"type": "float"},
    }
    return {
        "asker": {"type": "dict", "options": asker},
        "controller_history": {"type": "str"},
    }


def unreadable_options() -> dict[str, dict[str, Any]]:
    """Return the options that accept objects which are listed but not readable."""
    return {
        "accept_unreadable": {"type": "list", "elements": "str", "default": []},
        "accept_unreadable_file": {"type": "path"},
    }


def segment_options() -> dict[str, dict[str, Any]]:
    """Return the option that lets manifests lead to other containers."""
    return {"segment_containers": {"type": "list", "elements": "str", "default": []}}
