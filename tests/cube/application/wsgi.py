# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the WSGI server loads."""

from __future__ import annotations

from os import environ

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from tests.cube.application.stores import store

application = get_wsgi_application()


def migrated() -> WSGIHandler:
    """Make the tables first, and give what processes may share that are forked after this."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    connections.close_all()
    settings.STORE = store(environ)  # has no connection yet
    return application
