"""How the app is served: `gunicorn -c service/server/gunicorn.py --bind 127.0.0.1:8000 --workers 4`.

Belongs here: what must hold for every server, above all that a stop loses no turn. Does not belong here: how many
workers there are and where they listen, which the command line says, and the settings of the app (`settings.py`).

gunicorn keeps the processes: it listens, starts workers, replaces those that end, and rolls over to new ones. In each
worker uvicorn serves (`worker.py`). The main process reads none of the app's code, so that it stays small and new
workers read the code as it is by then.

SIGTERM: the port closes at once, requests under way are finished, then the workers end. A request lives for 10 seconds
at most (REQUEST_BUDGET); whoever starts gunicorn must wait a little longer than GRACE before using force.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from service.server.line import LINES
from service.server.worker import GRACE

wsgi_app = "service.server.asgi:create_server()"
worker_class = "service.server.worker.Worker"
workers = 2
# Seconds. A worker that does not even turn its loop for `timeout` is replaced; a slow request does not hold it up.
graceful_timeout = GRACE + 1
timeout = 60
# A connection at rest: longer than clients keep one (5 in many, as httpx). Who ends it first loses no request by it.
keepalive = 9
loglevel = "warning"
control_socket_disable = True

# Where workers share the numbers of /metrics, named before they import prometheus_client. A reload (SIGHUP) keeps
# the folder, so that the numbers go on; a successor (SIGUSR2) makes its own.
_SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_OURS = "munui-metrics-"
_MINE = f"{_OURS}{os.getpid()}-"


def _folder() -> str:
    named = os.environ.get(_SHARED_FOLDER, "")
    is_predecessors = Path(named).name.startswith(_OURS) and not Path(named).name.startswith(_MINE)
    return tempfile.mkdtemp(prefix=_MINE) if not named or is_predecessors else named


os.environ[_SHARED_FOLDER] = _folder()


def on_starting(_server: Any) -> None:
    """Refuse to start with faulty settings, a faulty flow or no files for browsers: told once, not once a worker."""
    if (child := os.fork()) == 0:
        # What is no fault of theirs is for the workers to name.
        code = 0
        try:
            code = _find_faults()
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        _remove_folder()
        sys.exit(1)


def post_fork(_server: Any, _worker: Any) -> None:
    """Make room for connections."""
    LINES.take_files()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that ended; its counters stay part of the sum."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - it reads the folder's name when imported

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    _remove_folder()


def _find_faults() -> int:
    from service.dialogue.flows.loader import SHIPPED, FlowError, load_flow  # noqa: PLC0415 - in a process that ends at once
    from service.settings import SettingsError, load_settings  # noqa: PLC0415
    from service.site.built import Built, NotBuilt  # noqa: PLC0415

    try:
        load_flow(load_settings().flow_file or SHIPPED)
        Built.load()
    except (SettingsError, FlowError, NotBuilt, OSError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


def _remove_folder() -> None:
    folder = Path(os.environ[_SHARED_FOLDER])
    if folder.name.startswith(_MINE):
        shutil.rmtree(folder, ignore_errors=True)
