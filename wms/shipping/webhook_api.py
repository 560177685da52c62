"""Where carriers call by themselves. Open to everybody: the carrier's own signature is the key."""

from typing import Annotated, Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from wms.db.tx import Database
from wms.paths import home
from wms.shipping.hear_webhook import Heard, hear_webhook

Code = Annotated[str, PathParameter(min_length=1, max_length=40, pattern="^[a-z0-9_-]+$")]


@post(
    "/carriers/{code:str}/webhooks",
    public=True,
    tags=["carriers"],
    status_code=200,
)
async def post_webhook(
    request: Request[Any, Any, Any], database: NamedDependency[Database], code: Code
) -> Heard:
    """A carrier's webhook, in its own format and with its own signature. The parcels it names are read again soon."""
    headers = {k.lower(): v for k, v in request.headers.items()}
    body = await request.body()
    async with database.begin() as tx:
        return await hear_webhook(tx, code, headers, body, home=home())


handlers: list[HTTPRouteHandler] = [post_webhook]
