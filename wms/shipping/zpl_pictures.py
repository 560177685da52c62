"""The pictures of a foreign ZPL label, drawn where they stand: a label that is one picture has its bar codes in there.

``^GF`` as the ZPL II guide describes it: hexadecimal with its run lengths (A), Base64 plain or deflated within A, binary (B).
What a printer has stored (``^XG``, ``^IM``) and Zebra's own compression (C) cannot be drawn here.
"""

import base64
import binascii
import re
import zlib

from PIL import Image

_FIELD = re.compile(
    rb"\^FO\s*(\d{1,5})\s*,\s*(\d{1,5})|\^GF([AB]),\s*(\d{1,8})\s*,\s*(\d{1,8})\s*,\s*(\d{1,5})\s*,", re.I
)
STORED = re.compile(rb"\^XG|\^IM|~D[GY]|\^GFC", re.I)
"""Pictures that cannot be drawn here."""
_BASE64 = re.compile(rb":([ZB])64:([^:]*)", re.I)
MOST_BYTES = 2_000_000
"""A sheet of 100 mm by 400 mm at 12 dots a millimetre has 0.7 MB."""
MOST_DOTS = 5_000
"""The longest side of a sheet."""


def drawn(zpl: bytes) -> Image.Image | None:
    """Everything that pictures of the label show, in dots, black on white with a margin; None without a picture that can be
    read."""
    parts: list[tuple[tuple[int, int], Image.Image]] = []
    at, begin = (0, 0), 0
    while (field := _FIELD.search(zpl, begin)) is not None:
        begin = field.end()
        if field[3] is None:
            at = (int(field[1]), int(field[2]))
            continue
        total, row = int(field[5]), int(field[6])
        if not (0 < row <= MOST_DOTS // 8 and row <= total <= MOST_BYTES):
            continue
        if field[3].upper() == b"B":
            data, begin = zpl[begin : begin + total], begin + total
        else:
            end = zpl.find(b"^", begin)
            text = zpl[begin : end if end > 0 else None]
            data = _unpacked(text, total, row)
        high = len(data) // row
        if high and max(at[0] + row * 8, at[1] + high) <= MOST_DOTS:
            parts.append((at, Image.frombytes("1", (row * 8, high), data[: high * row])))
    if not parts:
        return None
    wide = max(x + p.width for (x, _), p in parts)
    high = max(y + p.height for (_, y), p in parts)
    margin = 40
    sheet = Image.new("L", (wide + 2 * margin, high + 2 * margin), 255)
    for (x, y), picture in parts:
        sheet.paste(0, (x + margin, y + margin), picture)
    return sheet


def _unpacked(text: bytes, total: int, row: int) -> bytes:
    """At most ``total`` bytes of dots; as many as can be read."""
    text = b"".join(text.split())
    if (packed := _BASE64.match(text)) is not None:
        try:
            data = base64.b64decode(packed[2], validate=True)
            return data[:total] if packed[1].upper() == b"B" else zlib.decompressobj().decompress(data, total)
        except (binascii.Error, zlib.error):
            return b""
    return _run_lengths(text.decode("ascii", "replace"), total, row)


def _run_lengths(text: str, total: int, row: int) -> bytes:
    """``G`` to ``Y`` say 1 to 19 times, ``g`` to ``z`` 20 to 400 times the digit that follows; ``,`` and ``!`` fill the rest of
    the row with white and black, ``:`` is the row above."""
    wide, most = 2 * row, total // row
    rows: list[str] = []
    line, times = "", 0
    for char in text:
        if len(rows) >= most:
            break
        if char in "0123456789ABCDEFabcdef":
            line += char * min(max(times, 1), wide)
            times = 0
        elif "G" <= char <= "Y":
            times += ord(char) - ord("F")
        elif "g" <= char <= "z":
            times += 20 * (ord(char) - ord("f"))
        elif char in ",!":
            line = line.ljust(len(line) // wide * wide + wide, "0" if char == "," else "F")
        elif char == ":" and not line:
            line = rows[-1] if rows else "0" * wide
        while len(line) >= wide:
            rows.append(line[:wide])
            line = line[wide:]
    return bytes.fromhex("".join(rows[:most]))
