"""What is where `output` leads."""

from dataclasses import replace

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Reply, Request, error
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image, Order

_PAGE = b"<!doctype html><title>Gallery</title><p>One moment, please."


@breaks("IMG-GET", how="There is no picture.")
class PictureMissing(Service):
    def drawn(self, image: Image) -> Reply:
        return error(404, "There is no such picture.")


@breaks("IMG-GET", how="Of several images only the first has a picture.")
class OnlyFirstPicture(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        for image in images[1:]:
            self.pictures = {path: each for path, each in self.pictures.items() if each is not image}
        return images


@breaks("IMG-GET", how="There is a web page instead of the picture.")
class PictureIsPage(Service):
    def drawn(self, image: Image) -> Reply:
        return Reply(200, _PAGE, content_type="text/html")


@breaks("IMG-GET", how="There is a web page that says it is a PNG.")
class PictureIsPageAsPng(Service):
    def drawn(self, image: Image) -> Reply:
        return replace(super().drawn(image), body=_PAGE)


@breaks("IMG-GET", how="The file of the picture is empty.")
class PictureEmpty(Service):
    def content_of(self, image: Image) -> bytes:
        return b""


@breaks("IMG-GET", how="The file of the picture ends half-way.")
class PictureCut(Service):
    def content_of(self, image: Image) -> bytes:
        content = super().content_of(image)
        return content[: len(content) // 2]


@breaks("IMG-GET", how="The picture comes as a text, by its content type.")
class PictureAsText(Service):
    def drawn(self, image: Image) -> Reply:
        return replace(super().drawn(image), content_type="text/plain")


@breaks("IMG-GET", how="The picture comes inside of JSON.")
class PictureInJson(Service):
    def drawn(self, image: Image) -> Reply:
        return Reply(200, {"picture": super().content_of(image).hex()})


@breaks("IMG-GET", how="The picture is answered 500.")
class PictureFails(Service):
    def drawn(self, image: Image) -> Reply:
        return error(500, "The storage does not answer.")


@breaks("IMG-GET", how="The picture of an image that was made from another one is missing.")
class PictureFromImageMissing(Service):
    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        images = super().draw(account, order, request)
        if order.fields.get("type") in {"image-to-image", "upscale"}:
            for image in images:
                self.pictures = {path: each for path, each in self.pictures.items() if each is not image}
        return images


@breaks("IMG-GET", how="The picture is behind a redirect to itself.")
class PictureInCircles(Service):
    def picture(self, request: Request) -> Reply:
        return Reply(302, b"", {"Location": request.path}, "text/html")


@breaks("IMG-GET", how="output names a host where nobody listens.")
class PictureOnDeadHost(Service):
    image_storage = "s3"

    def output_of(self, path: str, request: Request) -> str:
        return f"http://127.0.0.1:1/{path}"


@breaks("IMG-GET", how="output is a path on the disk of the service.")
class PictureOnDisk(Service):
    def output_of(self, path: str, request: Request) -> str:
        return f"/var/www/html/storage/app/public/{path.replace(self.dress.folder, 'images')}"


@breaks("IMG-GET", how="A picture can be fetched once.")
class PictureGoneAfterwards(Service):
    def drawn(self, image: Image) -> Reply:
        self.pictures = {path: each for path, each in self.pictures.items() if each is not image}
        return super().drawn(image)
