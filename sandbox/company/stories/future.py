"""Stories not yet heard: what the PMs write down in the weeks after the company's day."""

from sandbox.company.model import Story, Workaround

# Days ahead, PM, story.
FUTURE_STORIES = (
    (
        2,
        "annika",
        Story(
            "Limmatblick Feinwerk",
            "win_interview",
            "Two vendors lost because their people could not say what happens when the network is "
            "down. Ours drew it on a napkin, and the napkin hangs framed in the gauge room.",
            quote="You were the only ones who had been in a cellar.",
            mood="delighted",
            nps=9,
            nps_why="Not ten before the first audit.",
        ),
    ),
    (
        3,
        "priya",
        Story(
            "Deccan Torque",
            "on_site",
            "Each wrench is checked at five points, and our screen asks for three and then for the "
            "next wrench. Points four and five go into the remark, where no chart ever finds them.",
            quote="The remark is where your product ends and mine begins.",
            mood="mixed",
            nps=6,
            workarounds=(
                Workaround(
                    "Writes points four and five into the remark", "Only three fit", "daily"
                ),
            ),
        ),
    ),
    (
        8,
        "jonas",
        Story(
            "Süderkai Metall",
            "on_site",
            "The shift leader photographs the screen before he signs, because twice a signed "
            "reading came back changed. It was a daylight saving bug, and nobody had told us.",
            quote="My phone is my audit trail.",
            mood="frustrated",
            nps=4,
            workarounds=(Workaround("Photographs the screen before signing", "Distrust", "daily"),),
        ),
    ),
    (
        9,
        "maya",
        Story(
            "Prairie Anvil Forge",
            "on_site",
            "Gloves stay on from six to two, so every number is typed by one clerk from a slate "
            "that hangs by the furnace. The slate is wiped at noon, and half of Tuesday was lost.",
            quote="If it wants fingers, it wants the wrong man.",
            mood="frustrated",
            workarounds=(
                Workaround("A slate by the furnace, typed in by one clerk", "Gloves", "daily"),
            ),
        ),
    ),
    (
        10,
        "annika",
        Story(
            "Veenhof Kaas",
            "loss_interview",
            "Price was in the letter, and in the call it was the labels: theirs must survive "
            "brine, and our printer list has none that do. They would look again for a label.",
            quote="Your software floats, your stickers do not.",
            mood="content",
        ),
    ),
    (
        14,
        "priya",
        Story(
            "Nilavu Dairy",
            "on_site",
            "The morning round was twenty minutes shorter than in August, since the probe list "
            "follows the way one walks. Two of the women had ordered it by hand, every night.",
            quote="Now it walks with me.",
            mood="delighted",
            nps=10,
            nps_why="Somebody listened.",
        ),
    ),
    (
        15,
        "maya",
        Story(
            "Winnow Maple Works",
            "phone",
            "The season is five weeks long and the owner learns our product anew each year. She "
            "keeps last year's screens as printed pictures in the sugar house.",
            quote="I forget you every summer.",
            mood="mixed",
            nps=7,
            workarounds=(Workaround("Printed pictures of our screens", "Used once a year"),),
            sharing="no_name",
        ),
    ),
    (
        16,
        "jonas",
        Story(
            "Speicherwerk Kaffee",
            "video",
            "Nothing is wrong, and that is the story: a new roaster learnt it in one afternoon "
            "from a colleague. He asked which of the two buttons is ours.",
            mood="delighted",
            nps=9,
        ),
    ),
)
