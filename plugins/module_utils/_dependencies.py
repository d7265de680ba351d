# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The third-party packages of the mover, imported in one place.

A package that is missing is told by :func:`require`, so that a module can say
what to install instead of failing with a traceback, and so that
``ansible-test sanity`` can import every file without them.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from ._errors import MigrationError

if TYPE_CHECKING:
    import keystoneauth1.loading as keystone_loading
    import keystoneauth1.session as keystone_session
    import pycurl
    from keystoneauth1 import exceptions as keystone_exceptions
else:

    def _optional(module: str) -> Any:
        try:
            return importlib.import_module(module)
        except ImportError:
            return None

    # What these imports make stays, and to look for garbage in it takes a tenth of their time.
    collecting = gc.isenabled()
    gc.disable()
    keystone_exceptions = _optional("keystoneauth1.exceptions")
    keystone_loading = _optional("keystoneauth1.loading")
    keystone_session = _optional("keystoneauth1.session")
    pycurl = _optional("pycurl")
    gc.freeze()
    if collecting:
        gc.enable()

__all__ = ["keystone_exceptions", "keystone_loading", "keystone_session", "pycurl", "require"]

_PACKAGES = {
    "keystoneauth1": "keystoneauth1",
    "openstacksdk": "openstack",
    "pycurl": "pycurl",
    "python-swiftclient": "swiftclient",
}


def require(*names: str) -> None:
    """Make sure that packages of requirements/mover.txt are there.

    :param names: the packages that are needed; all of them if none is named.
    :raises MigrationError: naming those that are missing and the Python that misses them.
    """
    missing = [
        name for name in names or _PACKAGES if importlib.util.find_spec(_PACKAGES[name]) is None
    ]
    if missing:
        raise MigrationError(
            f"{sys.executable} cannot import {', '.join(missing)}",
            remedy=(
                "Install them there, or let ansible_python_interpreter name a Python that has them "
                "(the role fnndsc.swift_migration.mover makes one)"
            ),
        )
