"""The map on the terminal: what it has room for, and nothing that steers the terminal."""

import io
from typing import Any

import pytest
from rich.console import Console

from local.task_map import plain, table

RECORD: dict[str, Any] = {
    "taskId": "0123456789abcdef0123456789abcdef",
    "cluster": "shop",
    "group": "service:web",
    "service": "web",
    "privateIpv4Address": "10.0.4.128",
    "ipv6Address": "2001:db8:4a:640:36d7:1c3f:c953:f5e1",
    "addressState": "held",
    "subnetId": "subnet-0a1b52c93d64e7f80",
    "attachedAt": "2026-11-25T22:43:11.480Z",
}


def shown(width: int, **changes: Any) -> str:
    """Write the map of one record on a terminal of some width."""
    console = Console(file=io.StringIO(), width=width)
    console.print(table([{**RECORD, **changes}], "The map", width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_wide_terminal_shows_it_all() -> None:
    screen = shown(180)
    for text in ("shop", "web", "10.0.4.128", "held", "2026-11-25 22:43:11Z"):
        assert text in screen
    for name in ("ipv6Address", "subnetId", "taskId"):
        assert RECORD[name] in screen


def test_eighty_columns_show_what_counts_unabridged() -> None:
    screen = shown(80)
    for text in ("shop", "web", "10.0.4.128", "held", "11-25 22:43Z", "01234567"):
        assert text in screen
    assert "…" not in screen
    assert max(map(len, screen.splitlines())) <= 80


def test_a_task_without_an_address_has_dashes() -> None:
    none = dict.fromkeys(("privateIpv4Address", "ipv6Address", "subnetId", "attachedAt"))
    row = shown(180, **none, addressState="none").splitlines()[-2]
    assert row.split() == ["shop", "web", "-", "none", "-", "-", RECORD["taskId"]]


def test_a_task_of_no_service_shows_its_group() -> None:
    assert "family:report" in shown(80, service=None, group="family:report")


def test_names_cannot_mark_anything_up() -> None:
    assert "[red]web[/red]" in shown(180, service="[red]web[/red]")


@pytest.mark.parametrize(
    "text, written",
    [
        ("web", "web"),
        ("größe-日本", "größe-日本"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066a\u2069\u200f", "\\u2066a\\u2069\\u200f"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_control_and_direction_characters_are_written_out(text: str, written: str) -> None:
    assert plain(text) == written


def test_no_name_steers_the_terminal() -> None:
    screen = shown(180, service="\x1b]0;owned\x07", cluster="\u202eshop")
    assert "\x1b" not in screen
    assert "\u202e" not in screen
