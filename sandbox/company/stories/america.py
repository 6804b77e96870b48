"""Stories from America: Maya visits seldom, and far away."""

from sandbox.company.model import Story, Workaround

STORIES = (
    Story(
        "Lakemont Creamery",
        "on_site",
        "Third shift calibrates at four in the morning, when nobody who could help is awake, and "
        "stops at the first red message. What the message meant was harmless, but it said error, "
        "so forty gauges were put off by a day.",
        quote="At four in the morning red means go home.",
        mood="frustrated",
        nps=5,
        nps_why="It scares my night people.",
        workarounds=(
            Workaround("Waits for the day shift at any red message", "Nobody to ask", "weekly"),
        ),
    ),
    Story(
        "Catlow Lantern Works",
        "phone",
        "A family of five makes lanterns for film sets, and a studio's insurer has asked for "
        "calibrated torque wrenches for the first time. They have never heard our words for any of "
        "this and were close to giving up at the form that asks for a tolerance class.",
        quote="I can tell you it's tight, I can't tell you its class.",
        mood="mixed",
    ),
    Story(
        "Merrow & Finch Labs",
        "video",
        "Their clients want the certificate on the same day, and the one person who may approve is "
        "at her son's games on Thursdays. Dana now approves from the bleachers by reading the "
        "values out over the phone to a colleague who has her password.",
        quote="I have signed off micrometers in the rain.",
        mood="mixed",
        nps=6,
        workarounds=(
            Workaround(
                "A colleague signs with her password while she listens on the phone",
                "Approval does not work on a phone",
                "weekly",
            ),
        ),
        sharing="no_name",
    ),
    Story(
        "Three Weirs Turbine",
        "loss_interview",
        "The plant wanted us, and the parent company has a contract with somebody else for every "
        "plant it owns. Nobody at the parent had seen either product, and the plant manager offers "
        "to bring the man who decides to our next visit nearby.",
        quote="You won the room and lost the building.",
        mood="content",
    ),
    Story(
        "Sandhill Wind",
        "observation",
        "A turbine is climbed once, so whatever is due within two months is done while somebody is "
        "up there, and our due date jumps around with every early reading. They correct the dates "
        "by hand on the ground, tower by tower, to keep the whole tower on one date.",
        quote="I measure in towers, you measure in days.",
        mood="mixed",
        nps=7,
        workarounds=(
            Workaround(
                "Sets due dates by hand for each tower", "Early readings move them", "weekly"
            ),
        ),
    ),
    Story(
        "Harrow Street Biologics",
        "video",
        "Before we had said hello they had a list of fourteen wishes, thirteen of them about the "
        "report builder that only they use. The fourteenth came from a technician at the back who "
        "asked, very quietly, whether the start page could be faster.",
        quote="I make coffee while it loads, and I don't like coffee.",
        mood="mixed",
        nps=8,
        nps_why="We could not work without it.",
    ),
    Story(
        "Pocomas Valley Water",
        "phone",
        "Three towns share one calibration van, and each wants a bill for its own meters at the "
        "end of the month. Gloria works that out from our export with a highlighter, and one town "
        "has paid for its neighbour's meters since March.",
        quote="Don't tell them, I'll make it right in June.",
        mood="content",
        nps=8,
        workarounds=(
            Workaround("Splits the export by town with a highlighter", "No town field", "monthly"),
        ),
        sharing="private",
    ),
    Story(
        "Northwick Pumps",
        "phone",
        "They went back to paper after an update moved the menu on the morning of an audit. Ray "
        "has nothing against change, he says, as long as it does not happen before lunch on the "
        "worst day of his year.",
        quote="You moved my door while I was carrying the couch.",
        mood="angry",
    ),
    Story(
        "Winnow Maple Works",
        "on_site",
        "For six weeks in spring they calibrate every day, and for the rest of the year not at "
        "all, yet we remind them in October. They have come to like the October mail as a sign of "
        "winter, and would like to pay by the season.",
        quote="First the geese leave, then you write.",
        mood="delighted",
        nps=9,
    ),
    Story(
        "Big Bend Grain Testing",
        "survey_follow_up",
        "At harvest two hundred trucks wait, and a scale that has to be checked by the book holds "
        "up all of them. The elevator manager asks for a check that can be stopped when a truck "
        "rolls on and taken up again behind it.",
        quote="The grain won't wait, and neither will the man in the truck.",
        mood="mixed",
    ),
)
