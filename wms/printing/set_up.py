"""Two sheets that a floor begins with: the command bar codes, and how a scanner is set up and tried."""

from wms.kernel.scan import COMMAND_PREFIX, Command
from wms.kernel.text import Lang, Text
from wms.printing import code128, matrix, pdf
from wms.printing.code128 import Linear
from wms.printing.paper import MM, Paper, paragraphs

COMMANDS = {
    Command.OK: Text(en="Yes, confirm", pl="Tak, potwierdź"),
    Command.UNDO: Text(en="Undo the last scan", pl="Cofnij ostatni skan"),
    Command.SKIP: Text(en="Skip, later", pl="Pomiń, później"),
    Command.MISSING: Text(en="Missing", pl="Brak"),
    Command.QTY: Text(en="Type the quantity", pl="Wpisz ilość"),
    Command.DONE: Text(en="Done", pl="Gotowe"),
    Command.DAMAGED: Text(en="Damaged", pl="Uszkodzone"),
    Command.HOME: Text(en="To the start", pl="Na początek"),
    Command.LOGOFF: Text(en="Sign out", pl="Wyloguj"),
}
CHOICE = Text(en="Choice {number}", pl="Wybór {number}")
COMMANDS_TITLE = Text(en="Command bar codes", pl="Kody poleceń")

TITLE = Text(en="Setting up a scanner", pl="Ustawienie skanera")
STEPS = (
    (
        Text(en="Output as keystrokes", pl="Wyjście jako klawiatura"),
        Text(
            en="Keystroke output (keyboard wedge, HID) on, intent output off. No delay between characters.",
            pl="Włącz wyjście klawiaturowe (keystroke output, HID), wyłącz intent output. Bez opóźnienia między znakami.",
        ),
    ),
    (
        Text(en="Enter behind each scan", pl="Enter po każdym skanie"),
        Text(
            en="Suffix: Enter (CR), once. No prefix. Without it a scan waits on the screen and the next one is added to it.",
            pl="Sufiks: Enter (CR), jeden raz. Bez prefiksu. Bez sufiksu skan czeka na ekranie, a następny się do niego dokleja.",
        ),
    ),
    (
        Text(en="FNC1 as GS", pl="FNC1 jako GS"),
        Text(
            en="Send the group separator of GS1 codes as GS (ASCII 29). Without it lot and serial number run into one another.",
            pl="Separator kodów GS1 wysyłaj jako GS (ASCII 29). Bez niego numer partii zlewa się z numerem seryjnym.",
        ),
    ),
    (
        Text(en="Symbols", pl="Rodzaje kodów"),
        Text(
            en="On: Code 128, GS1-128, EAN-13, EAN-8, UPC-A, DataMatrix, QR. Off: Interleaved 2 of 5 and all that nobody uses.",
            pl="Włącz: Code 128, GS1-128, EAN-13, EAN-8, UPC-A, DataMatrix, QR. Wyłącz: Interleaved 2 of 5 i wszystkie nieużywane.",
        ),
    ),
    (
        Text(en="Keyboard", pl="Układ klawiatury"),
        Text(
            en="The scanner's keyboard layout is that of the device (as a rule English, US). Caps Lock off, no conversion of case.",
            pl="Układ klawiatury skanera taki jak w urządzeniu (zwykle angielski, USA). Caps Lock wyłączony, bez zmiany wielkości liter.",
        ),
    ),
)  # fmt: skip
TRY = Text(
    en="Then open “Scanner test” on the device (address /floor/check) and scan these. The screen must show exactly what stands below each code.",
    pl="Potem otwórz na urządzeniu „Test skanera” (adres /floor/check) i zeskanuj te kody. Ekran ma pokazać dokładnie to, co jest pod każdym kodem.",
)
LETTERS = "aZ-09/._:+yY"
GS1 = [("01", "05901234123457"), ("10", "LOT7"), ("21", "SN42")]
QR_TEXT = "WMS-QR-0123456789"
PLAIN = Text(en="1. Letters and signs", pl="1. Litery i znaki")
GS = Text(en="2. GS1 with a separator", pl="2. GS1 z separatorem")
TWO_D = Text(en="3. Camera: QR", pl="3. Aparat: kod QR")
COMMAND = Text(en="4. A command", pl="4. Polecenie")
IF_WRONG = Text(
    en="[GS] missing: the third setting. y and z swapped, or other signs: the fifth. Nothing happens: the first or the second.",
    pl="Brakuje [GS]: ustawienie trzecie. Zamienione y i z albo inne znaki: piąte. Nic się nie dzieje: pierwsze lub drugie.",
)
_MARGIN = 14 * MM


def commands_pdf() -> bytes:
    """A4 with every command bar code, each with its word in Polish and English."""
    paper = Paper("A4", COMMANDS_TITLE.in_("en"))
    paper.text(_MARGIN, _MARGIN, COMMANDS_TITLE.in_("pl"), 20, bold=True)
    paper.text(_MARGIN, _MARGIN, COMMANDS_TITLE.in_("en"), 13, room=paper.width - 2 * _MARGIN, align="right")
    words = [(COMMAND_PREFIX + c.value, t.in_("pl"), t.in_("en")) for c, t in COMMANDS.items()]
    numbers = [
        (COMMAND_PREFIX + str(n), CHOICE.in_("pl", number=n), CHOICE.in_("en", number=n))
        for n in range(1, 10)
    ]
    column = (paper.width - 2 * _MARGIN - 8 * MM) / 2
    top, row = _MARGIN + 13 * MM, 28.2 * MM
    for left, side in ((_MARGIN, words), (_MARGIN + column + 8 * MM, numbers)):
        for n, (code, pl, en) in enumerate(side):
            y = top + n * row
            paper.rule(left, y, column, 0.4)
            paper.text(left, y + 1.5 * MM, pl, 15, bold=True, room=column * 0.62)
            paper.text(left + column * 0.62, y + 2.4 * MM, en, 10, room=column * 0.38, align="right")
            paper.bars(left, y + 8.6 * MM, code, 12.5 * MM, room=column, module=0.38 * MM, align="left")
            paper.text(left + 4 * MM, y + 21.8 * MM, code, 9)
    paper.canvas.showPage()
    return pdf.finish(paper.canvas)


def set_up_pdf(lang: Lang) -> bytes:
    """A4 that says how a scanner is set up, with codes to try it."""
    paper = Paper("A4", TITLE.in_(lang))
    room = paper.width - 2 * _MARGIN
    paper.text(_MARGIN, _MARGIN, TITLE.in_(lang), 22, bold=True)
    y = _MARGIN + 14 * MM
    for n, (head, text) in enumerate(STEPS, start=1):
        paper.text(_MARGIN, y, f"{n}.", 14, bold=True)
        paper.text(_MARGIN + 8 * MM, y, head.in_(lang), 14, bold=True)
        y += 6.6 * MM
        y = _lines(paper, text.in_(lang), _MARGIN + 8 * MM, y, 11, room - 8 * MM) + 2.6 * MM
    paper.rule(_MARGIN, y, room)
    y = _lines(paper, TRY.in_(lang), _MARGIN, y + 3 * MM, 11, room, bold=True) + 4 * MM
    y = _code(paper, PLAIN.in_(lang), code128.code128(LETTERS), LETTERS, y)
    said = "".join(ai + value + ("[GS]" if ai == "10" else "") for ai, value in GS1)
    y = _code(paper, GS.in_(lang), code128.gs1_128(GS1), said, y)
    squares = matrix.matrix("qr", QR_TEXT)
    module = 24 * MM / squares.width
    paper.text(_MARGIN, y, TWO_D.in_(lang), 11, bold=True)
    pdf.draw_squares(paper.canvas, squares, _MARGIN + 4 * MM, paper.height - y - 7 * MM, module)
    paper.text(_MARGIN + 4 * MM, y + 33 * MM, QR_TEXT, 10)
    half = _MARGIN + room / 2
    paper.text(half, y, COMMAND.in_(lang), 11, bold=True)
    paper.bars(half, y + 7 * MM, "WMS:OK", 16 * MM, room=room / 2, module=0.38 * MM)
    paper.text(half + 4 * MM, y + 24.5 * MM, "WMS:OK", 10)
    _lines(paper, IF_WRONG.in_(lang), _MARGIN, y + 41 * MM, 11, room)
    paper.canvas.showPage()
    return pdf.finish(paper.canvas)


def _lines(
    paper: Paper, text: str, x: float, y: float, size: float, room: float, *, bold: bool = False
) -> float:
    """A paragraph; gives back where it ends."""
    for line in paragraphs(text, size, room, bold=bold):
        paper.text(x, y, line, size, bold=bold)
        y += size * 1.35
    return y


def _code(paper: Paper, head: str, symbol: Linear, said: str, y: float) -> float:
    """One code to try with its heading, and below it what the screen must show."""
    module = 0.38 * MM
    paper.text(_MARGIN, y, head, 11, bold=True)
    left = _MARGIN + code128.QUIET * module
    pdf.draw_bars(paper.canvas, symbol, left, paper.height - y - 7 * MM - 16 * MM, module, 16 * MM)
    paper.text(left, y + 24.5 * MM, said, 10)
    return y + 34 * MM
