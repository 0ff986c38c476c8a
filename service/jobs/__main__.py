"""`python -m service.jobs`: one worker, until SIGTERM or SIGINT. Several may run, on as many machines as one likes.

It needs the settings of the service, of which the Supabase keys are all that must be set. SIGTERM: it takes nothing
more, finishes what it has and ends. Exit codes: 0 stopped as asked, 1 the settings have faults.
"""

from __future__ import annotations

import signal
import sys

from service.http.observe import configure_logging
from service.jobs.worker import Worker
from service.jobs_app import work_of
from service.settings import SettingsError, load_settings
from service.supabase.clients import Upstream


def main() -> int:
    """Work until told to stop; the exit code."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    configure_logging(settings.log_level)
    upstream = Upstream.from_settings(settings)
    worker = Worker(upstream, work_of(upstream, settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
    upstream.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
