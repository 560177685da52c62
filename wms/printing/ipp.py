"""IPP as bytes (RFC 8010): requests and answers of the three operations that printing a PDF needs.

A message is version, operation or status, request id, groups of attributes, and after them the document. Only what a
printer answers about itself and its jobs is read; values of kinds that mean nothing to us stay bytes.
"""

import struct

import msgspec

VERSION = b"\x02\x00"
PRINT_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0009, 0x000B
OPERATION, JOB, END, PRINTER = 0x01, 0x02, 0x03, 0x04
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49

Value = int | bool | str | bytes
Attributes = dict[str, list[Value]]


class Message(msgspec.Struct, frozen=True):
    """``code`` is the operation of a request and the status of an answer; ``groups`` by their tag, in order."""

    code: int
    request_id: int
    groups: list[tuple[int, Attributes]]
    document: bytes = b""

    def first(self, name: str) -> Value | None:
        """The first value of an attribute, in whichever group."""
        return next((v[0] for _, group in self.groups if (v := group.get(name))), None)

    def all(self, name: str) -> list[Value]:
        return next((v for _, group in self.groups if (v := group.get(name))), [])


def attribute(tag: int, name: str, *values: Value) -> bytes:
    """One attribute with one value or several."""
    out = b""
    for i, value in enumerate(values):
        key = name.encode() if i == 0 else b""
        raw = _raw(tag, value)
        out += bytes([tag]) + struct.pack(">H", len(key)) + key + struct.pack(">H", len(raw)) + raw
    return out


def request(
    operation: int, uri: str, attributes: bytes, job: bytes = b"", document: bytes = b"", request_id: int = 1
) -> bytes:
    """A request with the attributes that every one begins with."""
    groups = (
        bytes([OPERATION])
        + attribute(CHARSET, "attributes-charset", "utf-8")
        + attribute(LANGUAGE, "attributes-natural-language", "en")
        + attribute(URI, "printer-uri", uri)
        + attributes
        + (bytes([JOB]) + job if job else b"")
        + bytes([END])
    )
    return VERSION + struct.pack(">HI", operation, request_id) + groups + document


def answer(status: int, request_id: int, groups: list[tuple[int, bytes]]) -> bytes:
    """An answer as a printer writes it; ``groups`` hold attributes made by ``attribute``."""
    head = attribute(CHARSET, "attributes-charset", "utf-8") + attribute(
        LANGUAGE, "attributes-natural-language", "en"
    )
    body = bytes([OPERATION]) + head + b"".join(bytes([tag]) + group for tag, group in groups)
    return VERSION + struct.pack(">HI", status, request_id) + body + bytes([END])


def parse(message: bytes) -> Message:
    """Raises ``ValueError`` for what is no IPP message."""
    try:
        code, request_id = struct.unpack(">HI", message[2:8])
        at, groups = 8, list[tuple[int, Attributes]]()
        name = ""
        while (tag := message[at]) != END:
            at += 1
            if tag < 0x10:
                groups.append((tag, {}))
                continue
            key, at = _piece(message, at)
            raw, at = _piece(message, at)
            name = key.decode() if key else name
            groups[-1][1].setdefault(name, []).append(_value(tag, raw))
    except (IndexError, struct.error, UnicodeDecodeError) as e:
        raise ValueError(f"no IPP message: {e}") from e
    return Message(code, request_id, groups, message[at + 1 :])


def _piece(message: bytes, at: int) -> tuple[bytes, int]:
    (size,) = struct.unpack(">H", message[at : at + 2])
    end = at + 2 + size
    if end > len(message):
        raise IndexError("cut short")
    return message[at + 2 : end], end


def _raw(tag: int, value: Value) -> bytes:
    if tag in (INTEGER, ENUM):
        return struct.pack(">i", value)
    if tag == BOOLEAN:
        return b"\x01" if value else b"\x00"
    return value if isinstance(value, bytes) else str(value).encode()


def _value(tag: int, raw: bytes) -> Value:
    if tag in (INTEGER, ENUM) and len(raw) == 4:
        return int(struct.unpack(">i", raw)[0])
    if tag == BOOLEAN and len(raw) == 1:
        return raw != b"\x00"
    return raw.decode("utf-8", "replace") if 0x40 <= tag < 0x60 else raw
