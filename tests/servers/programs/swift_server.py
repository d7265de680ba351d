# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Start one Swift server or daemon with a swift.conf of its own, without /etc/swift.

Swift's daemons do not honour ``swift_dir``, and nobody reads [swift-constraints] from there;
setting the directory before anything else is imported fixes both.

Usage: swift_server.py ETC_DIRECTORY MODULE CONFIGURATION
"""

from __future__ import annotations

import importlib
import sys

from swift.common import utils  # type: ignore[import-not-found]

etc, module, configuration = sys.argv[1:]
utils.set_swift_dir(etc)
sys.argv = [module, configuration, "--verbose"]
sys.exit(importlib.import_module(module).main())
