"""Deviations of the images: how many are made, their prompts, their pictures, and which are listed."""

import html
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

from contract_tests.wrong_servers.catalogue import altered, breaks, variant
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image, Order
from contract_tests.wrong_servers.wire import Reply, Request, error

# The number of images


class _Recounted(Service):
    """Makes `made_of(requested)` images."""

    made_of: Callable[[int], int]

    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return super().draw(account, replace(order, count=self.made_of(order.count)), request)


_COUNTS: tuple[tuple[str, str, Callable[[int], int]], ...] = (
    ("one-image-less", "Of several images the last is missing.", lambda count: max(1, count - 1)),
    ("one-image-more", "One image more than requested is made.", lambda count: count + 1),
    ("always-one-image", "One image is made, whatever number is requested.", lambda count: 1),
    ("no-images", "No image is made, whatever number is requested.", lambda count: 0),
    ("three-images-at-most", "At most three images are made.", lambda count: min(3, count)),
)
for _name, _sentence, _made in _COUNTS:
    variant(_name, "IMG-COUNT", _sentence, base=_Recounted, made_of=staticmethod(_made))


@breaks("IMG-COUNT", how="All images of a request have the same id.")
class SameIdInRequest(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        return [replace(image, id=images[0].id) for image in images]


@breaks("IMG-COUNT", how="Ids restart with every request.")
class IdsRestart(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        return [replace(image, id=number) for number, image in enumerate(images, 1)]


@breaks("IMG-COUNT", how="Two images each have the same id.")
class IdsInPairs(Service):
    def new_id(self, account: Account) -> int:
        return super().new_id(account) if len(self.pictures) % 2 == 0 else max(i.id for i in self.pictures.values())


# The prompts


class _Reworded(Service):
    """Shows `shown(prompt, order)` instead of the prompt."""

    shown: Callable[[str, Order], str]

    def input_of(self, order: Order) -> str:
        return self.shown(order.prompt, order)


def _with_modifiers(prompt: str, order: Order) -> str:
    modifiers = (order.fields.get(name) for name in ("image_style", "image_lighting", "mood", "style_preset"))
    return ", ".join([prompt, *filter(None, modifiers)])


def _first_of_several(prompt: str, order: Order) -> str:
    return prompt.split(" | ")[0] if order.fields.get("type") == "multi-prompt" else prompt


def _type_of_edit(prompt: str, order: Order) -> str:
    type_ = order.fields.get("type", "")
    return type_ if type_ in {"image-to-image", "upscale"} else prompt


_INPUTS: tuple[tuple[str, str, Callable[[str, Order], str]], ...] = (
    ("empty", "The input is empty.", lambda prompt, _: ""),
    ("in-lower-case", "The input is in lower case.", lambda prompt, _: prompt.lower()),
    ("cut-at-255", "The input ends after 255 characters.", lambda prompt, _: prompt[:255]),
    ("cut-at-40", "The input ends after 40 characters.", lambda prompt, _: prompt[:40]),
    ("escaped", "The input is escaped for HTML.", lambda prompt, _: html.escape(prompt)),
    (
        "with-slashes",
        "Quotation marks in the input follow a backslash.",
        lambda prompt, _: prompt.replace('"', '\\"').replace("'", "\\'"),
    ),
    ("normalised", "The input is normalised (NFKC).", lambda prompt, _: unicodedata.normalize("NFKC", prompt)),
    (
        "in-ascii",
        "Question marks replace all but ASCII in the input.",
        lambda prompt, _: prompt.encode("ascii", "replace").decode(),
    ),
    ("without-lines", "White space in the input is collapsed.", lambda prompt, _: " ".join(prompt.split())),
    ("in-one-line", "Blanks replace line breaks in the input.", lambda prompt, _: " ".join(prompt.splitlines())),
    ("with-engine", "The input begins with the name of the engine.", lambda prompt, order: f"{order.engine}: {prompt}"),
    ("first-of-several", "The input of several prompts is the first of them.", _first_of_several),
    ("is-type", "The input of an image from an image is its type.", _type_of_edit),
)
for _name, _sentence, _shown in _INPUTS:
    variant(f"input-{_name}", "IMG-INPUT", _sentence, base=_Reworded, shown=staticmethod(_shown))
variant(
    "modifiers-appended",
    "",
    "The input ends with the modifiers, if there are any.",
    kind="conforming",
    base=_Reworded,
    shown=staticmethod(_with_modifiers),
)


@breaks("IMG-INPUT", how="The input is the prompt of the previous request.")
class InputOfRequestBefore(Service):
    last = ""

    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        before, self.last = self.last or order.prompt, order.prompt
        return super().draw(account, replace(order, prompt=before), request)


# The pictures

_PAGE = b"<!doctype html><title>Gallery</title><p>One moment, please."
_SOURCES: tuple[tuple[str, str, str, Any], ...] = (
    ("missing", "The picture is missing.", "drawn", lambda *_: error(404, "Picture not found.")),
    ("fails", "The picture gets a 500.", "drawn", lambda *_: error(500, "The storage does not answer.")),
    ("is-page", "A web page replaces the picture.", "drawn", lambda *_: Reply(200, _PAGE, content_type="text/html")),
    ("is-page-as-png", "A web page declared as PNG replaces the picture.", "content_of", lambda *_: _PAGE),
    ("empty", "The file of the picture is empty.", "content_of", lambda *_: b""),
    (
        "cut",
        "The file of the picture ends half-way.",
        "content_of",
        altered("content_of", lambda content: content[: len(content) // 2]),
    ),
    (
        "as-text",
        "The picture has the content type of a text.",
        "drawn",
        lambda self, image: replace(Service.drawn(self, image), content_type="text/plain"),
    ),
    (
        "in-json",
        "The picture is inside JSON.",
        "drawn",
        lambda self, image: Reply(200, {"picture": self.content_of(image).hex()}),
    ),
    (
        "in-circles",
        "The picture redirects to itself.",
        "picture",
        lambda self, request: Reply(302, b"", {"Location": request.path}, "text/html"),
    ),
    (
        "on-disk",
        "output is a path on the disk of the service.",
        "output_of",
        lambda self, path, _: f"/var/www/html/storage/app/public/{path.replace(self.presentation.folder, 'images')}",
    ),
)
for _name, _sentence, _method, _source in _SOURCES:
    variant(f"picture-{_name}", "IMG-GET", _sentence, **{_method: _source})


@breaks("IMG-GET", how="output names a host that does not answer.")
class PictureOnDeadHost(Service):
    image_storage = "s3"

    def output_of(self, path: str, request: Request) -> str:
        return f"http://127.0.0.1:1/{path}"


class _Lossy(Service):
    def lose(self, images: list[Image]) -> None:
        self.pictures = {path: image for path, image in self.pictures.items() if image not in images}


@breaks("IMG-GET", how="Of several images only the first has a picture.")
class OnlyFirstPicture(_Lossy):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        self.lose(images[1:])
        return images


@breaks("IMG-GET", how="An image made from an image has no picture.")
class PictureFromImageMissing(_Lossy):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        if order.fields.get("type") in {"image-to-image", "upscale"}:
            self.lose(images)
        return images


@breaks("IMG-GET", how="A picture can be fetched once.")
class PictureGoneAfterwards(_Lossy):
    def drawn(self, image: Image) -> Reply:
        self.lose([image])
        return super().drawn(image)


# The list of recent images

variant(
    "recent-one-too-many",
    "RECENT-10 SHAPE",
    "The list has one image too many.",
    most_recent=Service.most_recent + 1,
)
variant("recent-all", "RECENT-10 SHAPE", "The list has all images that were ever made.", most_recent=10_000)
variant("recent-empty", "RECENT-SAME", "The list is always empty.", recent_of=lambda self, account: [])


@breaks("RECENT-OWN", how="The list has the images of all accounts.")
class RecentOfEverybody(Service):
    def recent_of(self, account: Account) -> list[Image]:
        images = chain.from_iterable(each.images for each in self.accounts.all())
        return sorted(images, key=lambda image: image.created, reverse=True)[: self.most_recent]


@breaks("RECENT-OWN", how="An account without images gets those of others.")
class RecentOfOthersWhenEmpty(Service):
    def recent_of(self, account: Account) -> list[Image]:
        others = [image for each in self.accounts.all() for image in each.images]
        return super().recent_of(account) or others[-self.most_recent :]


@breaks("RECENT-OWN", how="The list ends with the newest image of another account.")
class RecentWithOneOfOthers(Service):
    def recent_of(self, account: Account) -> list[Image]:
        others = [each.images[-1] for each in self.accounts.all() if each is not account and each.images]
        return super().recent_of(account)[: self.most_recent - 1] + others[:1]


# Accounts with a past, which the control API would remove

variant(
    "long-past-not-cut",
    "RECENT-10 SHAPE",
    "The list has the whole past of an account.",
    modes=("black-box",),
    past=12,
    most_recent=10_000,
)


@breaks("RECENT-OWN", how="The pasts of two accounts are listed together.", modes=("black-box",))
class PastsMixed(RecentOfEverybody):
    past = 3


@breaks("IMG-GET", how="Pictures are lost once an account has a past.", modes=("black-box",))
class PicturesOfPastLost(_Lossy):
    past = 3

    def _remember(self, account: Account, prompt: str) -> None:
        super()._remember(account, prompt)
        self.lose(account.images)


@breaks("RECENT-SAME", how="The newest image is missing.")
class RecentWithoutNewest(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return account.images[:-1][: -self.most_recent - 1 : -1]


@breaks("RECENT-SAME", how="Of several images made at once only the first is listed.")
class RecentFirstOfSeveral(Service):
    def record(self, account: Account, images: list[Image]) -> None:
        super().record(account, images[:1])


@breaks("RECENT-SAME", how="The list has the oldest images instead of the newest.")
class RecentKeepsOldest(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return account.images[: self.most_recent][::-1]


@breaks("RECENT-SAME", how="The first two images of the list have each other's titles.")
class RecentTitlesSwapped(Service):
    def recent_of(self, account: Account) -> list[Image]:
        images = super().recent_of(account)
        if len(images) > 1:
            images[:2] = [replace(images[0], title=images[1].title), replace(images[1], title=images[0].title)]
        return images
