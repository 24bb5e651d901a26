"""Tags, an index for lists in pages, and released reservations that cannot come back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: only additions, which the code of before can live with while both run."""
    op.create_table(
        "catalog_product_tags",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_products.id"], name=op.f("fk_catalog_product_tags_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "tag", name=op.f("pk_catalog_product_tags")),
    )
    op.create_index(op.f("ix_catalog_product_tags_tag_product_id"), "catalog_product_tags", ["tag", "product_id"])
    op.create_index(op.f("ix_catalog_products_name_id"), "catalog_products", ["name", "id"])
    op.add_column(
        "catalog_reservations", sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Back. To the code of before, a reservation that was released is one that there never was."""
    op.execute(sa.text("DELETE FROM catalog_reservations WHERE released"))
    op.drop_column("catalog_reservations", "released")
    op.drop_index(op.f("ix_catalog_products_name_id"), "catalog_products")
    op.drop_table("catalog_product_tags")
