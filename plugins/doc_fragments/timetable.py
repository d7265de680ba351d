# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of limits that hold at some hours of each day."""

from __future__ import annotations


class ModuleDocFragment:
    """The option ``timetable``."""

    DOCUMENTATION = r"""
options:
  timetable:
    description:
      - Other limits at some hours of each day. A key is a span such as C(08:00-18:00), by the clock
        and in the time zone of the host that runs the module. One over midnight is
        C(22:00-06:00). Two may not overlap.
      - A value is a bandwidth such as C(10 MiB/s), or a dictionary with some of
        C(bandwidth_limit), C(requests_per_second) and C(concurrency). V(0) is no limit. Where the
        timetable says nothing, the options of these names hold.
      - They begin and end within seconds, also for what is under way. A preflight keeps to those
        that hold when it begins.
    type: dict
    default: {}
"""
