"""Recordings made in tests: what a transport sends while a script runs, without a sanitiser."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from msgspec import UNSET

from contract_tests.client.budget import Budget
from contract_tests.client.call import Call, Reply
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Sent, Transport
from contract_tests.comparison.observed import response_of
from contract_tests.comparison.uploads import png
from contract_tests.oracle.contract import load_contract
from contract_tests.recordings.files import upload
from contract_tests.recordings.model import (
    Manifest,
    Part,
    RecordedAccount,
    RecordedExchange,
    Recording,
    Request,
    Spent,
)
from contract_tests.runner.target import Account, Limits, Target, Timeouts

API = "/api/v1"
DALL_E: dict[str, Any] = {
    "image_generator": "dall-e",
    "description": "A kite over a lake",
    "size": "256x256",
    "quality": "standard",
    "image_number_of_images": 1,
}
FLUX: dict[str, Any] = {
    "image_generator": "flux-pro",
    "description_flux_pro": "A paper boat",
    "image_number_of_images": 1,
}
UPSCALE = {
    "image_generator": "stablediffusion",
    "stable_description": "The same in finer detail",
    "type": "upscale",
    "image_resolution": "64x64",
    "image_number_of_images": "1",
}
FIGURES = {"low": 3, "almost_limited": 2}
ROLES = ("primary", "secondary", "empty", "low", "limited", "almost_limited", "busy", "invalid")


def target_at(
    origin: str,
    tokens: dict[str, str],
    *,
    control: bool = False,
    figures: Mapping[str, int] = FIGURES,
    **others: Any,
) -> Target:
    accounts = {role: Account(role, Secret(token), figures.get(role, 0)) for role, token in tokens.items()}
    return Target(
        f"{origin}{API}",
        accounts,
        control="mock" if control else "none",
        budget=Limits(credits=60, requests_per_second=1000),
        timeouts=Timeouts(5, 10, 30),
        **others,
    )


@dataclass
class Client:
    """Sends calls of a script as the accounts of a target."""

    target: Target
    transport: Transport
    pool: ThreadPoolExecutor

    def get(self, path: str, role: str = "primary", **others: Any) -> Reply:
        return self.transport.send(self._call("GET", f"{self.target.base_url}{path}", role, **others))

    def post(self, path: str, role: str = "primary", **others: Any) -> Reply:
        return self.transport.send_once(self._call("POST", f"{self.target.base_url}{path}", role, **others))

    def check(self, role: str = "primary") -> Reply:
        return self.get("/aiimage/check-availability", role)

    def recent(self, role: str = "primary") -> Reply:
        return self.get("/aiimage/recent-images", role)

    def generate(self, role: str = "primary", base: dict[str, Any] | None = None, **fields: Any) -> Reply:
        body = {**(base or DALL_E), **fields}
        images = int(body["image_number_of_images"])
        return self.post("/aiimage/generate-image", role, json=body, images=images, timeout_seconds=60)

    def ready(self, role: str = "primary") -> None:
        """Wait until the account can generate."""
        while self.check(role).status == 409:
            self.transport.sleep(1)

    def upscale(self, width: int = 40, height: int = 30, role: str = "primary") -> Reply:
        files = {"image_src": ("photo.png", png(width, height), "image/png")}
        return self.post("/aiimage/generate-image", role, fields=UPSCALE, files=files, images=1, timeout_seconds=60)

    def picture(self, output: str) -> Reply:
        from urllib.parse import urljoin

        return self.transport.send(Call("GET", urljoin(self.target.uploads, output), accept="image/*"))

    def overlapping(self, role: str, during: Callable[[], object], **fields: Any) -> Reply:
        """Generate, and act as soon as the generation runs."""
        running = self.pool.submit(self.generate, role, **fields)
        while not running.done() and self.check(role).status != 409:
            pass
        during()
        return running.result()

    def _call(self, method: str, url: str, role: str, **others: Any) -> Call:
        token = None if role == "anonymous" else self.target.accounts[role].token
        return Call(method, url, role, token, **others)


Script = Callable[[Client], None]


def record(target: Target, script: Script, transport: Transport | None = None, now: float | None = None) -> Recording:
    """Return what is sent while a script runs at a target."""
    transport = transport or Transport(target, Masker(target.secrets), Budget(60))
    recorder = Recorder(target)
    transport.listeners.append(recorder.note)
    started = transport.clock()
    at = datetime.fromtimestamp(now, UTC) if now is not None else datetime.now(UTC)
    with ThreadPoolExecutor(8) as pool:
        script(Client(target, transport, pool))
    transport.close()
    manifest = Manifest(
        "1",
        "",
        target.base_url,
        target.uploads,
        at.isoformat(timespec="milliseconds"),
        0,
        accounts(target),
        Spent(0, 60),
    )
    manifest = Manifest(**{**_fields(manifest), "lock_scope": target.lock_scope})
    return Recording(manifest, recorder.exchanges(started))


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__struct_fields__}


def accounts(target: Target) -> dict[str, RecordedAccount]:
    return {
        role: RecordedAccount(
            credits=account.figure if role == "low" else None,
            images_left=account.figure if role == "almost_limited" else None,
            sandbox=account.sandbox,
        )
        for role, account in target.accounts.items()
    }


class Recorder:
    """Keeps the calls that a transport sends, as exchanges of a recording."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._sent: list[Sent] = []
        self._lock = Lock()

    def note(self, sent: Sent) -> None:
        with self._lock:
            self._sent.append(sent)

    def exchanges(self, started: float) -> list[RecordedExchange]:
        in_order = sorted(self._sent, key=lambda each: each.sent)
        return [self._exchange(number, sent, started) for number, sent in enumerate(in_order, 1)]

    def _exchange(self, number: int, sent: Sent, started: float) -> RecordedExchange:
        call = sent.call
        path = call.url.removeprefix(self._target.base_url)
        known = {(each.method, each.call_path): each.id for each in load_contract().operations.values()}
        operation = known.get((call.method, path)) if path != call.url else "picture"
        output = call.url.removeprefix(self._target.uploads) if operation == "picture" else path
        return RecordedExchange(
            number,
            "a test",
            operation,
            call.role,
            sent.sent - started,
            sent.received - started,
            _request(call, output),
            response_of(sent.reply) if sent.reply else None,
            sent.error or None,
        )


def _request(call: Call, target: str) -> Request:
    authorization = f"Bearer {{{call.role}}}" if call.token else None
    headers = {"accept": call.accept}
    if call.fields is not None:
        parts = [Part(name, value=value) for name, value in call.fields.items()]
        parts += [Part(name, file=upload(*file)) for name, file in call.files.items()]
        return Request(
            call.method, target, authorization, {**headers, "content-type": "multipart/form-data"}, form=parts
        )
    body = UNSET if call.json is None else call.json
    kind = {} if body is UNSET else {"content-type": "application/json"}
    return Request(call.method, target, authorization, {**headers, **kind}, json=body)


def everything(client: Client) -> None:
    """Call each operation in most of its ways; it makes about 8 images."""
    client.get("/aiimage/versions")
    client.check()
    client.recent()
    one = client.generate(mood="calm")
    client.check()
    client.recent()
    for image in one.images:
        client.picture(image["output"])
    client.ready()
    client.generate(base=FLUX, image_number_of_images=2)
    client.ready()
    client.overlapping("primary", lambda: (client.generate(), client.check("secondary")))
    client.ready()
    for image in client.upscale().images:
        client.picture(image["output"])
    client.recent()
    client.generate(size="7x7")
    client.recent("secondary")
    for role in ("empty", "limited"):
        client.generate(role)
        client.generate(role, size="7x7")
    for count in (2, 2):
        client.ready("low")
        client.generate("low", image_number_of_images=count)
    client.recent("low")
    for count in (1, 2):
        client.ready("almost_limited")
        client.generate("almost_limited", image_number_of_images=count)
    client.check("busy")
    client.generate("busy")
    client.check("invalid")
    client.check("anonymous")
    client.get("/aiimage/nowhere")
    client.post("/aiimage/versions", json={})
    client.get("/aiimage/versions/")
    client.get("/aiimage/versions", "anonymous", accept="text/html")


def briefly(client: Client) -> None:
    """Call each operation once, with one image, and as documented not to be served."""
    client.get("/aiimage/versions")
    client.check()
    for image in client.generate(mood="calm").images:
        client.picture(image["output"])
    client.recent()
    client.generate(size="7x7")
    client.check("invalid")
    client.check("anonymous")
