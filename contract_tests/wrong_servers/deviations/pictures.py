"""Deviations of pictures and engines: their types and addresses, and the engines that a service names or knows."""

from dataclasses import replace
from typing import Any

from contract_tests.wrong_servers.catalogue import altered, breaks, conforming, variant
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image, Order
from contract_tests.wrong_servers.wire import Reply, Request

for _kind in ("application/json", "application/pdf", "application/xhtml+xml", "video/mp4"):
    variant(
        f"picture-as-{_kind.partition('/')[2].partition('+')[0]}",
        "IMG-GET",
        f"The picture has the content type {_kind}.",
        drawn=lambda self, image, kind=_kind: replace(Service.drawn(self, image), content_type=kind),
    )

for _kind in ("image/PNG; charset=binary", "image/jpeg", "binary/octet-stream"):
    variant(
        f"conforming-picture-as-{_kind.partition('/')[2].partition(';')[0].lower()}",
        "",
        f"The picture has the content type {_kind}.",
        kind="conforming",
        drawn=lambda self, image, kind=_kind: replace(Service.drawn(self, image), content_type=kind),
    )


@breaks("IMG-GET", how="All images of a request lead to the same picture.")
class OnePictureForAll(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        return [replace(image, output=images[0].output) for image in images]


@breaks("IMG-GET", how="The addresses of the images of a request differ by their fragments only.")
class PicturesApartByFragment(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        return [replace(image, output=f"{images[0].output}#{number}") for number, image in enumerate(images)]


@breaks("IMG-GET", how="A picture replaces the one before, which was made for another prompt.")
class PictureOverwritten(Service):
    def new_image(self, account: Account, order: Order, request: Request) -> Image:
        image = super().new_image(account, order, request)
        # Unlike the number of images in a request, the number of the request is not part of the name.
        place = len([each for each in self.pictures.values() if each.created == image.created])
        self.pictures[f"/uploads/{order.engine}-{place}.png"] = image
        return replace(image, output=f"uploads/{order.engine}-{place}.png")


@conforming("All pictures have the same bytes and titles, each at an address of its own.")
class ConformingWithEqualPictures(Service):
    def new_image(self, account: Account, order: Order, request: Request) -> Image:
        return replace(super().new_image(account, order, request), title="Image")

    def content_of(self, image: Image) -> bytes:
        return super().content_of(replace(image, id=0))


# The engines

variant("versions-empty", "VERSIONS", "The versions are empty.", versions=altered("versions", lambda _: {}))


class _Lacking(Service):
    """Knows all engines but one."""

    lacks = ""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self.engines = tuple(engine for engine in self.engines if engine.name != self.lacks)


for _engine in ("dall-e", "flux-pro", "ideogram"):
    variant(
        f"{_engine}-unknown",
        "ENGINES",
        f"The engine {_engine} is unknown.",
        kind="assumed",
        base=_Lacking,
        lacks=_engine,
    )


@conforming("All parameters are refused in the same words, and one engine too.", differs=("VALID-422",))
class ConformingWithOneRefusal(_Lacking):
    lacks = "ideogram"

    def invalid(self, problems: dict[str, list[str]]) -> Reply:
        return Reply(422, {"message": "The given data was invalid."})
