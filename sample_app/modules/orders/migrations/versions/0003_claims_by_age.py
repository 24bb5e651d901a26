"""An index to find the claims that have died, and those that are old."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: the code of before does not mind."""
    op.create_index(op.f("ix_orders_claims_status_claimed_at"), "orders_claims", ["status", "claimed_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_orders_claims_status_claimed_at"), "orders_claims")
