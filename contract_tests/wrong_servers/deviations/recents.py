"""Which images are listed, and how."""

from dataclasses import replace
from itertools import chain
from typing import Any

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image


@breaks("RECENT-10", "SHAPE", how="The recent images are 11.")
class RecentEleven(Service):
    most_recent = 11


@breaks("RECENT-10", "SHAPE", how="The recent images are all that were ever made.")
class RecentAll(Service):
    most_recent = 10_000


@breaks("RECENT-OWN", how="Everybody's images are listed.")
class RecentOfEverybody(Service):
    def recent_of(self, account: Account) -> list[Image]:
        images = chain.from_iterable(each.images for each in self.accounts.everybody())
        return sorted(images, key=lambda image: image.created, reverse=True)[:10]


@breaks("RECENT-OWN", how="Who has no images is shown those of others.")
class RecentOfOthersWhenEmpty(Service):
    def recent_of(self, account: Account) -> list[Image]:
        mine = super().recent_of(account)
        return mine or [image for each in self.accounts.everybody() for image in each.images][-10:]


@breaks("RECENT-OWN", how="The newest image of somebody else comes last in the list.")
class RecentWithOneOfOthers(Service):
    def recent_of(self, account: Account) -> list[Image]:
        others = [each.images[-1] for each in self.accounts.everybody() if each is not account and each.images]
        return super().recent_of(account)[:9] + others[:1]


@breaks("RECENT-SAME", how="A listed image has another id.")
class RecentWithOtherIds(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "id": image.id + 1_000_000_007}


@breaks("RECENT-SAME", how="A listed image has its id as its title.")
class RecentWithOtherTitles(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "title": f"Image {image.id}"}


@breaks("RECENT-SAME", how="The output of a listed image is a thumbnail's.")
class RecentWithOtherOutputs(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "output": f"thumbnails/{image.title}"}


@breaks("RECENT-SAME", how="The output of a listed image begins with a slash.")
class RecentOutputWithSlash(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "output": f"/{image.output}"}


@breaks("RECENT-SAME", how="The input of a listed image ends after 20 characters.")
class RecentInputCut(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "input": f"{image.input[:20]}..." if len(image.input) > 20 else image.input}


@breaks("RECENT-SAME", how="The input of a listed image is empty.")
class RecentInputEmpty(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "input": ""}


@breaks("RECENT-SAME", how="The newest image is missing.")
class RecentWithoutNewest(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return account.images[:-1][:-11:-1]


@breaks("RECENT-SAME", how="Of several images made at once only the first is listed.")
class RecentFirstOfSeveral(Service):
    def record(self, account: Account, images: list[Image]) -> None:
        super().record(account, images[:1])


@breaks("RECENT-SAME", how="The list is empty, whatever was made.")
class RecentEmpty(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return []


@breaks("RECENT-SAME", how="The list stops at the 10 images that were made first.")
class RecentOldestTen(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return account.images[:10][::-1]


@breaks("RECENT-SAME", how="The titles of two neighbours in the list are swapped.")
class RecentTitlesSwapped(Service):
    def recent_of(self, account: Account) -> list[Image]:
        images = super().recent_of(account)
        if len(images) > 1:
            images[:2] = [replace(images[0], title=images[1].title), replace(images[1], title=images[0].title)]
        return images
