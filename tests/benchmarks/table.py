# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The figures as Markdown.  Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.benchmarks.results import Results, Run
from tests.benchmarks.targets import MEGABYTE, Verdict, judge

FLOORS = ("floor", "plain listing")


def report(results: Results, titles: dict[str, str], scale: float = 1.0) -> str:
    """Return the table of targets and one table for each case.

    :param titles: what each case was, by its name.
    :param scale: of the cases; the targets are meant for 1.
    """
    parts = [targets(judge(results))]
    if scale != 1:
        parts.insert(0, f"Scale {scale:g}, a first look only: the targets are for scale 1.")
    parts += [case_table(results, case, titles.get(case, case)) for case in results.cases()]
    return "\n\n".join(parts) + "\n"


def targets(verdicts: list[Verdict]) -> str:
    """Return a row for each figure that has a target."""
    lines = [
        "| case | figure | measured | single rounds | target | met |",
        "|---|---|---|---|---|---|",
    ]
    for verdict in verdicts:
        spread = " to ".join(map(number, verdict.spread)) if verdict.spread else ""
        met = "yes" if verdict.met else "**no**"
        cells = (verdict.case, verdict.what, number(verdict.figure), spread, verdict.target, met)
        lines.append(row(*cells))
    return "\n".join(lines)


def case_table(results: Results, case: str, title: str) -> str:
    """Return the medians of each contestant, and where the time goes."""
    rounds = max(run.round for run in results.runs if run.case == case)
    heads = ("", "wall s", "objects/s", "MB/s", "client CPU s", "servers' CPU s", "cores busy")
    lines = [
        f"{case}: {title}, median of {rounds} rounds",
        "",
        row(*heads, "peak MB", "wall / floor"),
        "|---" * (len(heads) + 2) + "|",
    ]
    floor = next((name for name in FLOORS if results.of(case, name)), None)
    for name in results.contestants(case):
        runs = results.of(case, name)
        ratio = results.ratio(case, name, floor, "wall") if floor else None
        cells = (*columns(runs), "" if ratio is None else number(ratio))
        lines.append(row(name, *cells))
    return "\n".join(lines)


def columns(runs: list[Run]) -> Iterator[str]:
    """Yield the medians of one contestant."""
    yield number(statistics.median(run.wall for run in runs))
    yield number(statistics.median(run.rate for run in runs))
    yield number(statistics.median(run.bytes / run.wall / MEGABYTE for run in runs))
    yield number(statistics.median(run.cpu for run in runs))
    yield number(statistics.median(run.server_cpu for run in runs))
    yield number(statistics.median((run.cpu + run.server_cpu) / run.wall for run in runs))
    yield number(statistics.median(run.peak / MEGABYTE for run in runs))


def number(value: float) -> str:
    """Spell a figure with as many digits as it is worth: three."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
