# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the API is."""

from __future__ import annotations

from django.urls import path

from tests.cube.application import views

urlpatterns = [
    path("api/v1/", views.health),
    path("api/v1/files/", views.listing),
    path("api/v1/files/<path:name>", views.file),
]
