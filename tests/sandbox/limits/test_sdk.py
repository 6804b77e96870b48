"""What the model classes of slack_sdk build within limits passes."""

from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    CardBlock,
    CarouselBlock,
    ChannelSelectElement,
    CheckboxesElement,
    ConfirmObject,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    ConversationMultiSelectElement,
    ConversationSelectElement,
    DatePickerElement,
    DateTimePickerElement,
    DividerBlock,
    EmailInputElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    HeaderBlock,
    ImageBlock,
    ImageElement,
    InputBlock,
    MarkdownBlock,
    MarkdownTextObject,
    NumberInputElement,
    Option,
    OptionGroup,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    PlanBlock,
    RadioButtonsElement,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    TableBlock,
    TaskCardBlock,
    TimePickerElement,
    UrlInputElement,
    UserMultiSelectElement,
    UserSelectElement,
    VideoBlock,
)
from slack_sdk.models.blocks.basic_components import RawTextObject, SlackFile
from slack_sdk.models.blocks.block_elements import (
    FeedbackButtonObject,
    FeedbackButtonsElement,
    FileInputElement,
    IconButtonElement,
    InputInteractiveElement,
    UrlSourceElement,
)
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View

from sandbox.limits import check_message, check_metadata, check_options, check_view

YES = Option(text="Yes", value="yes", description="Gladly")
NO = Option(text="N" * 75, value="n" * 150)
CONFIRM = ConfirmObject(title="Sure?", text="It cannot be undone", confirm="Go", deny="Stay")
BUTTON = ButtonElement(
    text="B" * 75, action_id="a" * 255, value="v" * 2000, style="primary", confirm=CONFIRM
)
IMAGE = ImageElement(image_url="https://example.com/chart.png", alt_text="A chart")
PARTS = RichTextElementParts
PARAGRAPH = RichTextSectionElement(
    elements=[
        PARTS.Text(text="See ", style=PARTS.TextStyle(bold=True)),
        PARTS.Link(url="https://example.com", text="this"),
        PARTS.Emoji(name="wave"),
        PARTS.User(user_id="U0000001"),
        PARTS.Date(timestamp=1_900_000_000, format="{date_short}"),
    ]
)
RICH_TEXT = RichTextBlock(
    elements=[
        PARAGRAPH,
        RichTextListElement(elements=[PARAGRAPH], style="bullet", indent=1),
        RichTextQuoteElement(elements=[PARTS.Text(text="Quoted")]),
        RichTextPreformattedElement(elements=[PARTS.Text(text="a = 1")]),
    ]
)
CARD = CardBlock(title="Made-up Ltd", body="Nothing *new*", icon=IMAGE, actions=[BUTTON])

TASK = TaskCardBlock(
    task_id="1",
    title="Look",
    status="complete",
    details=RICH_TEXT,
    sources=[UrlSourceElement(url="https://example.com", text="Here")],
)
FEEDBACK = FeedbackButtonObject(text="F" * 75, value="v" * 2000, accessibility_label="l" * 75)

EVERYWHERE = [
    SectionBlock(text=MarkdownTextObject(text="x" * 3000), accessory=BUTTON, block_id="b" * 255),
    SectionBlock(fields=["f" * 2000] * 3),
    SectionBlock(text="Menu", accessory=OverflowMenuElement(action_id="m", options=[YES, NO])),
    HeaderBlock(text="h" * 150),
    DividerBlock(),
    ContextBlock(elements=[MarkdownTextObject(text="Small"), IMAGE]),
    ActionsBlock(elements=[ButtonElement(text="Go", action_id=str(n)) for n in range(25)]),
    ImageBlock(slack_file=SlackFile(id="F0000001"), alt_text="a" * 2000, title="t" * 2000),
    RICH_TEXT,
    CARD,
    VideoBlock(
        title="t" * 199,
        alt_text="A visit",
        video_url="https://example.com/v",
        thumbnail_url="https://example.com/t.png",
        author_name="a" * 49,
    ),
]
IN_MESSAGES = [
    ContextActionsBlock(
        elements=[
            FeedbackButtonsElement(positive_button=FEEDBACK, negative_button=FEEDBACK),
            IconButtonElement(icon="trash", text="Delete", visible_to_user_ids=["U1"]),
        ]
    ),
    TASK,
    PlanBlock(title="A plan", tasks=[TASK]),
    MarkdownBlock(text="m" * 12_000),
    TableBlock(rows=[[RawTextObject(text="x").to_dict()] * 20] * 100),
    CarouselBlock(elements=[CARD] * 10),
    ContainerBlock(title="All", child_blocks=[DividerBlock(), RICH_TEXT]),
]
CHOICES: list[InputInteractiveElement] = [
    StaticSelectElement(options=[YES, NO], initial_option=NO, placeholder="p" * 150),
    StaticSelectElement(option_groups=[OptionGroup(label="Both", options=[YES, NO])]),
    StaticMultiSelectElement(options=[YES, NO], initial_options=[YES], max_selected_items=1),
    ExternalDataSelectElement(action_id="find", min_query_length=1, initial_option=YES),
    ExternalDataMultiSelectElement(action_id="find", initial_options=[YES]),
    UserSelectElement(initial_user="U0000001"),
    UserMultiSelectElement(initial_users=["U0000001"]),
    ConversationSelectElement(default_to_current_conversation=True),
    ConversationMultiSelectElement(max_selected_items=2),
    ChannelSelectElement(initial_channel="C0000001"),
    CheckboxesElement(options=[YES, NO], initial_options=[YES], focus_on_load=True),
    RadioButtonsElement(options=[YES, NO], initial_option=YES),
    DatePickerElement(initial_date="2028-02-29", placeholder="Day"),
    TimePickerElement(initial_time="23:59", timezone="Europe/London"),
    PlainTextInputElement(multiline=True, min_length=1, max_length=3000, initial_value="Hm"),
]
IN_MODALS: list[InputInteractiveElement] = [
    DateTimePickerElement(initial_date_time=1_900_000_000),
    EmailInputElement(placeholder="Address"),
    UrlInputElement(initial_value="https://example.com"),
    NumberInputElement(is_decimal_allowed=False, min_value="1", max_value="240"),
    FileInputElement(filetypes=["png"], max_files=3),
]


def asked(element: InputInteractiveElement) -> InputBlock:
    return InputBlock(label="l" * 2000, hint="h" * 2000, element=element, optional=True)


def modal(block: Block, **more: Any) -> dict[str, Any]:
    return View(type="modal", title="t" * 24, submit="s" * 24, blocks=[block], **more).to_dict()


@pytest.mark.parametrize("block", [*EVERYWHERE, *IN_MESSAGES], ids=lambda block: block.type)
def test_a_message_built_with_the_sdk_passes(block: Block) -> None:
    assert check_message([block.to_dict()], "Fallback") == []


@pytest.mark.parametrize(
    "block",
    [*EVERYWHERE, AlertBlock(text="Mind this", level="warning")],
    ids=lambda block: block.type,
)
def test_a_modal_built_with_the_sdk_passes(block: Block) -> None:
    assert check_view(modal(block, private_metadata="p" * 3000, notify_on_close=True)) == []


@pytest.mark.parametrize("element", [*CHOICES, *IN_MODALS], ids=lambda element: element.type)
def test_an_input_built_with_the_sdk_passes(element: InputInteractiveElement) -> None:
    assert check_view(modal(asked(element))) == []


@pytest.mark.parametrize("element", CHOICES, ids=lambda element: element.type)
def test_a_home_built_with_the_sdk_passes(element: InputInteractiveElement) -> None:
    home = View(type="home", callback_id="home", blocks=[*EVERYWHERE, asked(element)])
    assert check_view(home.to_dict()) == []


def test_an_answer_with_options_built_with_the_sdk_passes() -> None:
    assert check_options({"options": [YES.to_dict(), NO.to_dict()]}) == []
    assert (
        check_options({"option_groups": [OptionGroup(label="All", options=[YES]).to_dict()]}) == []
    )


def test_metadata_built_with_the_sdk_passes() -> None:
    metadata = Metadata(event_type="delivery", event_payload={"id": "made-up"})
    assert check_metadata(metadata.to_dict()) == []


@pytest.mark.parametrize(
    "block",
    [
        SectionBlock(fields=[PlainTextObject(text="f" * 2001)]),
        TableBlock(rows=[[RawTextObject(text="x").to_dict()]] * 101),
        ContextBlock(elements=[MarkdownTextObject(text="x" * 3001)]),
        StaticSelectElement(options=[YES], initial_option=NO),
    ],
    ids=["long field", "long table", "long context", "foreign initial option"],
)
def test_what_the_sdk_lets_through_and_slack_does_not_is_refused(block: Any) -> None:
    held = block if isinstance(block, Block) else SectionBlock(text="Pick", accessory=block)
    assert [p.code for p in check_message([held.to_dict()], "")] == ["invalid_blocks"]
