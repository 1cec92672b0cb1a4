"""A service whose replies contain secrets in other forms: encoded, split, escaped, compressed, nested."""

import base64
import binascii
import gzip
import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from support.canaries import TOKEN, CanaryService

SECRETS = {
    "in base64": "zwirbelkappe-91",
    "escaped twice": "knuddelspatz/17",
    "JSON in JSON": "muffelwurst",
    "other case": "grollfenster",
    "first half": "schnurbel",
    "second half": "quastenrad",
    "second cookie": "tunkelvogt88",
    "domain of a cookie": "plomben.wackelfurt.test",
    "realm": "dosenwimmler",
    "redirect": "haldenkrug",
    "claim": "otto.brimsel@hupfdohle.test",
    "compressed": "nockenpelz",
    "broken compression": "fussellaube",
    "entities": "wimperngold",
    "folded": "trampelnuss",
    "between zeros": "gurkensaum",
    "after the JSON": "lodenkiesel",
    "key of a message": "brotkrumig",
    "drawing": "pinselwanst",
    "invisible characters": "talgmurmel",
}


def _apart(text: str, sign: str) -> str:
    return sign.join(text)


class EncodedCanaryService(CanaryService):
    """Answers each request in the next of its ways."""

    def _ways(self, body: bytes) -> list[Callable[[], None]]:
        s = SECRETS
        encoded = base64.b64encode(f"user:{s['in base64']}:user".encode()).decode()
        escaped = "".join(f"\\u{ord(each):04x}" for each in s["JSON in JSON"])
        nested = json.dumps({"inner": json.dumps({"text": "x"}).replace("x", escaped)})
        twice = quote(quote(s["escaped twice"], safe=""), safe="")
        claims = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in ({"alg": "HS256"}, {"email": s["claim"]}, {"sig": "zzzzzzzz"})
        )
        entities = "".join(f"&#{ord(each)};" for each in s["entities"])
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{s["drawing"]}</text></svg>'.encode()
        cookies = f"a=b\r\nSet-Cookie: {s['second cookie']}=1; Domain={s['domain of a cookie']}"
        challenge = f'Bearer realm="{s["realm"]}", error_description="{s["realm"].upper()}"'
        location = f"https://{s['redirect']}:{TOKEN}@host.test/{twice}?next={quote(s['redirect'])}#{TOKEN}"
        message = {"message": {s["key of a message"]: {s["key of a message"].title(): [s["key of a message"]]}}}
        return [
            lambda: self._json({"status": "success", "message": s["other case"].upper(), "data": encoded}),
            lambda: self._json([{"id": twice, "title": s["other case"].title(), "input": nested, "output": claims}]),
            lambda: self._json({"a": s["first half"], "b": s["second half"], "c": TOKEN[:14], "d": TOKEN[14:]}),
            lambda: self._put(200, b"{}", Set_Cookie=cookies, X_Echo=_apart(TOKEN, " ")),
            lambda: self._put(401, b"{}", WWW_Authenticate=challenge, X_Auth=encoded, X_Claims=claims),
            lambda: self._put(302, b"", Location=location),
            lambda: self._put(200, gzip.compress(s["compressed"].encode()), Content_Encoding="gzip"),
            lambda: self._put(200, s["broken compression"].encode(), Content_Encoding="gzip"),
            lambda: self._put(500, f"<p>{entities}</p>".encode(), Content_Type="text/html"),
            lambda: self._put(200, b"{}", X_Folded=f"first\r\n {s['folded']}"),
            lambda: self._put(200, _apart(s["between zeros"], "\0").encode(), Content_Type="text/plain"),
            lambda: self._put(422, b'{"message": "x"} ' + s["after the JSON"].encode()),
            lambda: self._json(message),
            lambda: self._put(200, drawing, Content_Type="image/svg+xml"),
            lambda: self._json({"message": _apart(s["invisible characters"], "\u200b")}),
            lambda: self._json({"message": TOKEN.encode().hex(), "error": base64.b32encode(TOKEN.encode()).decode()}),
            lambda: self._json({"message": f"{TOKEN[::-1]} {html.escape(TOKEN)} {TOKEN.upper()}"}),
        ]

    def _json(self, value: Any) -> None:
        self._put(200, json.dumps(value).encode(), Content_Type="application/json")


def readings(text: str) -> Iterator[str]:
    """Yield a text in lower case as it is, and decoded in every way in which the service encodes."""
    plain = html.unescape(unquote(unquote(text)))
    escapes = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), plain)
    yield from (
        each.lower() for each in (text, text[::-1], plain, escapes, re.sub(r"[\s\0\u200b]|\\u0000", "", escapes))
    )
    for word in re.findall(r"[A-Za-z0-9+/_-]{8,}", text):
        for start in range(4):
            piece = word[start:].replace("-", "+").replace("_", "/")
            yield base64.b64decode(piece[: len(piece) // 4 * 4]).decode("latin-1").lower()
        yield base64.b32decode(word[: len(word) // 8 * 8].upper().translate(_OF_BASE32)).decode("latin-1").lower()
    for word in re.findall(r"(?:[0-9a-fA-F]{2}){6,}", text):
        yield binascii.unhexlify(word).decode("latin-1").lower()


# Any other character stands for one of the alphabet.
_OF_BASE32 = str.maketrans("0189+/_-", "AAAAAAAA")
