# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Answers v1 auth with an application credential's token from Keystone v3.

For clients that speak v1 auth only.  It keeps nothing but tokens, in memory, and no object passes
through it.
"""
