"""The modules there are, and which of them a process serves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import MetaData

from sample_app.modules.catalog.models import Base as CatalogBase
from sample_app.modules.catalog.router import router as catalog_router
from sample_app.modules.orders.models import Base as OrdersBase
from sample_app.modules.orders.router import router as orders_router


@dataclass(frozen=True, kw_only=True)
class Module:
    """One part of the shop: the paths it serves, the tables it owns, and the modules it calls."""

    router: APIRouter
    tables: MetaData
    calls: tuple[str, ...] = ()


MODULES = {
    "catalog": Module(router=catalog_router, tables=CatalogBase.metadata),
    "orders": Module(router=orders_router, tables=OrdersBase.metadata, calls=("catalog",)),
}


class SelectionError(ValueError):
    """The environment asks for a set of modules that cannot work."""


def select(names: Sequence[str], remote: Collection[str]) -> list[Module]:
    """The modules called `names` (none named: all), given that those in `remote` are reached over HTTP."""
    unknown = [name for name in names if name not in MODULES]
    if unknown:
        raise SelectionError(f"APP_SERVICES names {', '.join(unknown)}; this app has {', '.join(MODULES)}.")
    chosen = {name: module for name, module in MODULES.items() if name in names or not names}
    for name, module in chosen.items():
        for called in module.calls:
            # In a database of its own the other module's tables would be missing, and that would show much later.
            if called not in chosen and called not in remote:
                raise SelectionError(
                    f"{name} calls {called}, which this process does not serve: "
                    f"add {called} to APP_SERVICES, or say where it is in {called.upper()}_URL."
                )
    return list(chosen.values())
