# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Work that goes on while something else is waited for."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import background
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.background import (
    begin,
)

SECONDS = 10
STUCK = """
import sys, threading
sys.path.insert(0, sys.argv[1])
import background
background.begin(threading.Event().wait)
"""


def test_it_goes_on_beside_its_caller() -> None:
    told = threading.Event()
    future = begin(lambda: told.wait(SECONDS))
    told.set()
    assert future.result(SECONDS) is True


def test_its_error_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise MigrationError("no answer")

    future = begin(fail)
    with pytest.raises(MigrationError, match="no answer"):
        future.result(SECONDS)


def test_it_does_not_keep_the_process_from_ending() -> None:
    folder = background.__file__.rpartition("/")[0]
    subprocess.run([sys.executable, "-c", STUCK, folder], timeout=SECONDS, check=True)
