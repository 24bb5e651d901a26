"""The database kit on SQLite."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from sample_app.app import create_app
from sample_app.kit.database import Database
from sample_app.modules.orders.models import Base, OrderLineRow
from sample_app.settings import Settings
from tests.sample_app.support import add_product, running, sqlite, stock_of

pytestmark = pytest.mark.anyio


async def test_a_foreign_key_is_enforced_as_on_postgresql(tmp_path: Path) -> None:
    orphan = OrderLineRow(
        order_id=uuid4(), position=0, product_id=uuid4(), name="Teapot", unit_price_cents=1999, quantity=1
    )
    async with Database(sqlite(tmp_path / "shop.db").get_secret_value()) as database:
        await database.create_tables([Base.metadata])
        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            async with database.transaction() as session:
                session.add(orphan)


async def test_a_restart_keeps_what_was_written(tmp_path: Path) -> None:
    settings = Settings(database_url=sqlite(tmp_path / "shop.db"))
    async with running(create_app(settings)) as shop:
        product = await add_product(shop, stock=5)
    async with running(create_app(settings)) as shop:
        assert await stock_of(shop, product) == 5, "tables that exist are left as they are"
