"""The made-up company of the transcript: customers, files to import, a calendar and a picture."""

URL = "https://nihito.example.org"
MILL, POST, TILES, KILN = "Brightwater Mill", "Fernleigh Post", "Harrow Tiles", "Kiln House"
STORY = "They print every order and type it in again. Nobody has told us in six years."
CUSTOMERS = """\
name,domain,stage,segment,region,size,revenue,potential,brand,owner_email,every_days
Brightwater Mill,brightwater.example,customer,Paper,North,large,90000,20000,yes,ada@example.com,
Fernleigh Post,fernleigh.example,customer,Post,North,small,12000,,,bo@example.com,
Harrow Tiles,harrow.example,customer,Tiles,South,small,8000,,,cy@example.com,60
Kiln House,kiln.example,customer,Tiles,South,large,40000,,,bo@example.com,
Seal Works,seal.example,prospect,Paper,East,small,,30000,,ada@example.com,
Otter Prints,otter.example,customer,Paper,East,small,5000,,,,
Quarry Lane,quarry.example,churned,Stone,West,small,,,,,
Larch & Sons,larch.example,lost,Wood,West,large,,,,,
Our own desk,,internal,,,,,,,,
"""
PEOPLE = """\
customer,name,email,phone,role,has_cell
Brightwater Mill,Mara Lind,mara@brightwater.example,,buyer,yes
Fernleigh Post,Theo Fern,theo@fernleigh.example,,clerk,yes
Harrow Tiles,Ida Harrow,ida@harrow.example,+49 30 1234567,owner,yes
Kiln House,Kai Kiln,kai@kiln.example,,potter,no
"""
DEALS = """\
customer,outcome,closed_on,go_live_on
Kiln House,won,2026-02-20,2026-03-25
Larch & Sons,lost,2026-02-10,
"""
OPENINGS = """\
customer,kind,date,person_email
Harrow Tiles,trade_show,2026-03-20,ida@harrow.example
Fernleigh Post,survey,2026-02-25,theo@fernleigh.example
"""
BETAS = """\
beta,person_email,signed_up_at
Totals,kai@kiln.example,2026-02-12T09:00Z
"""
VISITS = """\
customer,pm_email,kind,date,minutes,summary
Otter Prints,bo@example.com,on_site,2026-01-20,60,They showed us the press.
"""
WRONG = """\
customer,outcome,closed_on,go_live_on
Kiln House,perhaps,2026-02-20,
,won,not a day,
"""
SENDERS = (
    ("mara@brightwater.example", "ada@example.com"),
    ("theo@fernleigh.example", "bo@example.com"),
    ("ida@harrow.example", "cy@example.com"),
)
CONTACTS = "source,source_id,occurred_at,channel,person_email,customer,staff_email\n" + "".join(
    f"book,{sender}-{way}-{day},2026-02-{day}T10:00Z,{way},{sender},,{owner}\n"
    for sender, owner in SENDERS
    for way in ("mail", "cell_call")
    for day in range(16, 22)
)
FILES = (
    ("customers", CUSTOMERS),
    ("people", PEOPLE),
    ("contacts", CONTACTS),
    ("deals", DEALS),
    ("openings", OPENINGS),
    ("betas", BETAS),
    ("visits", VISITS),
    ("deals", WRONG),
    ("customers", CUSTOMERS),
)
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    b"DTSTART;TZID=W. Europe Standard Time:20260319T100000\r\nDURATION:PT1H\r\n"
    b"ATTENDEE:mailto:kai@kiln.example\r\nSUMMARY:Prices\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
