# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Prometheus' text format: how metrics are written into a file.  Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4), which is what the
textfile collector of node_exporter reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

COUNTER, GAUGE = "counter", "gauge"


@dataclass(frozen=True)
class Family:
    """One metric with all its samples.

    :param name: with its unit, and ``_total`` if it is a counter.
    :param kind: ``counter`` or ``gauge``.
    :param text: what it is, in one line.  It must be the same wherever the name is.
    :param samples: a value for each set of labels that come on top of those that all share.
    """

    name: str
    kind: str
    text: str
    samples: Mapping[tuple[tuple[str, str], ...], float] = field(default_factory=dict)


def exposition(families: Iterable[Family], labels: Mapping[str, str]) -> str:
    """Write metrics; one without samples is left out.

    :param labels: of all samples.
    """
    return "".join(line for family in families for line in _lines(family, labels))


def _lines(family: Family, labels: Mapping[str, str]) -> Iterator[str]:
    if not family.samples:
        return
    yield f"# HELP {family.name} {_escaped(family.text)}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for own, value in family.samples.items():
        pairs = ",".join(
            f'{name}="{_escaped(text, quote=True)}"'
            for name, text in {**labels, **dict(own)}.items()
        )
        yield f"{family.name}{{{pairs}}} {value!r}\n"


def _escaped(text: str, *, quote: bool = False) -> str:
    r"""Escape what would end a line or a label: ``\``, newlines, and ``"`` in labels."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quote else escaped
