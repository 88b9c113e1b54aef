"""The chart as a picture, as an address and a command ask for it: every choice of the page, and nothing half-drawn."""

import asyncio
import datetime as dt
import re
import struct
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tracker import cli, routes
from tracker.charts.theme import COLOURS
from tracker.routes import pictures
from tracker.store import Store


class Client:
    """Somebody who asks for pictures of the record."""

    app = Starlette(routes=routes.ROUTES, exception_handlers=routes.HANDLERS)

    def get(self, address: str) -> httpx.Response:
        return asyncio.run(self._got(address))

    async def _got(self, address: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tracker.example") as client:
            return await client.get(address)


@pytest.fixture
def client(record: Store, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("TRACKER_DATABASE_URL", record.url)
    return Client()


def test_a_picture_takes_every_choice_of_the_page(client: Client) -> None:
    query = "compare=united-states&pollster=pew-research-center&from=2010-01-01&to=2024-12-31&theme=dark&width=640"
    svg = client.get(f"/charts/ca-adults/china.svg?{query}").text
    assert 'width="640"' in svg and COLOURS["dark"]["ground"] in svg
    assert ">United States<" in svg and "polls shown" in svg.replace("\u00a0", " ")
    assert "twice the stated margin" in svg


def test_a_choice_changes_the_picture_and_the_same_choice_does_not(client: Client) -> None:
    addresses = [f"/charts/ca-adults/china.svg?{query}" for query in ("", "measure=net", "category=diplomacy", "")]
    first, net, diplomacy, again = (client.get(address).text for address in addresses)
    assert first == again and len({first, net, diplomacy}) == 3


def test_a_card_has_the_size_of_a_link_s_picture(client: Client) -> None:
    card = client.get("/charts/ca-adults/china.png?size=card").content
    assert struct.unpack(">II", card[16:24]) == (1200, 630)


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("theme=sepia", 400, "light or dark"),
        ("width=9", 400, "280 to 2000"),
        ("width=wide", 400, "280 to 2000"),
        ("size=huge", 400, "card"),
        ("from=2020", 400, "2025-04-21"),
        ("colour=red", 400, "theme"),
        ("compare=atlantis", 404, "atlantis"),
        ("pollster=nobody", 404, "questions.csv"),
        ("from=2031-01-01", 404, "No reading"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_reason(client: Client, query: str, status: int, told: str) -> None:
    answer = client.get(f"/charts/ca-adults/china.svg?{query}")
    assert answer.status_code == status and told in answer.text


def test_a_picture_is_drawn_once_a_revision(record: Store) -> None:
    given = {"population": "ca-adults", "subject": "china", "known_by": dt.date(2012, 1, 1)}
    before = pictures._picture.cache_info().hits
    assert pictures.picture(record, "svg", given) == pictures.picture(record, "svg", given)
    assert pictures._picture.cache_info().hits > before


def plain(svg: str) -> str:
    """A picture without the numbers of its clips, which count on from picture to picture."""
    return re.sub(r"clip\d+", "clip", svg)


def test_the_command_draws_what_the_address_draws(
    client: Client, record: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "chart.svg"
    chosen = ["--pollster", "angus-reid-institute", "--from", "2015-01-01", "--until", "2024-12-31", "--width", "700"]
    assert cli.main(["chart", "--database", record.url, "--to", str(file), *chosen, "--theme", "dark"]) == 0
    query = "pollster=angus-reid-institute&from=2015-01-01&to=2024-12-31&width=700&theme=dark"
    assert plain(file.read_text("utf-8")) == plain(client.get(f"/charts/ca-adults/china.svg?{query}").text)
    assert cli.main(["chart", "--database", record.url, "--to", str(file), "--width", "9"]) == 2
    assert "280 to 2000" in capsys.readouterr().err
