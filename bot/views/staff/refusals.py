"""Refusals and failures: polite texts for users who are turned away, and for what went wrong."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.domain.staff.access import Refusal
from bot.domain.text import cut_to_length
from bot.views import block_kit

LONG_COMMAND = 40
OPEN_LATE_FORM = "form.open"
TOO_LATE = "Sorry, that took me too long, so Slack didn't open it. Nothing is lost."

REFUSALS: Mapping[Refusal, str] = {
    Refusal.GUEST: "Sorry, Nihito is for full members of this workspace.",
    Refusal.OTHER_ORGANISATION: "Sorry, Nihito is for the people of the company that runs it.",
    Refusal.DEACTIVATED: "Sorry, this account is no longer active.",
    Refusal.BOT: "Sorry, Nihito only talks to people.",
    Refusal.NOT_A_PM: "This is for people who have joined. /visit join takes one press.",
    Refusal.NOT_A_LEAD: "Sorry, this is for leads of a team.",
    Refusal.NOT_AN_ADMIN: "Sorry, this is for admins of this workspace.",
}


def refusal_text(refusal: Refusal) -> str:
    """Return one polite sentence for a user who is turned away."""
    return REFUSALS[refusal]


def failure_text(reference: str) -> str:
    """Return what a user sees when something broke; `reference` finds it in the log."""
    return (
        "Something went wrong on my side, sorry. Please try again. "
        f"If it keeps happening, give {reference} to whoever runs Nihito."
    )


def command_failed_message(reference: str, typed: str) -> block_kit.Message:
    """Build the failure message for a command; a text too long to retype is given back."""
    back = (
        [block_kit.rich_text(block_kit.quote(cut_to_length(typed, 2900)))]
        if len(typed) > LONG_COMMAND
        else []
    )
    return block_kit.text_message(failure_text(reference), below=back)


def unknown_command_text(command: str) -> str:
    """Return the reply to words that a slash command doesn't know; `command` as "/visit"."""
    return f"I do not know that one. {command} help shows what you can ask for."


def identifying_text() -> str:
    """Return what a new user sees whose form arrives before the bot has looked them up."""
    return "I am just finding out who you are. Please press once more; your text is still here."


def late_form_message(value: str) -> block_kit.Message:
    """Build what a user sees when nothing opened within Slack's three seconds.

    `value` holds what they did, for the button that opens it; without one they try again.
    """
    if not value:
        return block_kit.text_message(f"{TOO_LATE} Please try again.")
    button = ButtonElement(text="Open it now", action_id=OPEN_LATE_FORM, value=value)
    return block_kit.text_message(TOO_LATE, below=[ActionsBlock(elements=[button])])


def slack_unavailable_text() -> str:
    """Return what a user sees when Slack didn't show the bot's answer."""
    return (
        "Slack did not show my answer, sorry. What you saved is kept; "
        "if you were waiting for a form, please try again."
    )
