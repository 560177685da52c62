"""Check digits and the numbers that carry them: GTIN, SSCC, UPU S10, ISO 7064.

Everything here takes and gives text, because a leading zero is part of a number. ``*_valid`` and ``gtin14``
answer for any text and never raise; ``*_make`` and the check functions raise ``ValueError`` for parts that a
caller should not have passed (letters where digits belong, a serial that does not fit).

Sources: GS1 General Specifications 7.9 (mod 10), UPU S10-12 (international items), ISO 7064 (mod 37,36, which
DPD prints behind a parcel number).
"""

import re

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_FORM = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_MOD37 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOD37_VALUE = {char: value for value, char in enumerate(_MOD37)}
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def _digits(text: str) -> bool:
    """``str.isdigit`` alone accepts Arabic digits and superscripts."""
    return text.isascii() and text.isdigit()


def gs1_check_digit(digits: str) -> str:
    """The GS1 mod 10 digit that belongs behind ``digits`` (weights 3 and 1 from the right).

    >>> gs1_check_digit("590123412345")
    '7'
    """
    if not _digits(digits):
        raise ValueError(f"not digits: {digits!r}")
    return str(-_weighted(digits.encode() + b"0") % 10)


def _weighted(digits: bytes) -> int:
    """The sum with weights 1, 3 from the right. Sums of slices: this runs for every scan. 48 is the code of "0"."""
    light, heavy = digits[::-2], digits[-2::-2]
    return sum(light) + 3 * sum(heavy) - 48 * (len(light) + 3 * len(heavy))


def gs1_valid(code: str) -> bool:
    """True for two or more digits of which the last is the GS1 check digit of the others (GTIN, SSCC, GLN)."""
    return len(code) > 1 and _digits(code) and _weighted(code.encode()) % 10 == 0


def gtin14(code: str) -> str | None:
    """A GTIN-8, -12, -13 or -14 as its 14 digits, or None for anything else (white space around it is let pass).

    The zeros in front do not disturb the check digit, so the long form stands for all the shorter ones. Nothing
    but zeros is no GTIN although its check digit fits.

    >>> gtin14("5901234123457")
    '05901234123457'
    """
    code = code.strip()
    if len(code) not in _GTIN_LENGTHS or not gs1_valid(code) or not code.strip("0"):
        return None
    return code.rjust(14, "0")


def sscc_make(extension: int, prefix: str, serial: int) -> str:
    """The 18 digits of an SSCC: extension 0-9, GS1 company prefix (4 to 12 digits), serial, check digit.

    The serial has ``16 - len(prefix)`` places; ``ValueError`` when it does not fit.
    """
    if not 0 <= extension <= 9:
        raise ValueError(f"extension digit {extension} is not 0 to 9")
    if not (_digits(prefix) and 4 <= len(prefix) <= 12):
        raise ValueError(f"GS1 company prefix {prefix!r} is not 4 to 12 digits")
    places = 16 - len(prefix)
    if not 0 <= serial < 10**places:
        raise ValueError(f"serial {serial} does not fit {places} digits behind prefix {prefix}")
    body = f"{extension}{prefix}{serial:0{places}d}"
    return body + gs1_check_digit(body)


def sscc_valid(code: str) -> bool:
    """True for 18 digits with the right check digit; the application identifier ``00`` is not part of it."""
    return len(code) == 18 and gs1_valid(code)


def _s10_check(digits: str) -> str:
    check = 11 - sum(int(d) * w for d, w in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return {10: "0", 11: "5"}.get(check, str(check))


def s10_make(service: str, serial: int, country: str) -> str:
    """A UPU S10 number of 13 characters: two letters of service, 8 digits, check digit, ISO country.

    >>> s10_make("RR", 47312482, "PL")
    'RR473124829PL'
    """
    if not 0 <= serial <= 99_999_999:
        raise ValueError(f"serial {serial} does not fit 8 digits")
    digits = f"{serial:08d}"
    code = f"{service}{digits}{_s10_check(digits)}{country}"
    if _S10_FORM.fullmatch(code) is None:
        raise ValueError(f"service {service!r} and country {country!r} must be two capital letters each")
    return code


def s10_valid(code: str) -> bool:
    """True for a whole S10 number with the right check digit."""
    return _S10_FORM.fullmatch(code) is not None and _s10_check(code[2:10]) == code[10]


def mod37_36(text: str) -> str:
    """The ISO 7064 mod 37,36 check character (digit or letter) of capital letters and digits.

    >>> mod37_36("05305110109168")
    '8'
    """
    if not text:
        raise ValueError("nothing to check")
    rest = 36
    for char in text:
        value = _MOD37_VALUE.get(char)
        if value is None:
            raise ValueError(f"{char!r} is not a capital letter or digit")
        rest = (rest + value) % 36 or 36
        rest = rest * 2 % 37
    return _MOD37[(37 - rest) % 36]


def mod37_36_valid(text: str) -> bool:
    """True when the last character of ``text`` is the mod 37,36 check character of those before it."""
    return len(text) > 1 and all(char in _MOD37_VALUE for char in text) and mod37_36(text[:-1]) == text[-1]
