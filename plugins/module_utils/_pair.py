# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The parameters of the modules that work on two containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._argspec import container_options
from ._cloud.connection import Connection, ConnectionOptions
from ._history.run_history import Asker
from ._swift.container_name import SIDES


def pair_options() -> dict[str, dict[str, Any]]:
    """Say which two containers, and how to log in to their clouds."""
    return {side: container_options() for side in SIDES}


def pair_from_params(
    params: Mapping[str, Any],
) -> tuple[tuple[Connection, Connection], dict[str, Any]]:
    """Take the two sides out of a module's parameters.

    :returns: the connections to the source and to the destination; and the other parameters, with
        the names of the containers as ``source`` and ``destination``.
    """
    source, destination = (
        Connection(ConnectionOptions.from_params(params[side], side)) for side in SIDES
    )
    return (source, destination), {**params, **{side: params[side]["container"] for side in SIDES}}


def asker_from_params(params: Mapping[str, Any], ansible_core: str) -> Asker:
    """Take who asks for a run out of its module's parameters.

    :param ansible_core: the version of that.
    """
    return Asker(ansible_core=ansible_core, **(params.get("asker") or {}))
