"""Labels for the codes of the domain."""

from collections.abc import Mapping

from bot.domain.contacts.traits import Channel
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Frequency, Mood, Sharing
from bot.domain.debriefs.sections import DealDecision, DealReason, HypothesisVerdict, PainWeight
from bot.domain.nudges.barriers import Barrier
from bot.domain.stories import ChannelFault
from bot.domain.visits.rules import VisitKind

# By the number of days.
INTERVALS: Mapping[int, str] = {
    7: "every week",
    14: "every two weeks",
    30: "every month",
    90: "every quarter",
}
VISIT_KINDS: Mapping[str, str] = {
    VisitKind.ON_SITE: "On site",
    VisitKind.VIDEO: "Video call",
    VisitKind.PHONE: "Phone call",
    VisitKind.OBSERVATION: "Observation, watching them work",
    VisitKind.WIN_INTERVIEW: "Win interview",
    VisitKind.LOSS_INTERVIEW: "Loss interview",
    VisitKind.ROLL_OUT_INTERVIEW: "Interview before a roll-out",
    VisitKind.TRADE_SHOW: "Trade show",
    VisitKind.SURVEY_FOLLOW_UP: "Call after a survey",
    VisitKind.INTERNAL: "Internal customer",
    VisitKind.PROXY: "Proxy, somebody who stands in for a customer",
    VisitKind.FRIENDS_AND_FAMILY: "Friends and family",
}
HALF_DAY_MINUTES = 240
MOODS: Mapping[str, str] = {
    Mood.DELIGHTED: "Delighted",
    Mood.CONTENT: "Content",
    Mood.MIXED: "Mixed",
    Mood.FRUSTRATED: "Frustrated",
    Mood.ANGRY: "Angry",
}
FREQUENCIES: Mapping[str, str] = {
    Frequency.DAILY: "Every day",
    Frequency.WEEKLY: "Every week",
    Frequency.MONTHLY: "Every month",
    Frequency.RARELY: "Now and then",
}
PAIN_WEIGHTS: Mapping[str, str] = {
    PainWeight.NICE_TO_HAVE: "Would be nice to have",
    PainWeight.ANNOYING: "Annoys them",
    PainWeight.COSTLY: "Costs them time or money",
    PainWeight.DEALBREAKER: "They would leave, or not buy, over it",
}
DEAL_DECISIONS: Mapping[str, str] = {
    DealDecision.WON: "Won",
    DealDecision.LOST: "Lost",
    DealDecision.OPEN: "Not decided yet",
}
DEAL_REASONS: Mapping[str, str] = {
    DealReason.PRICE: "Price",
    DealReason.FEATURES: "What the product can do",
    DealReason.EASE: "How easy it is to use",
    DealReason.FIT: "How it fits what they have",
    DealReason.SERVICE: "Service and support",
    DealReason.TRUST: "Trust in the company",
    DealReason.TIMING: "Timing",
    DealReason.PURCHASING: "How they purchase",
    DealReason.NOTHING_NEW: "They stayed with what they had",
    DealReason.OTHER: "Something else",
}
VERDICTS: Mapping[str, str] = {
    HypothesisVerdict.SUPPORTS: "What I saw supports it",
    HypothesisVerdict.CONTRADICTS: "What I saw contradicts it",
    HypothesisVerdict.UNCLEAR: "Unclear, or it did not come up",
}
SHARINGS: Mapping[str, tuple[str, str]] = {
    Sharing.SHARE: ("Share it", "With the customer's name, in your team's weekly digest."),
    Sharing.NO_NAME: ("Share it without the name", "The digest says “a customer” instead."),
    Sharing.PRIVATE: ("Keep it private", "It counts as a visit, and the story stays with you."),
}
CONTACT_CHANNELS: Mapping[str, str] = {
    Channel.MAIL: "Mail",
    Channel.CELL_CALL: "Call to a cell phone",
    Channel.OFFICE_CALL: "Call to the office",
    Channel.SUPPORT_CALL: "Call for technical support",
    Channel.FORUM_THREAD: "Started a thread in the forum",
    Channel.FORUM_COMMENT: "Commented in the forum",
    Channel.BETA_SIGN_UP: "Signed up for a beta",
    Channel.MESSAGE: "Message",
}
BARRIERS: Mapping[str, str] = {
    Barrier.NO_TIME: "No time",
    Barrier.NO_ACCESS: "I cannot get to customers",
    Barrier.COMPLAINTS: "I expect complaints",
    Barrier.BOSS: "My boss does not value it",
    Barrier.TRAVELLING: "I am travelling",
}
STAGE_SINGULARS: Mapping[Stage, str] = {
    Stage.PROSPECT: "A prospect",
    Stage.CUSTOMER: "A customer",
    Stage.LOST: "A prospect who chose another product",
    Stage.CHURNED: "A former customer",
    Stage.INTERNAL: "An internal customer",
}
CHANNEL_FAULTS: Mapping[ChannelFault, str] = {
    ChannelFault.SHARED: "People of another organisation can read this channel. Choose another.",
    ChannelFault.NOT_INVITED: (
        "I cannot post there yet. Choose a channel, and invite me to it first."
    ),
    ChannelFault.ARCHIVED: "This channel is archived. Choose another.",
}
CHANNEL_LOST_TEXTS: Mapping[ChannelFault, str] = {
    ChannelFault.SHARED: (
        "people of another organisation can read it now. Choose another with /visit settings."
    ),
    ChannelFault.NOT_INVITED: (
        "I am not in it, or may not write there. Invite me again, or choose another channel "
        "with /visit settings."
    ),
    ChannelFault.ARCHIVED: (
        "it has been archived. Bring it back and invite me, or choose another with /visit settings."
    ),
}


def duration(minutes: int) -> str:
    """Return the length of a visit in words, "45 minutes" or "2 hours"."""
    if minutes == HALF_DAY_MINUTES:
        return "Half a day"
    hours, rest = divmod(minutes, 60)
    if rest or not hours:
        return f"{minutes} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"
