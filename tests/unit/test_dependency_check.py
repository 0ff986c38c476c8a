"""What the check of dependencies finds in a lock."""

from __future__ import annotations

from importlib import metadata

from scripts import dependency_check as check

HASH = "--hash=sha256:" + "0" * 64
LOCK = f"""# made by hand
flask=={metadata.version("flask")} \\
    {HASH} \\
    {HASH}
    # via munui
nowhere==1.0 ; sys_platform == 'nowhere' \\
    {HASH}
"""


def pins(text: str) -> list[check.Pin | str]:
    return [check._pin(entry) for entry in check.entries(text)]


def test_a_good_lock() -> None:
    found = pins(LOCK)
    assert [pin.hashes for pin in found if isinstance(pin, check.Pin)] == [2, 1]
    assert list(check.check_pins(found)) == []
    assert list(check.check_installed(found)) == []
    assert list(check.check_direct(found, ["flask>=3,<4"])) == []


def test_faults_of_a_lock() -> None:
    text = f"a==1.0\nb>=1 {HASH}\nc @ https://example.com/c.whl {HASH}\n-e .\nd==1.* {HASH}\ne==1 --hash=md5:00\n"
    assert [fault.split(" ")[0] for fault in check.check_pins(pins(text))] == ["a", "b", "c", "'-e", "d", "e"]


def test_another_version_than_the_lock_or_pyproject_says() -> None:
    text = f"flask==0.1 {HASH}\nno-such-package==1 {HASH}\n"
    assert [fault.split(" is ")[1] for fault in check.check_installed(pins(text))] == [
        f"installed in version {metadata.version('flask')} instead of 0.1",
        "not installed",
    ]
    assert list(check.check_direct(pins(text), ["Flask>=3", "httpx"])) == [
        "Flask 0.1 is not what pyproject.toml allows",
        "httpx of pyproject.toml is missing",
    ]


def test_an_npm_lock() -> None:
    packages = {"": {}, "node_modules/a": {"integrity": "sha512-x"}, "node_modules/b": {"resolved": "x"}}
    assert list(check.check_node({"packages": packages})) == ["node_modules/b has no sha512 hash"]
