"""Every database comes to the schema of the models with its rows, and is never touched by an older version."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from tests.places import Places
from tracker.models import Base, Event, Poll
from tracker.settings import ROOT
from tracker.store import NewerDatabase, Store
from tracker.store.engine import migrating
from tracker.store.schema import configured


@pytest.fixture
def url(places: Places) -> Iterator[str]:
    url = places.empty()
    yield url
    places.drop(url)


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    command.upgrade(configured(url), "head")
    with migrating(url).connect() as connection:
        yield connection


def schema(url: str) -> list[tuple[str, str]]:
    """Every table and index with the words that made it."""
    with migrating(url).connect() as connection:
        found = connection.execute(text(SCHEMA[connection.dialect.name]))
        return [(name, " ".join((sql or "").split())) for name, sql in found]


SCHEMA = {
    "sqlite": "select name, sql from sqlite_master where name not like 'sqlite%' order by 1",
    "postgresql": """
        select c.relname, coalesce(pg_get_indexdef(i.indexrelid), (
            select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attcollation::regcollation,
                attnotnull), ', ' order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0
        )) || coalesce((
            select string_agg(conname || pg_get_constraintdef(oid), ', ' order by conname) from pg_constraint
            where conrelid = c.oid
        ), '')
        from pg_class c left join pg_index i on i.indexrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i')
            and c.relname not like 'alembic_version_%' order by 1""",
}


def test_the_newest_migration_makes_what_the_models_say(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, Base.metadata) == []


def test_texts_are_in_one_order_whatever_the_database_was_made_with(connection: Connection) -> None:
    """By code point: capitals, small letters, accents."""
    if connection.dialect.name == "postgresql":
        found = connection.scalars(
            text(
                "select distinct collation_name from information_schema.columns where "
                "table_schema = 'public' and collation_name is not null"
            )
        )
        assert found.all() == ["C"]
    connection.execute(
        text(
            "insert into revisions (number, batch, at, who, origin, action, table_name, row_count) "
            "values (1, 'b', '2026-01-31', 'Ann', 'import', 'insert', 'pollsters', 5)"
        )
    )
    for name in ("é", "a", "Z", "-a", "a-"):
        connection.execute(
            text("insert into pollsters (id, name, added) values (:id, :name, 1)"), {"id": name, "name": name}
        )
    assert connection.scalars(text("select name from pollsters order by name")).all() == ["-a", "Z", "a", "a-", "é"]


def test_every_check_of_the_models_is_in_the_database(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        names = {c["name"] for c in inspect(connection).get_check_constraints(table.name)}
        assert names == {c.name for c in table.constraints if isinstance(c, CheckConstraint)}, table.name


def test_down_to_nothing_and_up_again_gives_the_same_schema(url: str) -> None:
    command.upgrade(configured(url), "head")
    made = schema(url)
    command.downgrade(configured(url), "base")
    assert [name for name, _ in schema(url)] == ["alembic_version"]
    command.upgrade(configured(url), "head")
    assert schema(url) == made


def test_every_constraint_has_a_name(connection: Connection) -> None:
    inspector = inspect(connection)
    for table in Base.metadata.tables:
        found: list[Any] = [inspector.get_pk_constraint(table), *inspector.get_foreign_keys(table)]
        found += [*inspector.get_unique_constraints(table), *inspector.get_check_constraints(table)]
        assert [constraint["name"] for constraint in found if not constraint["name"]] == [], table


def test_rows_written_in_plain_sql_are_read_as_they_were(connection: Connection, url: str) -> None:
    for statement in ROWS.strip().split(";"):
        connection.execute(text(statement))
    connection.commit()
    store = Store(url)
    assert store.migrate() == []
    poll = store.entity(Poll, "b")
    assert poll is not None
    assert (poll.field_start, str(poll.margin_of_error)) == (dt.date(2025, 2, 1), "3.10")
    assert store.questions("ca-adults", "china", "favourability")[0].answers == {"favourable": 14.0}
    store.close()


ROWS = """
insert into revisions (number, batch, at, who, origin, action, table_name, row_count)
 values (1, 'b1', '2026-01-31 12:00:00.000000', 'Ann', 'import', 'insert', 'polls', 1);
insert into pollsters (id, name, added) values ('a', 'A', 1);
insert into subjects (id, name, added) values ('china', 'China', 1);
insert into populations (id, name, added) values ('ca-adults', 'Canadian adults', 1);
insert into scales (id, name, added) values ('favourable-4', 'Favourable', 1);
insert into polls (id, pollster, population, population_label, field_start, field_end, date_precision, margin_of_error,
 status, added) values ('b', 'a', 'ca-adults', 'Canadians', '2025-02-01', '2025-02-03', 'day', '3.10', 'published', 1);
insert into questions (id, poll, subject, construct, object, scale, provenance, added)
 values ('q', 'b', 'china', 'favourability', 'country', 'favourable-4', 'primary', 1);
insert into answers (question, response, value, unit, added) values ('q', 'favourable', '14', 'percent', 1)
"""


def test_actors_and_types_of_events_come_and_go_and_every_row_stays(url: str) -> None:
    """0002: an event and what the ledger told of it, before the columns, with them, and without them again."""
    command.upgrade(configured(url), "0001")
    before = schema(url)
    with migrating(url).begin() as connection:
        for statement in (ROWS + EVENTS).strip().split(";\n"):
            connection.execute(text(statement))
    command.upgrade(configured(url), "0002")
    store = Store(url)
    (event,) = store.events()
    assert (event.id, event.actors, event.end_date) == ("e", "CA;CN", dt.date(2025, 6, 2))
    assert (event.source_actor, event.target_actor, event.plover_type) == (None, None, None)
    command.upgrade(configured(url), "head")
    with store.writing("Ann", "codes it", origin="correction") as session:
        session.get_one(Event, "e").plover_type = "CONSULT"
    assert store.at(2).events()[0].title == "A summit" and store.at(1).events()[0].plover_type is None
    store.close()
    command.downgrade(configured(url), "0001")
    with migrating(url).connect() as connection:
        assert connection.execute(text("select id, actors, subjects, added from events")).all() == [
            ("e", "CA;CN", "china", 1)
        ]
        counts = [connection.scalar(text(f"select count(*) from {name}")) for name in ("revisions", "answers")]
    assert counts == [3, 1]
    assert [name for name, _ in schema(url)] == [name for name, _ in before]


EVENTS = """;
insert into events (id, date, date_precision, end_date, title, category, actors, subjects, added)
 values ('e', '2025-06-01', 'day', '2025-06-02', 'A summit', 'diplomacy', 'CA;CN', 'china', 1);
insert into revisions (number, batch, at, who, origin, action, table_name, row_id, row_count, before, after)
 values (2, 'b2', '2026-02-01 12:00:00.000000', 'Ann', 'correction', 'update', 'events', 'e', 1,
 '{"id": "e", "date": "2025-06-01", "date_precision": "day", "end_date": "2025-06-02", "title": "The summit",
   "description": null, "category": "diplomacy", "actors": "CA;CN", "subjects": "china", "source_url": null,
   "source_title": null, "added": 1}',
 '{"id": "e", "title": "A summit"}')
"""


def test_migrating_says_what_it_applied_and_does_nothing_twice(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(url)
    applied = store.migrate()
    assert len(applied) == len(list((ROOT / "migrations" / "versions").glob("*.py")))
    assert store.migrate() == []


def test_a_database_from_a_newer_version_is_left_alone(url: str) -> None:
    store = Store(url)
    store.migrate()
    with store.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    made = schema(url)
    with pytest.raises(NewerDatabase, match=r"9999.*update the tracker"):
        store.migrate()
    assert schema(url) == made


def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    with migrating(url).connect() as connection:
        connection.execute(text("create table tokens (hash text)"))
        connection.commit()
    with pytest.raises(DatabaseError, match=r"tokens\W* already exists"):
        command.upgrade(configured(url), "head")
    assert [name for name, _ in schema(url)] == ["tokens"]
