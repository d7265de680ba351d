# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of how a long run reports progress."""

from __future__ import annotations


class ModuleDocFragment:
    """The options ``state_dir``, ``progress_interval`` and ``metrics_dir``."""

    DOCUMENTATION = r"""
options:
  state_dir:
    description:
      - Folder on the host that runs the module for what is worth remembering between runs, for the
        lock that keeps two of them apart, and for the file that tells how far one is.
      - Without it the next run asks the servers some questions again. It holds no secret.
    type: path
    default: ~/.local/state/fnndsc.swift_migration
  progress_interval:
    description:
      - How many seconds pass between two lines that tell how far it is. V(0) is for none.
      - They come from a small file in O(state_dir), whose name ends with C(.progress), and with
        C(.comparison) for a comparison. The module writes it every two seconds. It holds counts,
        and stays.
      - In check mode, and with C(async), there are none.
    type: float
    default: 10
  metrics_dir:
    description:
      - Folder on the host that runs the module, which is there already. A run keeps a file with its
        metrics in it, in Prometheus' text format, for the textfile collector of node_exporter. It
        is written every two seconds and in the end, and anybody may read it.
      - There is a file for each kind of run between each two containers. They hold counts and
        times, and the names of accounts and containers, but no name of an object and no secret.
      - That it cannot be written is a warning. In check mode nothing is written.
    type: path
"""
