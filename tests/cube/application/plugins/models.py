# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The compute resources in the database."""

from __future__ import annotations

from django.db import models


class ComputeResource(models.Model):
    """One pfcon.

    :param compute_innetwork: whether it stores files itself.
    """

    name = models.CharField(max_length=100, unique=True)
    compute_url = models.URLField(max_length=350)
    compute_innetwork = models.BooleanField(default=False)

    class Meta:
        app_label = "plugins"
