# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The plots of a dossier, as SVG in the colours of the page around them."""

from __future__ import annotations

import datetime
import html
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = "matplotlib"
"""The package that draws them; without it there are none."""

# Colours that stand for a variable of the page's style, which knows light and dark.
_INK, _LINE, _BAR = "#010101", "#010102", "#010103"
_VARIABLES = {_INK: "var(--quiet)", _LINE: "var(--line)", _BAR: "var(--bar)"}
_WIDTH, _HEIGHT = 4.0, 2.4
_STYLE = {
    "axes.edgecolor": _LINE,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.prop_cycle": f"cycler('color', ['{_BAR}'])",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "font.size": 9,
    "grid.color": _LINE,
    "grid.linewidth": 0.5,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_SPANS = ((3 * 3600, 3600, "h"), (180, 60, "min"), (0, 1, "s"))
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_TICKS = 5
_DOWNTIMES = 3


class Plot(NamedTuple):
    """One picture.

    :param title: what it shows, in a line.
    :param svg: markup for the inside of a page.
    """

    title: str
    svg: str


def plots(content: Mapping[str, Any]) -> list[Plot]:
    """Draw what a dossier holds numbers of.

    :param content: :attr:`Dossier.content`.
    :raises ImportError: there is no matplotlib.
    """
    return [_drawn(title, draw, rows) for title, draw, rows in _wanted(content)]


Draw = Callable[["Figure"], None]


def _wanted(content: Mapping[str, Any]) -> Iterator[tuple[str, Draw, int]]:
    """Yield each plot's title, what draws it, and how many axes lie upon each other."""
    for each in content["throughput"]:
        began = f"{each['begun'][:16].replace('T', ' ')} UTC"
        done = "compared" if each["what"] == "compare" else "moved"
        yield f"Throughput of {each['what']} {began}: {done} a second", _rates(each), 2
    copies = [run for run in content["runs"] if run["what"] == "migrate"]
    if len(copies) > 1:
        yield "Bytes moved by each copy", _copies(copies), 1
    if content["sizes"]:
        yield "Sizes of the objects at the source", _histogram(content["sizes"], _size), 1
    if content["latencies"]:
        title = "Time taken by single objects, all copies"
        yield title, _histogram(content["latencies"], _duration), 1
    for down in content["downtimes"][-_DOWNTIMES:]:
        if down["steps"]:
            yield f"Downtime in {down['what']} {down['begun'][:10]}", _steps(down["steps"]), 1


def _drawn(title: str, draw: Draw, rows: int) -> Plot:
    import matplotlib
    from matplotlib.figure import Figure

    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    # Ids within a picture are made from its title, so that a page has none twice.
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": title}), io.StringIO() as file:
        figure = Figure(figsize=(_WIDTH, _HEIGHT + 0.9 * (rows - 1)))
        draw(figure)
        figure.savefig(file, format="svg", metadata=nothing)
        named = f'<svg role="img" aria-label="{html.escape(title)}" '
        return Plot(title, _inline(file.getvalue()).replace("<svg ", named, 1))


def _inline(svg: str) -> str:
    """Make a part of a page of a file: no ids but those that are used, no fonts, no colours."""
    svg = svg[svg.index("<svg ") :].strip()
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r' (xmlns|xmlns:xlink|version)="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(
        r' id="(?:figure|axes|patch|text|line2d|matplotlib|xtick|ytick|Line)[^"]*"', "", svg
    )
    svg = re.sub(r" font-family: [^;]*;", "", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return re.sub(r"\n\s*", "\n", svg)


def _rates(throughput: Mapping[str, Any]) -> Draw:
    seconds, objects, sizes = zip(*throughput["rows"], strict=True)
    unit, name = next((size, name) for least, size, name in _SPANS if seconds[-1] >= least)
    at = [0.0, *(each / unit for each in seconds)]
    mebibytes = [size / 2**20 for size in sizes]

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, sharex=True)
        for axes, rates in ((upper, mebibytes), (lower, objects)):
            axes.plot(at, [rates[0], *rates], linewidth=1.2, drawstyle="steps-pre")
        upper.set_ylabel("MiB/s")
        lower.set_ylabel("objects/s")
        lower.set_xlabel(f"{name} since its begin")
        for axes in (upper, lower):
            axes.set_ylim(bottom=0)

    return draw


def _copies(runs: Sequence[Mapping[str, Any]]) -> Draw:
    begins = [datetime.datetime.fromisoformat(run["begun"]) for run in runs]

    def draw(figure: Figure) -> None:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

        axes = figure.subplots()
        days = [float(date2num(begin)) for begin in begins]
        axes.plot(days, [max(run["bytes"], 1) for run in runs], "o", markersize=4)
        axes.set_yscale("log", base=2)
        _label_sizes(axes, max(run["bytes"] for run in runs))
        locator = AutoDateLocator(maxticks=_TICKS)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))

    return draw


def _label_sizes(axes: Axes, largest: float) -> None:
    top = max(10, math.ceil(math.log2(max(largest, 1)) / 10) * 10)
    axes.set_ylim(0.5, 2.0 ** (top + 1))
    ticks = [2.0**power for power in range(0, top + 1, 10)]
    axes.set_yticks(ticks, [_size(tick) for tick in ticks])
    axes.minorticks_off()


def _histogram(buckets: Sequence[Mapping[str, Any]], label: Callable[[float], str]) -> Draw:
    """Bars of buckets whose bounds are powers of two; a label tells an upper bound."""
    powers = [round(math.log2(bucket["below"])) for bucket in buckets]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(powers, [bucket["objects"] for bucket in buckets], width=0.9)
        step = max(1, math.ceil((powers[-1] - powers[0] + 1) / _TICKS))
        ticks = list(range(powers[0], powers[-1] + 1, step))
        axes.set_xticks([tick + 0.5 for tick in ticks], [label(2.0**tick) for tick in ticks])
        axes.set_xlim(powers[0] - 0.7, powers[-1] + 0.9)
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda number, _place: f"{number:,.0f}")
        axes.set_ylabel("objects")
        axes.grid(visible=False, axis="x")

    return draw


def _steps(steps: Sequence[Mapping[str, Any]]) -> Draw:
    names = [f"{step['step']} {step['seconds']:.1f} s" for step in steps]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        begin = 0.0
        for place, step in enumerate(steps):
            axes.barh(place, step["seconds"], left=begin)
            begin += step["seconds"]
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.set_xlabel("s since the application was stopped")
        axes.grid(visible=False, axis="y")

    return draw


def _size(number: float) -> str:
    power = min(int(math.log2(number)) // 10, len(_SIZES) - 1) if number >= 1 else 0
    return f"{number / 1024**power:.0f} {_SIZES[power]}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
