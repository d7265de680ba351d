# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What CUBE remembers of a file."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """One file that should be there.

    :param file: its name is relative to the container, so that a new container changes no row.
    :param sha256: of the content that was last written.
    """

    file = models.FileField(max_length=512, unique=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        app_label = "application"
