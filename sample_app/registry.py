"""The modules there are, and which of them a process serves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import MetaData

from sample_app.modules.catalog.models import Base as CatalogBase
from sample_app.modules.catalog.router import router as catalog_router
from sample_app.modules.notifications.models import Base as NotificationsBase
from sample_app.modules.notifications.router import router as notifications_router
from sample_app.modules.orders.models import Base as OrdersBase
from sample_app.modules.orders.router import router as orders_router


@dataclass(frozen=True, kw_only=True)
class Module:
    """One part of the shop: the paths it serves, the tables it owns, and the modules it calls."""

    name: str
    router: APIRouter
    tables: MetaData
    calls: tuple[str, ...] = ()

    @property
    def versions(self) -> Path:
        """The folder of its migrations."""
        return Path(__file__).parent / "modules" / self.name / "migrations" / "versions"


MODULES = {
    module.name: module
    for module in (
        Module(name="catalog", router=catalog_router, tables=CatalogBase.metadata),
        Module(name="orders", router=orders_router, tables=OrdersBase.metadata, calls=("catalog", "notifications")),
        Module(name="notifications", router=notifications_router, tables=NotificationsBase.metadata),
    )
}


class SelectionError(ValueError):
    """The environment asks for a set of modules that cannot work."""


def chosen(names: Sequence[str]) -> list[Module]:
    """The modules called `names`; none named: all. Raises `SelectionError` for a name that is none."""
    unknown = [name for name in names if name not in MODULES]
    if unknown:
        raise SelectionError(f"APP_SERVICES names {', '.join(unknown)}; this app has {', '.join(MODULES)}.")
    return [module for module in MODULES.values() if module.name in names or not names]


def select(names: Sequence[str], remote: Collection[str]) -> list[Module]:
    """The modules called `names`, which can work together, given that those in `remote` are reached over HTTP.

    Raises `SelectionError` when they cannot.
    """
    modules = chosen(names)
    reachable = {*remote, *(module.name for module in modules)}
    for module in modules:
        for called in module.calls:
            # In a database of its own the other module's tables would be missing, and that would show much later.
            if called not in reachable:
                raise SelectionError(
                    f"{module.name} calls {called}, which this process does not serve: "
                    f"add {called} to APP_SERVICES, or say where it is in {called.upper()}_URL."
                )
    return modules
