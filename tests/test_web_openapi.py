"""The description of the API holds: whatever it allows to be asked is answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from desking import API, Browser, app_over

schemathesis = pytest.importorskip("schemathesis")
hypothesis = pytest.importorskip("hypothesis")

EXAMPLES = 4  # of each operation and kind; the whole of it is run by hand before a release


@pytest.fixture(scope="module")
def desk(demo_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import shutil

    path = tmp_path_factory.mktemp("openapi") / "war.sqlite"
    shutil.copy(demo_ledger, path)
    browser = Browser(app_over(path, reads_a_minute=10**6, writes_a_minute=10**6))
    with browser.client:
        yield browser.open()


def operations(desk: Browser) -> list[Any]:
    """Every operation that is described."""
    app = desk.client.app
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app, headers={"Host": "localhost"})
    return [result.ok() for result in schema.get_all_operations()]


def ask(operation: Any, mode: Any, headers: dict[str, str]) -> None:
    """Ask as described (or, in the negative mode, otherwise) and hold the answers against the description."""
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        checks.negative_data_rejection,
    ]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=wanted)

    with suppress(hypothesis.errors.Unsatisfiable):  # nothing can be said wrongly where nothing can be said
        asked()


def test_what_is_asked_as_described_is_answered_as_described(desk: Browser) -> None:
    from schemathesis.generation import GenerationMode

    cookie = desk.client.cookies["riwaya_session"]
    failed: dict[str, str] = {}
    for operation in operations(desk):
        headers = {"Host": "localhost", "Cookie": f"riwaya_session={cookie}", "X-Riwaya-CSRF": desk.token}
        if operation.path.endswith("/session") and operation.method in ("delete", "put"):
            headers["X-Riwaya-CSRF"] = "no"  # or everybody after it would be signed out
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                ask(operation, mode, headers)
            except schemathesis.errors.InvalidSchema:
                continue
            except BaseExceptionGroup as found:
                failed[f"{operation.label} {mode}"] = "\n".join(map(str, found.exceptions))
            except Exception as found:
                failed[f"{operation.label} {mode}"] = f"{type(found).__name__}: {found}"
    assert not failed, "\n\n".join(f"{name}\n{what}" for name, what in failed.items())


def test_every_address_is_described(desk: Browser) -> None:
    found = desk.json("/openapi.json")
    assert len(found["paths"]) > 35
    for path, methods in found["paths"].items():
        for method, about in methods.items():
            assert about["summary"], (method, path)
            assert about["description"], (method, path)
            assert about["tags"], (method, path)
