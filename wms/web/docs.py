"""The live documentation: one page and one script, both from this server, because a warehouse may have no internet."""

from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.response import Response

SCRIPT = Path(__file__).parent / "static" / "rapidoc-9.3.8.js"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WMS API</title>
<script type="module" src="/static/{script}"></script>
</head>
<body>
<rapi-doc spec-url="/docs/openapi.json" load-fonts="false" show-header="false" render-style="focused"
  schema-description-expanded="true" persist-auth="true" allow-spec-file-load="false" allow-spec-url-load="false"
  regular-font="system-ui, sans-serif" mono-font="ui-monospace, monospace" primary-color="#0b5cad"></rapi-doc>
</body>
</html>
"""


class DocsPage(OpenAPIRenderPlugin):
    """RapiDoc, vendored (MIT licence beside the script)."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return PAGE.format(script=SCRIPT.name).encode()


@get(f"/static/{SCRIPT.name}", public=True, sync_to_thread=False, include_in_schema=False)
def docs_script() -> Response[bytes]:
    """The file's name holds its version, so it may be kept for ever."""
    return Response(
        SCRIPT.read_bytes(),
        media_type="text/javascript",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
