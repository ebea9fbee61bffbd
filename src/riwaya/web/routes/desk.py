"""The desk itself: its health, how far the ledger has come, what there is to ask about."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from riwaya import __version__
from riwaya.exports import EXPORTS
from riwaya.ledger import LedgerError
from riwaya.questions import names
from riwaya.web.access import Reader, house
from riwaya.web.answers import answer
from riwaya.web.shapes import JSON, Health, Version

router = APIRouter(tags=["desk"])


@router.get("/health", response_model=Health)
def health(request: Request) -> Response:
    """Say whether the desk can answer; needs no account."""
    try:
        house(request).desk.version()
    except LedgerError:
        return answer({"status": "failing", "ledger": False, "version": __version__}, 503)
    return answer({"status": "ok", "ledger": True, "version": __version__})


@router.get("/version", response_model=Version)
def version(request: Request, person: Reader) -> Response:
    """Say how far the ledger has come: when it changes, what is on screen may have."""
    return house(request).told(
        request,
        lambda standing: {
            "version": standing.tag,
            "reports": standing.version.reports,
            "decisions": standing.version.decisions,
        },
    )


@router.get("/meta", response_model=JSON)
def meta(request: Request, person: Reader) -> Response:
    """List what there is to ask about, with its names in both languages."""
    here = house(request)

    def made(standing: Any) -> dict[str, Any]:
        return {
            "version": __version__,
            "pack": here.pack.digest,
            "ledger": here.ledger.where.rpartition("/")[2],
            "tiles": tiles(here.settings.tiles),
            "fetch": here.settings.fetch,
            "limits": {
                "upload": here.settings.largest_upload,
                "body": here.settings.largest_body,
            },
            **names.everything(standing, here.names),
            "exports": [export_json(export) for export in EXPORTS],
        }

    return here.kept(request, "meta", made)


def tiles(url: str) -> dict[str, str] | None:
    """The map that lies below, where one was named."""
    if not url:
        return None
    return {"url": url, "kind": "pmtiles" if url.endswith(".pmtiles") else "raster", "attribution": ""}


def export_json(export: Any) -> dict[str, Any]:
    """A format, for a menu."""
    return {
        "name": export.name,
        "ending": export.ending,
        "about": export.about,
        "tables": list(export.tables),
        "hxl": export.hxl,
        "bom": export.bom,
        "ready": export.ready,
    }
