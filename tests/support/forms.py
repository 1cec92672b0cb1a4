"""Forms as clients really write them, each with what PHP 8 reads of it: the mock must read the same."""

from dataclasses import dataclass
from typing import Any

from mock_server.http.context import Upload
from mock_server.http.forms import Form

MULTIPART = "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
END = b"--x--\r\n"
CUT = {"file": None}  # UPLOAD_ERR_PARTIAL


@dataclass(frozen=True)
class Case:
    """A form. read: its fields, a file as {"file": its size}; why: what decides it."""

    why: str
    body: bytes
    read: dict[str, Any]
    content_type: str = MULTIPART


def part(parameters: bytes, data: bytes = b"1") -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + parameters + b"\r\n\r\n" + data + b"\r\n"


def file(size: int) -> dict[str, int]:
    return {"file": size}


A, B = part(b'name="a"'), part(b'name="b"', b"2")
BOTH = {"a": "1", "b": "2"}
HEAD = b"--x\r\nContent-Disposition: "

LINES = [
    Case("RFC 2046, 5.1.1: a preamble is ignored", b"MIME-Version: 1.0\r\n\r\nhello\r\n" + A + END, {"a": "1"}),
    Case("RFC 2046, 5.1.1: an epilogue is ignored", A + END + b"bye\r\n", {"a": "1"}),
    Case("PHP looks for a boundary to the end", A + END + B, BOTH),
    Case("LF alone ends a line", (A + B + END).replace(b"\r\n", b"\n"), BOTH),
    Case("CR alone ends none", (A + END).replace(b"\r\n", b"\r"), {}),
    Case("one CR before a boundary is part of it", part(b'name="a"', b"1\r\r") + END, {"a": "1\r\r"}),
    Case("no line end behind the last boundary", A + b"--x--", {"a": "1"}),
    Case("no last boundary", A, {"a": "1"}),
    Case("cut within the last line end", A[:-1], {"a": "1\r"}),
    Case("cut before the last line end", A[:-2], {"a": "1"}),
    Case("cut within the last boundary", A + b"-", {"a": "1"}),
    Case("cut within a head", A + b"--x\r\nContent-Disp", {"a": "1"}),
    Case("a boundary with white space is none", b"--x \r\nhello\r\n" + B + END, {"b": "2"}),
    Case("a longer line ends a part, and begins none", part(b'name="a"', b"1\r\n--xyz\r\n3") + B + END, BOTH),
    Case("no empty line between head and boundary", HEAD + b"form-data; name=a\r\n\r\n" + B[:-2], {
        "a": (B[:-2]).decode()
    }),
    Case("a string of C ends at NUL: a boundary, too", A.replace(b"--x", b"--x\0y") + END, {"a": "1"}),
    Case("no part", END, {}),
    Case("nothing", b"", {}),
]  # fmt: skip

HEADS = [
    Case("RFC 5322, 2.2.3: folding", HEAD + b'form-data;\r\n name="a"\r\n\r\n1\r\n' + END, {"a": "1"}),
    Case("folding with tabs", HEAD + b'x;\r\n\tname="a";\r\n\tfilename="q:r"\r\n\r\n1\r\n' + END, {"a": file(1)}),
    Case("header names have no case", A.replace(b"Content-Disposition", b"CONTENT-disposition") + END, {"a": "1"}),
    Case("parameter names have no case", part(b'NAME="a"; FileName="b"') + END, {"a": file(1)}),
    Case("a space before the colon", A.replace(b":", b" :") + B + END, {"b": "2"}),
    Case("no space behind the colon", HEAD[:-1] + b'form-data;name="a"\r\n\r\n1\r\n' + END, {"a": "1"}),
    Case("any kind of disposition", HEAD + b'attachment; name="a"\r\n\r\n1\r\n' + END, {"a": "1"}),
    Case("no kind of disposition", HEAD + b'name="a"\r\n\r\n1\r\n' + END, {"a": "1"}),
    Case("no disposition: skipped", b"--x\r\nContent-Type: text/plain\r\n\r\n1\r\n" + B + END, {"b": "2"}),
    Case("no header: skipped", b"--x\r\n\r\n1\r\n" + B + END, {"b": "2"}),
    Case("no name: the end", A + HEAD + b"form-data\r\n\r\n1\r\n" + B + END, {"a": "1"}),
    Case("the first disposition", part(b'name="a"\r\nContent-Disposition: x; name="c"') + END, {"a": "1"}),
    Case("a transfer encoding is ignored", part(b'name="a"\r\nContent-Transfer-Encoding: base64', b"MQ==") + END, {
        "a": "MQ=="
    }),
    Case("a line of white space continues a header", HEAD + b'x; name="a"\r\n \r\nX: y\r\n\r\n1\r\n' + END, {"a": "1"}),
    Case("a string of C ends at NUL", part(b'name="a\0b"') + END, {"a": "1"}),
]  # fmt: skip

QUOTES = [
    Case("no quotes", part(b"name=a; filename=b.png") + END, {"a": file(1)}),
    Case("no quotes: to white space", part(b"name=a b") + END, {"a": "1"}),
    Case("single quotes", part(b"name='a'") + END, {"a": "1"}),
    Case("space before the value", part(b'name= "a"') + END, {"a": "1"}),
    Case("space before the equals sign is part of the name", part(b'name = "a"') + END, {}),
    Case("a backslash protects quote and backslash", part(rb'name="a\"b\\c\d"') + END, {'a"b\\c\\d': "1"}),
    Case("a semicolon in quotes", part(b'name="a;b"; filename="c;d.png"') + END, {"a;b": file(1)}),
    Case("a quote that is not closed", part(b'name="a') + END, {"a": "1"}),
    Case("a path of Windows", part(rb'name="a"; filename="C:\pictures\b.png"') + END, {"a": file(1)}),
    Case("the last of a name", part(b'name="c"; name="a"') + END, {"a": "1"}),
    Case("WHATWG escapes are not decoded", part(b'name="a%22"') + END, {"a%22": "1"}),
]  # fmt: skip

FILES = [
    Case("UPLOAD_ERR_NO_FILE", part(b'name="a"; filename=""', b"bytes") + B + END, {"b": "2"}),
    Case("UPLOAD_ERR_NO_FILE of a browser", part(b'name="a"; filename=""', b"") + B + END, {"b": "2"}),
    Case("an empty file is a file", part(b'name="a"; filename="b.png"', b"") + END, {"a": file(0)}),
    Case("RFC 7578, 4.2: no filename*", part(b"name=\"a\"; filename*=UTF-8''b.png") + END, {"a": "1"}),
    Case("a type makes no file", part(b'name="a"\r\nContent-Type: image/png') + END, {"a": "1"}),
    Case("UPLOAD_ERR_PARTIAL", A + part(b'name="c"; filename="b.png"', b"bytes"), {"a": "1", "c": CUT}),
    Case("the last filename", part(b'name="a"; filename=""; filename="b"') + END, {"a": file(1)}),
    Case("the last, empty filename", part(b'name="a"; filename="b"; filename=""') + END, {}),
    Case("several files", part(b'name="a[]"; filename="b"') + part(b'name="a[]"; filename="c"', b"22") + END, {
        "a": [file(1), file(2)]
    }),
    Case("a file by key", part(b'name="a[k]"; filename="b"') + END, {"a": {"k": file(1)}}),
    Case("brackets of a file must be closed", part(b'name="a[k"; filename="b"') + B + END, {"b": "2"}),
    Case("Laravel: a file wins over a text", part(b'name="a"; filename="b"') + part(b'name="a"', b"text") + END, {
        "a": file(1)
    }),
]  # fmt: skip

NAMES: list[tuple[list[tuple[str, str]], dict[str, Any]]] = [
    ([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}),
    ([("a[]", "1"), ("a[k]", "2")], {"a": {"0": "1", "k": "2"}}),
    ([("a[0]", "1"), ("a[1]", "2")], {"a": ["1", "2"]}),
    ([("a[5]", "1"), ("a[]", "2")], {"a": {"5": "1", "6": "2"}}),
    ([("a[01]", "1")], {"a": {"01": "1"}}),
    ([("a[b][c]", "1"), ("a[b][d]", "2")], {"a": {"b": {"c": "1", "d": "2"}}}),
    ([("a[b]c", "1")], {"a": {"b": "1"}}),
    ([("a[b", "1")], {"a_b": "1"}),
    ([("a[[b]", "1")], {"a": {"[b": "1"}}),
    ([("a[ ]", "1")], {"a": ["1"]}),
    ([("a[  ]", "1")], {"a": {"  ": "1"}}),
    ([("a", "1"), ("a[]", "2")], {"a": ["2"]}),
    ([("a[]", "1"), ("a", "2")], {"a": "2"}),
    ([("a", "1"), ("a", "2")], {"a": "2"}),
    ([("a.b c", "1")], {"a_b_c": "1"}),
    ([(" a", "1")], {"a": "1"}),
    ([("[a]", "1"), ("", "2"), ("b", "3")], {"b": "3"}),
    ([("a" + "[b]" * 65, "1")], {}),
]

URLENCODED_CASES = [
    Case("WHATWG URL, 5.1: a plus is a space", b"a=1+2&b=%2B", {"a": "1 2", "b": "+"}, URLENCODED),
    Case("a semicolon separates nothing", b"a=1;b=2", {"a": "1;b=2"}, URLENCODED),
    Case("no value", b"a&b=2", {"a": "", "b": "2"}, URLENCODED),
    Case("empty pairs", b"&&a=1&&", {"a": "1"}, URLENCODED),
    Case("no name", b"=1&b=2", {"b": "2"}, URLENCODED),
    Case("the first equals sign", b"a=1=2", {"a": "1=2"}, URLENCODED),
    Case("malformed escapes stay", b"a=%zz&b=%4", {"a": "%zz", "b": "%4"}, URLENCODED),
    Case("an escaped bracket", b"a%5B%5D=1", {"a": ["1"]}, URLENCODED),
    Case("a name ends at NUL", b"a%00b=1", {"a": "1"}, URLENCODED),
    Case("UTF-8", "a=%C3%A9&b=é".encode(), {"a": "é", "b": "é"}, URLENCODED),
    Case("a line end is part of the value", b"a=1\n", {"a": "1\n"}, URLENCODED),
    Case("a parameter behind a comma", b"a=1", {"a": "1"}, f"{URLENCODED}, x"),
    Case("a type has no case", b"a=1", {"a": "1"}, URLENCODED.upper()),
]

TYPES = [
    Case("quotes", A + END, {"a": "1"}, 'multipart/form-data; boundary="x"; charset=utf-8'),
    Case("no case", A + END, {"a": "1"}, "Multipart/Form-Data; BOUNDARY=x"),
    Case("a comma ends it", A + END, {"a": "1"}, "multipart/form-data; boundary=x,y"),
    Case("a comma precedes it", A + END, {"a": "1"}, "multipart/form-data, boundary=x"),
    Case("a space precedes it", A + END, {"a": "1"}, "multipart/form-data boundary=x"),
]

CASES = LINES + HEADS + QUOTES + FILES + URLENCODED_CASES + TYPES
CASES += [
    Case(f"names: {pairs}", b"".join(part(b'name="%s"' % n.encode(), v.encode()) for n, v in pairs) + END, read)
    for pairs, read in NAMES
]


def as_data(value: Any) -> Any:
    """Return a value as the table has it."""
    if isinstance(value, Upload):
        return {"file": len(value.data)}
    if isinstance(value, list):
        return [as_data(each) for each in value]
    return {str(key): as_data(each) for key, each in value.items()} if isinstance(value, dict) else value


def as_read(form: Form) -> dict[str, Any]:
    """Return the fields of a form as the table has them."""
    fields: dict[str, Any] = as_data(form.fields)
    return fields | {name: {"file": None} for name in form.broken}
