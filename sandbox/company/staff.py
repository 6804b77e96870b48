"""The staff of the made-up company, their teams and channels."""

from sandbox.company.model import CompanyChannel, SlackRole, StaffMember, Team

COMPANY = "Quillmere Instruments (made up)"
PRODUCT = "Trueset, calibration records for the people who keep instruments honest"
MAIL = "quillmere.example"

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
KOLKATA = "Asia/Kolkata"

STAFF = (
    StaffMember("annika", "Annika Brandt", f"annika@{MAIL}", BERLIN, SlackRole.PM, joined=True),
    StaffMember("jonas", "Jonas Weidner", f"jonas@{MAIL}", BERLIN, SlackRole.PM, joined=True),
    StaffMember("maya", "Maya Okafor", f"maya@{MAIL}", NEW_YORK, SlackRole.PM, joined=True),
    StaffMember("priya", "Priya Raman", f"priya@{MAIL}", KOLKATA, SlackRole.PM, joined=True),
    StaffMember("theo", "Theo Castellan", f"theo@{MAIL}", NEW_YORK, SlackRole.PM),
    StaffMember("ingrid", "Ingrid Solberg", f"ingrid@{MAIL}", BERLIN, SlackRole.LEAD),
    StaffMember("walter", "Walter Pruett", f"walter@{MAIL}", NEW_YORK, SlackRole.ADMIN),
    StaffMember("lena", "Lena Fuchs", f"lena@{MAIL}", BERLIN, SlackRole.SUPPORT),
    StaffMember("dev", "Dev Malhotra", f"dev@{MAIL}", KOLKATA, SlackRole.SUPPORT),
    StaffMember("carla", "Carla Mendes", f"carla@{MAIL}", NEW_YORK, SlackRole.SALES),
    StaffMember("nico", "Nico Varga", "nico@vargadesign.example", BERLIN, SlackRole.GUEST),
    StaffMember(
        "ruth", "Ruth Abelard", "ruth@fennimore.example", "Europe/London", SlackRole.STRANGER
    ),
    StaffMember("otto", "Otto Lind", f"otto@{MAIL}", BERLIN, SlackRole.DEACTIVATED),
)

_EVERYBODY = tuple(
    each.key
    for each in STAFF
    if each.role not in (SlackRole.GUEST, SlackRole.STRANGER, SlackRole.DEACTIVATED)
)

TEAMS = (
    Team("Bench", "stories-bench", ("annika", "jonas")),
    Team("Field", "stories-field", ("maya", "priya", "theo")),
)

CHANNELS = (
    CompanyChannel("general", (*_EVERYBODY, "nico"), topic="Everybody"),
    CompanyChannel(
        "stories-bench", ("annika", "jonas", "ingrid", "carla"), topic="Heard in the labs"
    ),
    CompanyChannel(
        "stories-field", ("maya", "priya", "theo", "ingrid", "dev"), topic="Heard outside"
    ),
    CompanyChannel("fennimore-roll-out", ("annika", "lena", "ruth"), ext_shared=True),
    CompanyChannel("trueset-three-launch", ("annika", "maya", "ingrid"), archived=True),
)
