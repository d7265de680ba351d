# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Fill a lab's source with the data set."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.dataset import DEFAULT_OBJECTS, DEFAULT_SCALE, dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploader


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.dataset", description=__doc__)
    parser.add_argument("--lab", type=Path, required=True, help="state directory of the lab")
    parser.add_argument("--objects", type=int, default=DEFAULT_OBJECTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--scale", type=float, default=DEFAULT_SCALE, help="of the mean size; 1 is 485 KiB"
    )
    parser.add_argument("--container", default="users")
    options = parser.parse_args()
    lab = json.loads((options.lab / "creds" / "lab.json").read_text())
    done = Uploader(Account.source(lab), options.container).run(
        dataset(options.seed, options.objects, options.scale, options.container)
    )
    print(f"{done.objects} objects, {done.bytes} bytes in {done.seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
