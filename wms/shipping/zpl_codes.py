"""What the bar codes of a foreign ZPL label say, read from its commands: no label has to be drawn for that."""

import re

_COMMAND = re.compile(rb"[\^~]([A-Za-z][A-Za-z0-9@]|@.)([^\^~]*)", re.S)
_NO_CODE = frozenset({b"BY"})
"""Begins like a bar code and only sets the width of their modules."""
_SUBSETS = re.compile(r">[0-9:;<=>]")
"""Code 128's changes of its character set and FNC1, written into its data."""
_SECOND_LEVEL = re.compile(r"^[HQML]?[AM][,NAB0-9]*?,")
"""What stands before the data of a QR code: error correction, and how the input is read."""


def bar_codes(zpl: bytes) -> list[str]:
    """The data of each bar code field, in order, with ``^FH`` resolved and Code 128's own escapes taken out."""
    found: list[str] = []
    coded, escape = b"", b""
    for command in _COMMAND.finditer(zpl):
        name, rest = command[1].upper(), command[2]
        if name[:1] == b"B" and name not in _NO_CODE:
            coded = name
        elif name == b"FH":
            escape = rest[:1] if rest[:1].strip() else b"_"
        elif name in (b"FD", b"FV") and coded:
            found.append(_said(rest, coded, escape))
        elif name in (b"FS", b"XA", b"XZ"):
            coded = escape = b""
    return found


def _said(data: bytes, code: bytes, escape: bytes) -> str:
    if escape:
        data = re.sub(re.escape(escape) + rb"([0-9A-Fa-f]{2})", lambda byte: bytes([int(byte[1], 16)]), data)
    text = data.decode("utf-8", "replace").strip("\r\n")
    if code == b"BC":
        return _SUBSETS.sub("", text)
    return _SECOND_LEVEL.sub("", text) if code == b"BQ" else text
