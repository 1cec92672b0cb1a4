"""The use cases of the API's documentation, with a generated client."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from mock_server.testing import AiimageMock

Sdk = Callable[[str], Any]


@pytest.fixture
def client(sdk: Sdk, aiimage_mock: AiimageMock) -> Iterator[Any]:
    with sdk("client").AuthenticatedClient(aiimage_mock.base_url, aiimage_mock.token) as made:
        yield made


def generate(sdk: Sdk, client: Any, body: Any) -> Any:
    """Generate images with the operation that a body is meant for, and return the first."""
    upload = isinstance(body, sdk("models").StableDiffusionFromAnImage)
    operation = sdk(f"api.images.{'generate_from_upload' if upload else 'generate_image'}")
    made = operation.sync(client=client, body=body)
    assert made.status == "success", made
    return made.images[0]


def picture(mock: AiimageMock, image: Any) -> bytes:
    return httpx.get(f"{mock.base_url.removesuffix('/api/v1')}/{image.output}").content


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def product(sdk: Sdk, text: str, dimensions: str = "1024x1024") -> Any:
    """Return an order for one image in high definition."""
    fields = {"image_generator": "dall-e", "image_number_of_images": 1, "description": text}
    return sdk("models").DALLE.from_dict({**fields, "size": dimensions, "quality": "hd"})


def stable(sdk: Sdk, text: str, resolution: str, kind: str, source: bytes | None = None) -> Any:
    """Return an order for one image made from text, or from another one."""
    models = sdk("models")
    fields = {"image_generator": "stablediffusion", "image_number_of_images": 1, "stable_description": text}
    fields |= {"type": kind, "image_resolution": resolution}
    if source is None:
        return models.StableDiffusionFromText.from_dict(fields)
    order = models.StableDiffusionFromAnImage.from_dict({**fields, "image_src": source})
    order.image_src.file_name, order.image_src.mime_type = "source.png", "image/png"
    return order


def test_product_imagery(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    available = sdk("api.availability.check_availability").sync(client=client)
    assert available.message == "Image generation is available."
    image = generate(sdk, client, product(sdk, "A ceramic teapot on a linen cloth"))
    assert image.input_ == "A ceramic teapot on a linen cloth"
    assert size(picture(aiimage_mock, image)) == (1024, 1024)
    aiimage_mock.assert_well_behaved()


def test_a_batch_over_engines(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    hero = picture(aiimage_mock, generate(sdk, client, product(sdk, "A teapot", "1792x1024")))
    assert size(hero) == (1792, 1024)
    variation = generate(sdk, client, stable(sdk, "The same in blue", "512x512", "image-to-image", hero))
    assert size(picture(aiimage_mock, variation)) == (512, 512)
    for resolution in ("512x512", "576x1024", "1200x628"):
        crop = generate(sdk, client, stable(sdk, "A teapot, cropped", resolution, "text-to-image"))
        assert "x".join(map(str, size(picture(aiimage_mock, crop)))) == resolution
    recent = sdk("api.images.get_recent_images").sync(client=client)
    assert [each.input_ for each in recent] == [*["A teapot, cropped"] * 3, "The same in blue", "A teapot"]
    aiimage_mock.assert_well_behaved()


def test_enhancement(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    source = picture(aiimage_mock, generate(sdk, client, product(sdk, "A lamp", "256x256")))
    warmer = generate(sdk, client, stable(sdk, "Warmer", "768x768", "image-to-image", source))
    larger = generate(sdk, client, stable(sdk, "In finer detail", "1024x1024", "upscale", source))
    assert size(picture(aiimage_mock, warmer)) == (768, 768)
    assert size(picture(aiimage_mock, larger)) == (512, 512)
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize(("state", "status"), [({"daily_limit": 0}, 429), ({"lock": {"until": None}}, 409)])
def test_a_refusal_is_told_apart(sdk: Sdk, client: Any, aiimage_mock: AiimageMock, state: Any, status: int) -> None:
    aiimage_mock.change(**state)
    answer = sdk("api.images.generate_image").sync_detailed(client=client, body=product(sdk, "A lamp"))
    assert (answer.status_code, type(answer.parsed).__name__) == (status, "Refused")


def test_a_419_is_too_much_for_it(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    """419 is in no registry of HTTP statuses, and what the generator writes accepts those only."""
    aiimage_mock.change(credits=0)
    with pytest.raises(ValueError, match="419 is not a valid HTTPStatus"):
        generate(sdk, client, product(sdk, "A lamp"))


def test_what_is_wrong_is_told_by_field(sdk: Sdk, client: Any) -> None:
    answer = sdk("api.images.generate_image").sync(client=client, body=product(sdk, " "))
    assert answer.errors.additional_properties == {"description": [answer.message]}


def test_a_wrong_token_is_told(sdk: Sdk, aiimage_mock: AiimageMock) -> None:
    with sdk("client").AuthenticatedClient(aiimage_mock.base_url, "demo-invalid") as stranger:
        assert sdk("api.availability.get_versions").sync(client=stranger).message == "Unauthenticated."


def test_the_engines_are_known_by_their_versions(sdk: Sdk, client: Any) -> None:
    assert "dall-e" in sdk("api.availability.get_versions").sync(client=client).additional_properties
