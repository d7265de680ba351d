# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The process in pfcon's place: it connects at its first job, and writes what jobs leave.

It knows no database; its ledger tells which files it was told are stored.

Usage: python -m tests.cube.application.pfcon
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import signal
import threading
import uuid
from pathlib import Path

from tests.cube.application.stores import store
from tests.cube.ledger import Ledger

SECONDS_A_JOB = 4.0


def main() -> None:
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    logging.basicConfig(level=logging.INFO)
    ledger = Ledger(Path(os.environ["PFCON_LEDGER"]))
    jobs = None
    while not told.wait(SECONDS_A_JOB):
        name = f"jobs/{uuid.uuid4().hex}/output.json"
        content = name.encode()
        ledger.begin(name, hashlib.sha256(content).hexdigest())
        try:
            jobs = jobs or store(os.environ, region="S3_REGION_NAME")
            jobs.write(name, io.BytesIO(content))
        except Exception:
            logging.exception("pfcon: %s failed", name)
        else:
            ledger.acknowledge(name)


if __name__ == "__main__":
    main()
