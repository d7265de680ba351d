# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What copies made on this host have seen of times of deletion."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.seen_expiries import (
    SeenExpiries,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_headers import (
    CLOCKS,
)

PAIR = ("AUTH_a/users@1", "AUTH_b/new@2")
SEEN = ListedObject("o", 1, "h", "text/plain", "2026-01-01T00:00:00.000000")
NOW = 1767225600


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))


@pytest.fixture
def note(tmp_path: Path) -> Callable[[int], None]:
    """Notes when the version that was seen expires, as a run that copies it."""

    def noted(moment: int) -> None:
        with closing(Journal(str(tmp_path), PAIR)) as journal:
            journal.note_expiry("users", SEEN, moment)

    return noted


def expiries(folder: Path, container: str = "users") -> SeenExpiries:
    return SeenExpiries(str(folder), PAIR, container)


@pytest.mark.parametrize(("seconds", "expired"), [(0, True), (1, False)])
def test_an_object_has_expired_when_a_clock_ahead_of_this_hosts_would_say_so(
    tmp_path: Path, note: Callable[[int], None], seconds: int, expired: bool
) -> None:
    note(NOW + CLOCKS + seconds)
    assert expiries(tmp_path).have_expired(SEEN) is expired


def test_a_time_counts_only_for_what_it_was_seen_of(
    tmp_path: Path, note: Callable[[int], None]
) -> None:
    note(NOW)
    later = SEEN._replace(last_modified="2026-01-01T00:00:01.000000")
    assert not expiries(tmp_path).have_expired(later)
    assert not expiries(tmp_path).have_expired(SEEN._replace(name="other"))
    assert not expiries(tmp_path, "other").have_expired(SEEN)


def test_it_is_looked_at_when_it_is_asked_for(tmp_path: Path, note: Callable[[int], None]) -> None:
    asked = expiries(tmp_path)
    note(NOW)
    assert asked.have_expired(SEEN)


def test_a_host_that_has_no_journal_has_seen_nothing_and_gets_none(tmp_path: Path) -> None:
    assert not expiries(tmp_path / "state").have_expired(SEEN)
    assert [*tmp_path.iterdir()] == []


def test_a_journal_that_cannot_be_read_has_seen_nothing(
    tmp_path: Path, note: Callable[[int], None]
) -> None:
    note(NOW)
    Journal(str(tmp_path), PAIR, check_mode=True).path.write_bytes(b"no database" * 1000)
    assert not expiries(tmp_path).have_expired(SEEN)
