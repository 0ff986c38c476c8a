"""The whole suite in several processes (pytest-xdist): which file is whose turn, and which has the machine for itself.

A file is the smallest piece: its tests share what is costly to make. Each process has stacks, ports and browsers of its
own, as each checkout has. Where the tests to run are named, they run in one process and nothing here matters.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

PROCESSES = 2
# What measures, or loads the machine so that others would measure that: last, by one process, when no other is left.
ALONE = (
    "tests/db/test_backfill_under_fire.py",
    "tests/web/test_backlog.py",
    "tests/web/test_costs.py",
    "tests/web/test_load.py",
    "tests/browser/test_figures.py",
    "tests/browser/inbox/test_budgets.py",
)
# Begun first, after the quick ones: a process that begins a long file last keeps all waiting. Need not be exact.
LONGEST = (
    "tests/browser/test_site.py",
    "tests/db/test_legacy_road.py",
    "tests/browser/engines/test_walks.py",
    "tests/browser/test_people_answer.py",
    "tests/browser/test_hostile.py",
    "tests/browser/test_windows.py",
    "tests/browser/test_look.py",
    "tests/db/test_legacy_refused.py",
    "tests/browser/test_people.py",
    "tests/browser/test_embedding.py",
    "tests/web/test_server.py",
    "tests/web/test_brakes.py",
    "tests/web/test_bench_smoke.py",
    "tests/web/test_faults.py",
    "tests/browser/test_actions.py",
    "tests/jobs/test_jobs.py",
    "tests/web/test_shutdown.py",
    "tests/web/test_slow_clients.py",
    "tests/web/test_known_addresses.py",
    "tests/web/test_unread_answers.py",
    "tests/web/test_side_channels.py",
)
# Quick and independent ones first: a broken rule shows before anything is started.
FOLDERS = ("unit", "local", "db", "cli", "web", "live", "jobs", "browser")


def processes(config: pytest.Config) -> int:
    """How many processes `-n auto` means: several for everything, none besides this one for what is named."""
    named = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    if named or config.option.keyword or config.option.markexpr or os.environ.get("MUNUI_TEST_REMOTE") == "1":
        return 0
    return PROCESSES


def file_of(nodeid: str) -> str:
    """The file of a test."""
    return nodeid.partition("::")[0]


def turn(nodeid: str, *, shared: bool) -> tuple[int, int]:
    """What tests are sorted by; `shared` among several processes."""
    file = file_of(nodeid)
    folder = file.split("/")[1]
    place = FOLDERS.index(folder) if folder in FOLDERS else len(FOLDERS)
    if shared and file in ALONE:
        return (len(LONGEST) + 1, place)
    if shared and folder != "unit":
        return (LONGEST.index(file) if file in LONGEST else len(LONGEST), place)
    return (-1, place)


class Turns(LoadScopeScheduling):
    """Gives each process a file after the other, and the last one alone those that must be."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        # The order is ours.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return file_of(nodeid)

    def add_node_collection(self, node: Any, collection: Any) -> None:
        """Tests are known by their place: a random id or the time may stand in the name of one."""
        known = next(iter(self.registered_collections.values()), collection)
        is_same = [_function(one) for one in known] == [_function(one) for one in collection]
        super().add_node_collection(node, known if is_same else collection)

    def _assign_work_unit(self, node: Any) -> None:
        if next(iter(self.workqueue)) in ALONE and (others := [one for one in self.nodes if one is not node]):
            # It ends with what it has; the last one waits for that.
            if not all(one.shutting_down for one in others):
                node.shutdown()
            return
        super()._assign_work_unit(node)

    def remove_node(self, node: Any) -> str | None:
        """One has ended: the one that waited for it may go on."""
        crashed: str | None = super().remove_node(node)
        if self.collection is not None:
            for other in self.nodes:
                self._reschedule(other)
        return crashed


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0]
