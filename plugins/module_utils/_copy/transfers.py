# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The transfers of one run, one for each of its threads."""

from __future__ import annotations

import dataclasses
import functools

from .._cloud.metadata_limits import MetadataLimits
from .._cloud.object_limits import ObjectLimits
from .._migration.recent_writes import Begin
from .._migration.run_context import RunContext
from .._transport.bytes_in_flight import BytesInFlight
from .._transport.memory_budget import MemoryBudget
from .._transport.postponement import Postponement
from .._transport.relay import Relay
from .source_objects import Expiries
from .transfer import Transfer


class Transfers:
    """Makes them.  They share the memory that bodies may take.

    :param expiries: what is known of the times at which objects of the source expire.
    :ivar begin: when the run began; what was written to the destination since is not deleted.
    :ivar in_flight: the bytes that streams have brought of objects not yet copied.
    """

    def __init__(self, context: RunContext, expiries: Expiries | None = None) -> None:
        self._context, self._expiries = context, expiries
        self._memory = MemoryBudget()
        self.begin: Begin | None = None
        self.in_flight = BytesInFlight()

    @functools.cached_property
    def object_limits(self) -> ObjectLimits:
        """What objects the destination takes."""
        return self._context.destination.connection.profile().objects

    @functools.cached_property
    def _metadata_limits(self) -> MetadataLimits:
        return self._context.destination.connection.profile().metadata

    def make(self, postponement: Postponement | None = None) -> Transfer:
        """A transfer for one more thread.

        :param postponement: what it does not wait for; None to wait for everything.
        """
        context = self._context
        retry = dataclasses.replace(context.retry, postponement=postponement)
        source, destination = context.source_container(retry), context.destination_container(retry)
        relay = Relay(
            source.client.http,
            destination.client.http,
            self._memory,
            self.in_flight,
            interrupt=context.interrupt,
            retry=retry,
        )
        return Transfer(
            source, destination, relay, self._metadata_limits, self._expiries, self.begin
        )
