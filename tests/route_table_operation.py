"""The route table of what keeps the house running."""

from tests.route_shapes import NO_METHOD, NOWHERE, Row
from tests.route_table_admin import only

OPERATION = [
    Row("metrics", NOWHERE, NO_METHOD),
    Row("platform_status", only(200), only(405), "paula"),
    Row("platform_examine", only(405), only(302), "paula"),
]
