"""What a file is, told by its bytes, never by its name."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from .limits import Unreadable

SAMPLE = 64 * 1024
NOT_A_LOG = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or one locked with a password"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"{\\rtf", "a rich-text document"),
)
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def kind_of(file: BinaryIO) -> str:
    """ "csv" or "xlsx"; anything else is refused by name."""
    file.seek(0)
    start = file.read(SAMPLE)
    file.seek(0)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", "The file is empty.")
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    for magic, what in NOT_A_LOG:
        if start.startswith(magic):
            raise Unreadable(
                "not_a_table", f"This is {what}, not a table. Save the log as .xlsx or .csv and send that."
            )
    return "csv"


def encoding_of(file: BinaryIO) -> tuple[str, str]:
    """(codec, what to say about it). Read to the end: a first Latin-1 letter may stand in the last line."""
    file.seek(0)
    start = file.read(SAMPLE)
    for bom, codec in BOMS:
        if start.startswith(bom):
            said = "UTF-8" if codec == "utf-8-sig" else codec.upper()
            return codec, f"The text is {said}, as its first bytes say."
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = max(1, len(start) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le", "The text is UTF-16 without a mark at its start (little-endian)."
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be", "The text is UTF-16 without a mark at its start (big-endian)."
    if even + odd > max(8, 0.01 * len(start)):
        raise Unreadable(
            "binary", "This is a binary file, not a table. Save the log as .xlsx or .csv and send that."
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(SAMPLE):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        control = sum(1 for byte in start if byte < 32 and byte not in (9, 10, 12, 13))
        if control > 0.01 * len(start):
            raise Unreadable(
                "binary", "This is a binary file, not a table. Save the log as .xlsx or .csv and send that."
            ) from None
        return "cp1252", (
            "The text is not UTF-8, so it is read as Windows-1252. Look at letters with accents and at dashes; "
            "choose another encoding if they are wrong."
        )
    return "utf-8", ""
