# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An engine's containers, answered by a stand-in for its command line program."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import Completed
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.docker import (
    Containers,
    finds_names,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.command_runner import Answering


def printed(text: str, status: int = 0) -> Answering:
    return Answering(lambda _argv, **_options: Completed(status, text, ""))


def containers(runner: Answering) -> Containers:
    return Containers(["docker", "--host", "ssh://cube"], "python3", "cube_storage_compose", runner)


def inspected(*found: Mapping[str, Any]) -> Answering:
    """An engine that tells this of each container in turn."""
    left = list(found)
    return Answering(lambda _argv, **_options: Completed(0, json.dumps([left.pop(0)]), ""))


def test_containers_are_listed_by_the_first_label(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = printed("1a chris\n2b chris\n3c db\n4d \n")
    found = containers(runner).list("service", "project=cube")
    assert found == {"chris": ["1a", "2b"], "db": ["3c"], "": ["4d"]}
    (argv,) = runner.asked
    assert argv == [
        *("docker", "--host", "ssh://cube", "ps", "--no-trunc"),
        *("--filter", "label=service", "--filter", "label=project=cube"),
        *("--format", '{{.ID}} {{.Label "service"}}'),
    ]
    containers(runner).list("service", every=True)
    assert runner.asked[-1][-1] == "--all"


def test_nothing_is_removed_where_there_is_nothing() -> None:
    runner = printed("")
    containers(runner).remove([])
    assert runner.asked == []
    containers(runner).remove(["1a", "2b"])
    assert runner.asked[0][-4:] == ["rm", "--force", "1a", "2b"]


def test_an_image_that_is_not_there_is_none() -> None:
    for text in ("", "[]"):
        assert containers(printed(text, 1)).image("cube:1") is None
    assert containers(printed('[{"Id": "sha256:1"}]')).image("cube:1") == {"Id": "sha256:1"}


def test_a_container_that_ends_meanwhile_does_not_hide_the_others() -> None:
    """`docker inspect` fails then, and prints what it found."""
    config = {"Labels": {}, "Env": ["SWIFT_CONTAINER_NAME=users"]}
    told = json.dumps([{"Name": "/store", "Config": config}])

    def answer(argv: Sequence[str], *, may_fail: bool = False, **_options: Any) -> Completed:
        if "ps" in argv:
            return Completed(0, "known\nstore\ngone\n", "")
        assert may_fail
        assert list(argv[4:]) == ["gone", "store"]
        return Completed(1, told, "no such container: gone")

    assert containers(Answering(answer)).concerned(["known"], "") == {"store"}


def test_an_engine_in_which_nothing_else_runs_is_not_asked_for_it() -> None:
    runner = printed("known\n")
    assert containers(runner).concerned(["known"], "") == set()
    assert len(runner.asked) == 1


def test_only_what_runs_and_stays_has_an_incarnation() -> None:
    def state(identifier: str, *, running: bool = True, restarting: bool = False) -> dict[str, Any]:
        told = {"Running": running, "Restarting": restarting, "StartedAt": "now"}
        return {"Id": identifier, "State": told}

    found = [state("2b"), state("1a"), state("3c", running=False), state("4d", restarting=True)]
    assert containers(inspected(*found)).incarnations(["2b", "1a", "3c", "4d"]) == [
        "1a now",
        "2b now",
    ]


def test_the_environment_is_that_of_the_first_process() -> None:
    runner = printed("STORAGE_ENV=swift\0PAIR=a=b\0EMPTY=\0odd\0")
    found = containers(runner).environment("1a")
    assert found == {"STORAGE_ENV": "swift", "PAIR": "a=b", "EMPTY": ""}
    assert runner.asked[0][3:] == ["exec", "1a", "cat", "/proc/1/environ"]


def test_an_image_without_cat_is_looked_at_from_the_host() -> None:
    environment = {"STORAGE_ENV": "swift", "EMPTY": ""}
    pipe = subprocess.PIPE
    with subprocess.Popen(["/bin/cat"], env=environment, stdin=pipe, stdout=pipe) as process:
        # The kernel shows no environment before the program is loaded, which its echo proves.
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"ready\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"

        def answer(argv: Sequence[str], **_options: Any) -> Completed:
            return Completed(1, "", "") if "exec" in argv else Completed(0, f"{process.pid}\n", "")

        assert containers(Answering(answer)).environment("1a") == environment


@pytest.mark.parametrize("pid", ["0", "", "none"])
def test_an_environment_that_nobody_tells_is_an_error(pid: str) -> None:
    def answer(argv: Sequence[str], **_options: Any) -> Completed:
        return Completed(1, "", "") if "exec" in argv else Completed(0, pid, "")

    with pytest.raises(MigrationError, match="the environment of the container 0123456789ab"):
        containers(Answering(answer)).environment("0123456789abcdef")


def test_a_program_is_sent_to_the_containers_python_with_its_environment() -> None:
    sent: list[str] = []

    def answer(_argv: Sequence[str], *, stdin: str = "", **_options: Any) -> Completed:
        sent.append(stdin)
        return Completed(0, "answer", "")

    runner = Answering(answer)
    assert containers(runner).run_python("1a", "print('it')") == "answer"
    assert runner.asked[0][3:] == ["exec", "--interactive", "1a", "python3", "-"]
    assert "adopt('/proc/1/environ')" in sent[0]
    assert "print('it')" in sent[0]


def test_a_failing_engine_ends_what_was_begun() -> None:
    def answer(argv: Sequence[str], *, may_fail: bool = False, **_options: Any) -> Completed:
        raise MigrationError("docker failed", option="cube_storage_compose")

    engine = containers(Answering(answer))
    for ask in (lambda: engine.list("service"), lambda: engine.named(["name=a"])):
        with pytest.raises(MigrationError, match="docker failed"):
            ask()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["label=job", "name=chris-jid-"], True),
        (["name=^chris"], True),
        (["label=chris-jid-"], False),
        (["name=lab-"], False),
        ([], False),
    ],
)
def test_a_filter_finds_names_that_begin_with_it(filters: list[str], found: bool) -> None:
    assert finds_names(filters, "chris-jid-") is found


def test_a_shell_in_a_container_gets_its_input_and_gives_lines() -> None:
    given: list[str] = []

    def answer(_argv: Sequence[str], *, stdin: str, **_options: Any) -> Completed:
        given.append(stdin)
        return Completed(0, "one\ntwo\n", "")

    runner = Answering(answer)
    assert list(containers(runner).lines("1a", "exec psql", "select 1")) == [b"one", b"two"]
    assert runner.asked == [
        ["docker", "--host", "ssh://cube", "exec", "--interactive", "1a", "sh", "-c", "exec psql"]
    ]
    assert given == ["select 1"]
