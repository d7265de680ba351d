# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How pfcon's variables differ from CUBE's."""

from __future__ import annotations

from tests.cube import logins


def test_pfcon_has_another_name_for_the_region_and_an_image_for_its_jobs() -> None:
    cube = {"STORAGE_ENV": "s3", "S3_REGION": "RegionOne", "DJANGO_SECRET_KEY": "x"}
    assert logins.pfcon(cube) == {
        "STORAGE_ENV": "s3",
        "S3_REGION_NAME": "RegionOne",
        "PFCON_INNETWORK": "true",
        "PFCON_OP_IMAGE": "ghcr.io/fnndsc/pfconopjob-s3",
    }
