# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the WSGI server loads."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
