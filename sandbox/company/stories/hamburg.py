"""Stories from Hamburg: Jonas sees his customers often, and all of them in one city."""

from sandbox.company.model import Story, Workaround

STORIES = (
    Story(
        "Norderquell Wasser",
        "on_site",
        "The pump houses have no reception, so Henrik does his rounds with a paper list and types "
        "everything in again at five. He would trust the tablet if it told him, down there, that "
        "his readings are safe.",
        quote="I don't need the internet in the cellar, I need to know that nothing gets lost.",
        mood="mixed",
        nps=7,
        nps_why="Good in the office, nearly useless below ground.",
        workarounds=(
            Workaround(
                "Carries a printed list and copies the readings into Trueset in the evening",
                "He lost a morning's work once when the tablet went to sleep",
                "daily",
            ),
        ),
    ),
    Story(
        "Elbkante Molkerei",
        "observation",
        "At the filling line people wear two pairs of gloves and press the screen with the back of "
        "a pen. They have agreed among themselves that only the shift leader enters values, so one "
        "person queues for eleven thermometers.",
        quote="With gloves on, your small grey button does not exist.",
        mood="content",
        nps=8,
        nps_why="It saves us the auditor's long face.",
        workarounds=(
            Workaround("Types with the blunt end of a pen", "Buttons are too small for gloves"),
            Workaround("The shift leader enters for everybody", "Faster than taking gloves off"),
        ),
    ),
    Story(
        "Speicherwerk Kaffee",
        "phone",
        "They have six scales and feel that we built the whole thing for people with six hundred. "
        "Frauke uses three screens of the forty and is afraid to touch the others.",
        quote="I open it on Mondays, hold my breath, click twice and leave.",
        mood="content",
        nps=9,
        nps_why="The two clicks work every time.",
    ),
    Story(
        "Hafenlicht Klinik",
        "on_site",
        "The hospital moved nine hundred infusion pumps between wards last year, and in Trueset "
        "every one still stands where it was bought. Before each inspection two technicians walk "
        "the corridors for a week to find the pumps that are due.",
        quote="The pump is calibrated, I just can't tell you which floor it lives on.",
        mood="frustrated",
        nps=4,
        nps_why="We pay for a register and still go looking.",
        workarounds=(
            Workaround(
                "Coloured dots on the pumps for the quarter in which they are due",
                "The location in the register cannot be trusted",
                "monthly",
            ),
        ),
    ),
    Story(
        "Billstrom Kranbau",
        "loss_interview",
        "The engineers had ranked us first, and purchasing bought the cheaper offer without asking "
        "them again. Mr Dierks was so annoyed that he read me the evaluation, where the only "
        "complaint about us was a price list nobody could understand.",
        quote="You did not lose against a product, you lost against a spreadsheet.",
        mood="angry",
        sharing="no_name",
    ),
    Story(
        "Süderkai Metall",
        "on_site",
        "Every certificate leaves the building as a PDF which somebody renames by hand, because "
        "their customers file by drawing number and we name it by ours. Two apprentices do nothing "
        "else on Friday afternoons.",
        quote="Friday from two o'clock is rename o'clock.",
        mood="mixed",
        nps=6,
        workarounds=(
            Workaround(
                "Renames each certificate to the drawing number before it is sent",
                "Customers refuse files that they cannot sort",
                "weekly",
            ),
        ),
    ),
    Story(
        "Fleetbrücke Apotheken",
        "phone",
        "Each of the fourteen branches keeps its fridge readings in its own binder, and head "
        "office learns of a warm fridge when the stock is already written off. What they want to "
        "buy is not calibration at all but one list of the fridges that nobody looked at today.",
        quote="I would pay for an empty list.",
        mood="mixed",
    ),
    Story(
        "Alsterglas Labor",
        "video",
        "Silke has tried every corner of the beta and sent eleven suggestions, nine of which only "
        "somebody with her knowledge of statistics would ever use. The tenth was gold: the "
        "newcomer at the next desk cannot find the button that starts a measurement.",
        quote="I could live without it, but poor Tim can't even begin.",
        mood="delighted",
        nps=10,
        nps_why="You answer, and then it changes.",
    ),
    Story(
        "Deichhof Brauerei",
        "on_site",
        "The brewer calibrates against a thermometer inherited from his father and writes the "
        "difference on the kettle in chalk. He is not against software, he is against having to "
        "take his phone out with wet hands.",
        quote="The chalk has never asked me for a password.",
        mood="content",
        workarounds=(Workaround("Corrections in chalk on the kettle", "Visible to all", "weekly"),),
    ),
    Story(
        "Elbkante Molkerei",
        "video",
        "Since the spring release the reminder comes once a day for all instruments together, and "
        "the laboratory has stopped filtering our mails into a folder nobody reads. They noticed "
        "the change before we told them, and asked who had listened.",
        quote="Somebody at your place must have seen our inbox.",
        mood="delighted",
        nps=9,
    ),
    Story(
        "Wandsbeker Waagenbau",
        "phone",
        "They left us because their only user retired and took the password and the habit with "
        "him. The new man keeps a spreadsheet that he built in a weekend, and he would come back "
        "if the first hour felt like that weekend.",
        quote="Nobody left you, Herr Paulsen just went fishing.",
        mood="mixed",
    ),
    Story(
        "Hafenlicht Klinik",
        "roll_out_interview",
        "A week before the roll-out the nurses had not been told what the new stickers mean, and "
        "they peel them off because glue is a hygiene risk. The technicians asked us for a sticker "
        "that survives disinfectant, which is a stranger and better request than any on our list.",
        quote="Your label lasts exactly one wipe.",
        mood="mixed",
        nps=6,
        workarounds=(
            Workaround("Writes the due month on the casing with a marker", "Stickers come off"),
        ),
    ),
    Story(
        "Norderquell Wasser",
        "phone",
        "They must keep records for thirty years and asked what happens to them when we no longer "
        "exist. We had an answer about exports, but what calmed them was that the files open "
        "without any program of ours.",
        quote="The waterworks is from 1893, so forgive me the question.",
        mood="content",
        nps=8,
    ),
    Story(
        "Süderkai Metall",
        "video",
        "The quality manager signs in the evening for what three inspectors measured in the "
        "morning, because a second signature needs a second licence. He knows that this is wrong "
        "and dreads the day on which somebody compares the times.",
        quote="On paper I am a very fast inspector.",
        mood="frustrated",
        nps=5,
        workarounds=(
            Workaround("One login for three inspectors", "A licence each is too dear", "daily"),
        ),
        sharing="private",
    ),
)
