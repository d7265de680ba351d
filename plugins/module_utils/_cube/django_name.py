# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The names under which django-storages asks for objects over S3.  Pure.

It takes names for paths: ``a//b``, ``a/./b`` and ``c/../a/b`` are all ``a/b`` to it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass


def django_name(name: str) -> str:
    """What django-storages (``clean_name``, then ``safe_join``) makes of an object's name."""
    cleaned = _normal(name).replace("\\", "/")
    return _normal(f"/{cleaned}" if cleaned != "." else "/").lstrip("/")


@dataclass(frozen=True)
class ChangedNames:
    """The names of a listing that django-storages would ask for in another form.

    :ivar objects: how many names there were.
    :ivar changed: how many of them django-storages changes.
    :ivar names: the first of these.
    """

    objects: int
    changed: int
    names: list[str]

    @classmethod
    def among(cls, names: Iterable[str], most: int) -> ChangedNames:
        """Look at each name.

        :param most: how many changed ones are kept.
        """
        objects = changed = 0
        kept: list[str] = []
        for name in names:
            objects += 1
            if django_name(name) != name:
                changed += 1
                if len(kept) < most:
                    kept.append(name)
        return cls(objects, changed, kept)


def _normal(path: str) -> str:
    """The normal form of a path, which keeps a slash at its end."""
    found = posixpath.normpath(path)
    return f"{found}/" if path.endswith("/") and not found.endswith("/") else found
