"""A row for each AWS type that this project's programs use. A type without a row is refused: add one, with its source.

The force-new sets follow the schemas of the Terraform AWS provider, which pulumi-aws carries. They are written by
hand and were not compared with the provider's own plugin.
"""

from collections.abc import Mapping
from typing import Final

from tests.engine.standin.rules import compute, edge, kubernetes, network, serverless
from tests.engine.standin.rules.row import Name, Row

ROWS: Final[Mapping[str, Row]] = {
    **network.ROWS,
    **compute.ROWS,
    **edge.ROWS,
    **serverless.ROWS,
    **kubernetes.ROWS,
}
ANY: Final = Row(source="none: packages other than aws have no rows", id="{kind}-{hex16}")

__all__ = ["ANY", "ROWS", "Name", "Row"]
