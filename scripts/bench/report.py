"""A result as tables on the terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench.targets import Target


def show(result: dict[str, Any], reached: list[Target]) -> None:
    """Print every section that was measured, then what was to be reached."""
    _print(Console(), result, reached)


def as_text(result: dict[str, Any], reached: list[Target]) -> str:
    """The same as plain text, as wide as a page of documentation."""
    console = Console(file=io.StringIO(), width=120, no_color=True)
    _print(console, result, reached)
    written: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in written.splitlines()) + "\n"


def tables(result: dict[str, Any], reached: list[Target]) -> dict[str, list[Table]]:
    """The tables of every section that was measured, and at last those of what was to be reached."""
    tellers = {
        "turn": _turn, "own": _own, "throughput": _throughput, "live": _live, "rules": _rules, "jobs": _jobs,
        "page": _page, "inbox": _inbox, "growth": _growth, "rls": _rls, "search": _search,
    }  # fmt: skip
    told = {section: tell(result[section]) for section, tell in tellers.items() if section in result}
    return {**told, "targets": [_targets(reached)]}


def _print(console: Console, result: dict[str, Any], reached: list[Target]) -> None:
    for section in tables(result, reached).values():
        for table in section:
            console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


def _turn(turn: dict[str, Any]) -> list[Table]:
    table = _table("A chip turn", "way", "requests", "median ms", "p95 ms", "service is × (spread)", "p95 ×")
    for way in turn["ways"].values():
        times, asked = way["service_is_times"], way["requests"]
        table.add_row(
            way["label"], f"{asked['browser']} + {asked['upstream']}",
            f"{way['median_ms']:.1f}", f"{way['p95_ms']:.1f}",
            f"{times['median']:.2f} ({times['low']:.2f}–{times['high']:.2f})", f"{times['p95']:.2f}",
        )  # fmt: skip
    return [table]


def _own(own: dict[str, Any]) -> list[Table]:
    table = _table("The service's own time in a turn", "what", "ms", "share")
    table.add_row("by the wall, waiting for Supabase left out", f"{own['own_wall_ms']:.2f}", "")
    table.add_row("CPU, warm: Supabase answers at once", f"{own['warm_cpu_ms']:.2f}", "")
    table.add_row("CPU, at the real pace", f"{own['own_cpu_ms']:.2f}", "")
    for cost in own["top"]:
        table.add_row("  " + cost["what"], f"{cost['cpu_ms']:.2f}", f"{cost['share']:.0%}")
    table.add_row("a member client", f"{own['member_client_ms']:.4f}", "")
    return [table]


def _throughput(throughput: dict[str, Any]) -> list[Table]:
    table = _table("Many members at once", "workers, members", "turns/s", "median ms", "p95 ms", "server CPU ms a turn")
    memory = _table("Memory (PSS) and start", "workers", "idle MiB", "after load MiB", "gateway MiB", "start s")
    for run in throughput["runs"]:
        for load in run["loads"]:
            table.add_row(
                f"{run['workers']}, {load['clients']}", f"{load['turns_per_s']:.0f}", f"{load['median_ms']:.1f}",
                f"{load['p95_ms']:.1f}", f"{load['server_cpu_ms']:.2f}",
            )  # fmt: skip
        figures = [f"{run[name]:.1f}" for name in ("idle_mib", "loaded_mib", "gateway_mib", "start_s")]
        memory.add_row(str(run["workers"]), *figures)
    return [table, memory]


def _live(live: dict[str, Any]) -> list[Table]:
    who = f"{live['streams']} streams, {live['writers']} members write, {live['operators']} operators answer"
    hints = _table(f"Hints: {who}", "to", "messages", "p50 ms", "p95 ms", "longest ms", "never came")
    for name, told in live["hints"].items():
        hints.add_row(name, *(str(told[figure]) for figure in ("count", "p50_ms", "p95_ms", "max_ms", "missed")))
    costs = _table("What streams cost", "what", "")
    costs.add_row("requests of the hub a second", f"{live['asked_per_s']:.2f}")
    costs.add_row("while nobody listens", f"{live['asked_by_nobody']:.0f}")
    costs.add_row("memory of a stream, KiB", f"{live['stream_kib']:.1f}")
    for label, name in (("turns/s", "turns_per_s"), ("CPU a turn", "server_cpu_ms")):
        times = live["turns"][name]
        told = f"{times['median']:.3f} ({times['low']:.2f}–{times['high']:.2f}) in {times['rounds']} rounds"
        costs.add_row(f"{label} beside all streams, times without", told)
    return [hints, costs]


def _rules(rules: dict[str, Any]) -> list[Table]:
    who = f"{rules['rules']} rules and {rules['webhooks']} webhooks"
    table = _table("A turn that others are told of", "told of it", "median ms", "p95 ms", "× one without (spread)")
    for name, label, times in (("on", who, "on_is_times"), ("off", "nobody", "off_is_times")):
        told = rules[times]
        spread = f"{told['median']:.2f} ({told['low']:.2f}–{told['high']:.2f})"
        table.add_row(label, f"{rules[name]['median_ms']:.1f}", f"{rules[name]['p95_ms']:.1f}", spread)
    return [table]


def _jobs(jobs: dict[str, Any]) -> list[Table]:
    alone, webhooks = jobs["alone"], jobs["webhooks"]
    table = _table("One worker", "what", "")
    table.add_row(f"jobs/s, of {alone['jobs']:,}", f"{alone['per_s']:.0f}")
    table.add_row("CPU of a job, ms", f"{alone['cpu_ms']:.2f}")
    table.add_row(
        "memory after a tenth of them, and in the end, MiB", f"{alone['warm_mib']:.1f}, {alone['end_mib']:.1f}"
    )
    table.add_row(f"webhooks/s, of {webhooks['deliveries']:,}", f"{webhooks['per_s']:.0f}")
    return [table]


def _search(search: dict[str, Any]) -> list[Table]:
    table = _table("A search, by HTTP", "what is looked for", "newest p50 ms", "p95 ms", "best p50 ms", "p95 ms")
    for name, sorts in search["questions"].items():
        table.add_row(name, *(f"{sorts[sort][part]:.0f}" for sort in sorts for part in ("median_ms", "p95_ms")))
    told = [f"{search[f'{sort}_{part}_ms']:.0f}" for sort in ("newest", "best") for part in ("p50", "p95")]
    table.add_row("all", *told)
    costs = _table("What the search costs", "what", "")
    costs.add_row(f"taking up {search['rows']:,}, s", str(search["filled_s"]))
    costs.add_row("the longest round of it, s", f"{search['longest_round_s']:.2f}")
    costs.add_row("counting words, s", f"{search['counted_s']:.2f}")
    costs.add_row("its table and indexes, MiB", str(search["size_mib"]))
    turn = search["turn"]
    for name, label, times in (("on", "taken up", "on_is_times"), ("off", "not taken up", "off_is_times")):
        spread = f"{turn[times]['median']:.2f} ({turn[times]['low']:.2f}–{turn[times]['high']:.2f})"
        costs.add_row(f"a turn, {label}: median ms; × one that is not", f"{turn[name]['median_ms']:.1f}; {spread}")
    return [table, costs]


def _page(page: dict[str, Any]) -> list[Table]:
    table = _table("The page", "visitor", "requests", "KiB", "open ms", "click ms", "requests of a click")
    if "skipped" in page:
        table.add_row(page["skipped"])
        return [table]
    names = ("page_requests", "page_kib", "open_ms", "click_ms", "click_requests")
    for visitor, visit in page.items():
        table.add_row(visitor, *(f"{visit[name]:.0f}" for name in names))
    return [table]


def _inbox(inbox: dict[str, Any]) -> list[Table]:
    table = _table("The operators' screen", "what", "")
    screen = inbox["screen"]
    if "skipped" in screen:
        table.add_row(screen["skipped"], "")
    else:
        table.add_row("first load, KiB by gzip", f"{screen['bytes'] / 1024:.1f}")
        table.add_row("click to open conversation, by one request, ms", str(screen["click_ms"]))
        table.add_row("click to open conversation, open before, ms", str(screen["again_ms"]))
        row = f"{screen['row_p50_ms']} / {screen['row_p95_ms']}"
        table.add_row("a member's message to the row in the list, p50 / p95 ms", row)
        table.add_row("requests of an idle minute", f"{screen['idle_calls']:.0f}")
    title = f"Figures, among {inbox['conversations']:,} conversations"
    figures = _table(title, "days", "conversations in them", "ms")
    for days, one in inbox["figures"].items():
        figures.add_row(days, f"{one['begun']:,}", str(one["ms"]))
    return [table, figures]


def _growth(growth: dict[str, Any]) -> list[Table]:
    calls = ("click", "page", "list")
    functions = ("chat_send", "chat_reply", "chat_page", "chat_list")
    table = _table("Growth: ms by HTTP, and in the database alone", "", *calls, *functions)
    for axis, count in (("table", "rows"), ("members", "conversations"), ("conversations", "messages")):
        for row in growth[axis]:
            service = [f"{row['service'][name]:.1f}" for name in calls]
            database = [f"{row['database'][name]:.2f}" for name in functions]
            table.add_row(f"{row[count]:,} {count}", *service, *database)
    ratios = _table("Growth: the largest table beside one of the smallest size", "function", "× (spread)")
    for name, times in growth["grown"].items():
        ratios.add_row(name, f"{times['median']:.2f} ({times['low']:.2f}–{times['high']:.2f})")
    return [table, ratios]


def _rls(rls: dict[str, Any]) -> list[Table]:
    table = _table("The price of RLS", "query", "under RLS ms", "as service role ms", "× (spread)", "by index")
    for name, query in rls.items():
        by_index = "yes" if query["by_index"] else "no"
        if "ratio" not in query:
            table.add_row(name, "", "", "", by_index)
            continue
        times = query["ratio"]
        table.add_row(
            name, f"{query['rls']['median_ms']:.3f}", f"{query['service']['median_ms']:.3f}",
            f"{times['median']:.2f} ({times['low']:.2f}–{times['high']:.2f})", by_index,
        )  # fmt: skip
    return [table]


def _targets(reached: list[Target]) -> Table:
    table = _table("What is to be reached", "figure", "value", "bound", "")
    for one in reached:
        bound = ("at most " if one.at_most else "at least ") + f"{one.bound:.2f}"
        table.add_row(one.name, f"{one.value:.2f}", bound, "[green]reached[/]" if one.reached else "[red]missed[/]")
    return table
