"""The question asked after several unanswered nudges, and the replies to its answers."""

from datetime import date, datetime

from slack_sdk.models.blocks import ActionsBlock, ButtonElement
from slack_sdk.models.views import View

from bot.domain.nudges.barriers import Barrier
from bot.views import block_kit, form_fields, labels

KEEP_GOING = "question.keep_going"
LESS_OFTEN = "question.less_often"
LATER = "question.later"
STOP = "question.stop"
STOP_FORM = "question.stopped"


def render_message(nudge_id: int, longer_days: int | None) -> block_kit.Message:
    """Render the question; `longer_days` is the next longer interval, None where there is none."""
    buttons = [ButtonElement(text="Keep going", action_id=KEEP_GOING, value="keep")]
    if longer_days:
        less = f"{block_kit.capitalize(labels.INTERVALS[longer_days])} instead"
        buttons.append(ButtonElement(text=less, action_id=LESS_OFTEN, value=str(longer_days)))
    buttons.append(ButtonElement(text="Later…", action_id=LATER, value="later"))
    buttons.append(ButtonElement(text="Stop…", action_id=STOP, value="stop"))
    question = "My last few nudges had no answer, and that is fine. How shall I go on?"
    return block_kit.text_message(
        question, below=[ActionsBlock(block_id=f"nudge:{nudge_id}", elements=buttons)]
    )


def parse_interval(body: form_fields.Payload) -> int:
    """Parse the interval in days that was offered."""
    return int(body["actions"][0]["value"])


def less_often_message(
    interval_days: int, next_nudge_at: datetime, zone: str, today: date
) -> block_kit.Message:
    """Build the message that replaces the question once nudges come less often."""
    every, next_nudge = (
        labels.INTERVALS[interval_days],
        block_kit.format_moment(next_nudge_at, zone, today),
    )
    return block_kit.text_message(
        f"From now on I ask {every}. My next nudge comes on {next_nudge}."
    )


def render_stop_form(nudge_id: int) -> View:
    """Render the form that ends the nudges and asks why."""
    why = form_fields.select_element(labels.BARRIERS, placeholder="Choose, if you like")
    return View(
        type="modal",
        callback_id=STOP_FORM,
        title="No more nudges",
        submit="Stop",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(nudge=nudge_id),
        blocks=[
            form_fields.input_block(
                "why",
                "What was in the way?",
                why,
                optional=True,
                hint="It is counted for your lead, and never with your name.",
            ),
        ],
    )


def parse_barrier(view: form_fields.Payload) -> Barrier | None:
    """Parse what was in the way, if that was said."""
    chosen = form_fields.get_code(view, "why")
    return Barrier(chosen) if chosen else None


def parse_stop_nudge_id(view: form_fields.Payload) -> int:
    """Parse the nudge that the form was opened from."""
    return int(form_fields.unpack_metadata(view)["nudge"])
