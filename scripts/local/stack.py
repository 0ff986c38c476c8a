"""The local Supabase as one thing: Postgres, bootstrap, migrations, gateway, in this order.

`make run` keeps one in `.local`; the tests make their own elsewhere. Knows nothing of the service.
"""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from scripts.local import prerequisites
from scripts.local.bootstrap import bootstrap
from scripts.local.files import close_to_others, private_folder
from scripts.local.gateway import PASSWORD_COST, Gateway, SignUps
from scripts.local.keys import load_or_make
from scripts.local.paths import MIGRATIONS
from scripts.local.ports import Ports
from scripts.local.postgres import Postgres
from scripts.local.process import Child
from scripts.migrations.runner import migrate


class LocalStack:
    """A local Supabase project.

    Args:
        root: the folder of its data, keys and logs.
        db_port, api_port: the ports wanted; 0 takes any free one.
        migrations: the folder of migrations, None applies none.
        durable: False trades safety at a power cut for speed.
        fresh: True wipes `root` before the first start.
        site_url: where links in mails lead.
        sign_ups: how accounts are made (mails that would be sent are in `mail_log`).
        password_cost: what bcrypt takes for a password: a tenth of a second, or nearly nothing for tests.
        programs: the folder of another Postgres's programs; None takes the wheel's.

    Every method raises StackError with a sentence for a person.
    """

    def __init__(
        self,
        root: Path,
        *,
        db_port: int = 0,
        api_port: int = 0,
        migrations: Path | None = MIGRATIONS,
        durable: bool = True,
        fresh: bool = False,
        site_url: str = "http://127.0.0.1:8000",
        sign_ups: SignUps | None = None,
        password_cost: int = PASSWORD_COST,
        programs: Path | None = None,
    ) -> None:
        self.root = root.resolve()
        prerequisites.check(self.root)
        if fresh:
            shutil.rmtree(self.root)
            private_folder(self.root)
        close_to_others(self.root)
        self._wanted = (db_port, api_port)
        self._db_port = 0
        self._api_port = 0
        self._migrations = migrations
        self.site_url = site_url
        self._sign_ups = sign_ups or SignUps()
        self.keys = load_or_make(self.root / "keys")
        self.ports = Ports(self.root / "ports")
        self.mail_log = self.root / "mail.log"
        logs = self.root / "log"
        self.postgres = Postgres(
            self.root / "db",
            log=logs / "postgres.log",
            password=self.keys.postgres_password,
            durable=durable,
            programs=programs,
        )
        self.gateway = Gateway(
            keys=self.keys, log=logs / "gateway.log", mail_log=self.mail_log, password_cost=password_cost
        )

    @property
    def supabase_url(self) -> str:
        """SUPABASE_URL, without a slash at its end."""
        return self.gateway.url

    @property
    def publishable_key(self) -> str:
        """SUPABASE_PUBLISHABLE_KEY."""
        return self.keys.publishable_key

    @property
    def secret_key(self) -> str:
        """SUPABASE_SECRET_KEY."""
        return self.keys.secret_key

    @property
    def jwt_secret(self) -> str:
        """SUPABASE_JWT_SECRET, which signs access tokens (HS256)."""
        return self.keys.jwt_secret

    @property
    def db_url(self) -> str:
        """SUPABASE_DB_URL: the superuser's URL of the project's database."""
        return self.postgres.url()

    @property
    def children(self) -> list[Child]:
        """The processes, in the order in which they were started."""
        return [self.postgres.child, self.gateway.child]

    def env(self) -> dict[str, str]:
        """Return the names that the service and the scripts read, without APP_URL."""
        return {
            "SUPABASE_URL": self.supabase_url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "SUPABASE_JWT_SECRET": self.jwt_secret,
            "SUPABASE_DB_URL": self.db_url,
        }

    def start(self) -> None:
        """Start everything; what was started is stopped again where something fails."""
        try:
            self.start_postgres()
            bootstrap(self.db_url, gateway_password=self.keys.gateway_password)
            self.apply_migrations()
            self.start_gateway()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, the last started first. May be repeated."""
        self.stop_gateway()
        self.stop_postgres()

    def start_postgres(self) -> None:
        """Start Postgres, on its port of before where it had one."""
        if self._db_port:
            self.postgres.start(self._db_port)
        else:
            self._db_port = self.ports.start_on("db", self._wanted[0], self.postgres.start)

    def stop_postgres(self) -> None:
        """Stop Postgres only: the gateway stays and cannot reach it."""
        self.postgres.stop()

    def start_gateway(self) -> None:
        """Start the gateway, on its port of before where it had one."""
        if self._api_port:
            self._start_gateway(self._api_port)
        else:
            self._api_port = self.ports.start_on("api", self._wanted[1], self._start_gateway)

    def _start_gateway(self, port: int) -> None:
        self.gateway.start(
            port,
            database_url=self.postgres.url(user="authenticator", password=self.keys.gateway_password),
            site_url=self.site_url,
            sign_ups=self._sign_ups,
        )

    def stop_gateway(self) -> None:
        """Stop the gateway only: Supabase is unreachable, the data stay."""
        self.gateway.stop()

    def restart_gateway(self) -> None:
        """Stop and start the gateway: needed after each change of the schema."""
        self.stop_gateway()
        self.start_gateway()

    def apply_migrations(self, to: str | None = None) -> None:
        """Apply pending migrations, up to version `to` where it is given."""
        if self._migrations is not None:
            migrate(self.db_url, self._migrations, to=to)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
