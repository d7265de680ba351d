# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An application in CUBE's place: it keeps its files, and is configured, as CUBE is.

The application itself is in ``tests.cube.application`` and runs in an environment of its own.
"""
