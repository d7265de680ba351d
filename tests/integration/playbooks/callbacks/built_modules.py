# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A callback plugin that lets a run find the modules that earlier runs have built.

Ansible puts each module into a ZIP file with all that it imports, once in a run; to find out what
that is, it parses a hundred files. ``BUILT_MODULES`` in the environment is a folder that keeps
these files for the next run. Two runs at the same time may not have the same folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from ansible import constants
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "built_modules"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        if kept := os.environ.get("BUILT_MODULES"):
            Path(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache").symlink_to(kept)
