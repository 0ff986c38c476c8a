"""The chat's files load from every page, say nothing about who asks, and never come old."""

from __future__ import annotations

import gzip
import json
import subprocess

import pytest
from flask.testing import FlaskClient

from scripts import bundling
from service.site.built import FOLDER, MANIFEST
from tests.web import apps

FOREIGN = {"Origin": "https://elsewhere.example"}
FLOW = "/api/v1/flow"


@pytest.fixture
def client() -> FlaskClient:
    """Somebody's browser."""
    return apps.offline_app().test_client()


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    """The built files by the names that the service knows them under."""
    bundling.make()
    return dict(json.loads((FOLDER / MANIFEST).read_text(encoding="utf-8"))["names"])


@pytest.mark.parametrize("path", ["/embed.js", "/static/embed.js"])
def test_the_entry_is_there_at_once_and_names_the_bundle(client: FlaskClient, names: dict[str, str], path: str) -> None:
    answer = client.get(path, headers=FOREIGN)
    assert answer.status_code == 200
    assert f"/assets/{names['munui.js']}" in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=600, stale-while-revalidate=86400"


def test_the_files_load_from_any_origin_and_may_be_kept_for_ever(client: FlaskClient, names: dict[str, str]) -> None:
    for file, name in names.items():
        answer = client.get(f"/assets/{name}", headers=FOREIGN)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.mimetype == ("text/css" if file.endswith(".css") else "text/javascript")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_api_stays_closed_to_that_origin(client: FlaskClient) -> None:
    answer = client.get(FLOW, headers=FOREIGN)
    assert answer.status_code == 403
    assert answer.json["code"] == "origin_not_allowed"
    assert answer.headers["Access-Control-Allow-Origin"] == FOREIGN["Origin"]  # for its developer to read


def test_the_flow_travels_compressed_and_is_not_sent_twice(client: FlaskClient) -> None:
    plain, packed = (client.get(FLOW, headers=accepted) for accepted in ({}, {"Accept-Encoding": "gzip, br"}))
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]
    known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert client.get(FLOW, headers=known).status_code == 304


def unpacked_by_node(body: bytes) -> bytes:
    """Brotli undone by somebody else's hand than a browser's; Python brings none."""
    script = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
    return subprocess.run(["node", "-e", script], input=body, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None), ("identity", None)],
)
def test_each_client_gets_the_smallest_packing_it_takes(
    client: FlaskClient, names: dict[str, str], accepted: str, encoding: str | None
) -> None:
    unpack = {"br": unpacked_by_node, "gzip": gzip.decompress, None: bytes}[encoding]
    for path in ("/embed.js", f"/assets/{names['munui.js']}", f"/assets/{names['site.css']}"):
        plain = client.get(path).get_data()
        answer = client.get(path, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert unpack(answer.get_data()) == plain
        known = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": accepted}
        again = client.get(path, headers=known)
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]


def test_packings_of_a_file_have_different_tags(client: FlaskClient) -> None:
    answers = [client.get("/embed.js", headers={"Accept-Encoding": one}) for one in ("br", "gzip", "identity")]
    assert len({answer.headers["ETag"] for answer in answers}) == 3


def test_the_source_map_shows_the_readable_modules(client: FlaskClient, names: dict[str, str]) -> None:
    for file, source in (("munui.js", "chat-element.js"), ("embed.js", "embed.js")):
        address = client.get(f"/assets/{names[file]}").text.rpartition("sourceMappingURL=")[2].split()[0]
        document = json.loads(client.get(address).text)
        [index] = [index for index, name in enumerate(document["sources"]) if name.endswith(f"/{source}")]
        assert "/**" in document["sourcesContent"][index]


@pytest.mark.parametrize("name", ["munui-AAAAAAAA.js", "site-AAAAAAAA.css", "munui-AAAAAAAA.js.map"])
def test_a_name_of_another_build_gives_the_present_file_which_nobody_keeps(
    client: FlaskClient, names: dict[str, str], name: str
) -> None:
    """A page holds an entry of before an update, or of another machine that has it already."""
    stem, _, ending = name.partition("-AAAAAAAA")
    present = names[stem + ending.removesuffix(".map")] + (".map" if name.endswith(".map") else "")
    answer = client.get(f"/assets/{name}")
    assert answer.status_code == 200
    assert answer.get_data() == client.get(f"/assets/{present}").get_data()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        ".lock",
        "munui.js",
        "other-AAAAAAAA.js",
        "munui-AAAAAAAA.js.br",
        "munui-aaaaaaaa.js",
        "%2e%2e%2fembed.py",
    ],
)
def test_nothing_else_of_that_folder_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404
