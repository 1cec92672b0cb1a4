"""Generated wrong servers: each differs from a conforming one exactly where its decision is reached."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers.generated.conditions import ALWAYS
from contract_tests.wrong_servers.generated.mutants import DECISIONS, Mutant, all_mutants, mutants
from contract_tests.wrong_servers.generated.rows import Decision
from contract_tests.wrong_servers.presentation import Presentation
from contract_tests.wrong_servers.service import PREFIX, Service
from contract_tests.wrong_servers.state import Accounts, Lock, token_of
from contract_tests.wrong_servers.wire import Reply, Request

DOCUMENTED = {rule.id for rule in load_rules().values() if rule.documented}
DALL_E = {"image_generator": "dall-e", "image_number_of_images": 1, "size": "256x256", "quality": "hd"}
STABLE = {"image_generator": "stablediffusion", "image_number_of_images": 2, "image_resolution": "64x64"}


def request(role: str, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Request:
    headers = {"authorization": f"Bearer {token_of(role)}", "content-type": kind} if role else {}
    return Request(method, path if path.startswith("/") else f"{PREFIX}{path}", {}, headers, body)


def generation(role: str, fields: dict[str, Any]) -> Request:
    return request(role, "POST", "generate-image", json.dumps(fields).encode())


def form(role: str, fields: dict[str, Any], *files: str) -> Request:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields]
    parts += [f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a"\r\n\r\nA\r\n' for name in files]
    return request(
        role, "POST", "generate-image", "".join([*parts, "--x--\r\n"]).encode(), "multipart/form-data; boundary=x"
    )


def session(service: Service) -> Iterator[Reply]:
    """Make calls of all kinds, twice."""
    text = {**STABLE, "type": "text-to-image", "stable_description": "A tea p\u00f6t"}
    for _ in range(2):
        for path in ("check-availability", "versions", "recent-images"):
            yield from (service.answer(request(role, "GET", path)) for role in ("primary", "secondary", "", "invalid"))
        made = [service.answer(generation("primary", {**DALL_E, "description": "A kettle, " * 30, "mood": "calm"}))]
        made += [service.answer(generation(role, text)) for role in ("primary", "secondary", "low", "empty", "limited")]
        made += [service.answer(form("primary", {**text, "type": "upscale"}, *files)) for files in ((), ("image_src",))]
        made += [service.answer(generation("primary", text)) for _ in range(5)]
        for engine, prompt in (
            ("flux-pro", "description_flux_pro"),
            ("ideogram", "description_ideogram"),
            ("flux-pro-kontext", "description_flux_pro"),
        ):
            fields = {"image_generator": engine, "image_number_of_images": 1, prompt: "A lid"}
            made += [service.answer(generation(role, fields)) for role in ("almost_limited", "low", "empty", "limited")]
        made += [service.answer(generation("primary", {}))]
        yield from made
        busy = service.accounts.get(token_of("primary"))
        busy.outside_lock = Lock(None, None)
        yield service.answer(request("primary", "GET", "check-availability"))
        yield service.answer(generation("primary", text))
        busy.outside_lock = None
        similar = {"authorization": f"Bearer {token_of('primary')}0"}
        yield service.answer(Request("GET", f"{PREFIX}recent-images", {}, similar, b""))
        for path in list(service.pictures):
            yield service.answer(request("", "GET", path))
        yield service.answer(request("primary", "GET", "recent-images"))
    yield Reply(
        200, [(each.credits, each.used_today(), each.lock_slot.lock is None) for each in service.accounts.all()]
    )


def replies(make: type[Service]) -> list[Reply]:
    """Return the replies of the session; every instant is the same."""
    presentation = Presentation()
    presentation.stamp = lambda instant: "2026-02-26T10:00:00Z"  # type: ignore[method-assign]
    return list(session(make(presentation, Accounts(open_=True, shared=False), 0)))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.name)
def test_every_operator_is_reached_by_a_session_of_all_calls(decision: Decision) -> None:
    for operator in decision.changes:
        make = Mutant(decision, operator, ALWAYS).server()
        replies(make)
        assert make.reached, make.__name__


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.name)
def test_a_mutant_differs_from_a_conforming_server_only_where_its_decision_is_reached(decision: Decision) -> None:
    conforming, operator = replies(Service), next(iter(decision.changes))
    for condition in decision.conditions:
        make = Mutant(decision, operator, condition).server()
        same = replies(make) == conforming
        assert same or make.reached, make.__name__


def test_a_condition_limits_a_mutant() -> None:
    service = mutants()["draw-one-less-several"].source
    assert isinstance(service, type)
    server = service(Presentation(), Accounts(open_=False, shared=False), 0)
    one, two = ({**DALL_E, "description": "A kettle", "image_number_of_images": number} for number in (1, 2))
    assert [len(server.answer(generation("primary", fields)).body["images"]) for fields in (one, two)] == [1, 1]


def test_names_and_sentences_are_distinct() -> None:
    everything = list(all_mutants())
    assert max(Counter(mutant.name for mutant in everything).values()) == 1
    assert all(mutant.sentence.endswith(".") and mutant.sentence.count(". ") == 0 for mutant in everything)
    assert mutants()["charge-twice-flux-pro"].sentence == "A generation is charged twice, by flux-pro."


def test_a_mutant_breaks_documented_rules_or_says_why_it_breaks_none() -> None:
    for mutant in all_mutants():
        assert bool(mutant.harmless) or (set(mutant.change.rules) and DOCUMENTED.issuperset(mutant.change.rules))
    assert not {mutant.name for mutant in all_mutants() if mutant.harmless} & mutants().keys()


@pytest.mark.parametrize("rule", sorted(DOCUMENTED))
def test_at_least_five_mutants_break_every_documented_rule(rule: str) -> None:
    assert sum(entry.rules[0] == rule for entry in mutants().values()) >= 5
