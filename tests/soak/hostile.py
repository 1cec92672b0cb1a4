"""How long does a hostile client delay another one? Measured against a real server, attack by attack.

    python tests/soak/hostile.py [--seconds N] [--get-ms N] [--upload-ms N]

For each attack the victim fetches availability and uploads a picture of 1024x1024 in turn, first alone and then beside
the attack. Exit status 1 if the median delay exceeds a limit. On a machine that is busy with other work the delays are
those of that work.
"""

import argparse
import contextlib
import http.client
import random
import statistics
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from support import odd_uploads  # noqa: E402 (found by the line above)
from support.server import Server  # noqa: E402

ATTACKERS = 12
AVAILABLE, GENERATE = "/api/v1/aiimage/check-availability", "/api/v1/aiimage/generate-image"
BOUNDARY = "soak-boundary"
UPSCALE = {
    "image_generator": "stablediffusion",
    "stable_description": "x",
    "type": "image-to-image",
    "image_resolution": "64x64",
    "image_number_of_images": "1",
}
LARGE = (4096, 4096)
LOSSY: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 30, "progressive": True},
    "WEBP": {},
    "JPEG2000": {"quality_layers": [200]},
    "AVIF": {"speed": 10},
}
LOSSLESS: dict[str, dict[str, object]] = {
    "PNG": {},
    "GIF": {},
    "TIFF": {"compression": "tiff_lzw"},
    "TGA": {"compression": "tga_rle"},
    "ICNS": {},
    "SGI": {},
    "PCX": {},
}


def form(upload: bytes, fields: dict[str, str] = UPSCALE) -> bytes:
    """Return a multipart body."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image_src"; filename="a"\r\n\r\n'
    return "".join((*parts, head)).encode() + upload + f"\r\n--{BOUNDARY}--\r\n".encode()


class Client:
    """Calls with one token; it connects again when it has to."""

    def __init__(self, server: Server, token: str) -> None:
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }

    def call(self, method: str, path: str, body: bytes | None = None) -> int:
        """Return the status of a call."""
        self._connection.request(method, path, body, self._headers)
        reply = self._connection.getresponse()
        reply.read()
        return reply.status


def measured(act: Callable[[], int], until: float) -> list[float]:
    """Return how long each of the calls takes, in milliseconds."""
    times: list[float] = []
    while time.monotonic() < until or len(times) < 3:
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def victim(server: Server, upload: bytes, seconds: float) -> tuple[list[float], list[float]]:
    """Return the times of fetches and of uploads, each repeated for half of `seconds`."""
    client = Client(server, "victim")
    gets = measured(lambda: client.call("GET", AVAILABLE), time.monotonic() + seconds / 2)
    return gets, measured(lambda: client.call("POST", GENERATE, upload), time.monotonic() + seconds / 2)


@contextlib.contextmanager
def attacked(attack: Callable[[threading.Event], None]) -> Iterator[None]:
    """Attack with several connections in the background."""
    ended = threading.Event()

    def attack_on() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                attack(ended)

    threads = [threading.Thread(target=attack_on, daemon=True) for _ in range(ATTACKERS)]
    for thread in threads:
        thread.start()
    threading.Event().wait(1)
    yield
    ended.set()
    for thread in threads:
        thread.join(60)


def bombs() -> dict[str, bytes]:
    """Return uploads that are expensive to decode, one for each format that Pillow can write, and others by hand."""
    plain = Image.effect_noise((1024, 1024), 60).resize(LARGE).convert("RGB")
    smooth = Image.radial_gradient("L").resize(LARGE).convert("RGB")
    return {
        **{f"a large {kind}": odd_uploads.encoded(kind, plain, **LOSSY[kind]) for kind in LOSSY},
        **{f"a large {kind}": odd_uploads.encoded(kind, smooth, **LOSSLESS[kind]) for kind in LOSSLESS},
        "JPEG with 100 scans": with_scans(odd_uploads.encoded("JPEG", plain, progressive=True, quality=30), 90),
        "JPEG with 100 scans and a second picture": with_scans(
            odd_uploads.encoded("JPEG", plain, progressive=True, quality=30),
            90,
            odd_uploads.segment(0xE2, odd_uploads.MPF),
        ),
        "PNG of a million chunks": odd_uploads.png_header(64, 64) + odd_uploads.png_chunk(b"IDAT", b"") * 800_000,
        "PNG of a million texts": odd_uploads.with_png_chunks(odd_uploads.png_chunk(b"tEXt", b"a\0") * 700_000),
        "GIF of a million blocks": odd_uploads.with_extensions(b"\x21\xfe" + b"\1x" * 4_000_000 + b"\0"),
        "BMP in run lengths": run_lengths(),
        "TIFF of a million directories": b"II*\0" + b"\x08\0\0\0" * 1_000_000,
    }


def with_scans(whole: bytes, count: int, *segments: bytes) -> bytes:
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:2] + b"".join(segments) + whole[2:-2] + last * min(count, 8_000_000 // len(last)) + whole[-2:]


def run_lengths() -> bytes:
    width, height = LARGE
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, 0, 0, 0, 256, 0)
    pixels = b"\1\2" * 4_000_000
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + head + bytes(1024) + pixels


def attacks(server: Server) -> Iterator[tuple[str, Callable[[threading.Event], None]]]:
    """Yield each attack with its name."""

    def posts(body: bytes) -> Callable[[threading.Event], None]:
        return lambda _: void(Client(server, "hostile").call("POST", GENERATE, body))

    def slow(ended: threading.Event) -> None:
        client = http.client.HTTPConnection(server.host, server.port, timeout=60)
        client.putrequest("POST", GENERATE)
        client.putheader("Authorization", "Bearer hostile")
        client.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        client.putheader("Content-Length", "10000000")
        client.endheaders(b"x" * 100_000)
        while not ended.wait(0.2):
            client.send(b"x" * 1000)
        client.close()

    yield "slow bodies", slow
    yield "bodies of 10 MB without a picture", posts(form(random.Random(0).randbytes(10_000_000)))
    yield "forms of many parts", posts(form(b"x", {f"field{number}": "x" for number in range(1000)}) * 20)
    yield "one part with line ends alone", posts(form(b"\r\n" * 5_000_000))
    for name, data in bombs().items():
        if len(data) < 10_400_000:
            yield name, posts(form(data))


def void(_: object) -> None:
    """Ignore a result."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="for each attack")
    parser.add_argument("--get-ms", type=float, default=50)
    parser.add_argument("--upload-ms", type=float, default=1000)
    arguments = parser.parse_args()
    upload = form(odd_uploads.encoded("JPEG", Image.effect_noise((1024, 1024), 60).convert("RGB")))
    failed = False
    with Server("--generation-time", "0", "--log-format", "json") as server:
        victim(server, upload, 1)
        alone = [statistics.median(times) for times in victim(server, upload, arguments.seconds)]
        print(f"{'alone':45}  GET {alone[0]:7.1f} ms   upload {alone[1]:7.1f} ms")
        for name, attack in attacks(server):
            with attacked(attack):
                gets, uploads = victim(server, upload, arguments.seconds)
            delays = statistics.median(gets) - alone[0], statistics.median(uploads) - alone[1]
            late = delays[0] > arguments.get_ms or delays[1] > arguments.upload_ms
            failed |= late
            print(
                f"{name:45}  GET {delays[0]:+7.1f} ms (at most {max(gets) - alone[0]:+7.1f})"
                f"   upload {delays[1]:+7.1f} ms (at most {max(uploads) - alone[1]:+7.1f})  {'LATE' if late else ''}",
                flush=True,
            )
    return failed


if __name__ == "__main__":
    sys.exit(main())
