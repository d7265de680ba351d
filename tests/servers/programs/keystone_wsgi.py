# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Keystone's WSGI application, run by gunicorn in the servers' environment."""

from __future__ import annotations

import sys

from tests.servers.process import die_with_parent

# Gunicorn would respawn or leave its workers; the kernel ends them with it.
die_with_parent()
# oslo.config reads sys.argv while it is imported and exits at gunicorn's own options.
sys.argv = ["keystone"]

from keystone.server.wsgi import initialize_public_application  # type: ignore[import-not-found]  # noqa: E402

application = initialize_public_application()
