# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a file may be, after what was asked and what was answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cube.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def test_an_acknowledged_content_is_the_only_right_one(ledger: Ledger) -> None:
    for sha256 in ("one", "two"):
        ledger.begin("file", sha256)
        ledger.acknowledge("file")
    assert ledger.expected() == {"file": {"two"}}


def test_an_acknowledged_delete_leaves_nothing(ledger: Ledger) -> None:
    for sha256 in ("one", None):
        ledger.begin("file", sha256)
        ledger.acknowledge("file")
    assert ledger.expected() == {"file": {None}}


def test_a_new_file_without_an_answer_may_be_there_or_not(ledger: Ledger) -> None:
    ledger.begin("file", "one")
    assert ledger.expected() == {"file": {None, "one"}}


def test_a_replacement_without_an_answer_may_be_the_old_content_or_the_new(ledger: Ledger) -> None:
    ledger.begin("file", "one")
    ledger.acknowledge("file")
    ledger.begin("file", "two")
    assert ledger.expected() == {"file": {"one", "two"}}


def test_what_was_never_asked_changes_nothing(ledger: Ledger) -> None:
    ledger.begin("file", "one")
    ledger.acknowledge("file")
    ledger.begin("file", None)
    ledger.withdraw("file")
    assert ledger.expected() == {"file": {"one"}}


def test_what_was_never_answered_stays_possible_until_something_is(ledger: Ledger) -> None:
    ledger.begin("file", "one")
    ledger.begin("file", "two")
    ledger.withdraw("file")
    assert ledger.expected() == {"file": {None, "one"}}
    ledger.begin("file", "three")
    ledger.acknowledge("file")
    assert ledger.expected() == {"file": {"three"}}


def test_another_process_reads_the_same(ledger: Ledger, tmp_path: Path) -> None:
    ledger.begin("known", "one")
    ledger.acknowledge("known")
    ledger.begin("uncertain", None)
    assert Ledger(tmp_path / "ledger").expected() == ledger.expected()
