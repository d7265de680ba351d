# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bulk of a CUBE's objects: its folders, its kinds of file, its sizes."""

from __future__ import annotations

import math
import random

from tests.dataset.sample import SampleObject, sample

MEAN_BYTES = 485 * 1024  # of the 278,086 objects of the real migration
SIGMA = 1.7
USERS = ("chris", "rudolph", "jennings", "sandip")
PLUGINS = ("dircopy", "fshack", "simpledsapp", "mricombine", "brainseg")
# suffix, kind, share
KINDS = (
    (".dcm", "dicom", 60),
    (".nii", "nifti", 8),
    (".json", "json", 12),
    (".csv", "csv", 6),
    (".png", "png", 10),
    (".log", "log", 4),
)


def ordinary(seed: int, number: int, scale: float) -> SampleObject:
    """Make the object with this number; it does not depend on how many there are.

    :param scale: factor of the mean size, 1 for that of the real data.
    """
    rng = random.Random(f"{seed}:{number}")  # noqa: S311
    suffix, kind, _share = rng.choices(KINDS, [share for *_kind, share in KINDS])[0]
    headers = {}
    if rng.random() < 0.1:
        headers["X_Object_Meta_Mtime"] = f"{1_600_000_000 + rng.randrange(10**8)}.{number:09}"
    return sample(_name(rng, number, suffix), kind, _size(rng, scale), **headers)


def _size(rng: random.Random, scale: float) -> int:
    """Draw from a log-normal distribution: mostly small, with a long tail."""
    mean = MEAN_BYTES * scale
    drawn = rng.lognormvariate(math.log(mean) - SIGMA**2 / 2, SIGMA)
    return round(min(drawn, 1000 * mean))


def _name(rng: random.Random, number: int, suffix: str) -> str:
    user = rng.choice(USERS)
    patient = rng.randrange(40)
    file = f"{number:06}{suffix}"
    feed = f"{user}/feed_{rng.randint(1, 30)}/pl-{rng.choice(PLUGINS)}_{rng.randint(1, 90)}/data"
    folder = rng.choices(
        (
            f"{feed}/SAG-anon-{patient}",
            feed,
            f"SERVICES/PACS/PACSDCM/{1000000 + patient}-ANON-19900101/MR-Brain-{20200000 + patient}"
            f"/00{rng.randint(1, 9)}-T1",
            f"PIPELINES/{user}/v{rng.randint(1, 9)}.{rng.randint(0, 9)}",
            f"home/{user}/uploads/{rng.randint(2019, 2023)}",
        ),
        (40, 20, 30, 3, 7),
    )[0]
    return f"{folder}/{file}"
