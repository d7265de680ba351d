# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether a destination keeps names as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import name_probe
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.name_probe import (
    FORMS,
    SUSPECT,
    ChangedNameError,
    Form,
    NameProbe,
    is_scratch,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

pytestmark = pytest.mark.security

PROXIES: dict[str, Callable[[str], str]] = {
    "a//b": lambda path: re.sub("/+", "/", path),
    "a/./b": lambda path: path.replace("/./", "/"),
    "a/c/../b": lambda path: re.sub(r"/[^/]+/\.\./", "/", path),
    "a\\b": lambda path: path.replace("%5C", "/"),
    "a%2Fb": lambda path: path.replace("%252F", "/"),
    "a/b/": lambda path: path.rstrip("/"),
}
"""What a proxy makes of the path of each example."""

EACH_FORM = pytest.mark.parametrize("form", FORMS, ids=[form.what for form in FORMS])


@pytest.fixture
def store(destination: ObjectServer) -> ObjectStore:
    made = ObjectStore()
    destination.script = made
    return made


@EACH_FORM
def test_an_example_has_its_form_and_no_other(form: Form) -> None:
    assert [each for each in FORMS if each.pattern.search(form.example)] == [form]


def test_no_form_escapes_the_first_look() -> None:
    names = ["".join(chars) for size in range(7) for chars in product("/.a\\%", repeat=size)]
    having = [name for name in names if any(form.pattern.search(name) for form in FORMS)]
    assert len(having) > len(names) / 2
    assert all(SUSPECT.search(name) for name in having)


@pytest.mark.parametrize("name", ["a/b", "a.b/..c/.d/e..", "_a", "ü", "a b?#"])
def test_a_plain_name_costs_no_request(
    destination: ObjectServer, store: ObjectStore, name: str
) -> None:
    NameProbe(destination.container()).check(name)
    assert destination.asked == []


@EACH_FORM
def test_a_form_that_is_kept_is_asked_once_and_nothing_is_left(
    destination: ObjectServer, store: ObjectStore, form: Form
) -> None:
    probe = NameProbe(destination.container())
    probe.check(form.example)
    assert [asked.method for asked in destination.asked] == ["PUT", "GET", "GET", "DELETE"]
    probe.check(form.example)
    assert len(destination.asked) == 4
    assert store.objects == {}


@EACH_FORM
def test_what_a_probe_leaves_when_it_is_killed_is_known_by_its_entry_in_the_listing(
    destination: ObjectServer, store: ObjectStore, form: Form
) -> None:
    def killed(asked: Asked) -> Answer:
        return Answer(403) if asked.method == "DELETE" else store(asked)

    destination.script = killed
    with pytest.raises(MigrationError, match="403"):
        NameProbe(destination.container()).check(form.example)
    [left] = destination.container().listing()
    assert is_scratch(left)
    assert is_scratch(left._replace(name=left.name.replace("//", "/")))  # as a proxy changes it
    assert not is_scratch(left._replace(size=1))
    assert not is_scratch(left._replace(content_type="text/plain"))
    assert not is_scratch(left._replace(name=f"a/{left.name}"))
    assert not is_scratch(left._replace(name=left.name.partition("/")[0]))


@EACH_FORM
def test_a_form_that_a_proxy_changes_is_refused_by_name_and_nothing_is_left(
    destination: ObjectServer, store: ObjectStore, form: Form
) -> None:
    def changed(asked: Asked) -> Answer:
        path, mark, query = asked.path.partition("?")
        return store(replace(asked, path=PROXIES[form.example](path) + mark + query))

    destination.script = changed
    with pytest.raises(ChangedNameError, match=r"^destination: something before http") as told:
        NameProbe(destination.container()).check(form.example)
    assert f"names with {form.what}: the source's {form.example!r} would be" in str(told.value)
    assert store.objects == {}


def test_both_objects_are_named_that_would_be_stored_in_one_place(
    destination: ObjectServer, store: ObjectStore
) -> None:
    destination.script = lambda asked: store(replace(asked, path=re.sub("/+", "/", asked.path)))
    for others, told in (
        (set[str](), "the source's 'x//y z' would be stored as 'x/y z'."),
        ({"x/y z"}, "the source's 'x//y z' would be stored as 'x/y z', where the source has"),
    ):
        probe = NameProbe(destination.container(), others.__contains__)
        with pytest.raises(ChangedNameError, match=re.escape(told)):
            probe.check("x//y z")
    assert store.objects == {}


def test_a_name_is_told_also_when_nobody_knows_where_it_went(
    destination: ObjectServer, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_probe, "PAUSE", 0)
    destination.script = lambda asked: Answer(
        **({"status": 200, "body": b"[]"} if asked.method == "GET" else {"status": 201})
    )
    with pytest.raises(ChangedNameError, match="the source's 'x//y' would be stored under another"):
        NameProbe(destination.container()).check("x//y")


def test_an_object_that_is_listed_late_is_waited_for(
    destination: ObjectServer, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_probe, "PAUSE", 0)
    late = [ObjectStore(), ObjectStore()]

    def script(asked: Asked) -> Answer:
        listing = asked.method == "GET" and "format=json" in asked.path
        return (late.pop() if listing and late else store)(asked)

    destination.script = script
    NameProbe(destination.container()).check("a//b")
    assert store.objects == {}
