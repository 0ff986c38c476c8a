"""The files for browsers: when they are made, what becomes of the former ones, and that old ones are never served."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import bundling
from scripts.local.paths import ROOT
from service.site.built import MANIFEST, SOURCES, Built, NotBuilt

# What takes a build its time, and is no matter here.
LONGEST = ("munui/define.js", "munui/people/company.js", "munui/help/guide.js", "inbox/main.js")


class Copy:
    """Sources of one's own, in which the longest files are short, and the folder of what is built from them."""

    def __init__(self, path: Path, original: Copy | None = None) -> None:
        self.sources, self.folder = path / "static", path / "built"
        shutil.copytree(original.sources if original else SOURCES, self.sources)
        if original:
            shutil.copytree(original.folder, self.folder)
        for file in LONGEST:
            (self.sources / file).write_text(f"globalThis.file = {file!r};", encoding="utf-8")

    def make(self) -> bool:
        """Build; tells whether it was needed."""
        return bundling.make(self.folder, self.sources)

    def load(self) -> Built:
        """What the service would serve."""
        return Built.load(self.folder, self.sources)

    def edit(self, text: str) -> None:
        """Another content of the chat."""
        (self.sources / "munui" / "define.js").write_text(f"globalThis.edited = {text!r};", encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Not built yet."""
    return Copy(tmp_path)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Built once."""
    made = Copy(tmp_path_factory.mktemp("original"))
    made.make()
    return made


@pytest.fixture
def made(original: Copy, tmp_path: Path) -> Copy:
    """Built, as `make bundle` has left it."""
    return Copy(tmp_path, original)


def test_without_a_build_the_service_says_what_to_do(copy: Copy) -> None:
    with pytest.raises(NotBuilt, match="not built.*Run `make bundle`"):
        copy.load()


def test_an_edit_makes_the_build_unusable_until_it_is_made_anew(made: Copy) -> None:
    assert not made.make()
    before = made.load().name("munui.js")
    made.edit("once")
    with pytest.raises(NotBuilt, match="not those of .* Run `make bundle`"):
        made.load()
    assert made.make()
    assert made.load().name("munui.js") != before
    assert not made.make()


@pytest.mark.parametrize("ending", ["", ".br", ".gz"])
def test_a_file_that_is_missing_is_told_and_made(made: Copy, ending: str) -> None:
    lost = made.folder / (made.load().name("munui.js") + ending)
    lost.unlink()
    with pytest.raises(NotBuilt, match=f"{lost.name} is missing"):
        made.load()
    assert made.make()
    made.load()


def test_another_tool_makes_them_anew(made: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "_tool", lambda: "another")
    assert made.make()


# What comes in a file of its own has copies of them.
STATELESS = {
    "cache-adapter.js",
    "elsewhere.js",
    "errors.js",
    "stores/api-store.js",
    "stores/portions.js",
    "typing.js",
    "view/dom.js",
    "view/dress.js",
    "view/icons.js",
    "view/looks/help.js",
}


@pytest.mark.parametrize("later", ["people", "help"])
def test_what_comes_later_shares_no_module_that_keeps_a_state(later: str) -> None:
    """Of what both files have there are two: a second shelf would not know what the first keeps in memory."""
    built = Built.load()
    sources = json.loads(built.read(f"{built.name(f'{later}.js')}.map"))["sources"]
    modules = {one.rpartition("/static/munui/")[2] for one in sources}
    assert {one for one in modules if not one.startswith(f"{later}/")} <= STATELESS


def test_a_cut_off_manifest_is_no_build(made: Copy) -> None:
    manifest = made.folder / MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:100])
    with pytest.raises(NotBuilt):
        made.load()
    assert made.make()


def test_an_open_page_still_gets_the_files_of_builds_before(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "KEPT_BUILDS", 2)
    made = {}
    for text in ("first", "second", "third"):
        copy.edit(text)
        copy.make()
        name = copy.load().name("munui.js")
        made[name] = copy.load().read(name)
    (_first, second, third), built = made, copy.load()
    assert built.present(second) == second
    assert built.read(second) == made[second]
    assert built.present(third) == third
    assert {path.name for path in copy.folder.glob("munui-*.js")} == {second, third}
    assert built.present(_first) == third


def test_several_at_once_make_it_once(copy: Copy) -> None:
    script = f"""
from pathlib import Path
from scripts import bundling
print(bundling.make(Path({str(copy.folder)!r}), Path({str(copy.sources)!r})))"""
    command = [sys.executable, "-c", script]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = sorted(one.communicate()[0].strip() for one in started)
    assert told == ["False", "False", "True"]
    copy.load()


def test_a_fault_in_a_module_is_named_with_its_place_and_changes_nothing(made: Copy) -> None:
    kept = (made.folder / MANIFEST).read_bytes()
    (made.sources / "munui" / "define.js").write_text("let x = ;", encoding="utf-8")
    with pytest.raises(bundling.BundlingError, match=r"munui/define\.js:1:8"):
        made.make()
    assert (made.folder / MANIFEST).read_bytes() == kept
    assert not list(made.folder.glob(".new-*"))


@pytest.fixture
def nobody() -> Iterator[None]:
    """An account that may write nothing of what root owns; tests that are not run by root are such a one already."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    yield
    os.seteuid(me)


def test_a_read_only_install_is_served_and_not_made(nobody: None) -> None:
    with tempfile.TemporaryDirectory() as place:
        copy = Copy(Path(place))
        copy.make()
        copy.folder.chmod(0o555)
        assert not copy.make()
        copy.load()
        copy.edit("more")
        with pytest.raises(bundling.BundlingError, match=r"cannot be built: Permission denied: .*/built/"):
            copy.make()
        copy.folder.chmod(0o755)


def test_without_node_or_esbuild_it_is_a_sentence(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "PACKAGE", copy.folder / "nothing")
    with pytest.raises(bundling.BundlingError, match="esbuild is not installed: run `make bundle`"):
        copy.make()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(bundling.BundlingError, match="Node.js is missing"):
        copy.make()
