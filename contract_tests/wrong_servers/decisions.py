"""Images as they are made, listed and fetched."""

from typing import Any

from contract_tests.wrong_servers.message import Reply, Request, error
from contract_tests.wrong_servers.png import png
from contract_tests.wrong_servers.presentation import Dress
from contract_tests.wrong_servers.state import Account, Image, Order

_SHADES = 251


class Gallery:
    """Every image keeps its id, title, prompt and address for ever."""

    most_recent = 10
    image_storage = "public"

    def __init__(self, dress: Dress) -> None:
        self.dress = dress
        self.pictures: dict[str, Image] = {}

    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return [self.new_image(account, order, request) for _ in range(order.count)]

    def new_image(self, account: Account, order: Order, request: Request) -> Image:
        id_ = self.new_id(account)
        title = self.dress.title(order.engine, id_)
        path = f"{self.dress.folder}/{title}"
        output = self.output_of(path, request)
        image = Image(id_, title, self.input_of(order), output, order.width, order.height, account.clock.now())
        self.pictures[f"/{path}"] = image
        return image

    def new_id(self, account: Account) -> int:
        return self.dress.next_id()

    def input_of(self, order: Order) -> str:
        return order.prompt

    def output_of(self, path: str, request: Request) -> str:
        return path

    def record(self, account: Account, images: list[Image]) -> None:
        account.images.extend(images)

    def entry(self, image: Image) -> dict[str, Any]:
        """An image in the reply that made it."""
        return {"id": image.id, "title": image.title, "input": image.input, "output": image.output}

    def listed(self, image: Image) -> dict[str, Any]:
        """An image among the recent ones."""
        entry = {"id": image.id, "title": image.title, "input": image.input, "output": image.output}
        return {**entry, "created_at": self.dress.stamp(image.created)}

    def recent_of(self, account: Account) -> list[Image]:
        return account.images[: -self.most_recent - 1 : -1]

    def picture(self, request: Request) -> Reply:
        image = self.pictures.get(request.path)
        return self.drawn(image) if image else error(404, "There is no such picture.")

    def drawn(self, image: Image) -> Reply:
        return Reply(200, self.content_of(image), content_type="image/png")

    def content_of(self, image: Image) -> bytes:
        shade = image.id % _SHADES
        return png(image.width, image.height, (shade, 255 - shade, 128))
