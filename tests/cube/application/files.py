# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Files that are in the storage first, and then in the database."""

from __future__ import annotations

import hashlib
from typing import IO

from django.conf import settings
from django.core.files.base import File

from tests.cube.application.models import StoredFile

CHUNK = 1 << 20


def measure(content: IO[bytes]) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file, and go back to its beginning."""
    size, sha256 = 0, hashlib.sha256()
    while chunk := content.read(CHUNK):
        size += len(chunk)
        sha256.update(chunk)
    content.seek(0)
    return size, sha256.hexdigest()


def create(name: str, content: IO[bytes]) -> StoredFile:
    """Write a new file through Django's storage class, as CUBE's uploads are."""
    size, sha256 = measure(content)
    stored = StoredFile(size=size, sha256=sha256)
    stored.file.save(name, File(content), save=False)
    if stored.file.name != name:  # the storage class has chosen another one
        raise ValueError(f"{name} became {stored.file.name}")
    stored.save()
    return stored


def replace(stored: StoredFile, content: IO[bytes]) -> None:
    """Write over a file with a request of CUBE's own."""
    stored.size, stored.sha256 = measure(content)
    settings.STORE.write(stored.file.name, content)
    stored.save()


def delete(stored: StoredFile) -> None:
    settings.STORE.delete(stored.file.name)
    stored.delete()
