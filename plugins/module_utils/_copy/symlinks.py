# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Symlinks: copied as such where they lead to what is copied, too, and otherwise as objects."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection

from .._migration.outcome import Kind, Outcome
from .._migration.symlink_counts import SymlinkCounts
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.manifest_reach import ReachError
from .._swift.object_headers import carried_headers, expired, is_large, length_of, same_object
from .._swift.symlink import BROKEN, ITSELF, Symlink, account_of
from .._transport.http_messages import Response
from .._transport.status_errors import StatusError
from .transfer import Transfer


class Symlinks:
    """Copies symlinks.  For one thread.

    One that leads to an object of the same container stays a symlink, if the destination knows
    these.  Any other one becomes an object with what it leads to.  What that is may change without
    the symlink's entry in the listing showing it, so each one is asked for in every run.

    :param copy_target: copies what a name leads to, as an object of that name.
    :param counts: told where they lead.
    :param again: names of those that are copied whatever the destination has.
    :param prefix: what the names begin with of all that is copied.
    :param check: whether only is told what would be done.
    """

    def __init__(
        self,
        transfer: Transfer,
        copy_target: Callable[[ListedObject], Outcome],
        counts: SymlinkCounts,
        *,
        again: Collection[str] = (),
        prefix: str = "",
        check: bool = False,
    ) -> None:
        self._transfer, self._copy_target = transfer, copy_target
        self._counts, self._again, self._check = counts, again, check
        self._prefix = prefix

    def copy(self, entry: ListedObject, *, last: bool = True) -> Outcome:
        """Copy one; KEPT when the destination has it.

        :param last: whether one whose target has to be there first, and is not, becomes an object.
        :returns: COPIED, KEPT or VANISHED; UNREADABLE when it leads to nothing, and cannot stay a
            symlink; LARGE when it has to wait for its target.
        :raises MigrationError: it could not be copied, or what it leads to must not be read.
        """
        source = self._transfer.source
        itself = source.request("HEAD", entry.name, query=ITSELF, accept=(404,))
        symlink = Symlink.of(itself, account_of(source.connection.storage_url))
        if symlink is None:  # it has been replaced or deleted meanwhile
            return self._predict_plain(entry) if self._check else self._copy_target(entry)
        outcome = self._copy_symlink(entry, itself, symlink, last=last)
        if outcome.kind in (Kind.COPIED, Kind.KEPT):
            # Not when its target expires: another target would not show in the symlink's entry.
            self._transfer.note_expiry(entry, itself)
        return outcome

    def _copy_symlink(
        self, entry: ListedObject, itself: Response, symlink: Symlink, *, last: bool
    ) -> Outcome:
        # What it leads to may be read in the end only if it cannot stay a symlink.
        moved = symlink.moved(self._transfer.source.name, self._transfer.destination.name)
        if moved is not None and self._can_stay:
            outcome = self._copy_itself(entry, itself, moved, last=last)
            if outcome is not None:
                if outcome.kind in (Kind.COPIED, Kind.KEPT):
                    self._counts.add(entry.name, str(symlink), dangling=self._dangles(entry))
                return outcome
        return self._copy_as_object(entry, symlink)

    @functools.cached_property
    def _can_stay(self) -> bool:
        return self._transfer.destination.connection.profile().symlinks

    def _dangles(self, entry: ListedObject) -> bool:
        """Whether a symlink to an object of the container leads to nothing."""
        try:
            answer = self._transfer.source.request("HEAD", entry.name, accept=BROKEN)
        except ReachError:  # that object is a symlink which leads out of the container
            return False
        return answer.status in BROKEN

    def _copy_itself(
        self, entry: ListedObject, itself: Response, moved: Symlink, *, last: bool
    ) -> Outcome | None:
        """Put the symlink; None when its target is not there as it has to be."""
        destination, carried = self._transfer.destination, carried_headers(itself)
        present = destination.request("HEAD", entry.name, query=ITSELF, accept=(404,))
        there = Symlink.of(present, account_of(destination.connection.storage_url))
        stands = there == moved and carried_headers(present) == carried
        if stands and entry.name not in self._again:
            return Outcome(Kind.KEPT, entry.name)
        self._transfer.metadata.check(carried)
        if self._check:
            refused = moved.etag and not self._will_arrive(entry, moved)
            return None if refused else Outcome(Kind.COPIED, entry.name)
        headers = {**carried, **moved.headers()}
        try:
            put = destination.request("PUT", entry.name, headers=headers, accept=(409,))
        except StatusError as error:
            if error.status == 400 and expired(itself):
                return Outcome(Kind.EXPIRED, entry.name)
            raise
        if put.status != 409:
            return Outcome(Kind.COPIED, entry.name)
        return None if last else Outcome(Kind.LARGE, entry.name)

    def _will_arrive(self, entry: ListedObject, moved: Symlink) -> bool:
        """Whether the target of a static symlink will be at the destination with that ETag."""
        target = self._transfer.source.request("HEAD", entry.name, accept=BROKEN)
        if target.status in BROKEN:
            return False
        destination = self._transfer.destination
        if not moved.name.startswith(self._prefix):
            copy = destination.request("HEAD", moved.name, accept=BROKEN)
            return copy.status == 200 and copy.etag == moved.etag
        # What is too large becomes a large object, which has another ETag.
        is_whole = length_of(target) <= destination.connection.profile().objects.size
        return is_whole or is_large(target)

    def _copy_as_object(self, entry: ListedObject, symlink: Symlink) -> Outcome:
        source, destination = self._transfer.source, self._transfer.destination
        target = source.request("HEAD", entry.name, accept=BROKEN)
        if target.status in BROKEN:
            if self._transfer.has_expired(entry):
                return Outcome(Kind.EXPIRED, entry.name)
            reason = f"{source.what} lists it, but {symlink.why_broken()}"
            return Outcome(Kind.UNREADABLE, entry.name, reason=reason)
        present = destination.request("HEAD", entry.name, accept=BROKEN)
        is_there = same_object(target, present) and not _is_symlink(destination, entry)
        if is_there and not is_large(target) and entry.name not in self._again:
            outcome = Outcome(Kind.KEPT, entry.name)
        elif self._check:
            kind = Kind.KEPT if is_there else Kind.COPIED
            outcome = Outcome(kind, entry.name, length_of(target))
        else:
            outcome = self._copy_target(entry._replace(size=length_of(target), hash=target.etag))
        if outcome.kind in (Kind.COPIED, Kind.KEPT):
            self._counts.add(entry.name, str(symlink), as_object=True)
        return outcome

    def _predict_plain(self, entry: ListedObject) -> Outcome:
        return self._transfer.predict(entry, None)


def _is_symlink(container: Container, entry: ListedObject) -> bool:
    itself = container.request("HEAD", entry.name, query=ITSELF, accept=(404,))
    return Symlink.of(itself, account_of(container.connection.storage_url)) is not None
