"""A service that puts secrets of every kind into every part of its replies, and the forms in which they may leak."""

import base64
import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from support.listening import Handler, listening

TOKEN = "vell_pk_7f3e9a51c2d84b06Zq8w"
# By where they are put; no word of them is a word of the document.
CANARIES: dict[str, Any] = {
    "title of words": "Qolvex Drumzy Portrell.png",
    "letters": "zanquorvexil",
    "capitals": "BRONTIVAXEL",
    "both cases": "JorvikQuelmazPid",
    "digits": "904417263558",
    "digits after zeros": "000718829364",
    "letters and digits": "q7Zk2vW9",
    "hexadecimal": "d41e8cd98f00b204e9800998ecf8427e",
    "base64": "c2VjcmV0LWNhbmFyeS12YWx1ZQ+/vx==",
    "uuid": "550e8400-e29b-41d4-a716-446655440a0f",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5MDQ0MTcifQ.s5Kq0vWnZx2Lr8",
    "email": "ulrike.zappenfeld@grumblewitz.de",
    "cyrillic": "тайнаястрока",
    "accents": "éventrâlqué",
    "chinese": "机密画像编号",
    "signs": "\U0001f98a\U0001f511\U0001f9ff\U0001f36a",
    "punctuation": "!@#$^&*(){+",
    "percent-encoded": "fluxo%3Dwibbert%2Fzork",
    "key of an object": "garbonzofield",
    "nested key": "plinthmorgue",
    "value below it": "wexfordiale",
    "field of errors": "snorvelfield",
    "message of errors": "krimplewort",
    "message": "dwobblefinch",
    "account": "acct-77Zq41-mivven",
    "code": "ZBRK-4471-QX",
    "float": 7381.93462,
    "negative": -99120043571,
    "large": 730118846510293847561029384756,
    "header name": "x-flimzargle",
    "header value": "vobblequist-8841",
    "known header": "mudrazonk",
    "cookie": "KzqR93vbTTpw",
    "cookie name": "grenfallid",
    "realm": "oxenbrattle",
    "etag": '"66c1-zz90Qp4"',
    "reason": "Throndlewick",
    "media type": "wumplecharset",
    "host": "cdn.brelzifax.net",
    "user": "hobwort:p4ssZvim",
    "path": "vrindle/moxafort",
    "query": "9c1fe0aa77Zr",
    "signature": "0be4d1f7a99c3e5562d18f3047cc9ab1",
    "fragment": "glimmorant",
    "page": "stromvekkia",
    "comment of a page": "ulvanthrope",
    "text": "hazzerdoodle",
    "other bytes than text": "borgwimplex",
    "duplicate": "frandleport",
    "not a number": "zibberchank",
    "wide letters": "pelthuvias",
    "mark": "quarnbeltly",
    "text in a picture": "daguerrozimb",
    "exif": "Morvath Quillinger",
    "half": "lorvantizzq",
    "other half": "ruffelbagmo",
    "letters apart": "g w z o k v",
    "engine": "brizzle-vantor",
    "version": "vantorium8",
    "status line": "gorblestatus",
    "private key": "MIIEvQIBADANBgkqhkiG9w0BAQEF",
    "aws": "AKIAZQ3DVWXY7MNOPK2J",
}
_PHRASES = {"title of words", "exif"}


def forms(name: str) -> Iterator[str]:
    """Yield the forms in which a canary must not appear, in lower case."""
    value = str(CANARIES[name]).removeprefix("-")
    texts = {value, *(part for part in value.replace("/", " ").replace(":", " ").split() if len(part) > 5)}
    for text in texts:
        encoded = [base64.b64encode(b"x" * shift + text.encode()).decode()[4:-4] for shift in range(3)]
        yield from (text.lower(), quote(text, safe="").lower(), json.dumps(text)[1:-1].lower(), text.encode().hex())
        yield from (form.lower() for form in encoded if len(form) >= 8)
        yield text[::-1].lower()


@contextmanager
def target_of(service: type["CanaryService"], folder: Path) -> Iterator[Path]:
    """Serve, and yield a target file that names an account for each role."""
    service.count, service.sent = 0, b""
    roles = ("primary", "empty", "limited", "low", "almost_limited", "invalid", "busy")
    with listening(service) as host:
        target = {
            "base_url": f"http://{host}/api/v1",
            "accounts": {role: {"token": TOKEN if role == "primary" else f"{TOKEN}-{role}"} for role in roles},
            "budget": {"credits": 40, "requests_per_second": 10_000},
            "timeouts": {"connect": 0.5, "reply": 5, "generation": 5},
        }
        file = folder / "target.yaml"
        file.write_text(json.dumps(target))
        yield file


class CanaryService(Handler):
    """Answers each request in the next of its ways. sent: all that it has sent."""

    count = 0
    sent = b""

    def answer(self) -> None:
        body = self.read()
        kind = type(self)
        ways = self._ways(body)
        # The first replies are those of the API, or nothing would be recorded.
        way = ways[0] if kind.count < 3 else ways[kind.count % len(ways)]
        kind.count += 1
        way()

    def _ways(self, body: bytes) -> list[Callable[[], None]]:
        c = CANARIES
        return [
            lambda: self._put(200, json.dumps(self._images(body)).encode(), **self._headers()),
            lambda: self._put(200, json.dumps(self._recent()).encode(), **self._headers()),
            lambda: self._put(422, json.dumps(self._refusal()).encode(), **self._headers()),
            lambda: self._put(200, json.dumps({c["engine"]: c["version"], "dall-e": c["version"]}).encode()),
            lambda: self._put(200, _png(), Content_Type="image/png", X_Meta=str(c["text in a picture"])),
            lambda: self._put(200, _jpeg(), Content_Type=f"image/jpeg; {c['media type']}={c['media type']}"),
            lambda: self._put(302, b"", Location=self._address()),
            lambda: self._put(500, self._page(), Content_Type=f"text/html; charset={c['media type']}"),
            lambda: self._put(200, f"{c['text']} {c['private key']} {c['aws']}".encode(), Content_Type="text/plain"),
            lambda: self._put(200, b"\xff\xfe\x80" + c["other bytes than text"].encode() + b"\xc3"),
            lambda: self._put(200, f'{{"status": "{c["duplicate"]}", "status": "{c["duplicate"]}"}}'.encode()),
            lambda: self._put(200, f'{{"id": NaN, "title": "{c["not a number"]}"}}'.encode()),
            lambda: self._put(200, json.dumps({"message": c["wide letters"]}).encode("utf-16")),
            lambda: self._put(200, b"\xef\xbb\xbf" + json.dumps({"message": c["mark"]}).encode()),
            lambda: self._put(200, b"[" * 5000 + json.dumps(c["letters"]).encode() + b"]" * 5000),
            lambda: self._raw(f"HTTP/9.9 {c['status line']} {c['status line']}\r\n\r\n".encode()),
            lambda: self._put(200, json.dumps({"message": f"{TOKEN} {TOKEN.swapcase()}"}).encode() + body[:100]),
            lambda: self._put(200, ("x" * 70000 + c["text"] + "y" * 70000).encode(), Content_Type="text/plain"),
        ]

    def _put(self, status: int, content: bytes, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} {CANARIES['reason']}", f"Content-Length: {len(content)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    def _raw(self, content: bytes) -> None:
        type(self).sent += content
        self.close_connection = True
        self.wfile.write(content)

    def _headers(self) -> dict[str, str]:
        c = CANARIES
        return {
            "Content-Type": f"application/json; {c['media type']}={c['media type']}",
            str(c["header name"]): str(c["header value"]),
            "Server": str(c["known header"]),
            "Set-Cookie": f"{c['cookie name']}={c['cookie']}; Path=/{c['path']}",
            "WWW-Authenticate": f'Bearer realm="{c["realm"]}"',
            "ETag": str(c["etag"]),
            "X-Request-Id": str(c["uuid"]),
            "X-RateLimit-Limit": str(c["letters and digits"]),
        }

    def _address(self) -> str:
        c = CANARIES
        query = f"X-Amz-Signature={c['signature']}&v={c['query']}&{quote(str(c['base64']))}"
        return f"https://{c['user']}@{c['host']}/{c['path']}/{quote(str(c['title of words']))}?{query}#{c['fragment']}"

    def _images(self, body: bytes) -> dict[str, Any]:
        c = CANARIES
        image = {
            "id": c["large"],
            "title": c["title of words"],
            "input": f"{c['cyrillic']} {c['accents']} {c['letters apart']}",
            "output": f"uploads/{quote(str(c['title of words']))}?access={c['query']}",
            "slug": c["hexadecimal"],
            "hash": c["base64"],
            "score": c["float"],
            "owner": {c["nested key"]: [c["value below it"], c["email"], c["negative"]]},
        }
        whole = {"status": "success", "images": [image], "image_storage": c["capitals"], "account": c["account"]}
        split = {"first": c["half"], "second": c["other half"], "both": f"{c['half']}{c['other half']}"}
        return {**whole, **split, c["key of an object"]: c["jwt"], "echo": body.decode("latin-1")[:300]}

    def _recent(self) -> list[dict[str, Any]]:
        c = CANARIES
        texts = [
            c["digits"],
            c["digits after zeros"],
            c["letters and digits"],
            c["uuid"],
            c["chinese"],
            c["signs"],
            c["punctuation"],
        ]
        texts += [c["both cases"], c["percent-encoded"], c["hexadecimal"], c["email"], self._address(), c["letters"]]
        return [{"id": text, "title": text, "input": text, "output": f"/{text}", "created_at": text} for text in texts]

    def _refusal(self) -> dict[str, Any]:
        c = CANARIES
        errors = {c["field of errors"]: [f"The {c['message of errors']} field is required."]}
        error = {
            "code": c["code"],
            "message": c["message"],
            "details": {"as": base64.b64encode(TOKEN.encode()).decode()},
        }
        return {"message": f"No {c['message']} for {c['email']}", "errors": errors, "error": error}

    def _page(self) -> bytes:
        c = CANARIES
        key = f"-----BEGIN PRIVATE KEY-----\n{c['private key']}\n-----END PRIVATE KEY-----"
        return f"<html><!-- {c['comment of a page']} --><h1>{c['page']}</h1><pre>{key}</pre></html>".encode()


def _png() -> bytes:
    """Return a picture with a text in a chunk of its own."""
    file = io.BytesIO()
    Image.new("RGB", (4, 3), (1, 2, 3)).save(file, "PNG")
    content = file.getvalue()
    data = b"tEXtComment\0" + str(CANARIES["text in a picture"]).encode()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return content[:33] + chunk + content[33:]


def _jpeg() -> bytes:
    """Return a picture with an author in its metadata."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[315] = str(CANARIES["exif"])  # Artist
    Image.new("RGB", (5, 2), (9, 9, 9)).save(file, "JPEG", exif=exif)
    return file.getvalue()
