# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Write entries into the database of an existing container, without any objects behind them.

A listing of 100,000 entries is made in seconds so, and served by the real container server.

Usage: container_rows.py ETC_DIRECTORY DEVICE_DIRECTORY ACCOUNT CONTAINER NUMBER UNIX_TIME
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from swift.common import utils  # type: ignore[import-not-found]
from swift.container.backend import ContainerBroker  # type: ignore[import-not-found]

BATCH = 10_000

etc, device, account, container, number, moment = sys.argv[1:]
utils.set_swift_dir(etc)
key = utils.hash_path(account, container)
(database,) = Path(device).glob(f"containers/*/{key[-3:]}/{key}/{key}.db")
broker = ContainerBroker(str(database), account=account, container=container)
created = utils.Timestamp(float(moment)).internal
for first in range(0, int(number), BATCH):
    names = (f"data/{count:08}.dcm" for count in range(first, min(first + BATCH, int(number))))
    broker.merge_items(
        [
            {
                "name": name,
                "created_at": created,
                "size": 4096,
                "content_type": "application/dicom",
                "etag": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
                "deleted": 0,
                "ctype_timestamp": None,
                "meta_timestamp": None,
            }
            for name in names
        ]
    )
