"""aiohttp."""

import asyncio
from typing import Any

import aiohttp

from clients.steps import aplay


async def main() -> None:
    async with aiohttp.ClientSession() as session:

        async def call(
            method: str, url: str, headers: Any, json: Any = None, form: Any = None, file: Any = None
        ) -> int:
            data = None
            if file:
                data = aiohttp.FormData(form)
                data.add_field("image_src", file.read_bytes(), filename=file.name, content_type="image/png")
            async with session.request(method, url, headers=headers, json=json, data=data) as reply:
                await reply.read()
                return reply.status

        await aplay(call)


asyncio.run(main())
