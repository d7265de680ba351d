# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Run one of the old Swift's programs with a swift.conf of its own; Python 2.7 reads this.

Usage: old_swift_server.py ETC_DIRECTORY PROGRAM ARGUMENT...
"""

import runpy
import sys

from swift.common import utils  # type: ignore[import-not-found]

utils.set_swift_dir(sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
