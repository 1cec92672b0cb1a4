"""A server that is away, slow, full, or another: what is said of it, and that it is found again."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from mock_server.stores import StoreUnavailableError
from mock_server.stores.redis.address import parse_address
from mock_server.stores.redis.server import Server
from support.valkey import Relay, Valkey, fresh_url, sentinel, shared


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario()

    return asyncio.run(running())


def complaint(url: str, *command: str, patience: float = 1) -> str:
    """Return what is said of a server that cannot do a command."""

    async def scenario() -> str:
        server = Server(parse_address(url), patience)
        try:
            with pytest.raises(StoreUnavailableError) as refused:
                await server.ask(command or ("PING",))
            return str(refused.value)
        finally:
            await server.close()

    return str(run(scenario))


async def reply(url: str, *command: str) -> Any:
    server = Server(parse_address(url))
    try:
        return (await server.ask(command))[0]
    finally:
        await server.close()


async def until_back(server: Server) -> float:
    """Return how many seconds it takes until the server answers again."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while loop.time() < since + 5:
        try:
            await server.ask(("PING",))
        except StoreUnavailableError:
            await asyncio.sleep(0.01)
        else:
            return loop.time() - since
    raise AssertionError("it did not come back")


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    says = "redis://127.0.0.1:1/2 cannot be reached (Connection refused)"
    assert complaint("redis://me:secret@127.0.0.1:1/2") == says


def test_sentinels_that_are_not_there_are_named_without_their_password() -> None:
    says = "redis+sentinel://127.0.0.1:1/main/0: no sentinel there knows a primary of that name"
    assert complaint("redis+sentinel://me:secret@127.0.0.1:1/main") == says


def test_sentinels_tell_where_the_primary_is(tmp_path: Path) -> None:
    with sentinel(tmp_path, watches=shared().port) as port:
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{port}"
        assert run(lambda: reply(f"{url}/main/7", "CLIENT", "INFO")).split(b" db=")[1].startswith(b"7 ")
        assert complaint(f"{url}/other").endswith("no sentinel there knows a primary of that name")


def test_over_tls_a_server_is_asked_whose_certificate_is_good_and_no_other(tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    async def scenario() -> tuple[object, object]:
        async with Relay(shared().port, tls) as relay:
            url = f"rediss://localhost:{relay.port}"
            with pytest.raises(StoreUnavailableError, match=r"cannot be reached \(.*CERTIFICATE_VERIFY_FAILED"):
                await reply(url, "PING")
            good = await reply(f"{url}?ssl_ca_certs={tmp_path / 'ca.pem'}", "PING")
            return good, await reply(f"{url}?ssl_cert_reqs=none", "PING")

    assert run(scenario) == (b"PONG", b"PONG")


def test_what_speaks_another_protocol_is_no_valkey() -> None:
    async def scenario() -> str:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await reader.read()
            writer.close()

        async with await asyncio.start_server(greet, "127.0.0.1", 0) as other:
            port = other.sockets[0].getsockname()[1]
            server = Server(parse_address(f"redis://127.0.0.1:{port}"))
            with pytest.raises(StoreUnavailableError) as refused:
                await server.ask(("PING",))
            await server.close()
            return str(refused.value)

    assert run(scenario).endswith("/0 speaks another protocol")


def test_a_password_that_is_wrong_or_missing_is_said_and_not_repeated(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        valkey.say("CONFIG", "SET", "requirepass", "right")
        place = f"127.0.0.1:{valkey.port}"
        assert complaint(f"redis://{place}") == f"redis://{place}/0 asks for a password: put it into the URL"
        assert complaint(f"redis://:wrong@{place}") == f"redis://{place}/0 does not know that user or password"
        assert run(lambda: reply(f"redis://:right@{place}", "PING")) == b"PONG"


def test_a_database_that_there_is_not_is_said() -> None:
    assert complaint(f"{shared().url}/99999").endswith("/99999 refuses the command SELECT (ERR)")


@pytest.mark.parametrize(("connected", "turns"), [(False, 3), (True, 1)])
def test_a_server_is_not_blamed_for_the_time_that_this_process_stood_still(connected: bool, turns: int) -> None:
    async def scenario() -> Any:
        server = Server(parse_address(fresh_url()), patience=0.2)
        if connected:
            await server.ask(("PING",))
        asking = asyncio.ensure_future(server.ask(("PING",)))
        for _ in range(turns):  # until it has begun
            await asyncio.sleep(0)
        since = time.monotonic()
        while time.monotonic() < since + 0.3:
            pass
        try:
            return await asking
        finally:
            await server.close()

    assert run(scenario) == [b"PONG"]


def test_a_server_that_does_not_answer_is_given_up_and_found_again() -> None:
    async def scenario() -> tuple[list[float], float]:
        server = Server(parse_address(fresh_url()), patience=0.2)
        await server.ask(("PING",))
        shared().say("CLIENT", "PAUSE", 700)
        loop = asyncio.get_running_loop()
        took = []
        for _ in range(3):
            since = loop.time()
            with pytest.raises(StoreUnavailableError, match=r"did not answer for 0\.2 s"):
                await server.ask(("PING",))
            took.append(loop.time() - since)
        back = await until_back(server)
        await server.close()
        return took, back

    took, back = run(scenario)
    assert 0.2 <= took[0] < 0.4
    assert max(took[1:]) < 0.1
    assert back < 1.5


def test_all_who_wait_are_told_when_the_connection_is_lost_and_the_next_gets_another() -> None:
    async def scenario() -> tuple[list[object], object]:
        async with Relay(shared().port) as relay:
            server = Server(parse_address(f"redis://127.0.0.1:{relay.port}"))
            await server.ask(("PING",))
            relay.cut()
            waiting = [server.ask(("PING",)) for _ in range(3)]
            told = await asyncio.gather(*waiting, return_exceptions=True)
            again = await server.ask(("PING",))
            await server.close()
        return [str(each) for each in told], again

    told, again = run(scenario)
    assert [each.rpartition(" has ")[2] for each in told] == ["closed the connection"] * 3
    assert again == [b"PONG"]


def test_a_full_server_is_said_to_be_full(tmp_path: Path) -> None:
    with Valkey(tmp_path, maxmemory="1", **{"maxmemory-policy": "noeviction"}) as valkey:
        assert "has no memory left: give it more" in complaint(valkey.url, "SET", "a", "b")


def test_a_replica_is_said_to_be_one_and_left_for_the_primary(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        valkey.say("REPLICAOF", "127.0.0.1", "1")
        assert complaint(valkey.url, "SET", "a", "b").endswith("is a replica that takes no changes: name the primary")

        async def scenario() -> float:
            server = Server(parse_address(valkey.url))
            with pytest.raises(StoreUnavailableError):
                await server.ask(("SET", "a", "b"))
            valkey.say("REPLICAOF", "NO", "ONE")
            back = await until_back(server)
            await server.close()
            return back

        assert run(scenario) < 1


def test_a_command_that_makes_no_sense_is_a_mistake_of_ours() -> None:
    async def scenario() -> None:
        server = Server(parse_address(fresh_url()))
        try:
            await server.ask(("NONSENSE",))
        finally:
            await server.close()

    with pytest.raises(RuntimeError, match="refuses NONSENSE: ERR unknown command"):
        run(scenario)


def test_who_stops_waiting_does_not_take_the_reply_of_another() -> None:
    async def scenario() -> list[object]:
        server = Server(parse_address(fresh_url()))
        await server.ask(("PING",))
        given_up = asyncio.ensure_future(server.ask(("ECHO", "first")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        given_up.cancel()
        reply = await server.ask(("ECHO", "second"))
        await server.close()
        return reply

    assert run(scenario) == [b"second"]
