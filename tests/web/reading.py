"""Reading what the server answers."""

import httpx


def problem(r: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The problem document (RFC 9457) of an answer, checked."""
    assert r.status_code == status, r.text
    assert r.headers["content-type"] == "application/problem+json"
    found: dict[str, object] = r.json()
    assert found["status"] == status
    assert (found["code"], found["type"]) == (code, f"/problems/{code}")
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == r.headers["x-request-id"]
    if status == 401:
        assert r.headers["www-authenticate"] == "Bearer"
    if status == 503:
        assert int(r.headers["retry-after"]) > 0
    return found
