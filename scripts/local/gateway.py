"""The gateway: the Node program that answers /rest/v1 and /auth/v1 on loopback."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.local.errors import StackError
from scripts.local.files import tail
from scripts.local.keys import Keys
from scripts.local.paths import GATEWAY
from scripts.local.ports import HOST
from scripts.local.process import Child

START_SECONDS = 180.0
STOP = ((signal.SIGTERM, 5.0),)
# What bcrypt takes for a password: as a hosted project has it, and the least there is.
PASSWORD_COST = 10
LEAST_PASSWORD_COST = 4


@dataclass(frozen=True)
class SignUps:
    """How accounts are made: what a hosted project's settings of Supabase Auth say.

    `confirm_email` makes a sign-up wait for a confirmed address; `anonymous` allows accounts without one,
    `anonymous_per_hour` of them for one client address (30 on hosted projects; 0 is no limit).
    """

    confirm_email: bool = False
    anonymous: bool = True
    anonymous_per_hour: int = 0


class Gateway:
    """One gateway process. It reads the database's schema once, so it starts after the migrations."""

    def __init__(self, *, keys: Keys, log: Path, mail_log: Path, password_cost: int = PASSWORD_COST) -> None:
        self._keys = keys
        self._password_cost = password_cost
        self._mail_log = mail_log
        self._child = Child("The Supabase gateway", log)
        self.port = 0

    @property
    def child(self) -> Child:
        """The gateway's process."""
        return self._child

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def start(self, port: int, *, database_url: str, site_url: str, sign_ups: SignUps) -> None:
        """Start it on `port` and wait until it answers; raises StackError where it does not."""
        self.port = port
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "NODE_ENV": "production",
            "DO_NOT_TRACK": "1",
            "GATEWAY_PORT": str(port),
            "GATEWAY_DATABASE_URL": database_url,
            "GATEWAY_JWT_SECRET": self._keys.jwt_secret,
            "GATEWAY_PUBLISHABLE_KEY": self._keys.publishable_key,
            "GATEWAY_SECRET_KEY": self._keys.secret_key,
            "GATEWAY_SITE_URL": site_url,
            "GATEWAY_MAIL_LOG": str(self._mail_log),
            # The embedded server's own name for it.
            "LITE_AUTH_BCRYPT_COST": str(self._password_cost),
            "GATEWAY_CONFIRM_EMAIL": "1" if sign_ups.confirm_email else "0",
            "GATEWAY_ANONYMOUS_SIGN_INS": "1" if sign_ups.anonymous else "0",
            "GATEWAY_ANONYMOUS_PER_HOUR": str(sign_ups.anonymous_per_hour),
        }
        self._child.start(["node", "server.mjs"], env=env, cwd=GATEWAY)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it; requests under way are cut off."""
        self._child.stop(STOP)

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        headers = {"apikey": self._keys.publishable_key}
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            while time.monotonic() < until:
                if not self._child.is_running():
                    log = self._child.log
                    raise StackError(f"The gateway did not start; its log {log} ends:\n{tail(log)}")
                with contextlib.suppress(httpx.TransportError):
                    if client.get(f"{self.url}/auth/v1/health", headers=headers).status_code == 200:
                        return
                time.sleep(0.05)
        raise StackError(f"The gateway did not answer within {START_SECONDS:.0f} s; its log is {self._child.log}.")
