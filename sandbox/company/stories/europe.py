"""Stories from the rest of Europe: Annika visits every two weeks, all over the map."""

from sandbox.company.model import Story, Workaround

NEWER = (
    Story(
        "Kupferhang Giesserei",
        "on_site",
        "In the moulding hall the tablet hangs on a nail because the dust gets into its socket, "
        "so it is charged in the canteen and dead by ten. The foreman wants one sheet on the wall "
        "with what is due today, printed before the dust starts.",
        quote="Paper does not need to be charged.",
        mood="mixed",
        nps=6,
        nps_why="Right idea, wrong building.",
        workarounds=(
            Workaround(
                "Photographs the due list in the canteen and reads it from his own phone",
                "The tablet does not last until the end of the shift",
                "daily",
            ),
        ),
    ),
    Story(
        "Duinrand Vaccins",
        "on_site",
        "They validate every program for four months before anybody may use it, and asked how "
        "often we would make them do it again. A list of what changed in each release, written for "
        "an inspector instead of a fan, would matter more to them than any feature we showed.",
        quote="Please be boring, and be boring in writing.",
        mood="content",
    ),
    Story(
        "Skärholm Mejeri",
        "video",
        "Astrid trains a new summer crew every June and has made her own picture book of our "
        "screens, with the arrows that we left out. She showed it shyly, and it is better than our "
        "manual.",
        quote="I draw one arrow for every question I was asked.",
        mood="delighted",
        nps=9,
        nps_why="My summer people are useful on day two.",
        workarounds=(
            Workaround("A picture book of the screens", "New people every June", "rarely"),
        ),
    ),
    Story(
        "Penhallow Castings",
        "loss_interview",
        "They chose the other product because its trial came with their own gauges already in it, "
        "while ours greeted them with an empty page. The maintenance lead still thinks that our "
        "reports are better, and says that he never got far enough to show one to his director.",
        quote="You asked me to imagine it, they showed me my own workshop.",
        mood="mixed",
        sharing="no_name",
    ),
    Story(
        "Fjellvann Energi",
        "on_site",
        "Eleven dams, two technicians and a helicopter that costs more per hour than our yearly "
        "fee: a gauge forgotten on the mountain is what keeps them awake. They now plan each "
        "flight on a whiteboard, since our due list does not know which dams lie on one route.",
        quote="Your list is sorted by date, my helicopter is sorted by valley.",
        mood="content",
        nps=7,
        workarounds=(
            Workaround(
                "Copies the due list on to magnets and groups them by valley",
                "One flight has to do all gauges of a valley",
                "monthly",
            ),
        ),
    ),
    Story(
        "Oxlade Metrology",
        "video",
        "They calibrate for two hundred small firms and re-enter each firm's wishes for decimals "
        "from a ring binder, because we keep one setting for the whole laboratory. When a binder "
        "page was out of date, forty certificates had to be recalled with an apology each.",
        quote="The binder is the most valuable thing in this room.",
        mood="frustrated",
        nps=5,
        nps_why="Forty apologies.",
        workarounds=(
            Workaround("A ring binder with each client's decimals", "One setting for all", "daily"),
        ),
    ),
    Story(
        "Nordlyng Bryggeri",
        "trade_show",
        "The head brewer stopped at our booth for the coffee and stayed for the word audit, since "
        "the last one cost him a week of looking for signatures. He does not want to calibrate any "
        "better, he wants to be able to prove it on a Tuesday.",
        quote="I know that they are right, I just can't find the page that says so.",
        mood="content",
    ),
    Story(
        "Rheinbogen Chemie",
        "on_site",
        "Four plants use four names for the same transmitter, and head office compares them in a "
        "table that one colleague keeps up at night. She would give us that table gladly if we "
        "could tell her that two names are one thing.",
        quote="I am the synonym department.",
        mood="mixed",
        nps=7,
        workarounds=(
            Workaround("A table of synonyms over four plants", "Names cannot be joined", "weekly"),
        ),
    ),
    Story(
        "Lechtal Käserei",
        "phone",
        "With nine thermometers and one inspection a year they forget between two visits how it "
        "all works, and start with a call to support every March. Resi would rather be led by the "
        "hand once a year than be trained.",
        quote="I'm not stupid, I just only do this in March.",
        mood="content",
        nps=8,
    ),
    Story(
        "Quillmere Service Workshop",
        "internal",
        "Our own workshop repairs what customers send in, and keeps its notes on the back of the "
        "delivery slip because the record is closed once an instrument is marked as failed. What "
        "they know about the third failure in a row never reaches the customer or us.",
        quote="We see the pattern, the program sees three unrelated slips.",
        mood="frustrated",
        workarounds=(
            Workaround("Notes on the delivery slip", "A failed record takes no notes", "daily"),
        ),
    ),
)

OLDER = (
    Story(
        "Tannholz Pharma",
        "roll_out_interview",
        "Two days before going live the laboratory was calm and the data protection officer was "
        "not, because nobody had told her that readings carry the names of the people who took "
        "them. She needs one page in plain words, and she needs it before the pilot and not after.",
        quote="I stop projects for a living, help me not to stop this one.",
        mood="mixed",
        nps=7,
    ),
    Story(
        "Polderzicht Waterbeheer",
        "observation",
        "In the van Joost dictates his readings into the phone and types them at home, since the "
        "form wants them in our order and the ditch gives them in its own. He skips the comment "
        "field, and the comments he told me on the way were the best part of the day.",
        quote="The ditch does not know your form.",
        mood="content",
        nps=8,
        workarounds=(
            Workaround("Voice memos in the van, typed at home", "Order of the form", "daily"),
        ),
    ),
    Story(
        "Isarwinkel Prüfstelle",
        "video",
        "They have written their own program over twenty years, and its author retires in autumn. "
        "They are not shopping for features: they want somebody who will read his notes with them.",
        quote="We are not buying software, we are replacing Ludwig.",
        mood="mixed",
    ),
    Story(
        "Scheldemond Staal",
        "on_site",
        "At shift change the reading that was half entered is thrown away when the next man signs "
        "in, so they have learnt to finish or not to begin. On a furnace that takes fifty minutes "
        "to settle, this means that nothing is measured after one o'clock.",
        quote="After one o'clock we only make steel.",
        mood="frustrated",
        nps=4,
        nps_why="It forgets what I was doing.",
        workarounds=(
            Workaround(
                "No measurement is begun in the last hour of a shift",
                "Half an entry is lost when the next person signs in",
                "daily",
            ),
        ),
    ),
    Story(
        "Tarn & Hollow Distillers",
        "win_interview",
        "They bought because the excise officer knew our certificate by sight and waved it through "
        "at the first visit. Price was never discussed, and the two evenings they lost over the "
        "import of old records nearly undid it all.",
        quote="The man from the excise smiled, and I have never seen that before.",
        mood="delighted",
        nps=9,
    ),
    Story(
        "Kaamos Sensors",
        "video",
        "Their engineers talk to us through scripts and have never seen the screens, so a change "
        "of a column name in the export broke a night's production. They ask for one promise: that "
        "a name, once given, stays.",
        quote="You renamed a column, we renamed you for a week.",
        mood="angry",
        nps=3,
        nps_why="The morning after the release.",
    ),
    Story(
        "Ahrgau Messtechnik",
        "loss_interview",
        "Six people, and the offer had been written for sixty: they stopped reading at the page "
        "about the steering committee. The owner has gone on with index cards and says that he "
        "would look again at something that fits on one page.",
        quote="I am the steering committee.",
        mood="content",
    ),
    Story(
        "Greywether Hospitals",
        "phone",
        "Each of their five sites is proud of doing it differently, and the director would like to "
        "see all five without making any of them change. She asked for a fifteen-minute call, gave "
        "us fifty, and named the site that should go first.",
        quote="Show me the differences and I will deal with the pride.",
        mood="content",
    ),
    Story(
        "Fennimore Water",
        "on_site",
        "When the regulator calls, they have two hours to show the history of one meter, and they "
        "use one hour and fifty minutes to put three reports together. They have practised it like "
        "a fire drill, with a stopwatch and biscuits.",
        quote="The record stands at one hour forty-one.",
        mood="mixed",
        nps=7,
        workarounds=(
            Workaround("Joins three reports by hand for the regulator", "No history", "monthly"),
        ),
    ),
    Story(
        "Vintersol Kraft",
        "phone",
        "They left last year after the third change of contact at our end, and every new face had "
        "asked for the same tour of the plant. The product had nothing to do with it, and they "
        "would talk to one person who stays.",
        quote="We told our story three times and then we told it to somebody else.",
        mood="mixed",
        sharing="no_name",
    ),
)
