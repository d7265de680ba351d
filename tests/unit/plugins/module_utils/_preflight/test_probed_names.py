# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether names stay as they are."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.probed_names import (
    check_names,
    not_probed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils._preflight.test_survey import entry, survey
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

FORMS = survey(entry("x//y"), entry("x%y")).forms


def probed(destination: ObjectServer, *names: str) -> list[Check]:
    container = Container(SwiftClient(destination.connection, Retry(attempts=1)), "c")
    forms = survey(*map(entry, names)).forms if names else FORMS
    return list(check_names(container, forms, "names"))


def test_names_that_are_kept_are_all_right(destination: ObjectServer) -> None:
    destination.script = ObjectStore()
    [check] = probed(destination)
    assert check.verdict == "ok"
    assert check.seen == "kept, also with '//' in them, '%' in them"


def test_each_form_that_is_changed_is_told(destination: ObjectServer) -> None:
    store = ObjectStore()

    def merging(asked: Asked) -> Answer:
        return store(Asked(asked.method, asked.path.replace("a//b", "a/b"), asked.headers, b""))

    destination.script = merging
    [check] = probed(destination)
    assert check.verdict == "failure"
    assert check.seen.endswith("changes names with '//' in them: 1, as x//y")
    assert store.objects == {}


def test_changed_names_are_told_with_their_number_the_first_and_what_to_do(
    destination: ObjectServer,
) -> None:
    store = ObjectStore()
    destination.script = lambda asked: store(
        Asked(asked.method, asked.path.replace("//", "/"), asked.headers, b"")
    )
    [check] = probed(destination, "a\x1b[2K//b", "x//y")
    assert check.seen.endswith(r"with '//' in them: 2, as a\x1b[2K//b")
    assert check.remedy.startswith("Reach the object store without that proxy")


def test_a_probe_that_fails_is_told(destination: ObjectServer) -> None:
    destination.script = lambda _asked: Answer(403)
    assert [check.verdict for check in probed(destination)] == ["failure", "failure"]


def test_without_a_probe_nobody_knows() -> None:
    [check] = not_probed(FORMS, "names")
    assert check.verdict == "warning"
    [check] = not_probed({}, "names")
    assert check.verdict == "ok"
