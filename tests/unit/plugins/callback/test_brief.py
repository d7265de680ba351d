# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the screen shows of a run, and when."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.callback.brief import CallbackModule


class Screen:
    """The callback and what it has printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, verbosity: int = 0) -> None:
        self.lines: list[str] = []
        self._tasks = 0
        self.callback = CallbackModule()
        options = ("check_mode_markers", "display_failed_stderr", "show_task_path_on_failure")
        shown = ("display_ok_hosts", "display_skipped_hosts")
        self.callback._plugin_options = {
            **dict.fromkeys(options, False),
            **dict.fromkeys(shown, True),
            "result_format": "json",
            "result_indentation": 4,
            "pretty_results": False,
        }
        display = Display()
        monkeypatch.setattr(display, "verbosity", verbosity)
        # There is one display, and what is set of it is left set, so its class is changed.
        monkeypatch.setattr(Display, "banner", self._show)
        monkeypatch.setattr(Display, "display", self._show)
        self.callback._display = display
        self.callback.v2_playbook_on_play_start(
            SimpleNamespace(get_name=lambda: "Copy", check_mode=False, strategy="linear")
        )

    def _show(self, text: str, **_more: Any) -> None:
        self.lines.append(text)

    def start(self, action: str) -> Any:
        self._tasks += 1
        task = SimpleNamespace(
            action=f"ansible.builtin.{action}",
            args={},
            check_mode=False,
            get_name=lambda: f"Do {action}",
            loop=None,
            no_log=False,
            _uuid=self._tasks,
        )
        self.callback.v2_playbook_on_task_start(task, False)
        return task

    def end(self, task: Any, how: str = "ok", **result: Any) -> None:
        host = SimpleNamespace(get_name=lambda: "mover", name="mover")
        told = SimpleNamespace(
            task=task, _task=task, host=host, _host=host, result=result, _result=result
        )
        for name in ("_handle_warnings_and_exception", "_handle_warnings", "_handle_exception"):
            setattr(self.callback, name, lambda *_each, **_more: None)
        self.callback.host_label = lambda _result: "mover"
        getattr(self.callback, f"v2_runner_on_{how}")(told)


def test_the_name_of_a_task_that_does_something_is_there_when_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen(monkeypatch)
    task = screen.start("swift_sync")
    assert screen.lines == ["PLAY [Copy]", "TASK [Do swift_sync]"]
    screen.end(task, changed=True)
    assert screen.lines[2:] == ["changed: [mover]"]


@pytest.mark.parametrize("action", ["assert", "fail", "include_role", "set_fact", "meta"])
def test_what_only_decides_is_not_shown(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.end(screen.start(action))
    screen.end(screen.start(action), "skipped")
    assert screen.lines == []


def test_what_tells_hooks_is_shown_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.end(screen.start("migration_hooks"), "skipped")
    task = screen.start("migration_hooks")
    assert screen.lines == []
    screen.end(task)
    assert screen.lines == ["PLAY [Copy]", "TASK [Do migration_hooks]", "ok: [mover]"]


def test_what_fails_is_shown_with_its_play_and_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.end(screen.start("assert"), "failed", msg="no host")
    assert screen.lines[:2] == ["PLAY [Copy]", "TASK [Do assert]"]
    assert screen.lines[2].startswith("fatal: [mover]: FAILED! => ")
    assert "no host" in screen.lines[2]


@pytest.mark.parametrize(("verbosity", "shown"), [(0, False), (1, True)])
def test_of_a_wrong_argument_the_message_is_shown_and_not_what_all_may_be(
    monkeypatch: pytest.MonkeyPatch, verbosity: int, shown: bool
) -> None:
    screen = Screen(monkeypatch, verbosity)
    more = dict.fromkeys(("argument_errors", "argument_spec_data", "validate_args_context"), "all")
    task = screen.start("validate_argument_spec")
    screen.end(task, "failed", msg="argument 'prune' is of type str", **more)
    assert "argument 'prune' is of type str" in screen.lines[-1]
    assert ("argument_spec_data" in screen.lines[-1]) is shown


def test_a_message_stands_there_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.end(screen.start("debug"), msg=["'a' -> \"b\"", "kept 4"])
    screen.end(screen.start("debug"), "skipped")
    told = ["[mover] 'a' -> \"b\"", "[mover] kept 4"]
    assert screen.lines == ["PLAY [Copy]", "TASK [Do debug]", *told]


def test_a_name_in_a_message_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.end(screen.start("debug"), msg="a\x1b[2Jb")
    assert screen.lines[-1] == "[mover] a\\x1b[2Jb"


def test_a_play_without_hosts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.callback.v2_playbook_on_no_hosts_matched()
    assert screen.lines == ["PLAY [Copy]", "skipping: no hosts matched"]


def test_with_v_all_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch, verbosity=1)
    screen.end(screen.start("set_fact"))
    screen.end(screen.start("fail"), "skipped")
    assert [line for line in screen.lines if "TASK" in line] == [
        "TASK [Do set_fact]",
        "TASK [Do fail]",
    ]
    assert any(line.startswith("skipping: [mover]") for line in screen.lines)
