# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Django application that keeps files as CUBE does; it runs in an environment of its own."""
