"""Who works at the made-up company, and where they talk."""

from sandbox.company.model import Channel, Colleague, Part, Team

COMPANY = "Quillmere Instruments (made up)"
PRODUCT = "Trueset, calibration records for the people who keep instruments honest"
MAIL = "quillmere.example"

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
KOLKATA = "Asia/Kolkata"

STAFF = (
    Colleague("annika", "Annika Brandt", f"annika@{MAIL}", BERLIN, Part.PM, joined=True),
    Colleague("jonas", "Jonas Weidner", f"jonas@{MAIL}", BERLIN, Part.PM, joined=True),
    Colleague("maya", "Maya Okafor", f"maya@{MAIL}", NEW_YORK, Part.PM, joined=True),
    Colleague("priya", "Priya Raman", f"priya@{MAIL}", KOLKATA, Part.PM, joined=True),
    Colleague("theo", "Theo Castellan", f"theo@{MAIL}", NEW_YORK, Part.PM),
    Colleague("ingrid", "Ingrid Solberg", f"ingrid@{MAIL}", BERLIN, Part.LEAD),
    Colleague("walter", "Walter Pruett", f"walter@{MAIL}", NEW_YORK, Part.ADMIN),
    Colleague("lena", "Lena Fuchs", f"lena@{MAIL}", BERLIN, Part.SUPPORT),
    Colleague("dev", "Dev Malhotra", f"dev@{MAIL}", KOLKATA, Part.SUPPORT),
    Colleague("carla", "Carla Mendes", f"carla@{MAIL}", NEW_YORK, Part.SALES),
    Colleague("nico", "Nico Varga", "nico@vargadesign.example", BERLIN, Part.GUEST),
    Colleague("ruth", "Ruth Abelard", "ruth@fennimore.example", "Europe/London", Part.STRANGER),
    Colleague("otto", "Otto Lind", f"otto@{MAIL}", BERLIN, Part.DEACTIVATED),
)

_EVERYBODY = tuple(
    each.key for each in STAFF if each.part not in (Part.GUEST, Part.STRANGER, Part.DEACTIVATED)
)

TEAMS = (
    Team("Bench", "stories-bench", ("annika", "jonas")),
    Team("Field", "stories-field", ("maya", "priya", "theo")),
)

CHANNELS = (
    Channel("general", (*_EVERYBODY, "nico"), topic="Everybody"),
    Channel("stories-bench", ("annika", "jonas", "ingrid", "carla"), topic="Heard in the labs"),
    Channel("stories-field", ("maya", "priya", "theo", "ingrid", "dev"), topic="Heard outside"),
    Channel("fennimore-roll-out", ("annika", "lena", "ruth"), ext_shared=True),
    Channel("trueset-three-launch", ("annika", "maya", "ingrid"), archived=True),
)
