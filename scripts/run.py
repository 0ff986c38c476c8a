"""`make run`: the local Supabase, the app and a worker for its jobs in the foreground, until Ctrl-C.

With another Supabase project named in the environment or `.env` only app and worker are started, and that project is
neither migrated nor seeded. Exit codes: 0 stopped as asked, 1 something is missing or failed.
"""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.local import LocalStack, StackError, demo, envfile
from scripts.local.app_server import AppServer
from scripts.local.articles import seeded_meanwhile
from scripts.local.demo import Demo
from scripts.local.files import close_file, close_to_others
from scripts.local.job_worker import JobWorker
from scripts.local.morning.wanted import told_meanwhile
from scripts.local.once import only_one
from scripts.local.options import API_PORT, APP_PORT, DB_PORT, Options
from scripts.local.paths import LOCAL, ROOT
from scripts.local.ports import Ports
from scripts.local.supervisor import Stopped, stop_on_signals, watch
from scripts.migrations.errors import MigrationError
from service.settings import Settings, SettingsError, load_settings

# What a person sets for the app. The database's URL is for scripts and is not among them.
APP_NAMES = frozenset({*(name.upper() for name in Settings.model_fields), "SSL_CERT_FILE"})


def main() -> int:
    """Run until stopped and return the exit code."""
    stop_on_signals()
    try:
        with ExitStack() as running:
            running.enter_context(only_one(LOCAL / "run.lock"))
            close_to_others(LOCAL)
            close_file(ROOT / ".env")
            _keep_last_logs(LOCAL / "log")
            options = Options.of(envfile.configured())
            _run_remote(options, running) if options.remote else _run_local(options, running)
    except Stopped:
        print("\nStopped.", flush=True)
        return 0
    except MigrationError as error:
        print(f"\n{error}\nThis is the local database: `make reset` begins a new one.", file=sys.stderr, flush=True)
        return 1
    except StackError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except PermissionError as error:
        print(f"\n{error.filename} belongs to another user: run this as that user.", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"\n{error.strerror}: {error.filename}", file=sys.stderr, flush=True)
        return 1
    return 0


def _run_local(options: Options, running: ExitStack) -> None:
    _say("Starting the local Supabase …")
    stack = LocalStack(
        LOCAL,
        db_port=options.db_port or DB_PORT,
        api_port=options.api_port or API_PORT,
        sign_ups=options.sign_ups,
    )
    app = _app(options, stack.ports, running)
    stack.site_url = options.app_url or app.url
    running.callback(stack.stop)
    stack.start()
    people = demo.seed(stack)
    project = {"APP_URL": stack.site_url, **stack.env()}
    envfile.write(LOCAL / "env", project)
    _say("Starting the app …")
    # JWT_ISSUER is a hosted project's: local tokens name no issuer.
    # On this machine webhooks are tried out with receivers on this machine.
    ours = {"SESSION_KEY": stack.keys.session_key, "WEBHOOK_ALLOW_PRIVATE": "1"}
    own = {**ours, **envfile.configured(), **project, "JWT_ISSUER": ""}
    worker = JobWorker(LOCAL / "log" / "worker.log")
    # The app needs none of it to start.
    with told_meanwhile(stack.db_url), seeded_meanwhile(stack):
        _start(app, worker, options, own)
    # Before the stack stops: what they still do must reach it.
    running.callback(app.stop)
    running.callback(worker.stop)
    _say(_welcome(stack.site_url, people, stack.supabase_url))
    watch([*stack.children, app.child, worker.child])


def _run_remote(options: Options, running: ExitStack) -> None:
    try:
        settings = load_settings(ROOT)
    except SettingsError as error:
        raise StackError(str(error)) from None
    app = _app(options, Ports(LOCAL / "ports"), running)
    app_url = options.app_url or app.url
    _say(f"Starting the app with the Supabase project at {settings.supabase_url} …")
    worker = JobWorker(LOCAL / "log" / "worker.log")
    running.callback(worker.stop)
    _start(app, worker, options, {**envfile.configured(), "APP_URL": app_url})
    _say(f"\n  Munui is running: {app_url}\n  It was neither migrated nor seeded. Ctrl-C stops app and worker.\n")
    watch([app.child, worker.child])


def _app(options: Options, ports: Ports, running: ExitStack) -> AppServer:
    app = AppServer(running.enter_context(options.listen(ports)), LOCAL / "log" / "app.log")
    running.callback(app.stop)
    if app.port != (options.port or APP_PORT):
        _say(f"Port {APP_PORT} is taken by another program; the app takes {app.port}. PORT names one of your own.")
    return app


def _start(app: AppServer, worker: JobWorker, options: Options, settings: Mapping[str, str]) -> None:
    needed = {name: value for name, value in settings.items() if name in APP_NAMES}
    worker.start(needed)
    app.start(workers=options.workers, threads=options.threads, settings={**needed, "PORT": str(app.port)})
    if not app.is_ready():
        _say(f"The app answers, but says that it is not ready: see {app.url}/readyz and {app.child.log}.")


def _welcome(app_url: str, people: Demo, supabase_url: str) -> str:
    return f"""
  Munui is running.

    open       {app_url}
    sign in    {people.member}  with the password  {people.password}   (of this local stack only)
    operators  {people.operators[0]} (agent) and {people.operators[1]} (admin), the same password, at {app_url}/inbox
    Supabase   {supabase_url}   (keys and database URL: .local/env)
    logs       .local/log   ·   mails that would be sent: .local/mail.log

  Sign in with the demo member or sign up as somebody else, start a new conversation, and write
  배송이 언제 오나요?  Ctrl-C stops everything; the data stay until `make reset`.
"""


def _keep_last_logs(folder: Path) -> None:
    """Begin new logs and keep those of the run before."""
    for log in folder.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
