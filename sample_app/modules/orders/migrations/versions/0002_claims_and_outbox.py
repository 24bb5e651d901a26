"""Claims to orders, events to deliver, and an index for lists in pages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: only additions, which the code of before can live with while both run."""
    op.create_table(
        "orders_claims",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders_claims")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_orders_claims_idempotency_key")),
    )
    op.create_table(
        "orders_outbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_orders_outbox")),
    )
    op.create_index(op.f("ix_orders_outbox_attempts_created_at"), "orders_outbox", ["attempts", "created_at"])
    op.create_index(op.f("ix_orders_orders_placed_at_id"), "orders_orders", ["placed_at", "id"])


def downgrade() -> None:
    """Back. Orders stay; their keys are forgotten, and what was not delivered never will be."""
    op.drop_index(op.f("ix_orders_orders_placed_at_id"), "orders_orders")
    op.drop_table("orders_outbox")
    op.drop_table("orders_claims")
