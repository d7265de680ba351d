# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Programs that are run, and what is told when they fail."""

from __future__ import annotations

import json
import shlex
import time
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    LocalCommandRunner,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def test_what_it_is_given_and_what_it_answers() -> None:
    done = LocalCommandRunner().run(["cat"], option="cube_storage_compose", stdin="text")
    assert (done.status, done.stdout) == (0, "text")


def test_a_failure_tells_the_end_of_the_error_without_a_secret() -> None:
    shell = ["sh", "-c", "echo the key is s3cr3t >&2; exit 3"]
    with pytest.raises(MigrationError) as caught:
        LocalCommandRunner(secrets=["s3cr3t", ""]).run(shell, option="cube_storage_commands.stop")
    said = str(caught.value)
    assert said == "cube_storage_commands.stop: sh failed with status 3: the key is (hidden)."


def test_who_may_not_use_the_engine_is_told_to_become_somebody_who_may() -> None:
    shell = ["sh", "-c", "echo permission denied while trying to connect to docker >&2; exit 1"]
    with pytest.raises(MigrationError) as caught:
        LocalCommandRunner().run(shell, option="cube_storage_compose")
    assert str(caught.value) == (
        "cube_storage_compose: sh failed with status 1: permission denied while trying to connect "
        "to docker. Run this as a user who may, for example with become."
    )


@pytest.mark.parametrize(
    ("secret", "text", "told"),
    [
        (
            "secret",
            "no file /opt/secrets2.env, key=secret",
            "no file /opt/secrets2.env, key=(hidden)",
        ),
        ("secret", "/opt/secret/a.env /opt/secret.env", "/opt/secret/a.env /opt/secret.env"),
        (
            "test",
            "http://chris:test@swift 'test', test.",
            "http://chris:(hidden)@swift '(hidden)', (hidden).",
        ),
        ("a$b", "xa$b a$b", "xa$b (hidden)"),
        ("twelve-chars", "xtwelve-charsx", "x(hidden)x"),
    ],
)
def test_a_short_secret_hides_whole_words_only(secret: str, text: str, told: str) -> None:
    with pytest.raises(MigrationError) as caught:
        LocalCommandRunner(secrets=[secret]).run(
            ["sh", "-c", 'echo "$0" >&2; exit 3', text], option="o"
        )
    assert str(caught.value) == f"o: sh failed with status 3: {told.rstrip('.')}."


ODD = ["two  blanks", "back\\slash-1", "both'and\"", "tab\there", "über-groß-1", "$(id) `x`;"]


@pytest.mark.security
@pytest.mark.parametrize("secret", ODD)
@pytest.mark.parametrize("form", ["%s", "%r", "json", "ascii", "joined", "shell"])
def test_no_secret_is_shown_however_a_program_writes_it(secret: str, form: str) -> None:
    written = {
        "json": json.dumps(secret, ensure_ascii=False),
        "ascii": json.dumps(secret),
        "joined": " ".join(secret.split()),
        "shell": shlex.quote(secret),
    }
    text = written[form] if form in written else form % secret
    argv = ["sh", "-c", 'printf "it was %s" "$0" >&2; exit 3', text]
    with pytest.raises(MigrationError) as caught:
        LocalCommandRunner(secrets=[secret]).run(argv, option="o")
    told = str(caught.value).replace("'", "").replace('"', "")
    assert told == "o: sh failed with status 3: it was (hidden)."


def test_a_failure_that_is_allowed_is_an_answer() -> None:
    assert LocalCommandRunner().run(["false"], option="", may_fail=True).status == 1


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(MigrationError, match="cannot run no-such-program: "):
        LocalCommandRunner().run(["no-such-program"], option="cube_storage_compose")


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(MigrationError) as caught:
        LocalCommandRunner().run(["sleep", "60"], option="cube_storage_compose", timeout=0.1)
    assert str(caught.value) == (
        "cube_storage_compose: sleep did not end within 0 seconds. Run it by hand. It may wait for "
        "an engine that does not answer, or for a service that neither starts nor stops."
    )


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        ("docker compose --project-directory /cube --file a.yml stop --timeout 9 chris", "stop"),
        ("docker compose --profile dev up --detach chris", "up"),
        ("docker compose version", "version"),
    ],
)
def test_a_command_is_told_with_its_subcommands(argv: str, name: str, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\nexit 1\n")
    docker.chmod(0o755)
    with pytest.raises(MigrationError, match=rf"docker compose {name} failed with status 1"):
        LocalCommandRunner().run([str(docker), *argv.split()[1:]], option="cube_storage_compose")


def test_lines_come_while_the_program_runs() -> None:
    shell = ["sh", "-c", "read line; echo one $line; exec sleep 30"]
    lines = LocalCommandRunner().lines(shell, option="o", stdin="given\n")
    assert next(lines) == b"one given"
    begun = time.monotonic()
    lines.close()  # type: ignore[attr-defined]  # which ends the program
    assert time.monotonic() - begun < 15


def test_lines_are_bytes_as_they_are_and_need_no_end() -> None:
    shell = ["sh", "-c", r"printf 'a\r\n\n\377'"]
    assert list(LocalCommandRunner().lines(shell, option="o", stdin="")) == [b"a\r", b"", b"\xff"]


def test_a_program_that_fails_after_its_lines_is_told_without_a_secret() -> None:
    shell = ["sh", "-c", "echo one; echo the key is s3cr3t >&2; exit 3"]
    lines = LocalCommandRunner(secrets=["s3cr3t"]).lines(shell, option="o.database", stdin="")
    assert next(lines) == b"one"
    with pytest.raises(MigrationError) as caught:
        next(lines)
    assert str(caught.value) == "o.database: sh failed with status 3: the key is (hidden)."


def test_a_program_whose_lines_do_not_end_is_ended() -> None:
    shell = ["sh", "-c", "echo one; exec sleep 30"]
    begun = time.monotonic()
    with pytest.raises(MigrationError, match=r"^o: sh did not end within 0 seconds"):
        list(LocalCommandRunner().lines(shell, option="o", stdin="", timeout=0.3))
    assert time.monotonic() - begun < 15


def test_a_program_that_is_not_there_gives_no_lines() -> None:
    with pytest.raises(MigrationError, match=r"^o: cannot run no-such-program: No such file"):
        list(LocalCommandRunner().lines(["no-such-program"], option="o", stdin=""))
