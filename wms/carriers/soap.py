"""SOAP by hand: envelopes from tuples, answers as plain trees. Four to ten operations a carrier need no SOAP stack.

Answers are parsed with entities, document types and outside references refused, and namespaces are dropped: carriers
change their prefixes without notice, never their names.
"""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

import defusedxml
import msgspec
from defusedxml.ElementTree import fromstring

from wms.carriers.wire import Answer, junk

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | int | bool | None | Iterable[tuple[str, "Value"]]


class Fault(msgspec.Struct, frozen=True):
    code: str
    text: str


def xml(name: str, value: Value) -> str:
    """One element. None is left out, a bool is ``true`` or ``false``, pairs are its children in their order."""
    if value is None:
        return ""
    if isinstance(value, bool):
        inner = "true" if value else "false"
    elif isinstance(value, str | int):
        inner = escape(_NOT_XML.sub("", str(value)))
    else:
        inner = "".join(xml(n, v) for n, v in value)
    return f"<{name}>{inner}</{name.partition(' ')[0]}>"


def envelope(body: str, namespaces: Mapping[str, str] | None = None) -> bytes:
    spaces = "".join(f' xmlns:{k}="{v}"' for k, v in (namespaces or {}).items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}"{spaces}>'
        f"<soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def tree(content: bytes) -> Element:
    """The document with plain names. Raises ``ValueError``."""
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, defusedxml.DefusedXmlException, LookupError) as e:
        raise ValueError(f"no XML that we take: {type(e).__name__}") from None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def body_of(a: Answer) -> Element | Fault:
    """What is in the SOAP body: the answer or a fault, whatever the status; anything else is junk and raises as such."""
    try:
        root = tree(a.body)
    except ValueError:
        raise junk(a, "the carrier's answer is no XML") from None
    body = root.find("Body")
    if root.tag != "Envelope" or body is None or len(body) == 0:
        raise junk(a, "the carrier's answer is no SOAP")
    first = body[0]
    if first.tag == "Fault":
        code = text(first, "faultcode") or text(first, "Code/Value")
        return Fault(code, text(first, "faultstring") or text(first, "Reason/Text"))
    return first


def text(e: Element | None, path: str) -> str:
    """The text at the path, stripped; empty when there is none."""
    return "" if e is None else (e.findtext(path) or "").strip()
