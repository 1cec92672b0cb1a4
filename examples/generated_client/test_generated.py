"""The use cases of the API's documentation, with a generated client."""

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from examples.generated_client.conftest import HERE, Sdk
from mock_server.testing import AiimageMock

pytestmark = pytest.mark.delivery


@pytest.fixture
def client(sdk: Sdk, aiimage_mock: AiimageMock) -> Iterator[Any]:
    with sdk.client.connect(aiimage_mock.base_url, aiimage_mock.token) as made:
        yield made


def picture(mock: AiimageMock, images: list[Any]) -> bytes:
    """Return the picture of the one image that there is."""
    (image,) = images
    return httpx.get(f"{mock.base_url.removesuffix('/api/v1')}/{image.output}").content


def size(data: bytes) -> str:
    return "x".join(map(str, Image.open(io.BytesIO(data)).size))


def product(sdk: Sdk, text: str, dimensions: str = "1024x1024") -> Any:
    """Return an order for one image in high definition."""
    fields = {"image_generator": "dall-e", "image_number_of_images": 1, "quality": "hd"}
    return sdk.models.DALLE(description=text, size=dimensions, **fields)


def stable(kind: str, resolution: str) -> dict[str, Any]:
    """Return the fields that all orders for one image of Stable Diffusion have."""
    fields = {"image_generator": "stablediffusion", "image_number_of_images": 1}
    return {**fields, "type_": kind, "image_resolution": resolution}


def crop(sdk: Sdk, resolution: str) -> Any:
    fields = stable("text-to-image", resolution)
    return sdk.models.StableDiffusionFromText(stable_description="A teapot, cropped", **fields)


def variation(sdk: Sdk, text: str, resolution: str, kind: str, source: bytes) -> Any:
    """Return an order for one image made from another one."""
    fields = {**stable(kind, resolution), "image_src": sdk.client.png(source)}
    return sdk.models.StableDiffusionFromAnImage(stable_description=text, **fields)


def test_product_imagery(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    available = sdk.availability.check_availability.sync(client=client)
    assert available.message == "Image generation is available."
    images = sdk.client.generate(client, product(sdk, "A ceramic teapot on a linen cloth"))
    assert images[0].input_ == "A ceramic teapot on a linen cloth"
    assert size(picture(aiimage_mock, images)) == "1024x1024"
    aiimage_mock.assert_well_behaved()


def test_a_batch_over_engines(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    hero = picture(aiimage_mock, sdk.client.generate(client, product(sdk, "A teapot", "1792x1024")))
    assert size(hero) == "1792x1024"
    blue = sdk.client.generate(client, variation(sdk, "The same in blue", "512x512", "image-to-image", hero))
    assert size(picture(aiimage_mock, blue)) == "512x512"
    for resolution in ("512x512", "576x1024", "1200x628"):
        assert size(picture(aiimage_mock, sdk.client.generate(client, crop(sdk, resolution)))) == resolution
    recent = sdk.images.get_recent_images.sync(client=client)
    assert [each.input_ for each in recent] == [*["A teapot, cropped"] * 3, "The same in blue", "A teapot"]
    aiimage_mock.assert_well_behaved()


def test_enhancement(sdk: Sdk, client: Any, aiimage_mock: AiimageMock) -> None:
    source = picture(aiimage_mock, sdk.client.generate(client, product(sdk, "A lamp", "256x256")))
    warmer = sdk.client.generate(client, variation(sdk, "Warmer", "768x768", "image-to-image", source))
    larger = sdk.client.generate(client, variation(sdk, "In finer detail", "1024x1024", "upscale", source))
    assert size(picture(aiimage_mock, warmer)) == "768x768"
    assert size(picture(aiimage_mock, larger)) == "512x512"
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"credits": 0}, "You have no credits left"),
        ({"daily_limit": 0}, "You have reached the maximum number"),
        ({"lock": "forever"}, "Image generation in progress"),
    ],
    ids=["419", "429", "409"],
)
def test_a_refusal_is_returned(sdk: Sdk, client: Any, aiimage_mock: AiimageMock, state: Any, message: str) -> None:
    aiimage_mock.change(**state)
    with pytest.raises(sdk.client.RefusedError, match=message) as refused:
        sdk.client.generate(client, product(sdk, "A lamp"))
    assert isinstance(refused.value, sdk.client.OutOfCreditsError) == ("credits" in state)


def test_errors_are_returned_by_field(sdk: Sdk, client: Any) -> None:
    answer = sdk.images.generate_image.sync(client=client, body=product(sdk, " "))
    assert answer.errors.additional_properties == {"description": [answer.message]}


def test_a_wrong_token_is_refused(sdk: Sdk, aiimage_mock: AiimageMock) -> None:
    with sdk.client.connect(aiimage_mock.base_url, "demo-invalid") as stranger:
        assert sdk.availability.get_versions.sync(client=stranger).message == "Unauthenticated."


def test_the_engines_are_known_by_their_versions(sdk: Sdk, client: Any) -> None:
    assert "dall-e" in sdk.availability.get_versions.sync(client=client).additional_properties


def test_the_generated_types_are_strict_and_what_is_written_fits_them(sdk: Sdk, tmp_path: Path) -> None:
    shutil.copytree(sdk.folder / "aiimage_sdk", tmp_path / "aiimage_sdk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "client.py", tmp_path)
    (tmp_path / "wrong.py").write_text("import client\nclient.generate(client.connect('', ''), 'no order')\n")
    mypy = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path / 'cache'}", "."]
    done = subprocess.run(mypy, cwd=tmp_path, capture_output=True, text=True)
    printed = done.stdout.splitlines()
    assert [line.split(":")[0] for line in printed[:-1]] == ["wrong.py"], done.stdout
    assert printed[-1].startswith("Found 1 error")
