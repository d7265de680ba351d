# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Build the rings of one cluster with one device and one replica, of objects for each policy.

Usage: rings.py ETC_DIRECTORY OBJECT_PORT CONTAINER_PORT ACCOUNT_PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

from swift.common.ring import RingBuilder  # type: ignore[import-not-found]

# The container updater forks a process for each partition that has a container, in each sweep.
PART_POWERS = {"object": 7, "container": 1, "account": 1}
POLICIES = {"object": ("object", "object-1")}

etc = Path(sys.argv[1])
for (name, power), port in zip(PART_POWERS.items(), map(int, sys.argv[2:]), strict=True):
    builder = RingBuilder(power, 1, 1)
    builder.add_dev(
        {
            "id": 0,
            "region": 1,
            "zone": 1,
            "weight": 1.0,
            "ip": "127.0.0.1",
            "port": port,
            "replication_ip": "127.0.0.1",
            "replication_port": port,
            "device": "sdb1",
            "meta": "",
        }
    )
    builder.rebalance(seed=1)
    for ring in POLICIES.get(name, (name,)):
        builder.get_ring().save(str(etc / f"{ring}.ring.gz"))
