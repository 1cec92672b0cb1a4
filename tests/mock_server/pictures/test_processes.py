"""Uploads are decoded in processes of their own, which end when a job takes too much."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from mock_server.pictures import Picture, UnreadableImage, processes, rendering
from support.odd_uploads import HARMLESS, REFUSED, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

ENOUGH = 10**7
SECONDS = 5


@pytest.fixture(autouse=True)
def _own_processes() -> Iterator[None]:
    processes.end_idle()
    yield
    processes.end_idle()


@pytest.fixture(scope="module")
def large() -> bytes:
    """A file that takes far more than a millisecond to decode."""
    noise = Image.effect_noise((2000, 2000), 80)
    return encoded("JPEG", noise.convert("RGB"), progressive=True, quality=50)


def test_an_upload_is_measured_and_rendered_as_in_this_process() -> None:
    source = encoded("JPEG")
    picture = Picture("flux", "a \ud800 fox", (64, 48), 7, 1, source, "image-to-image")
    assert processes.measure(source, ENOUGH, SECONDS) == (40, 30)
    assert processes.render(picture, ENOUGH, SECONDS) == rendering.render(picture)


@pytest.mark.parametrize("name", ["JPEG with 200 scans and a second picture", "GIF without a frame", "BMP of no width"])
def test_a_refusal_names_its_reason(name: str) -> None:
    message, data = REFUSED[name]
    with pytest.raises(UnreadableImage, match=message):
        processes.measure(data, ENOUGH, SECONDS)


def test_a_process_is_used_again() -> None:
    for data in [*HARMLESS.values()][:3]:
        processes.measure(data, ENOUGH, SECONDS)
    assert processes.end_idle() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on processor time")
def test_a_job_beyond_its_time_is_refused_and_the_next_one_is_done(large: bytes) -> None:
    with pytest.raises(UnreadableImage, match=r"takes more than 0\.01 seconds"):
        processes.measure(large, ENOUGH, 0.01)
    assert processes.end_idle() == 0
    assert processes.measure(large, ENOUGH, SECONDS) == (2000, 2000)


def test_a_process_that_was_killed_is_replaced() -> None:
    assert processes.measure(encoded("PNG"), ENOUGH, SECONDS) == (40, 30)
    for process in processes._idle:
        process._popen.kill()
        process._popen.wait()
    assert processes.measure(encoded("PNG"), ENOUGH, SECONDS) == (40, 30)


def test_jobs_of_several_threads_run_side_by_side() -> None:
    with ThreadPoolExecutor(4) as pool:
        sizes = list(pool.map(lambda data: processes.measure(data, ENOUGH, SECONDS), [encoded("PNG")] * 12))
    assert sizes == [(40, 30)] * 12


@pytest.mark.skipif(sys.platform != "linux", reason="no limit on memory")
def test_a_job_beyond_its_memory_gets_none() -> None:
    program = "from mock_server.pictures.worker import limit; limit(0, 2**29); bytes(2**30)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stderr.endswith("MemoryError\n")
