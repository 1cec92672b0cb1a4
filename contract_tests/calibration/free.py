"""The experiments that cost nothing: plain calls, invalid ones, and those of accounts that are refused anyway."""

from dataclasses import replace
from urllib.parse import urlencode

from contract_tests.calibration.bench import INVISIBLE, REFUSED_FOR, STATUS, Bench, reason, samples_of
from contract_tests.calibration.bounds import Bounds
from contract_tests.calibration.questions import (
    INVALID,
    first_of,
    invisible_prompt,
    offered_to,
    shown,
    urlencoded,
)
from contract_tests.calibration.sightings import of_limit, of_samples
from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle import samples
from contract_tests.oracle.engines import Fields, with_prompt
from contract_tests.oracle.replies import own_limit
from contract_tests.runner.target import API_PATH

_FORM = "application/x-www-form-urlencoded"
_ORIGIN = "https://page.example"
_SEVERAL_ERRORS = "several-errors"


class FreeExperiments(Bench):
    """Conducts the experiments without a price. Evidence takes from each call what it shows by itself (evidence.py)."""

    def unknown_path(self) -> None:
        self.api("primary").outside("GET", "/aiimage/nowhere")

    def trailing_slash(self) -> None:
        self.api("primary").outside("GET", "/aiimage/versions/")

    def without_version(self) -> None:
        base = self.run.target.base_url
        if not base.endswith(API_PATH):
            raise InconclusiveError("the base URL does not end with the version")
        url = f"{base.removesuffix('/v1')}/aiimage/versions"
        reply = self.run.transport.send(Call("GET", url, "primary", self.run.accounts["primary"].token))
        outcome = {200: "served", 404: "absent"}.get(reply.status, reply.status)
        self.evidence.note(shown("unversioned_paths"), outcome, reply)

    def no_token(self) -> None:
        self.api("anonymous").get("getVersions")

    def no_json_accepted(self) -> None:
        self.run.transport.send(Call("GET", self.run.url("getVersions"), accept="text/html"))

    def preflight(self) -> None:
        self.api("anonymous").preflight("generateImage", _ORIGIN, ("authorization", "content-type"))

    def versions(self) -> None:
        self.api("primary").versions()

    def several_errors(self) -> None:
        """Leave out all that is wrong in a request, since a service may accept what the document does not list."""
        sample = samples.invalid(_SEVERAL_ERRORS)
        self.api("primary").generate({name: each for name, each in sample.fields.items() if name not in sample.errors})

    def recent(self) -> None:
        role = max(self.images, key=self.images.__getitem__, default="primary")
        self.api(role).recent()

    # By accounts that are refused anyway

    def invalid_by(self, role: str) -> None:
        self._note_first(role, self.api(role).generate(samples.INVALID))

    def _note_first(self, role: str, reply: Reply) -> None:
        refusal = REFUSED_FOR[role]
        self.evidence.note(first_of(INVALID, refusal), reason(reply, refusal), reply)

    def valid_by(self, role: str) -> None:
        """Request an image, and another one as long as the refusal of the last is for a limit and costs nothing."""
        api, spent = self.api(role), self.run.budget.spent
        while True:
            fields = api.simplest
            reply = api.generate(fields)
            self.count(role, reply)
            if not own_limit(fields, reply) or api.simplest == fields or self.run.budget.spent > spent:
                return

    def urlencoded_by(self, role: str) -> None:
        self.find_usable(role)
        fields = {name: str(value) for name, value in self.run.samples.simplest.items()}
        account = self.run.accounts[role]
        call = Call("POST", self.run.url("generateImage"), role, account.token, content_type=_FORM)
        reply = self.api(role).post(replace(call, body=urlencode(fields).encode()), 1)
        self.evidence.note(urlencoded(REFUSED_FOR[role]), reason(reply, REFUSED_FOR[role]), reply)

    def invisible_prompt_by(self, role: str) -> None:
        self.find_usable(role)
        reply = self.api(role).generate(with_prompt(self.run.samples.simplest, INVISIBLE))
        self.evidence.note(invisible_prompt(REFUSED_FOR[role]), reason(reply, REFUSED_FOR[role]), reply)

    def offer(self, name: str, role: str) -> None:
        """Note whether an engine is offered, by requests for one image in one size or another."""
        api, refusal = self.api(role), REFUSED_FOR[role]
        refused: list[Fields] = []
        for fields in samples_of(name):
            reply = api.generate(fields)
            self.count(role, reply)
            if reply.status == STATUS[refusal]:
                self.evidence.note(offered_to(name, refusal), refusal, reply)
                self.evidence.take(of_samples(refused, fields), reply)
                return
            if own_limit(fields, reply):
                refused.append(fields)
                self.evidence.take(of_limit(reply), reply)
        if refused:
            self.evidence.note(offered_to(name, refusal), INVALID, reply)

    def bound(self, setting: str, role: str) -> None:
        self.find_usable(role)
        Bounds(self.api(role), self.evidence, STATUS[REFUSED_FOR[role]]).find(setting)
