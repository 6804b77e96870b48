"""Queries on teams and their digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select

from bot.db.engine import Tx, read_transaction
from bot.db.rows import parse_row
from bot.db.tables.stories import digests, teams
from bot.domain.stories import ChannelFault, Digest, DigestHours


@dataclass(frozen=True)
class Team:
    """PMs who share a story channel; `digest` is the next one.

    `owner_id` is the user who chose the channel; `channel_fault` is why the channel can no longer
    be posted to; `interval_days` is None if the team uses the workspace's default.
    """

    id: int
    name: str
    channel_id: str
    hours: DigestHours
    digest: Digest
    owner_id: str | None = None
    channel_fault: ChannelFault | None = None
    interval_days: int | None = None


@dataclass(frozen=True)
class DigestRecord:
    """A stored digest."""

    id: int
    team_id: int
    week: str
    created_at: datetime


def get(tx: Tx, team_id: int) -> Team | None:
    """Return the team, or None."""
    row = tx.run(tx.select(teams).where(teams.c.id == team_id)).first()
    return _team(row) if row else None


def get_by_channel(tx: Tx, channel_id: str) -> Team | None:
    """Return the team whose stories go to that channel, or None."""
    row = tx.run(tx.select(teams).where(teams.c.channel_id == channel_id)).first()
    return _team(row) if row else None


def add(
    tx: Tx, name: str, channel_id: str, owner_id: str, hours: DigestHours, digest: Digest
) -> int:
    """Add a team and return its id. A channel has one team."""
    return tx.add(
        teams,
        name=name,
        channel_id=channel_id,
        owner_id=owner_id,
        digest_weekday=hours.weekday,
        digest_at=hours.at,
        zone=hours.zone,
        **_digest_values(digest),
    )


def set_interval(tx: Tx, team_id: int, days: int | None) -> None:
    """Set the team's default interval for PMs who have chosen none; None for the workspace's."""
    tx.run(tx.update(teams).where(teams.c.id == team_id).values(interval_days=days))


def set_next_digest(tx: Tx, team_id: int, digest: Digest) -> None:
    """Set the team's next digest."""
    tx.run(tx.update(teams).where(teams.c.id == team_id).values(**_digest_values(digest)))


def list_due(tx: Tx, now: datetime) -> Sequence[int]:
    """Return the ids of teams whose digest is due."""
    found = tx.select(teams, teams.c.id).where(teams.c.next_at <= now).order_by(teams.c.id)
    return list(tx.run(found).scalars())


def get_due(tx: Tx, team_id: int, now: datetime) -> Team | None:
    """Lock and return a team whose digest is due; None if another process has locked or made it."""
    found = tx.select(teams).where(teams.c.id == team_id, teams.c.next_at <= now)
    row = tx.run(found.with_for_update(skip_locked=True)).first()
    return _team(row) if row else None


def get_earliest_digest(engine: Engine) -> datetime | None:
    """Return when the next digest is due in any workspace, or None."""
    with read_transaction(engine, "") as tx:
        return tx.run(select(func.min(teams.c.next_at))).scalar()


def add_digest(tx: Tx, team_id: int, week: str, now: datetime) -> int | None:
    """Add a team's digest of a week and return its id; None if that week has one."""
    row = tx.upsert(digests).values(
        workspace_id=tx.workspace_id, team_id=team_id, week=week, created_at=now
    )
    return tx.run(row.on_conflict_do_nothing().returning(digests.c.id)).scalar()


def get_digest(tx: Tx, digest_id: int) -> DigestRecord | None:
    """Return the digest, or None."""
    row = tx.run(tx.select(digests).where(digests.c.id == digest_id)).first()
    return parse_row(row, DigestRecord) if row else None


def clear_channel_fault(tx: Tx, digest_id: int) -> None:
    """Clear the fault of the channel that a digest was posted to."""
    whose = tx.select(digests, digests.c.team_id).where(digests.c.id == digest_id)
    unavailable = teams.c.id == whose.scalar_subquery(), teams.c.lost_at.is_not(None)
    tx.run(tx.update(teams).where(*unavailable).values(lost_at=None, lost_for=None))


def mark_channel_unavailable(tx: Tx, team_id: int, fault: ChannelFault, now: datetime) -> bool:
    """Mark a team's channel as unable to be posted to; False if that was known."""
    known = teams.c.id == team_id, teams.c.lost_at.is_(None)
    return bool(tx.run(tx.update(teams).where(*known).values(lost_at=now, lost_for=fault)).rowcount)


def _digest_values(digest: Digest) -> dict[str, Any]:
    return {"week": digest.week, "next_on": digest.on, "next_at": digest.at}


def _team(row: Row[Any]) -> Team:
    hours = DigestHours(row.digest_weekday, row.digest_at, row.zone)
    digest = Digest(row.week, row.next_on, row.next_at)
    channel_fault = ChannelFault(row.lost_for) if row.lost_for else None
    return Team(
        row.id,
        row.name,
        row.channel_id,
        hours,
        digest,
        row.owner_id,
        channel_fault,
        row.interval_days,
    )
