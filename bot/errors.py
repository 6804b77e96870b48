"""Errors that people may see; a class's docstring is the text that they read.

NihitoError
  NotFound
    NoSuchCustomer
    NoSuchNudge
    NoSuchFlag
    NoSuchVisit
    NoSuchNote
    NoSuchDebrief
    NoSuchPromise
    NoSuchPerson
    NoSuchWorkaround
    NoSuchAsk
    NoSuchHypothesis
    LostMessage            posted by a database that was lost
  NudgeSettled             a visit has been logged since
  VisitHeld                its debrief is written
  VisitCalledOff
  CustomerClaimed          another PM is planning to see the customer
  DoNotContact             a customer that may not be asked anything
  SurveysNotConfigured     names the settings that are missing
  StatedAlready            an open hypothesis with this belief exists
  HypothesisSettled
  BothWorkaroundsFixed     two fixed workarounds whose customers are being told
  CustomerOptedOut
  VisitFollowsCalendar     a visit that can only be moved in the calendar
  CannotBeAsked            the person chosen cannot be asked as sales owner
  NotAllowed
    NotYours
    NotJoined
  SettingsError            all problems, listed
  UnknownRevision          a database that this version cannot upgrade
  DatabaseInUse            a SQLite file that another process runs on
  DraftRefused             the faults of a debrief, by field
  EditConflict             another window has saved a different text
  ChannelRefused           why a channel cannot get stories
  ImportRefused            a file that cannot be read at all
  NothingToExplain         what an operator asks about is unknown, or more than one
  FeedRefused              why a calendar gives no meetings
  MaybePosted              a lost database may have posted a message; nobody can tell
  BackupRefused            why a backup isn't made, or isn't restored
  SlackError
    SlackUnavailable       may succeed later; the outcome may be unknown
      SlackHalted          fails until the app is installed again; nothing was done
      DeadlinePassed       the request was not sent
    SlackRefused           will fail again as it is
"""

from collections.abc import Mapping, Sequence

from bot.domain.calendars import FeedFault
from bot.domain.debriefs.rules import Debrief
from bot.domain.debriefs.sections import Fault
from bot.domain.stories import ChannelFault


class NihitoError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "").strip()


class NotFound(NihitoError):
    """This is no longer there."""


class NoSuchCustomer(NotFound):
    """That customer is no longer on the list. Search for it again, or add it."""


class NoSuchNudge(NotFound):
    """This nudge is no longer there. /visit next tells when the next one comes."""


class NudgeSettled(NihitoError):
    """This nudge is settled: a visit has been logged since."""


class VisitHeld(NihitoError):
    """This visit has taken place: its debrief is written."""


class VisitCalledOff(NihitoError):
    """This visit has been called off."""


class CustomerClaimed(NihitoError):
    """Somebody else is planning to see this customer just now."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"{holder} is planning to see this customer just now. Choose another one.")


class NoSuchFlag(NotFound):
    """This note is no longer there."""


class NoSuchVisit(NotFound):
    """This visit is no longer there."""


class NoSuchNote(NotFound):
    """This note is no longer there."""


class NoSuchDebrief(NotFound):
    """This debrief has been taken back. Copy what you want to keep, and begin another one."""


class NoSuchPromise(NotFound):
    """This promise is no longer there: its debrief was changed or taken back."""


class NoSuchPerson(NotFound):
    """This person is no longer there. Search again, or add them."""


class DoNotContact(NihitoError):
    """They are to be left alone, so nobody asks them anything."""

    def __init__(self, customer: str, who: str) -> None:
        super().__init__(
            f"{customer} is to be left alone, as {who} has said, so nobody asks them anything."
        )


class SurveysNotConfigured(NihitoError):
    """Surveys are not set up."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            f"Surveys are not set up yet. Whoever runs Nihito is to set {' and '.join(missing)}; "
            "docs/running.md says how."
        )


class NoSuchWorkaround(NotFound):
    """This workaround is no longer there: its debrief was changed or taken back."""


class NoSuchAsk(NotFound):
    """This is no longer there to be told."""


class NoSuchHypothesis(NotFound):
    """This hypothesis is no longer there. Choose another one."""


class LostMessage(NotFound):
    """I've been restored from a backup and no longer know this message. Type /visit to continue."""


class StatedAlready(NihitoError):
    """This is stated already, and open: pick it in a plan or a debrief."""


class HypothesisSettled(NihitoError):
    """This hypothesis is settled."""


class BothWorkaroundsFixed(NihitoError):
    """Both are fixed, and their customers are being told: leave them as they are."""


class CustomerOptedOut(NihitoError):
    """They have opted out of visits. Choose another customer."""

    def __init__(self, customer: str = "", who: str = "") -> None:
        text = f"{customer} has opted out of visits, as {who} was told. Choose another customer."
        super().__init__(text if customer else "")


class VisitFollowsCalendar(NihitoError):
    """This visit follows your calendar. Move it there, and it moves here too."""


class CannotBeAsked(NihitoError):
    """They cannot be asked."""


class NotAllowed(NihitoError):
    """You cannot do this."""


class NotYours(NotAllowed):
    """This belongs to somebody else."""


class NotJoined(NotAllowed):
    """You have not joined, or have left. /visit join takes one press."""


class SettingsError(NihitoError):
    """The settings cannot be used."""


class UnknownRevision(NihitoError):
    """The database is at a revision that this version doesn't know."""

    def __init__(self, revision: str, oldest: str, newest: str) -> None:
        older = (
            f"and this version upgrades databases from {oldest} on. To keep its data, run "
            f"`python -m bot migrate` with the last version that knows {revision}, then start this "
            "one again. To begin without it, set DATABASE_URL to a new database."
        )
        newer = (
            f"which is newer than this version's, {newest}. Use the newer version of Nihito that "
            "upgraded it, or set DATABASE_URL to another database."
        )
        explained = older if revision < oldest else newer
        super().__init__(f"The database is at revision {revision}, {explained}")


class DatabaseInUse(NihitoError):
    """Another process runs on this database."""

    def __init__(self, file: str, holder: str) -> None:
        command, _, process = holder.partition(" ")
        super().__init__(
            f"{file} is in use by `{command}` (process {process}), which does what is due there. "
            "Wait for it, stop it, or set DATABASE_URL to another database."
        )


class DraftRefused(NihitoError):
    """Something is missing or not right."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__()
        self.faults = faults


class EditConflict(NihitoError):
    """You have kept other words for this debrief in another window."""

    def __init__(self, saved: Debrief) -> None:
        super().__init__()
        self.saved = saved


class ChannelRefused(NihitoError):
    """Stories cannot be posted to this channel."""

    def __init__(self, fault: ChannelFault) -> None:
        super().__init__(fault)
        self.fault = fault


class ImportRefused(NihitoError):
    """The file cannot be imported."""


class NothingToExplain(NihitoError):
    """Nothing is known of this."""


class FeedRefused(NihitoError):
    """This calendar gives no meetings."""

    def __init__(self, fault: FeedFault) -> None:
        super().__init__(fault)
        self.fault = fault


class MaybePosted(NihitoError):
    """This may be in Slack already."""


class BackupRefused(NihitoError):
    """There is no backup."""


class SlackError(NihitoError):
    """Slack did not do what was asked."""

    def __init__(self, code: str, retry_after: int | None = None, method: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.method = method


class SlackUnavailable(SlackError):
    """Slack cannot be reached just now."""


class SlackHalted(SlackUnavailable):
    """Slack no longer knows this app here."""


class DeadlinePassed(SlackUnavailable):
    """The time for this has passed."""


class SlackRefused(SlackError):
    """Slack refused the request."""
