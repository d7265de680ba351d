# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Why an object could not be copied in one go."""

from __future__ import annotations

from .._errors import MigrationError


class UnreadableError(MigrationError):
    """A segment is listed but cannot be read, so neither can the object that it belongs to."""


class StartOverError(MigrationError):
    """The object must be copied again from its beginning: it is another one now, or damaged."""


def changing(name: str) -> StartOverError:
    """The error of an object that the source shows differently before and after it was read."""
    return StartOverError(f"'{name}' changes while it is copied")
