"""Find what a lost database posted after its backup, to post none of it twice.

A database that is restored from a backup doesn't know what was sent since. What it knew to be due
was sent under the same delivery id. What it makes again gets other ids, and rows of other things
may have the ids of the lost ones: such messages are recognized by what they are about.
"""

from bot.db.outbox import restores
from bot.db.outbox.queries import ClaimedMessage
from bot.domain.outbox.message_ref import MessageRef
from bot.errors import MaybePosted, SlackUnavailable
from bot.operations.messages import MESSAGE_TYPES
from bot.operations.outbox.leases import DeliveryRun
from bot.slack import error_codes, posting
from bot.slack.posting import Posted

# Of 200 messages each; they have to be read before the deadline of the post.
MAX_PAGES = 30


def may_be_posted(run: DeliveryRun, message: ClaimedMessage) -> bool:
    """Return whether a lost database may have posted a message, or tried to."""
    if message.message_ref or message.first_attempt_at is None:
        return False
    with run.services.reading(message.workspace_id) as tx:
        restore = restores.get(tx)
    return restore is not None and message.first_attempt_at <= restore.at


def hash_about(run: DeliveryRun, message: ClaimedMessage) -> str:
    """Return the hash of what a message is about, under which another database knows it too."""
    with run.services.reading(message.workspace_id) as tx:
        words = MESSAGE_TYPES[message.kind].about(tx, message)
    return posting.hash_about(message.workspace_id, message.kind, words)


def find(run: DeliveryRun, message: ClaimedMessage, about: str) -> MessageRef | None:
    """Find where a lost database posted a message; None if it surely didn't.

    Raises `MaybePosted` when nobody can tell, and `SlackError`.
    """
    posted = _list_posted(run, message)
    mine = [each for each in posted if each.delivery.id == message.id]
    if mine:
        return mine[0].message_ref
    unknown = _without_known(run, message, posted)
    same = [each for each in unknown if each.delivery.about == about]
    if same:
        return same[-1].message_ref
    if any(not each.delivery.about for each in unknown):
        # Posted by a version that didn't say what its messages were about.
        raise MaybePosted
    return None


def _list_posted(run: DeliveryRun, message: ClaimedMessage) -> list[Posted]:
    with run.services.reading(message.workspace_id) as tx:
        restore = restores.get(tx)
    if restore is None:
        return []
    try:
        slack, to = run.services.slack, message.destination
        since = min(restore.since, message.first_attempt_at or restore.since)
        return list(posting.iterate_posted(slack, to, since, MAX_PAGES))
    except SlackUnavailable as error:
        if error.code in error_codes.MISSING_SCOPE:
            raise MaybePosted from error
        raise


def _without_known(run: DeliveryRun, message: ClaimedMessage, posted: list[Posted]) -> list[Posted]:
    ids = [each.delivery.id for each in posted]
    timestamps = [each.message_ref.ts for each in posted]
    with run.services.reading(message.workspace_id) as tx:
        known = restores.list_known(tx, message.destination, ids, timestamps)
    return [each for each in posted if known.isdisjoint({each.delivery.id, each.message_ref.ts})]
