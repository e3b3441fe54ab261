"""Swagger UI at /docs, from assets that come with the program: it works with no network."""

import importlib.resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>DW Simulator</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true});\n'
# nothing from elsewhere; the bundle draws its icons from data: URLs and styles from the page
_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"


async def page(_request: Request) -> Response:
    return HTMLResponse(_PAGE, headers={"content-security-policy": _POLICY})


async def start(_request: Request) -> Response:
    return Response(_START, media_type="text/javascript")


def routes() -> list[Route | Mount]:
    """The page, what starts it, and its assets."""
    assets = Path(str(importlib.resources.files("swagger_ui"))) / "static"
    return [
        Route("/docs", page),
        Route("/docs/start.js", start),
        Mount("/docs/assets", StaticFiles(directory=assets)),
    ]
