"""Notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "notifications_notifications",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_notifications_notifications")),
    )
    op.create_index(
        op.f("ix_notifications_notifications_notified_at_event_id"),
        "notifications_notifications",
        ["notified_at", "event_id"],
    )
    op.create_index(op.f("ix_notifications_notifications_order_id"), "notifications_notifications", ["order_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("notifications_notifications")
