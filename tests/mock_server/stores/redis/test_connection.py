"""A server that is down, slow, full or a replica: the error that names it, and the next connection."""

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
from mock_server.stores.redis.connection import Connection
from support.valkey import Relay, Valkey, fresh_url, sentinel, shared


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario()

    return asyncio.run(running())


def failure(url: str, *command: str, patience: float = 1) -> str:
    """Return the message of a command that fails."""

    async def scenario() -> str:
        connection = Connection(parse_address(url), patience)
        try:
            with pytest.raises(StoreUnavailableError) as refused:
                await connection.execute(command or ("PING",))
            return str(refused.value)
        finally:
            await connection.close()

    return str(run(scenario))


async def reply(url: str, *command: str) -> Any:
    connection = Connection(parse_address(url))
    try:
        return (await connection.execute(command))[0]
    finally:
        await connection.close()


async def until_connected(connection: Connection) -> float:
    """Return the number of seconds until the server answers again."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while loop.time() < since + 5:
        try:
            await connection.execute(("PING",))
        except StoreUnavailableError:
            await asyncio.sleep(0.01)
        else:
            return loop.time() - since
    raise AssertionError("the server did not come back")


def test_a_server_that_is_down_is_named_without_its_password() -> None:
    message = "redis://127.0.0.1:1/2 cannot be reached (Connection refused)"
    assert failure("redis://me:secret@127.0.0.1:1/2") == message


def test_sentinels_that_are_down_are_named_without_their_password() -> None:
    message = "redis+sentinel://127.0.0.1:1/main/0 has no sentinel that knows a primary of that name"
    assert failure("redis+sentinel://me:secret@127.0.0.1:1/main") == message


def test_sentinels_name_the_primary(tmp_path: Path) -> None:
    with sentinel(tmp_path, watches=shared().port) as port:
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{port}"
        assert run(lambda: reply(f"{url}/main/7", "CLIENT", "INFO")).split(b" db=")[1].startswith(b"7 ")
        assert failure(f"{url}/other").endswith("has no sentinel that knows a primary of that name")


def test_over_tls_only_a_server_with_a_valid_certificate_is_accepted(tmp_path: Path) -> None:
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


def test_a_server_of_another_protocol_is_refused() -> None:
    async def scenario() -> str:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await reader.read()
            writer.close()

        async with await asyncio.start_server(greet, "127.0.0.1", 0) as other:
            port = other.sockets[0].getsockname()[1]
            connection = Connection(parse_address(f"redis://127.0.0.1:{port}"))
            with pytest.raises(StoreUnavailableError) as refused:
                await connection.execute(("PING",))
            await connection.close()
            return str(refused.value)

    assert run(scenario).endswith("/0 speaks another protocol")


def test_a_wrong_or_missing_password_is_reported_and_not_repeated(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        valkey.say("CONFIG", "SET", "requirepass", "right")
        place = f"127.0.0.1:{valkey.port}"
        assert failure(f"redis://{place}") == f"redis://{place}/0 requires a password: put it into the URL"
        assert failure(f"redis://:wrong@{place}") == f"redis://{place}/0 does not accept that user or password"
        assert run(lambda: reply(f"redis://:right@{place}", "PING")) == b"PONG"


def test_a_database_that_does_not_exist_is_reported() -> None:
    assert failure(f"{shared().url}/99999").endswith("/99999 refuses database 99999")


@pytest.mark.parametrize(("connected", "turns"), [(False, 3), (True, 1)])
def test_a_server_does_not_time_out_while_this_process_is_blocked(connected: bool, turns: int) -> None:
    async def scenario() -> Any:
        connection = Connection(parse_address(fresh_url()), timeout=0.2)
        if connected:
            await connection.execute(("PING",))
        asking = asyncio.ensure_future(connection.execute(("PING",)))
        for _ in range(turns):  # until it has begun
            await asyncio.sleep(0)
        since = time.monotonic()
        while time.monotonic() < since + 0.3:
            pass
        try:
            return await asking
        finally:
            await connection.close()

    assert run(scenario) == [b"PONG"]


def test_a_server_that_does_not_answer_times_out_and_is_connected_again() -> None:
    async def scenario() -> tuple[list[float], float]:
        connection = Connection(parse_address(fresh_url()), timeout=0.2)
        await connection.execute(("PING",))
        shared().say("CLIENT", "PAUSE", 700)
        loop = asyncio.get_running_loop()
        took = []
        for _ in range(3):
            since = loop.time()
            with pytest.raises(StoreUnavailableError, match=r"did not answer for 0\.2 s"):
                await connection.execute(("PING",))
            took.append(loop.time() - since)
        back = await until_connected(connection)
        await connection.close()
        return took, back

    took, back = run(scenario)
    assert 0.2 <= took[0] < 0.4
    assert max(took[1:]) < 0.1
    assert back < 1.5


def test_all_waiting_commands_fail_with_the_connection_and_the_next_gets_another() -> None:
    async def scenario() -> tuple[list[object], object]:
        async with Relay(shared().port) as relay:
            connection = Connection(parse_address(f"redis://127.0.0.1:{relay.port}"))
            await connection.execute(("PING",))
            relay.cut()
            waiting = [connection.execute(("PING",)) for _ in range(3)]
            errors = await asyncio.gather(*waiting, return_exceptions=True)
            again = await connection.execute(("PING",))
            await connection.close()
        return [str(each) for each in errors], again

    errors, again = run(scenario)
    assert [each.rpartition(" has ")[2] for each in errors] == ["closed the connection"] * 3
    assert again == [b"PONG"]


def test_a_full_server_is_reported(tmp_path: Path) -> None:
    with Valkey(tmp_path, maxmemory="1", **{"maxmemory-policy": "noeviction"}) as valkey:
        assert "has no memory left: give it more" in failure(valkey.url, "SET", "a", "b")


def test_a_replica_is_reported_and_the_primary_is_connected(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        valkey.say("REPLICAOF", "127.0.0.1", "1")
        assert failure(valkey.url, "SET", "a", "b").endswith("is a read-only replica: name the primary")

        async def scenario() -> float:
            connection = Connection(parse_address(valkey.url))
            with pytest.raises(StoreUnavailableError):
                await connection.execute(("SET", "a", "b"))
            valkey.say("REPLICAOF", "NO", "ONE")
            back = await until_connected(connection)
            await connection.close()
            return back

        assert run(scenario) < 1


def test_an_unknown_command_is_a_programming_error() -> None:
    async def scenario() -> None:
        connection = Connection(parse_address(fresh_url()))
        try:
            await connection.execute(("NONSENSE",))
        finally:
            await connection.close()

    with pytest.raises(RuntimeError, match="refuses NONSENSE: unknown command"):
        run(scenario)


def test_a_cancelled_command_does_not_shift_the_replies_of_others() -> None:
    async def scenario() -> list[object]:
        connection = Connection(parse_address(fresh_url()))
        await connection.execute(("PING",))
        given_up = asyncio.ensure_future(connection.execute(("ECHO", "first")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        given_up.cancel()
        reply = await connection.execute(("ECHO", "second"))
        await connection.close()
        return reply

    assert run(scenario) == [b"second"]
