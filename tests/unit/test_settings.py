"""Settings: sources and their order, and faults told all at once without values."""

import base64
from pathlib import Path

import pytest

from service.settings import Settings, SettingsError, is_loopback, load_settings, origin_of

LOCAL = {
    "SUPABASE_URL": "http://127.0.0.1:54321",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
    "SUPABASE_SECRET_KEY": "sb_secret_x",
    "SUPABASE_JWT_SECRET": "j" * 32,
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def write(path: Path, values: dict[str, str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), encoding="utf-8")


def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> tuple[str, ...]:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    return caught.value.faults


def test_the_local_file_is_enough(tmp_path: Path) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    settings = load_settings(tmp_path)
    assert settings.supabase_url == LOCAL["SUPABASE_URL"]
    assert settings.is_local_stack
    assert (settings.port, settings.default_locale, settings.trusted_proxies) == (8000, "ko", 0)
    assert (settings.rate_limit_member, settings.rate_limit_address) == (600, 3000)
    assert (settings.rate_limit_sign_in, settings.rate_limit_refresh, settings.forward_client_address) == (
        20,
        10,
        False,
    )


def test_dotenv_wins_over_the_local_file_and_the_environment_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / ".local" / "env", {**LOCAL, "PORT": "1"})
    write(tmp_path / ".env", {"PORT": "2", "LOG_LEVEL": "warning"})
    assert load_settings(tmp_path).port == 2
    monkeypatch.setenv("PORT", "3")
    settings = load_settings(tmp_path)
    assert (settings.port, settings.log_level) == (3, "WARNING")


@pytest.mark.parametrize("place", ["environment", "dotenv"])
def test_another_project_is_never_mixed_with_the_local_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    if place == "environment":
        monkeypatch.setenv("SUPABASE_URL", "https://abc.supabase.co")
    else:
        write(tmp_path / ".env", {"SUPABASE_URL": "https://abc.supabase.co"})
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    assert caught.value.faults == (
        "SUPABASE_PUBLISHABLE_KEY is not set.",
        "SUPABASE_SECRET_KEY is not set.",
        "JWT_ISSUER must be set, because SUPABASE_URL is not the local stack.",
    )


def test_an_empty_name_counts_as_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    monkeypatch.setenv("SUPABASE_URL", "")
    monkeypatch.setenv("PORT", "")
    assert load_settings(tmp_path).supabase_url == LOCAL["SUPABASE_URL"]


def test_every_fault_is_named_at_once_and_no_value_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {
        "PORT": "port-value",
        "APP_URL": "ftp://app-value",
        "SUPABASE_URL": "https://user:url-value@abc.supabase.co/path",
        "SUPABASE_PUBLISHABLE_KEY": "sb_secret_public-value",
        "SUPABASE_SECRET_KEY": "sb_publishable_secret-value",
        "SUPABASE_JWT_SECRET": "jwt-value",
        "SESSION_KEY": f"{'k' * 32},session-value",
        "ALLOWED_ORIGINS": "https://good.example,*",
        "RATE_LIMIT_MEMBER": "-1",
        "RATE_LIMIT_ADDRESS": "address-value",
        "RATE_LIMIT_SIGN_IN": "-2",
        "RATE_LIMIT_REFRESH": "refresh-value",
        "FORWARD_CLIENT_ADDRESS": "forward-value",
        "TRUSTED_PROXIES": "99",
        "DEFAULT_LOCALE": "locale-value",
        "LOG_LEVEL": "level-value",
        "UPSTREAM_TIMEOUT": "60",
    }
    told = faults(tmp_path, monkeypatch, bad)
    assert {fault.split()[0] for fault in told} == set(bad)
    assert len(told) == len(bad)
    assert all(fault.endswith(".") for fault in told)
    assert "-value" not in "\n".join(told).lower()


def test_an_address_is_forwarded_only_with_a_key_that_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / ".local" / "env", {**LOCAL, "FORWARD_CLIENT_ADDRESS": "1"})
    assert load_settings(tmp_path).forward_client_address
    body = base64.urlsafe_b64encode(b'{"role":"service_role"}').decode().rstrip("=")
    told = faults(tmp_path, monkeypatch, {"SUPABASE_SECRET_KEY": f"header.{body}.signature"})
    assert told == (
        "FORWARD_CLIENT_ADDRESS needs a secret key of the new kind (sb_secret_…); Supabase Auth believes no other.",
    )


@pytest.mark.parametrize("separator", [", ", ","])
def test_lists_are_comma_separated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, separator: str) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    monkeypatch.setenv("ALLOWED_ORIGINS", separator.join(["https://a.example", "http://b.example:8080/"]))
    monkeypatch.setenv("SESSION_KEY", separator.join(["n" * 32, "o" * 32]))
    settings = load_settings(tmp_path)
    assert settings.allowed_origins == ("https://a.example", "http://b.example:8080")
    assert settings.session_keys == ("n" * 32, "o" * 32)


def test_a_jwt_secret_may_hold_a_comma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    monkeypatch.setenv("SUPABASE_JWT_SECRET", "s" * 20 + "," + "t" * 20)
    secret = load_settings(tmp_path).supabase_jwt_secret
    assert secret is not None
    assert len(secret.get_secret_value()) == 41


def test_an_old_service_role_key_is_not_taken_for_the_publishable_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The middle part says that its role is service_role.
    service_role = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln"
    told = faults(tmp_path, monkeypatch, {**LOCAL, "SUPABASE_PUBLISHABLE_KEY": service_role})
    assert told == ("SUPABASE_PUBLISHABLE_KEY must be the publishable key, but a secret key was given.",)


def test_secrets_are_not_shown_and_nothing_can_be_changed(tmp_path: Path) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    settings = load_settings(tmp_path)
    assert "sb_secret_x" not in repr(settings)
    assert "j" * 32 not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    assert not load_settings(tmp_path).cookie_secure
    assert load_settings(tmp_path, app_url="https://chat.example").cookie_secure


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:443/a?b", "http://shop.example:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("ftp://shop.example", None),
        ("https://", None),
        ("http://[::1", None),
        ("http://shop.example:port", None),
        ("null", None),
    ],
)
def test_origin_of(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        (None, False),
    ],
)
def test_is_loopback(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_model_is_named_with_its_address_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    assert not load_settings(tmp_path).has_model
    monkeypatch.setenv("AI_BASE_URL", "https://models.example/v1/")
    monkeypatch.setenv("AI_MODEL", "some-model")
    settings = load_settings(tmp_path)
    assert (settings.has_model, settings.ai_base_url) == (True, "https://models.example/v1")
    assert not settings.has_embedding
    monkeypatch.delenv("AI_MODEL")
    assert faults(tmp_path, monkeypatch, {}) == ("AI_MODEL and AI_BASE_URL must be set together.",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AI_BASE_URL", "ftp://models.example"),
        ("AI_BASE_URL", "https://user:hunter22@models.example"),
        ("AI_BASE_URL", "https://models.example/?key=hunter22"),
        ("AI_API_KEY", "hunter22 with a blank"),
        ("AI_EMBEDDING_API_KEY", "hunter22 with a blank"),
        ("AI_TIMEOUT", "0"),
        ("AI_TIMEOUT", "121"),
        ("AI_PRICE_IN", "-1"),
        ("AI_BUDGET_MEMBER_DAY", "-1"),
    ],
)
def test_a_faulty_setting_of_a_model_is_named_and_not_shown(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / ".local" / "env", LOCAL)
    others = {"AI_BASE_URL": "https://models.example", "AI_MODEL": "some-model"}
    told = faults(tmp_path, monkeypatch, {**others, name: value})
    assert [fault.split()[0] for fault in told] == [name]
    assert "hunter22" not in str(told)
