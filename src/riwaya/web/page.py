"""The built page: files as they lie, and the page itself for every address that is a view of it."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.\w+$")
HOW = "The page of the desk is not built. In a checkout: make desk; the HTTP API works without it."
MISSING = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Riwaya</title>
<body>
<h1>Riwaya · رواية</h1>
<p>{HOW}</p>
<p lang="ar" dir="rtl">لم تُبنَ صفحة المكتب بعد. في نسخة العمل: <code>make desk</code>؛
وواجهة البرمجة تعمل من دونها.</p>
<p><a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p>
</body>
</html>
"""
# What browsers insist on, whatever the system's own table says.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".html": "text/html",
    ".pbf": "application/x-protobuf",
}


def there(folder: Path) -> bool:
    """Whether the page is built."""
    return (folder / "index.html").is_file()


def served(folder: Path, path: str) -> Response:
    """The file of an address; the page where the address is a view of it."""
    if not there(folder):
        return HTMLResponse(MISSING, 503 if path else 200)
    file = inside(folder, path)
    if file:
        return of_file(file)
    if "." in path.rpartition("/")[2]:
        return PlainTextResponse("There is no such file.", 404)
    return of_file(folder / "index.html")


def inside(folder: Path, path: str) -> Path | None:
    """The file of that name, if it lies in the folder."""
    if not path or "\0" in path or "\\" in path:
        return None
    root = folder.resolve()
    try:
        file = (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):
        return None


def of_file(file: Path) -> Response:
    """A file; one whose name holds its hash never changes."""
    type = TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    lasting = "public, max-age=31536000, immutable" if HASHED.search(file.name) else "no-cache"
    return FileResponse(file, media_type=type, headers={"Cache-Control": lasting})
