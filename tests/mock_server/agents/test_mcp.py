"""An agent with the official client: the use cases of the documentation, the refusals, and the reasons for them."""

import base64
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from support.server import Server

ROOT = Path(__file__).parents[3]
TEAPOT = base64.b64encode((ROOT / "fixtures" / "images" / "teapot.png").read_bytes()).decode()
FOX = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
Scene = Callable[["Agent"], Awaitable[None]]


class Agent:
    """An agent with the tools of one mock."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def use(self, tool: str, **arguments: Any) -> Any:
        """Return what a tool returns, parsed; raise AssertionError with its message if it fails."""
        result = await self.client.call_tool(tool, arguments)
        texts = [content.text for content in result.content if content.type == "text"]
        assert not result.is_error, texts
        parsed = [json.loads(text) for text in texts]
        return parsed[0] if len(parsed) == 1 else parsed

    async def generate(self, token: str, fields: Any, files: dict[str, str] | None = None) -> Any:
        return await self.use("send_request", token=token, operation="generateImage", fields=fields, files=files)


def over_http(server: Server, scene: Scene, **headers: str) -> None:
    async def run() -> None:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(f"{server.origin}/_mock/mcp", http_client=http)) as client,
        ):
            await scene(Agent(client))

    anyio.run(run)


def over_stdio(scene: Scene, *flags: str) -> None:
    async def run() -> None:
        started = StdioServerParameters(command=sys.executable, args=["-m", "mock_server", "mcp", *flags])
        async with Client(started) as client:
            await scene(Agent(client))

    anyio.run(run)


async def product_image(agent: Agent) -> None:
    await agent.use("reset_world", token="product")
    available = await agent.use("send_request", token="product", operation="check-availability")
    assert available["status"] == 200
    fields = {"description": "A cloud", "size": "1024x1024", "quality": "hd", "image_number_of_images": 1}
    reply = await agent.generate("product", {"image_generator": "dall-e", **fields})
    picture = await agent.use("fetch_picture", output=reply["body"]["images"][0]["output"])
    assert (picture["status"], picture["content_type"]) == (200, "image/png")
    cost = await agent.use("cost", token="product")
    assert (cost["spent"], cost["credits_left"]) == (1, 99)


async def batch_over_engines(agent: Agent) -> None:
    await agent.use("reset_world", token="batch")
    common = {"image_generator": "stablediffusion", "stable_description": "A cloud", "image_number_of_images": 1}
    varied = {**common, "type": "image-to-image", "image_resolution": "512x512"}
    assert (await agent.generate("batch", varied, {"image_src": TEAPOT}))["status"] == 200
    for size in ("512x512", "768x1344"):
        crop = {**common, "type": "text-to-image", "image_resolution": size}
        assert (await agent.generate("batch", crop))["status"] == 200


async def enhancement(agent: Agent) -> None:
    await agent.use("reset_world", token="enhance")
    fields = {"image_generator": "stablediffusion", "stable_description": "upscale", "type": "upscale"}
    sent = {**fields, "image_resolution": "512x512", "image_number_of_images": 1}
    assert (await agent.generate("enhance", sent, {"image_src": TEAPOT}))["status"] == 200
    assert (await agent.generate("enhance", sent))["status"] == 422


async def refusals(agent: Agent) -> None:
    token = "refused"
    await agent.use("reset_world", token=token, state={"lock": "forever"})
    await agent.use("move_clock", token=token, command={"set": "2026-02-26T12:00:00Z", "freeze": True})
    for status, rule, state in (
        (409, "LOCK-ONE", {}),
        (419, "CREDIT-419", {"lock": None, "credits": 0}),
        (429, "DAILY-429", {"credits": 9, "used_today": 50}),
    ):
        await agent.use("change_world", token=token, state=state)
        reply = await agent.generate(token, FOX)
        assert reply["status"] == status
        explained = await agent.use("explain_request", request_id=reply["headers"]["x-mock-request-id"])
        assert explained["why"]["rule"] == rule
    await agent.use("move_clock", token=token, command={"advance_to": "day-reset"})
    assert (await agent.generate(token, FOX))["status"] == 200
    listed = await agent.use("list_requests", token=token, status=409)
    assert listed["total"] == 1


async def judgement(agent: Agent) -> None:
    await agent.use("reset_world", token="judged")
    await agent.generate("judged", FOX)
    verdict = await agent.use("client_verdict", token="judged")
    assert "CLIENT-UNFETCHED" in {rule["id"] for rule in verdict["rules"] if rule["verdict"] == "violated"}
    assert await agent.use("coverage", token="judged")
    (lock,) = [await agent.use("rules", ids=["LOCK-10S"])]
    assert lock["source"] == "doc"


async def faults(agent: Agent) -> None:
    await agent.use("reset_world", token="faulty")
    await agent.use("set_faults", token="faulty", faults=[{"fault": "lost-response", "at": "charged", "times": 1}])
    result = await agent.client.call_tool(
        "send_request", {"token": "faulty", "operation": "generateImage", "fields": FOX}
    )
    assert result.is_error
    assert (await agent.use("get_world", token="faulty"))["credits"] == 99


SCENES = [product_image, batch_over_engines, enhancement, refusals, judgement, faults]


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_an_agent_over_http(server: Server, scene: Scene) -> None:
    over_http(server, scene)


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_an_agent_over_standard_input_and_output(scene: Scene) -> None:
    over_stdio(scene)


def test_an_agent_can_use_a_mock_that_runs(server: Server) -> None:
    over_stdio(refusals, "--url", server.base_url)


async def mistakes(agent: Agent) -> None:
    for tool, arguments, message in (
        ("change_world", {"token": "m", "state": {"credit": 1}}, "did you mean credits?"),
        ("send_request", {"token": "m", "operation": "draw"}, "Unknown operation 'draw'. Use: checkAvailability"),
        ("start_scenario", {"token": "m", "name": "nowhere"}, "last-credits"),
        ("rules", {"ids": ["NONE"]}, "Unknown rules: NONE"),
        ("explain_request", {"request_id": "none"}, "not found"),
        ("send_request", {"token": "m", "operation": "generateImage", "files": {"a": "%"}}, "base64"),
    ):
        result = await agent.client.call_tool(tool, arguments)
        assert result.is_error
        assert message in str(result.content), result.content


def test_a_mistake_is_a_message_that_says_what_to_do(server: Server) -> None:
    over_http(server, mistakes)


async def documents(agent: Agent) -> None:
    listed = {str(each.uri) for each in (await agent.client.list_resources()).resources}
    names = {uri.removeprefix("aiimage://") for uri in listed}
    assert names == {"openapi.yaml", "rules.yaml", "control.yaml", "llms.txt"}
    (content,) = (await agent.client.read_resource("aiimage://rules.yaml")).contents
    assert getattr(content, "text", "") == (ROOT / "openapi" / "rules.yaml").read_text()
    assert all(tool.description for tool in (await agent.client.list_tools()).tools)


def test_the_documents_are_resources(server: Server) -> None:
    over_http(server, documents)


@pytest.mark.slow
def test_the_guards_of_the_control_api_hold_for_agents() -> None:
    with Server("--admin-token", "a-secret") as guarded:
        over_http(guarded, documents, Authorization="Bearer a-secret")
        over_http(guarded, refusals, Authorization="Bearer a-secret")
        for headers, status in (({}, 401), ({"Authorization": "Bearer a-secret", "Host": "evil.example"}, 421)):
            reply = httpx2.post(f"{guarded.origin}/_mock/mcp", json={}, headers=headers)
            assert reply.status_code == status
