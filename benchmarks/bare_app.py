"""The yardstick of the sample app: FastAPI and SQLAlchemy, the same tables, queries and answers, and nothing else."""

import os
from uuid import UUID

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine(os.environ["DATABASE_URL"])
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "catalog_product_tags"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("catalog_products.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class ProductRow(Base):
    __tablename__ = "catalog_products"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    price_cents: Mapped[int]
    stock: Mapped[int]
    tag_rows: Mapped[list[Tag]] = relationship(lazy="selectin")

    @property
    def tags(self) -> list[str]:
        return sorted(row.tag for row in self.tag_rows)


class Product(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    price_cents: int
    stock: int
    tags: list[str]


class Page(BaseModel):
    items: list[Product]


@app.get("/catalog/products")
async def list_products(limit: int = 50) -> Page:
    async with AsyncSession(engine) as session:
        rows = await session.scalars(select(ProductRow).order_by(ProductRow.name, ProductRow.id).limit(limit + 1))
        return Page(items=[Product.model_validate(row) for row in rows.all()[:limit]])


@app.get("/catalog/products/{product_id}")
async def get_product(product_id: UUID) -> Product:
    async with AsyncSession(engine) as session:
        row = await session.get(ProductRow, product_id)
    if row is None:
        raise HTTPException(404)
    return Product.model_validate(row)


@app.get("/livez")
async def livez() -> dict[str, str]:
    return {"status": "alive"}
