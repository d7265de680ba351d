# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""CUBE's worker: it writes results of jobs, whoever uses the API or not.

Usage: python -m tests.cube.application.worker
"""

from __future__ import annotations

import io
import json
import logging
import signal
import threading
import time
import uuid

import django

SECONDS_A_JOB = 3.0


def main() -> None:
    django.setup()
    from tests.cube.application import files

    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    while not told.wait(SECONDS_A_JOB):
        job = uuid.uuid4().hex
        result = json.dumps({"job": job, "ended": time.time()}).encode()
        try:
            files.create(f"results/{job[:2]}/{job}.json", io.BytesIO(result))
        except Exception:
            logging.exception("worker: job %s failed", job)


if __name__ == "__main__":
    main()
