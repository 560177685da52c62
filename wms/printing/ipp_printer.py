"""A paper printer, or a print server before it, over IPP 2.0: how it is, a PDF for it, how far that got."""

import httpx

from wms.printing import ipp
from wms.printing.raw_printer import CutOff, NothingSent, PrinterAway

CONNECT_S, ANSWER_S = 3.0, 20.0
HEADERS = {"Content-Type": "application/ipp"}
PDF = "application/pdf"
STOPPED = 5
ASKED = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "document-format-supported",
)  # fmt: skip
REASONS = (
    ("media-jam", "jammed"), ("media-empty", "paper_out"), ("media-needed", "paper_out"), ("cover-open", "head_open"),
    ("door-open", "head_open"), ("interlock-open", "head_open"), ("toner-empty", "ribbon_out"),
    ("marker-supply-empty", "ribbon_out"), ("offline", "off"), ("paused", "paused"), ("moving-to-paused", "paused"),
)  # fmt: skip
"""A printer's words for what stops it, the worst first, and ours."""
JOB_OVER = {7: "cancelled at the printer", 8: "aborted by the printer"}
JOB_DONE = 9


class Refused(Exception):
    """The printer has taken the request and does not want it."""


class IppPrinter:
    """``uri`` as the printer knows itself, ``url`` where HTTP reaches it."""

    def __init__(self, http: httpx.AsyncClient, uri: str, url: str) -> None:
        self.http, self.uri, self.url = http, uri, url

    async def status(self) -> str:
        """A state of ``states.STATE_WORDS``. Raises ``PrinterAway``."""
        wanted = ipp.attribute(ipp.KEYWORD, "requested-attributes", *ASKED)
        try:
            said = await self._call(ipp.request(ipp.GET_PRINTER, self.uri, wanted))
        except httpx.TimeoutException as e:
            raise PrinterAway(
                "silent" if isinstance(e, httpx.ReadTimeout) else "off", "no answer in time"
            ) from e
        except httpx.TransportError as e:
            raise PrinterAway("off", str(e) or type(e).__name__) from e
        except (ValueError, Refused) as e:
            raise PrinterAway("odd", str(e)[:200]) from e
        formats = said.all("document-format-supported")
        if formats and PDF not in formats:
            return "no_pdf"
        if said.first("printer-is-accepting-jobs") is False:
            return "not_accepting"
        stopped = said.first("printer-state") == STOPPED
        told = [str(r) for r in said.all("printer-state-reasons")]
        grave = [r for r in told if stopped or r.endswith("-error")]
        for word, state in REASONS:
            if any(r.startswith(word) for r in grave):
                return state
        return "stopped" if stopped else "ready"

    async def send(self, pdf: bytes, name: str, copies: int) -> int:
        """Its number of the job. Raises ``NothingSent``, ``CutOff``, ``Refused``."""
        about = (
            ipp.attribute(ipp.NAME, "requesting-user-name", "wms")
            + ipp.attribute(ipp.NAME, "job-name", name[:100])
            + ipp.attribute(ipp.MIME, "document-format", PDF)
        )
        job = ipp.attribute(ipp.INTEGER, "copies", copies)
        try:
            said = await self._call(ipp.request(ipp.PRINT_JOB, self.uri, about, job, pdf))
        except (httpx.ConnectError, httpx.ConnectTimeout) as e:
            raise NothingSent(str(e) or type(e).__name__) from e
        except (httpx.TransportError, ValueError) as e:
            raise CutOff(str(e) or type(e).__name__) from e
        number = said.first("job-id")
        if not isinstance(number, int):
            raise CutOff("no job-id in the answer")
        return number

    async def is_done(self, number: int) -> bool:
        """Whether the job has come out. Raises ``Refused`` when it never will, ``PrinterAway``."""
        about = ipp.attribute(ipp.INTEGER, "job-id", number) + ipp.attribute(
            ipp.KEYWORD, "requested-attributes", "job-state"
        )
        try:
            state = (await self._call(ipp.request(ipp.GET_JOB, self.uri, about))).first("job-state")
        except (httpx.TransportError, ValueError) as e:
            raise PrinterAway("off", str(e) or type(e).__name__) from e
        if isinstance(state, int) and state in JOB_OVER:
            raise Refused(JOB_OVER[state])
        return state == JOB_DONE

    async def _call(self, body: bytes) -> ipp.Message:
        """Raises httpx's errors, ``ValueError``, ``Refused``."""
        r = await self.http.post(self.url, content=body, headers=HEADERS)
        if r.status_code != 200:
            raise Refused(f"HTTP {r.status_code}")
        said = ipp.parse(r.content)
        if said.code >= 0x0400:
            why = said.first("status-message")
            told = f": {why}" if isinstance(why, str) else ""
            raise Refused(f"IPP status 0x{said.code:04x}{told}"[:200])
        return said


def ipp_client() -> httpx.AsyncClient:
    """HTTP as printers speak it. Their certificates are made by themselves, so ``ipps`` keeps others from reading only."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), verify=False, trust_env=False, headers=HEADERS
    )
