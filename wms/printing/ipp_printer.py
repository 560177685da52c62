"""A paper printer, or a print server before it, over IPP 2.0: how it is, a PDF for it, how far that got."""

import httpx

from wms.kernel.text import Text
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
JOB_OVER = {
    7: Text(en="cancelled at the printer", pl="anulowano je przy drukarce"),
    8: Text(en="the printer has given it up", pl="drukarka przerwała zadanie"),
}
JOB_DONE = 9
ERRORS = 0x0400
FORGOTTEN = (0x0406, 0x0407)
"""not-found and gone, of a job that it has taken."""
BUSY = (0x0502, 0x0505, 0x0506, 0x0507)
"""service-unavailable, temporary-error, not-accepting-jobs, busy: it has not taken the job, and will another time."""
INTERNAL = 0x0500
UNAVAILABLE = 503


class Refused(Exception):
    """The printer's own word that the paper does not come out."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


class NoWord(Exception):
    """It was asked about a job and told nothing of it. ``forgotten``: it says that it knows no such job."""

    def __init__(self, why: str, *, forgotten: bool = False) -> None:
        self.forgotten = forgotten
        super().__init__(why)


class Answered(Exception):
    """An answer that is an error: of HTTP (``status``), or of IPP (``code``)."""

    def __init__(self, why: str, *, status: int = 200, code: int = 0) -> None:
        self.status, self.code = status, code
        super().__init__(why)


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
        except (ValueError, Answered) as e:
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
        except Answered as e:
            if e.status == UNAVAILABLE or e.code in BUSY:
                raise NothingSent(str(e), "buffer_full") from e
            if e.status >= 500 or e.code == INTERNAL:  # it broke on the way, who knows where
                raise CutOff(str(e)) from e
            raise Refused(Text(en=str(e), pl=str(e))) from e
        number = said.first("job-id")
        if not isinstance(number, int):
            raise CutOff("no job-id in the answer")
        return number

    async def is_done(self, number: int) -> bool:
        """Whether the job has come out. Raises ``Refused`` where the printer says that it never will, and ``NoWord``
        where it says nothing of it: then it may have."""
        about = ipp.attribute(ipp.INTEGER, "job-id", number) + ipp.attribute(
            ipp.KEYWORD, "requested-attributes", "job-state"
        )
        try:
            state = (await self._call(ipp.request(ipp.GET_JOB, self.uri, about))).first("job-state")
        except (httpx.TransportError, ValueError) as e:
            raise NoWord(str(e) or type(e).__name__) from e
        except Answered as e:
            raise NoWord(str(e), forgotten=e.code in FORGOTTEN) from e
        if isinstance(state, int) and state in JOB_OVER:
            raise Refused(JOB_OVER[state])
        return state == JOB_DONE

    async def _call(self, body: bytes) -> ipp.Message:
        """Raises httpx's errors, ``ValueError``, ``Answered``."""
        r = await self.http.post(self.url, content=body, headers=HEADERS)
        if r.status_code != 200:
            raise Answered(f"HTTP {r.status_code}", status=r.status_code)
        said = ipp.parse(r.content)
        if said.code >= ERRORS:
            why = said.first("status-message")
            told = f": {why}" if isinstance(why, str) else ""
            raise Answered(f"IPP 0x{said.code:04x}{told}"[:200], code=said.code)
        return said


def ipp_client() -> httpx.AsyncClient:
    """HTTP as printers speak it. Their certificates are made by themselves, so ``ipps`` keeps others from reading only."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), verify=False, trust_env=False, headers=HEADERS
    )
