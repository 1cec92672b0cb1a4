"""Charsets: the text of a form by the charset that it declares."""

import re

DEFAULT = "utf-8"
_DECLARED = re.compile(r"""[;,\s]charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)
# A list, since Python also has codecs for other purposes, and remembers each unknown name.
_KNOWN = re.compile(
    "utf-?8(-sig)?|utf-?(16|32)([lb]e)?|(us-)?ascii|latin-?1|l1|iso-?8859-?([1-9]|1[013456])|(windows-|cp)125[0-8]"
    "|koi8-[ru]|shift[_-]jis|sjis|windows-31j|cp932|euc-jp|iso-2022-jp|gb2312|gbk|gb18030|big5|euc-kr|cp949"
    "|macintosh|ibm437|cp437|ibm850|cp850|tis-620"
)


def declared_charset(content_type: str) -> str:
    """Return the charset that a Content-Type names, in lower case, "" for none."""
    found = _DECLARED.search(content_type)
    return found[1].lower() if found else ""


def decode(data: bytes, charset: str) -> tuple[str, str]:
    """Return bytes as text, and a predicate that says what is wrong with them, "" if nothing is."""
    shown = charset[:40]
    if not _KNOWN.fullmatch(charset):
        return data.decode(errors="replace"), f"cannot be decoded: the charset {shown} is unknown"
    try:
        return data.decode(charset), ""
    except UnicodeError:
        remedy = ": send UTF-8, or declare the charset" if charset == DEFAULT else ", the declared charset"
        return data.decode(errors="replace"), f"is not valid {shown.upper()}{remedy}"
