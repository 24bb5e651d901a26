"""Settings, and which modules a process serves."""

import tempfile
from pathlib import Path

import pytest
from pydantic import ValidationError

from sample_app.app import create_app
from sample_app.registry import MODULES, SelectionError
from sample_app.settings import Settings
from tests.sample_app.support import problem, running, sqlite


def _prefixes() -> set[str]:
    return {path.split("/")[1] for path in create_app().openapi()["paths"]}


@pytest.mark.parametrize("unset", [None, "", " , "])
def test_without_a_selection_every_module_is_served(unset: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if unset is not None:
        monkeypatch.setenv("APP_SERVICES", unset)
    assert _prefixes() == set(MODULES), "an empty variable says no more than none"


def test_a_process_serves_what_app_services_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SERVICES", "catalog")
    assert _prefixes() == {"catalog"}, "only the one that was named"
    monkeypatch.setenv("APP_SERVICES", " notifications , catalog ,notifications")
    assert _prefixes() == {"catalog", "notifications"}, "spaces and repetitions are harmless"


def test_an_unknown_name_stops_the_start_and_names_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SERVICES", "catalog,order")
    with pytest.raises(SelectionError, match=rf"S names order; this app has {', '.join(MODULES)}\.$"):
        create_app()


def test_orders_alone_must_be_told_where_the_modules_are_that_it_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SERVICES", "orders")
    for called in MODULES["orders"].calls:
        variable = f"{called.upper()}_URL"
        with pytest.raises(SelectionError, match=f"add {called} to APP_SERVICES, or say where it is in {variable}"):
            create_app()
        monkeypatch.setenv(variable, "http://elsewhere.internal:8000/")
    assert _prefixes() == {"orders"}, "with their addresses it can work alone"


@pytest.mark.anyio
async def test_a_path_of_a_module_that_is_not_served_is_not_found(tmp_path: Path) -> None:
    app = create_app(Settings(app_services=("catalog",), database_url=sqlite(tmp_path / "catalog.db")))
    async with running(app) as shop:
        problem(await shop.post("/orders", json={"lines": []}), 404)


def test_every_module_serves_its_own_prefix_only_and_carries_its_tag() -> None:
    for name, module in MODULES.items():
        assert module.name == name
        assert module.router.prefix == f"/{name}", "the prefix is the module's identity on every router there is"
        assert module.router.tags == [name], "and its name in the documentation"
        assert all(table.startswith(f"{name}_") for table in module.tables.tables), "no module writes another's tables"


def test_a_database_password_is_in_no_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://shop:not-a-real-one@database/shop")
    assert "not-a-real-one" not in repr(Settings()), "settings end up in logs"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_somewhere_else(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{module.upper()}_URL", "http://elsewhere.internal:8000")
    monkeypatch.setenv("BILLING_URL", "ftp://that/is/no/module")
    monkeypatch.setenv("CATALOG_URL" if module != "catalog" else "ORDERS_URL", "")
    assert Settings().urls == {module: "http://elsewhere.internal:8000/"}, "and an empty variable says nothing"
    monkeypatch.setenv(f"{module.upper()}_URL", "ftp://elsewhere.internal")
    with pytest.raises(ValidationError, match=f"{module}_url"):
        Settings()


def test_a_bad_value_is_refused_without_being_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_URL", "catalog:not-a-real-one@internal")
    with pytest.raises(ValidationError, match="catalog_url") as refusal:
        create_app()
    assert "not-a-real-one" not in str(refusal.value), "an address may hold a password too"


def test_the_default_database_is_where_a_read_only_container_can_write() -> None:
    url = Settings().database_url.get_secret_value()
    assert url == f"sqlite+aiosqlite:///{tempfile.gettempdir()}/shop.db", "the temporary folder is always writable"


def test_a_database_url_that_is_none_is_refused_without_being_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "shop:not-a-real-one@database")
    with pytest.raises(ValidationError, match="must be an SQLAlchemy URL with an async driver") as refusal:
        Settings()
    assert "not-a-real-one" not in str(refusal.value), "it may hold a password"


@pytest.mark.parametrize("url", ["sqlite:///shop.db", "postgresql://database/shop", "postgres+asyncpg://database/shop"])
def test_a_database_url_whose_driver_cannot_wait_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ValidationError, match="async driver"):
        Settings()
