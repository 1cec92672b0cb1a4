"""The largest number of images, prompt and upload that a service accepts, by bisection that costs nothing.

The account is refused anyway, so a request within the limit is refused for that reason, and one beyond it for its
parameters, where the service checks these first.
"""

from contract_tests.calibration.evidence import Evidence
from contract_tests.calibration.questions import shown
from contract_tests.calibration.sightings import of_limit
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle.engines import load_engines, source_field, with_count, with_prompt
from contract_tests.oracle.samples import upload

_MAX = {"max_images": 100, "max_text_length": 100_000, "max_upload_bytes": 2**24}
_TOLERANCE = {"max_images": 1, "max_text_length": 1, "max_upload_bytes": 1024}


class Bounds:
    """Finds limits by an account that is refused with a status if nothing else is wrong."""

    def __init__(self, api: Api, evidence: Evidence, status: int) -> None:
        self._api, self._evidence, self._status = api, evidence, status
        self._requests = {
            "max_images": self._images,
            "max_text_length": self._text,
            "max_upload_bytes": self._upload,
        }

    def find(self, setting: str) -> None:
        """Find the largest value that is accepted, and note it with the requests on both sides of it."""
        request, least, most = self._requests[setting], 1 if setting != "max_upload_bytes" else 4096, _MAX[setting]
        smallest, largest = request(least), request(most)
        # Without both, the bound is not between them, or the parameters are not what is judged first.
        if not self._accepted(smallest) or self._accepted(largest):
            return
        best, beyond = smallest, largest
        while most - least > _TOLERANCE[setting]:
            middle = (least + most) // 2
            reply = request(middle)
            if self._accepted(reply):
                least, best = middle, reply
            else:
                most, beyond = middle, reply
        self._evidence.note(shown(setting), least, best)
        self._evidence.note(shown(setting), least, beyond)
        # A web server in front may refuse an upload before the service does.
        if setting != "max_upload_bytes":
            self._evidence.take(of_limit(largest), largest)
            self._evidence.take(of_limit(beyond), beyond)

    def _accepted(self, reply: Reply) -> bool:
        return reply.status == self._status

    def _images(self, count: int) -> Reply:
        return self._api.generate(with_count(self._api.simplest, count))

    def _text(self, length: int) -> Reply:
        return self._api.generate(with_prompt(self._api.simplest, "a" * length))

    def _upload(self, size: int) -> Reply:
        engine = next(each for each in load_engines() if each.needs_source)
        fields = engine.sample("A teapot")
        fields.pop(source_field(), None)
        name, content, kind = upload("teapot.png")
        # A decoder ignores what follows the end of the picture.
        padded = content[:size] + bytes(max(0, size - len(content)))
        return self._api.generate(fields, {source_field(): (name, padded, kind)})
