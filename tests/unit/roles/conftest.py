# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Fixtures of the roles' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder


@pytest.fixture(scope="module")
def lookups() -> Iterator[None]:
    """Let Ansible find its lookups by their full names, and no longer than these tests need them.

    What finds them imports collections, and would import this one for the tests that come later.
    """
    init_plugin_loader()
    yield
    _AnsibleCollectionFinder._remove()
