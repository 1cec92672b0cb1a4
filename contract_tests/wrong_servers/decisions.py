"""The decisions of a generation: the lock, the credits and the daily limit, and the images."""

import struct
import zlib
from typing import Any

from contract_tests.wrong_servers.presentation import Presentation
from contract_tests.wrong_servers.state import LOCK_SECONDS, Account, Generation, Image, Lock, Order
from contract_tests.wrong_servers.wire import Reply, Request, error

_SHADES = 251
_PALETTE = 3


class Locking:
    """One generation at a time: the lock expires after `lock_seconds`, or when its generation ends."""

    lock_seconds: float = LOCK_SECONDS

    def held(self, account: Account) -> Lock | None:
        """Return the lock in force, if any."""
        locks = (lock for lock in (account.lock_slot.lock, account.outside_lock) if lock)
        return next((lock for lock in locks if lock.until is None or account.clock.now() < lock.until), None)

    def locked_out(self, account: Account, order: Order) -> bool:
        """Return whether the lock prevents a generation."""
        return self.held(account) is not None

    def seems_busy(self, account: Account) -> bool:
        """Return whether check-availability reports a running generation."""
        return self.held(account) is not None

    def take_lock(self, account: Account, generation: Generation) -> None:
        account.lock_slot.lock = Lock(generation, self.expiry(generation.started))

    def expiry(self, taken: int) -> int | None:
        return taken + round(self.lock_seconds * 1000)

    def release(self, account: Account, generation: Generation) -> None:
        """End the lock of a finished generation; a lock that another generation has taken since stays."""
        if account.lock_slot.lock and account.lock_slot.lock.holder is generation:
            account.lock_slot.lock = None

    def refused(self, account: Account) -> None:
        """React to a refused generation, whatever the reason."""


class Accounting:
    """One credit an image; running generations count as charged and used already."""

    def price(self, order: Order) -> int:
        return order.count

    def balance(self, account: Account) -> int:
        return account.credits - sum(self.price(generation.order) for generation in account.running)

    def affordable(self, account: Account, order: Order) -> bool:
        return self.price(order) <= self.balance(account)

    def charge(self, account: Account, order: Order) -> None:
        account.credits -= self.price(order)

    def allowance(self, account: Account) -> int:
        """Return the number of images left today."""
        running = sum(generation.order.count for generation in account.running)
        return account.daily_limit - account.used_today() - running

    def within_limit(self, account: Account, order: Order) -> bool:
        return order.count <= self.allowance(account)

    def count(self, account: Account, order: Order) -> None:
        account.use(order.count)


class Gallery:
    """Images as they are made, listed and fetched; id, title, prompt and address of an image never change."""

    most_recent = 10
    image_storage = "public"

    def __init__(self, presentation: Presentation) -> None:
        self.presentation = presentation
        self.pictures: dict[str, Image] = {}

    def draw(self, account: Account, order: Order, request: Request) -> list[Image]:
        return [self.new_image(account, order, request) for _ in range(order.count)]

    def new_image(self, account: Account, order: Order, request: Request) -> Image:
        id_ = self.new_id(account)
        title = self.presentation.title(order.engine, id_)
        path = f"{self.presentation.folder}/{title}"
        output = self.output_of(path, request)
        image = Image(id_, title, self.input_of(order), output, order.width, order.height, account.clock.now())
        self.pictures[f"/{path}"] = image
        return image

    def new_id(self, account: Account) -> int:
        return self.presentation.next_id()

    def input_of(self, order: Order) -> str:
        return order.prompt

    def output_of(self, path: str, request: Request) -> str:
        return path

    def record(self, account: Account, images: list[Image]) -> None:
        account.images.extend(images)

    def entry(self, image: Image) -> dict[str, Any]:
        """Return an image as the reply to its generation shows it."""
        return {"id": image.id, "title": image.title, "input": image.input, "output": image.output}

    def listed(self, image: Image) -> dict[str, Any]:
        """Return an image as recent-images shows it."""
        # Not by `entry`, which a wrong server changes alone.
        entry = {"id": image.id, "title": image.title, "input": image.input, "output": image.output}
        return {**entry, "created_at": self.presentation.stamp(image.created)}

    def recent_of(self, account: Account) -> list[Image]:
        # The end of the list, backwards.
        return account.images[: -self.most_recent - 1 : -1]

    def picture(self, request: Request) -> Reply:
        image = self.pictures.get(request.path)
        return self.drawn(image) if image else error(404, "Picture not found.")

    def drawn(self, image: Image) -> Reply:
        return Reply(200, self.content_of(image), content_type="image/png")

    def content_of(self, image: Image) -> bytes:
        shade = image.id % _SHADES
        return png(image.width, image.height, (shade, 255 - shade, 128))


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Return the smallest possible PNG file of one colour."""
    rows = (b"\0" + bytes((width + 7) // 8)) * height
    header = struct.pack(">IIBBBBB", width, height, 1, _PALETTE, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", bytes(colour) * 2), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
