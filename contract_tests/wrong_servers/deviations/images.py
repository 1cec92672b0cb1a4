"""How many images come of a request, and what they say they were made from."""

import html
import unicodedata
from dataclasses import replace

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Request
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image, Order


@breaks("IMG-COUNT", how="Of several images the last is missing.")
class OneImageLess(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return super().draw(account, order, request)[: max(1, order.count - 1)]


@breaks("IMG-COUNT", how="There is one image more than asked for.")
class OneImageMore(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return super().draw(account, replace(order, count=order.count + 1), request)


@breaks("IMG-COUNT", how="There is one image, however many were asked for.")
class AlwaysOneImage(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return super().draw(account, replace(order, count=1), request)


@breaks("IMG-COUNT", how="There is no image, however many were asked for.")
class NoImages(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return []


@breaks("IMG-COUNT", how="There are at most 3 images, however many were asked for.")
class ThreeImagesAtMost(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return super().draw(account, replace(order, count=min(3, order.count)), request)


@breaks("IMG-COUNT", how="All images of a request have the same id.")
class SameIdInRequest(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        return [replace(image, id=images[0].id) for image in images]


@breaks("IMG-COUNT", how="Ids begin anew with every request.")
class IdsBeginAnew(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        return [replace(image, id=number) for number, image in enumerate(images, 1)]


@breaks("IMG-COUNT", how="Every id is given twice.")
class IdsGivenTwice(Service):
    def new_id(self, account: Account) -> int:
        return super().new_id(account) if len(self.pictures) % 2 == 0 else max(i.id for i in self.pictures.values())


class _Input(Service):
    """The prompt, changed."""

    def changed(self, prompt: str, order: Order) -> str:
        return prompt

    def input_of(self, order: Order) -> str:
        return self.changed(order.prompt, order)


@breaks("IMG-INPUT", how="The input is empty.")
class InputEmpty(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return ""


@breaks("IMG-INPUT", how="The input is in lower case.")
class InputInLowerCase(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return prompt.lower()


@breaks("IMG-INPUT", how="The input ends after 255 characters.")
class InputCutAt255(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return prompt[:255]


@breaks("IMG-INPUT", how="The input ends after 40 characters.")
class InputCutAt40(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return prompt[:40]


@breaks("IMG-INPUT", how="The input is escaped for HTML.")
class InputEscaped(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return html.escape(prompt)


@breaks("IMG-INPUT", how="Quotation marks in the input have a backslash before them.")
class InputWithSlashes(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return prompt.replace('"', '\\"').replace("'", "\\'")


@breaks("IMG-INPUT", how="The characters of the input are normalised.")
class InputNormalised(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return unicodedata.normalize("NFKC", prompt)


@breaks("IMG-INPUT", how="What is not ASCII is a question mark in the input.")
class InputInAscii(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return prompt.encode("ascii", "replace").decode()


@breaks("IMG-INPUT", how="White space within the input is one blank each.")
class InputWithoutLines(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return " ".join(prompt.split())


@breaks("IMG-INPUT", how="The input begins with the engine's name.")
class InputWithEngine(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return f"{order.engine}: {prompt}"


@breaks("IMG-INPUT", how="The input has the modifiers appended.")
class InputWithModifiers(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        modifiers = (order.fields.get(name) for name in ("image_style", "image_lighting", "mood", "style_preset"))
        return ", ".join([prompt, *filter(None, modifiers)])


@breaks("IMG-INPUT", how="The input of several prompts is the first of them.")
class InputFirstOfSeveral(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        return prompt.split(" | ")[0] if order.fields.get("type") == "multi-prompt" else prompt


@breaks("IMG-INPUT", how="The input of an image from an image is its type.")
class InputIsType(_Input):
    def changed(self, prompt: str, order: Order) -> str:
        type_ = order.fields.get("type", "")
        return type_ if type_ in {"image-to-image", "upscale"} else prompt


@breaks("IMG-INPUT", how="The input is the prompt of the request before.")
class InputOfRequestBefore(_Input):
    last = ""

    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        before, self.last = self.last or order.prompt, order.prompt
        return super().draw(account, replace(order, prompt=before), request)
