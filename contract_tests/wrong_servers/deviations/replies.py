"""What the replies look like."""

import json
from typing import Any

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Reply, Request
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image

Fields = dict[str, Any]


def _without(fields: Fields, name: str) -> Fields:
    return {key: value for key, value in fields.items() if key != name}


@breaks("SHAPE", how="Availability has no status.")
class AvailableWithoutStatus(Service):
    def available(self) -> Reply:
        return Reply(200, {"message": self.dress.available})


@breaks("SHAPE", how="Availability has no message.")
class AvailableWithoutMessage(Service):
    def available(self) -> Reply:
        return Reply(200, {"status": "success"})


@breaks("SHAPE", how="Availability has the status ok.")
class AvailableWithOtherWord(Service):
    def available(self) -> Reply:
        return Reply(200, {"status": "ok", "message": self.dress.available})


@breaks("SHAPE", how="The 409 of a check has the status busy.")
class BusyWithOtherWord(Service):
    def busy(self) -> Reply:
        return Reply(409, {"status": "busy", "message": self.dress.busy})


@breaks("SHAPE", how="The 409 of a check is a web page.")
class BusyAsPage(Service):
    def busy(self) -> Reply:
        return Reply(409, b"<h1>Conflict</h1>", content_type="text/html")


@breaks("SHAPE", how="A generation has no status.")
class GeneratedWithoutStatus(Service):
    def made(self, entries: list[Fields]) -> Fields:
        return _without(super().made(entries), "status")


@breaks("SHAPE", how="A generation has the status completed.")
class GeneratedWithOtherWord(Service):
    def made(self, entries: list[Fields]) -> Fields:
        return {**super().made(entries), "status": "completed"}


@breaks("SHAPE", how="A generation does not say where pictures are stored.")
class GeneratedWithoutStorage(Service):
    def made(self, entries: list[Fields]) -> Fields:
        return _without(super().made(entries), "image_storage")


@breaks("SHAPE", how="image_storage is a number.")
class StorageAsNumber(Service):
    def made(self, entries: list[Fields]) -> Fields:
        return {**super().made(entries), "image_storage": 1}


@breaks("SHAPE", how="images is an object by id.")
class ImagesAsObject(Service):
    def made(self, entries: list[Fields]) -> Fields:
        return {**super().made(entries), "images": {str(entry["id"]): entry for entry in entries}}


@breaks("SHAPE", how="The reply of a generation is inside of data.")
class GeneratedInsideData(Service):
    def made(self, entries: list[Fields]) -> Fields:
        return {"data": super().made(entries)}


@breaks("SHAPE", how="A generation is answered 201.")
class GeneratedAs201(Service):
    def generated(self, images: list[Image]) -> Reply:
        return Reply(201, super().generated(images).body)


@breaks("SHAPE", how="A generation is answered 202.")
class GeneratedAs202(Service):
    def generated(self, images: list[Image]) -> Reply:
        return Reply(202, super().generated(images).body)


@breaks("SHAPE", how="A new image has its id as text.")
class IdAsText(Service):
    def entry(self, image: Image) -> Fields:
        return {**super().entry(image), "id": str(image.id)}


@breaks("SHAPE", how="A new image has no id.")
class ImageWithoutId(Service):
    def entry(self, image: Image) -> Fields:
        return _without(super().entry(image), "id")


@breaks("SHAPE", how="A new image has no title.")
class ImageWithoutTitle(Service):
    def entry(self, image: Image) -> Fields:
        return _without(super().entry(image), "title")


@breaks("SHAPE", how="A new image has no input.")
class ImageWithoutInput(Service):
    def entry(self, image: Image) -> Fields:
        return _without(super().entry(image), "input")


@breaks("SHAPE", how="A new image has no output.")
class ImageWithoutOutput(Service):
    def entry(self, image: Image) -> Fields:
        return _without(super().entry(image), "output")


@breaks("SHAPE", how="The title of a new image is null.")
class TitleAsNull(Service):
    def entry(self, image: Image) -> Fields:
        return {**super().entry(image), "title": None}


@breaks("SHAPE", how="The recent images are inside of data.")
class RecentInsideData(Service):
    def recent(self, account: Account) -> Reply:
        return Reply(200, {"data": super().recent(account).body})


@breaks("SHAPE", how="Without any image the recent images are null.")
class NoRecentImagesAsNull(Service):
    def recent(self, account: Account) -> Reply:
        return Reply(200, super().recent(account).body or None)


@breaks("SHAPE", how="Without any image the recent images are not found.")
class NoRecentImagesAs404(Service):
    def recent(self, account: Account) -> Reply:
        return super().recent(account) if account.images else Reply(404, {"message": "No images yet."})


@breaks("SHAPE", how="A recent image has its id as text.")
class RecentIdAsText(Service):
    def listed(self, image: Image) -> Fields:
        return {**super().listed(image), "id": str(image.id)}


@breaks("SHAPE", how="A recent image does not say when it was made.")
class RecentWithoutTime(Service):
    def listed(self, image: Image) -> Fields:
        return _without(super().listed(image), "created_at")


@breaks("SHAPE", how="A recent image says when it was made as a number of seconds.")
class TimeAsNumber(Service):
    def listed(self, image: Image) -> Fields:
        return {**super().listed(image), "created_at": image.created // 1000}


@breaks("SHAPE", how="A recent image says when it was made without a zone and with a blank.")
class TimeWithoutZone(Service):
    def listed(self, image: Image) -> Fields:
        return {**super().listed(image), "created_at": self.dress.stamp(image.created)[:19].replace("T", " ")}


@breaks("SHAPE", how="A recent image has no title.")
class RecentWithoutTitle(Service):
    def listed(self, image: Image) -> Fields:
        return _without(super().listed(image), "title")


@breaks("SHAPE", how="Replies with 200 say that they are web pages.")
class JsonAsPage(Service):
    def last_look(self, operation: str, request: Request, reply: Reply) -> Reply:
        return Reply(200, reply.body, content_type="text/html") if reply.status == 200 else reply


@breaks("SHAPE", how="A warning of the interpreter follows the JSON of recent images.")
class WarningBehindJson(Service):
    def recent(self, account: Account) -> Reply:
        return Reply(200, _json(super().recent(account).body) + b"\nWarning: Undefined variable $page\n")


@breaks("SHAPE", how="A warning of the interpreter precedes the JSON of a generation.")
class WarningBeforeJson(Service):
    def generated(self, images: list[Image]) -> Reply:
        return Reply(200, b"\nNotice: Undefined index: seed\n" + _json(super().generated(images).body))


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


@breaks("VERSIONS", how="The versions are a list.")
class VersionsAsList(Service):
    def versions(self, account: Account) -> Reply:
        return Reply(
            200, [{"engine": name, "version": value} for name, value in super().versions(account).body.items()]
        )


@breaks("VERSIONS", how="The versions are numbers.")
class VersionsAsNumbers(Service):
    def versions(self, account: Account) -> Reply:
        return Reply(200, dict.fromkeys(super().versions(account).body, 3))


@breaks("VERSIONS", how="The versions are inside of data.")
class VersionsInsideData(Service):
    def versions(self, account: Account) -> Reply:
        return Reply(200, {"data": super().versions(account).body})


@breaks("VERSIONS", how="One of the versions is null.")
class VersionAsNull(Service):
    def versions(self, account: Account) -> Reply:
        return Reply(200, {**super().versions(account).body, "dall-e": None})
