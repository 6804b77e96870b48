"""The one question that is put when several nudges had no answer, and what is said to an answer."""

from datetime import date, datetime

from slack_sdk.models.blocks import ActionsBlock, ButtonElement
from slack_sdk.models.views import View

from bot.domain.nudges.barriers import Barrier
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words

KEEP_GOING = "question.keep_going"
LESS_OFTEN = "question.less_often"
LATER = "question.later"
STOP = "question.stop"
STOPPED = "question.stopped"


def message(nudge_id: int, longer_days: int | None) -> kit.Message:
    """The question; `longer_days` is the next longer interval, None where there is none."""
    buttons = [ButtonElement(text="Keep going", action_id=KEEP_GOING, value="keep")]
    if longer_days:
        less = f"{kit.capitalised(words.EVERY[longer_days])} instead"
        buttons.append(ButtonElement(text=less, action_id=LESS_OFTEN, value=str(longer_days)))
    buttons.append(ButtonElement(text="Later…", action_id=LATER, value="later"))
    buttons.append(ButtonElement(text="Stop…", action_id=STOP, value="stop"))
    asked = "My last few nudges had no answer, and that is fine. How shall I go on?"
    return kit.say(asked, below=[ActionsBlock(block_id=f"nudge:{nudge_id}", elements=buttons)])


def read_less_often(body: fields.Payload) -> int:
    """The interval in days that was offered."""
    return int(body["actions"][0]["value"])


def less_often(interval_days: int, next_nudge_at: datetime, zone: str, today: date) -> kit.Message:
    """In place of the question once I come less often."""
    every, comes = words.EVERY[interval_days], kit.moment(next_nudge_at, zone, today)
    return kit.say(f"From now on I ask {every}. My next nudge comes on {comes}.")


def stop_form(nudge_id: int) -> View:
    """The form that ends the nudges, and asks why."""
    why = fields.select_element(words.BARRIERS, placeholder="Choose, if you like")
    return View(
        type="modal",
        callback_id=STOPPED,
        title="No more nudges",
        submit="Stop",
        close="Cancel",
        private_metadata=fields.pack(nudge=nudge_id),
        blocks=[
            fields.field(
                "why",
                "What was in the way?",
                why,
                optional=True,
                hint="It is counted for your lead, and never with your name.",
            ),
        ],
    )


def read_stop(view: fields.Payload) -> Barrier | None:
    """What was in the way, if that was said."""
    chosen = fields.code(view, "why")
    return Barrier(chosen) if chosen else None


def stop_nudge_id(view: fields.Payload) -> int:
    """The nudge that the form was opened from."""
    return int(fields.unpack(view)["nudge"])
