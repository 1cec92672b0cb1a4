"""The calls of a recording, as the accounts of the target send them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from contract_tests.client.api import Api
from contract_tests.client.call import Call, Reply, Upload
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import Fields, with_count
from contract_tests.oracle.facts import LOCK_SECONDS, LOCK_TOLERANCE
from contract_tests.oracle.replies import made
from contract_tests.oracle.samples import FIELDS, invalid, valid
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import SilentVerdict

_INVALID_AUTHORIZATION = "Bearer invalid-token"
_UNKNOWN_PATH = "/aiimage/unknown"
_ORIGIN = "https://app.example"
_UPLOAD = "enhancement"
_PAUSE_SECONDS = 2.0
# A generation that is over sooner cannot be met by another call.
_HEAD_START_SECONDS = 0.1


class Requests:
    """Sends the calls of each purpose. A listener of the transport records the replies, and nothing judges them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._verdict = SilentVerdict("record", run.events, run.contract, ())
        self._made: list[Reply] = []

    def without_token(self) -> None:
        for operation in ("checkAvailability", "getRecentImages"):
            self._api("primary").bare(self._run.contract.operations[operation].call_path)

    def with_invalid_token(self) -> None:
        if "invalid" in self._run.accounts:
            self._api("invalid").check()
        else:
            self._api("primary").call("checkAvailability", _INVALID_AUTHORIZATION)

    def unknown_path(self) -> None:
        self._api("primary").outside("GET", _UNKNOWN_PATH)

    def wrong_method(self) -> None:
        operations = self._run.contract.operations
        self._api("primary").outside("GET", operations["generateImage"].call_path)
        self._api("primary").outside("DELETE", operations["getVersions"].call_path)

    def of_browser(self) -> None:
        """Ask as a browser does for a page of another origin: a preflight, and the call itself."""
        run, asks = self._run, {"origin": _ORIGIN, "access-control-request-method": "POST"}
        run.transport.send(Call("OPTIONS", run.url("generateImage"), accept="*/*", headers=asks))
        token = run.accounts["primary"].token
        run.transport.send(Call("GET", run.url("getVersions"), "primary", token, headers={"origin": _ORIGIN}))

    def invalid(self, name: str, *, form: bool = False) -> None:
        """Send a request that is invalid under every reading, if possible by an account that cannot be charged."""
        role = "empty" if "empty" in self._run.target.charged else "primary"
        self._api(role).generate(invalid(name).fields, {} if form else None)

    def refused(self, role: str) -> None:
        api = self._api(role)
        api.check()
        self._keep(api.generate(FIELDS))

    def generate(self, fields: Fields, images: int = 1) -> None:
        self._keep(self._when_unlocked(self._api("primary"), with_count(fields, images)))

    def from_upload(self) -> None:
        sample = valid(_UPLOAD)
        self._keep(self._when_unlocked(self._api("primary"), sample.fields, sample.files))

    def overlap(self, fields: Fields, other: Fields) -> None:
        """Check and generate while a generation runs."""
        api = self._api("primary")
        self._await_unlocked(api)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(api.generate, fields)
            self._run.transport.sleep(_HEAD_START_SECONDS)
            api.check()
            if not running.done():
                self._keep(api.generate(other))
            self._keep(running.result())

    def recent(self) -> None:
        self._api("primary").recent()

    def pictures(self) -> None:
        """Fetch the picture of each image that was made."""
        for output in dict.fromkeys(self._outputs()):
            self._api("primary").pictures.fetch(output)

    def use_up(self, role: str) -> None:
        """Generate until the account is refused, at most once more than it should be."""
        api = self._api(role)
        for _ in range(api.figure + 1):
            if not made(self._when_unlocked(api, FIELDS)):
                return

    def _when_unlocked(self, api: Api, fields: Fields, files: Mapping[str, Upload] | None = None) -> Reply:
        self._await_unlocked(api)
        reply = api.generate(fields, files)
        # Another client may take the lock between the check and the generation.
        if reply.status == 409:
            self._await_unlocked(api)
            reply = api.generate(fields, files)
        return reply

    def _await_unlocked(self, api: Api) -> None:
        """Check until the lock is free or has expired; seldom, so that the recording stays small."""
        transport, longest = self._run.transport, LOCK_SECONDS + LOCK_TOLERANCE
        deadline = transport.clock() + longest
        while api.check().status == 409 and transport.clock() < deadline:
            if self._run.control:
                self._run.control.move(api.token, advance=longest)
            else:
                transport.sleep(_PAUSE_SECONDS)

    def _outputs(self) -> Iterator[str]:
        listed = self._listed()
        for reply in self._made:
            for image in reply.images:
                if isinstance(image, dict):
                    # A queued image has another one by now [QUEUED].
                    image = {**image, **listed.get(str(image.get("id")), {})}
                    if isinstance(image.get("output"), str):
                        yield image["output"]

    def _listed(self) -> dict[str, dict[str, Any]]:
        try:
            listed = self._api("primary").recent().json()
        except InconclusiveError:
            return {}
        found = listed if isinstance(listed, list) else []
        return {str(each.get("id")): each for each in found if isinstance(each, dict)}

    def _keep(self, reply: Reply) -> None:
        if made(reply):
            self._made.append(reply)

    def _api(self, role: str) -> Api:
        if self._run.control:
            self._run.control.restore_day(self._run.accounts[role])
        return Api(self._run, self._verdict, self._run.accounts[role])
