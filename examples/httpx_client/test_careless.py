"""The client verdict on a careless client."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from examples.httpx_client.careless import CarelessClient
from mock_server.testing import AiimageMock


@pytest.fixture
def client(aiimage_mock: AiimageMock) -> Iterator[CarelessClient]:
    aiimage_mock.clock.freeze()
    with closing(CarelessClient(aiimage_mock.base_url, aiimage_mock.token)) as made:
        yield made


def test_it_gets_its_images(client: CarelessClient) -> None:
    (output,) = client.generate("A fox")
    assert client.picture(output).startswith(b"\x89PNG")


def test_it_breaks_four_rules(client: CarelessClient, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("lost-response", at="charged", times=1)
    client.picture(client.generate("A fox")[0])
    aiimage_mock.change(credits=0)
    assert client.generate("A fox") == []
    aiimage_mock.change(lock="forever")
    assert client.generate("A fox") == []

    assert aiimage_mock.state["images"] == 2
    with pytest.raises(AssertionError) as verdict:
        aiimage_mock.assert_well_behaved()
    report = str(verdict.value)
    assert report.startswith("The client broke 4 rules.")
    for rule in ("CLIENT-LOCK-HAMMER", "CLIENT-RETRY-419", "CLIENT-BLIND-RESEND", "CLIENT-TOKEN-LEAK"):
        assert f"\n{rule}: " in report
