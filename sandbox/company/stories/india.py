"""Stories from India and Southeast Asia: Priya mixes customers and prospects."""

from sandbox.company.model import Story, Workaround

NEWER = (
    Story(
        "Konkan Coldchain",
        "observation",
        "Drivers check the probe at the loading ramp in monsoon rain, with the phone in a plastic "
        "bag that the camera cannot see through. They type the nine digits of the probe instead of "
        "scanning them, and one digit in fifty is wrong.",
        quote="The bag keeps the phone dry and the scanner blind.",
        mood="mixed",
        nps=7,
        nps_why="Fine in the dry months.",
        workarounds=(
            Workaround(
                "Types the probe's number because the code cannot be scanned through the bag",
                "Phones die in the rain",
                "daily",
            ),
        ),
    ),
    Story(
        "Palar Basin Water",
        "on_site",
        "Four hundred pump operators would use it, most of them in Tamil and many with a shared "
        "phone that is handed over at the gate. The chief engineer put our English form in front "
        "of the first man who passed, and we watched him look for the number pad.",
        quote="If Murugan can do it, I sign for all four hundred.",
        mood="content",
    ),
    Story(
        "Kaveri Bend Foundry",
        "on_site",
        "The gauge room locks at six, and whatever comes back later is left in a biscuit tin with "
        "a slip of paper. In the morning Selvi books the tin in as if it had all come at eight, "
        "and the night shift looks innocent in every report.",
        quote="The tin is our second database.",
        mood="content",
        nps=8,
        workarounds=(
            Workaround("A biscuit tin for gauges returned at night", "Room is locked", "daily"),
        ),
    ),
    Story(
        "Saffron Gate Pharma",
        "video",
        "They will not move before an inspector has accepted one plant, and no plant wants to be "
        "the first. We agreed on the smallest thing that could be inspected: one balance, one "
        "room, three weeks.",
        quote="Everybody here would love to be second.",
        mood="mixed",
    ),
    Story(
        "Sahya Sterile",
        "on_site",
        "Every correction needs a reason, and the reason is picked from our list of six, so the "
        "whole plant corrects because of a typing error. Their auditor counted four hundred typing "
        "errors in May and asked whether anybody there could type.",
        quote="According to you we are the worst typists in the state.",
        mood="frustrated",
        nps=5,
        nps_why="It makes us lie politely.",
        workarounds=(
            Workaround(
                "Picks typing error for every correction and writes the true reason in a notebook",
                "The list of reasons cannot be changed",
                "daily",
            ),
        ),
    ),
    Story(
        "Merbau Palm Testing",
        "video",
        "The laboratory stands on a plantation with power from six to six, and the server's "
        "nightly copy has never once run through. Nobody had noticed in a year, since the message "
        "about it goes to an address that left with the installer.",
        quote="You mean there should have been a copy every night?",
        mood="mixed",
        nps=8,
    ),
    Story(
        "Thoomba Agro Labs",
        "phone",
        "Two sisters test soil for farmers who pay in sacks as often as in money, and a "
        "subscription by the month frightens them in a way that a higher price once would not. "
        "They keep superb records by hand and offered to send me the books.",
        quote="A year I can plan, a month can surprise me.",
        mood="delighted",
    ),
    Story(
        "Nilavu Dairy",
        "on_site",
        "Milk comes at half past four, and by five every lactometer must have been checked by "
        "people who were hired for their strength. They do it faultlessly with a song that counts "
        "the steps, and our screen interrupts the song.",
        quote="The third line of the song is your confirm button.",
        mood="content",
        nps=8,
        workarounds=(
            Workaround("One clerk taps along while forty people sing", "No hands free", "daily"),
        ),
    ),
    Story(
        "Saber Point Gauges",
        "loss_interview",
        "They bought from a neighbour who came by on a scooter the same afternoon, while our offer "
        "took nine days. Price and product were even, and he says that he would have waited three.",
        quote="Nine days is a long time to look at an empty inbox.",
        mood="content",
    ),
    Story(
        "Deccan Torque",
        "video",
        "Customers return wrenches with a letter that demands the reading before the repair, and "
        "we only keep the reading after. They photograph the dial on arrival and keep eleven "
        "thousand pictures on somebody's phone.",
        quote="If Imran loses his phone, we lose three years.",
        mood="mixed",
        nps=6,
        workarounds=(
            Workaround("Photographs of the dial on arrival", "No reading before repair", "daily"),
        ),
    ),
)

OLDER = (
    Story(
        "Straits Lantern Semicon",
        "phone",
        "In the clean room no paper, no private phone and no word may leave, so nobody can show "
        "us what goes wrong. They would describe it in writing if we sent precise questions, and "
        "said that ours so far had been too polite to answer.",
        quote="Ask me something that has a number in it.",
        mood="content",
    ),
    Story(
        "Quillmere Training",
        "internal",
        "Our trainers skip the chapter on permissions because half of each class is locked out "
        "afterwards and the afternoon is gone. Customers then go home with everybody as "
        "administrator, which we later write up as their mistake.",
        quote="We teach them the door and never the lock.",
        mood="mixed",
        workarounds=(
            Workaround("Leaves the chapter on permissions out", "It locks classes out", "weekly"),
        ),
    ),
    Story(
        "Bukit Hijau Water",
        "phone",
        "They left when the ministry moved everybody to one system, and now keep ours on an old "
        "machine to look things up. What they miss is the drawing that shows a drift coming, and "
        "they would pay for that alone.",
        quote="The new one tells me that it broke, yours told me that it would.",
        mood="content",
    ),
    Story(
        "Konkan Coldchain",
        "video",
        "Insurance pays for a spoilt load only if the probe was checked in the thirty days before, "
        "and the proof is asked for at night from a lay-by. Faisal has the certificates of all "
        "eighty lorries printed in a suitcase.",
        quote="The suitcase has paid for itself four times.",
        mood="content",
        nps=7,
        workarounds=(
            Workaround("A suitcase of printed certificates", "Proof is needed by night", "weekly"),
        ),
    ),
    Story(
        "Mekla Ice & Fish",
        "video",
        "The buyer in Europe asks for a certificate in a form that nobody at the harbour has seen, "
        "and a cousin who studies abroad translates it for each container. They do not want a "
        "system, they want the cousin to be able to sleep.",
        quote="She has exams, and I have fish.",
        mood="mixed",
    ),
    Story(
        "Malabar Spice Testing",
        "on_site",
        "George knows the product better than I do and showed me nine shortcuts in twenty minutes. "
        "The three people at the other benches use none of them, print everything, and are quietly "
        "faster than he is.",
        quote="They are happy, so I have stopped helping them.",
        mood="delighted",
        nps=10,
    ),
    Story(
        "Sahya Sterile",
        "win_interview",
        "What decided it was the afternoon when our support rang before they had written, because "
        "an instrument had reported nonsense to us. They told the board about the call and not "
        "about the product.",
        quote="You rang us, and I thought it was a salesman.",
        mood="delighted",
        nps=9,
        nps_why="Somebody is awake at your end.",
    ),
    Story(
        "Kaveri Bend Foundry",
        "video",
        "Results are read out across the yard by loudspeaker to the man with the keyboard, and he "
        "repeats each one before he enters it. It sounds like chaos and has fewer errors than the "
        "tablets in the new hall, where nobody repeats anything.",
        quote="Two mouths, four ears, one number.",
        mood="content",
        nps=8,
    ),
    Story(
        "Deccan Torque",
        "roll_out_interview",
        "They start on the first of the month whatever happens, and the list of six thousand "
        "wrenches is still in five files which contradict each other. The storekeeper knows which "
        "file is right for which shelf, and nobody has asked him.",
        quote="The computer people want the truth, I only have the shelves.",
        mood="mixed",
        nps=7,
    ),
    Story(
        "Nilavu Dairy",
        "phone",
        "A tanker was turned away over a thermometer that had been checked on time and recorded a "
        "day late, after a power cut. They ask for an honest second date, when it was done and "
        "when it was written down, and expect to be believed on both.",
        quote="We were right and late, and you only know late.",
        mood="frustrated",
        nps=6,
        workarounds=(
            Workaround("A diary of power cuts, kept for the auditor", "One date only", "weekly"),
        ),
    ),
)
