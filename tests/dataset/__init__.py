# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A data set like a CUBE's: reproducible, of any size, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tests.dataset.content import Content
from tests.dataset.ordinary import ordinary
from tests.dataset.peculiar import SEGMENTS_SUFFIX, peculiar
from tests.dataset.sample import SampleObject

__all__ = ["Content", "SampleObject", "dataset"]

DEFAULT_OBJECTS = 400
DEFAULT_SCALE = 0.02


def dataset(
    seed: int = 1,
    objects: int = DEFAULT_OBJECTS,
    scale: float = DEFAULT_SCALE,
    container: str = "users",
) -> Iterator[SampleObject]:
    """Yield ``objects`` objects: the peculiar ones first, then as many ordinary ones as it takes.

    :param scale: factor of the mean size; 1 for that of the real data, 485 KiB.
    :param container: the segments of its large objects lie in ``<container>_segments``.
    """
    first = list(islice(peculiar(container + SEGMENTS_SUFFIX, scale), objects))
    yield from first
    for number in range(objects - len(first)):
        yield ordinary(seed, number, scale)
