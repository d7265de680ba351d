# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the data set holds."""

from __future__ import annotations

import gzip
import statistics
import tracemalloc
import unicodedata
from collections import Counter, deque
from itertools import islice

import pytest

from tests.dataset import dataset
from tests.dataset.ordinary import MEAN_BYTES, ordinary
from tests.dataset.sample import SampleObject


@pytest.fixture(scope="module")
def objects() -> dict[str, SampleObject]:
    return {item.name: item for item in dataset(objects=400)}


def test_there_are_as_many_objects_as_wanted_and_no_two_share_a_name() -> None:
    for wanted in (0, 10, 400):
        found = list(dataset(objects=wanted))
        assert len({item.name for item in found}) == len(found) == wanted


def test_the_same_seed_gives_the_same_objects() -> None:
    assert list(dataset(7, 200)) == list(dataset(7, 200))
    assert list(dataset(7, 200)) != list(dataset(8, 200))


def test_more_objects_are_the_same_ones_and_more() -> None:
    assert list(islice(dataset(objects=10_000), 300)) == list(dataset(objects=300))


def test_the_layout_is_a_cubes(objects: dict[str, SampleObject]) -> None:
    assert {"chris", "SERVICES", "PIPELINES", "home"} <= {name.split("/")[0] for name in objects}
    assert any(name.startswith("SERVICES/PACS/") for name in objects)
    assert any(name.startswith("chris/feed_12/pl-dircopy_34/data/") for name in objects)


def test_sizes_are_mostly_small_with_a_long_tail_and_the_wanted_mean() -> None:
    sizes = [ordinary(1, number, 0.02).size for number in range(20_000)]
    mean = statistics.mean(sizes)
    assert mean == pytest.approx(MEAN_BYTES * 0.02, rel=0.1)
    assert statistics.median(sizes) < mean / 3
    assert max(sizes) > 30 * mean


def test_every_kind_of_file_is_there(objects: dict[str, SampleObject]) -> None:
    types = Counter(item.headers["Content-Type"] for item in objects.values())
    assert types["application/dicom"] > 100
    assert {
        "application/x-nifti",
        "application/json",
        "text/csv",
        "image/png",
        "text/plain; charset=utf-8",
        "application/directory",
    } <= set(types)


def test_folders_are_marked_with_and_without_a_slash(objects: dict[str, SampleObject]) -> None:
    markers = [
        item for item in objects.values() if item.headers["Content-Type"].endswith("directory")
    ]
    assert {item.name.endswith("/") for item in markers} == {True, False}
    assert {item.size for item in markers} == {0}


@pytest.mark.parametrize(
    "part", [" ", "?", "#", "%", "//", "/../", "\n", "\t", "\U0001f9e0", "e\u0301", "\u00e9", "\\"]
)
def test_names_hold_what_copiers_stumble_over(objects: dict[str, SampleObject], part: str) -> None:
    assert any(part in name for name in objects)


def test_one_name_is_as_long_as_swift_allows(objects: dict[str, SampleObject]) -> None:
    assert max(len(name.encode()) for name in objects) == 1024


def test_some_names_differ_by_normalisation_or_case_alone() -> None:
    names = {item.name for item in dataset(objects=100)}
    assert unicodedata.normalize("NFC", "home/chris/odd/cafe\u0301-nfd.txt") not in names
    assert {"home/chris/odd/UPPER.txt", "home/chris/odd/upper.txt"} <= names


def test_names_begin_with_slashes_and_dots(objects: dict[str, SampleObject]) -> None:
    assert {"/leading slash.txt", "//two leading slashes.txt", ".", ".."} <= set(objects)


def test_what_is_labelled_gzip_is_gzip(objects: dict[str, SampleObject]) -> None:
    labelled = [item for item in objects.values() if "Content-Encoding" in item.headers]
    assert len(labelled) == 2
    assert all(gzip.decompress(item.content.read()) for item in labelled)


def test_metadata_fits_into_swifts_limits_and_uses_them(objects: dict[str, SampleObject]) -> None:
    values = [
        {key: value for key, value in item.headers.items() if key.startswith("X-Object-Meta-")}
        for item in objects.values()
    ]
    assert max(len(value.encode()) for meta in values for value in meta.values()) == 256
    assert max(map(len, values)) == 40
    assert any(not value.isascii() for meta in values for value in meta.values())


def test_one_large_object_is_static_and_one_dynamic(objects: dict[str, SampleObject]) -> None:
    large = {item.large: item for item in objects.values() if item.large}
    assert set(large) == {"static", "dynamic"}
    for item in large.values():
        assert [segment.size > 0 for segment in item.segments] == [True] * 3
        assert item.size == sum(segment.size for segment in item.segments)
    assert large["dynamic"].headers["X-Object-Manifest"].startswith("users_segments/")
    assert " " not in large["dynamic"].headers["X-Object-Manifest"]


def test_memory_does_not_grow_with_the_number_of_objects() -> None:
    tracemalloc.start()
    deque(dataset(objects=5000), maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
