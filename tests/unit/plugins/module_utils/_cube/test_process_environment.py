# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The environment of a process is taken over as the kernel tells it.

That a program gets it before it begins is in ``test_service_program.py``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.process_environment import (
    adopt,
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bytes]:
    """This process's, as long as the test runs."""
    made = {b"STORAGE_ENV": b"swift", b"KEPT": b"1"}
    monkeypatch.setattr(os, "environb", made)
    return made


def test_its_variables_come_byte_by_byte_and_replace_those_of_the_same_name(
    tmp_path: Path, environment: dict[bytes, bytes]
) -> None:
    process = tmp_path / "environ"
    process.write_bytes(
        b"STORAGE_ENV=s3\0EMPTY=\0PAIR=a=b\0no variable\0LINES=a\nb\0LATIN=\xe4\0LAST=1"
    )
    adopt(str(process))
    assert environment == {
        b"STORAGE_ENV": b"s3",
        b"EMPTY": b"",
        b"PAIR": b"a=b",
        b"LINES": b"a\nb",
        b"LATIN": b"\xe4",
        b"LAST": b"1",
        b"KEPT": b"1",
    }


@pytest.mark.parametrize("unreadable", ["gone", "."])
def test_what_there_is_stays_if_it_cannot_be_read(
    tmp_path: Path, environment: dict[bytes, bytes], unreadable: str
) -> None:
    adopt(str(tmp_path / unreadable))
    assert environment == {b"STORAGE_ENV": b"swift", b"KEPT": b"1"}
