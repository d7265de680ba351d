# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A connection to this machine that is lost while a file is there, as one by SSH would be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: losable
short_description: A connection that a test can lose
description: Runs commands here, unless the file C(LOST/HOST) exists.
author: fnndsc.swift_migration contributors (@FNNDSC)
options: {}
"""


class Connection(Local):
    """``LOST`` in the environment names a folder; a file in it is a host that is lost."""

    transport = "losable"

    def exec_command(self, *arguments: Any, **options: Any) -> Any:
        """:raises AnsibleConnectionFailure: the host is lost."""
        self._refuse()
        return super().exec_command(*arguments, **options)

    def put_file(self, in_path: str, out_path: str) -> None:
        """:raises AnsibleConnectionFailure: the host is lost."""
        self._refuse()
        super().put_file(in_path, out_path)

    def _refuse(self) -> None:
        host = self._play_context.remote_addr
        if Path(os.environ["LOST"], host).exists():
            raise AnsibleConnectionFailure(f"Connection to {host} closed by remote host.")
