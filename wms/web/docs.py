"""The live documentation: one page and one script, both from this server, because a warehouse may have no internet."""

from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

from wms.web.assets import asset

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WMS API</title>
<script type="module" src="{script}"></script>
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
        return PAGE.format(script=asset("rapidoc-9.3.8.js")).encode()
