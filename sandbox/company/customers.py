"""The customers of the made-up company; every name is invented, every domain ends in .example."""

from sandbox.company.model import Customer

_FULL_NAMES = {
    "food": "food and drink",
    "labs": "laboratories",
    "USA": "United States",
    "UK": "United Kingdom",
}
# name | domain | stage | segment | country | size | revenue | potential, in thousands | marks
# Marks: b brand, m new market, g new geography.
_TABLE: dict[tuple[str, str], str] = {
    ("Hamburg", "jonas"): """
        Elbkante Molkerei | elbkante | customer | food | Germany | medium | 48 | 60 |
        Speicherwerk Kaffee | speicherwerk | customer | food | Germany | small | 14 | 20 |
        Hafenlicht Klinik | hafenlicht | customer | health | Germany | large | 120 | 210 | b
        Norderquell Wasser | norderquell | customer | water | Germany | medium | 52 | 55 |
        Alsterglas Labor | alsterglas | customer | labs | Germany | small | 18 | 18 |
        Deichhof Brauerei | deichhof | prospect | food | Germany | small | 0 | 16 |
        Süderkai Metall | suederkai | customer | metal | Germany | medium | 39 | 70 |
        Fleetbrücke Apotheken | fleetbruecke | prospect | health | Germany | medium | 0 | 64 | m
        Billstrom Kranbau | billstrom | lost | metal | Germany | large | 0 | 90 |
        Wandsbeker Waagenbau | wandsbeker | churned | labs | Germany | small | 0 | 12 |
    """,
    ("Southern Germany", "annika"): """
        Tannholz Pharma | tannholz | customer | health | Germany | large | 240 | 300 | b
        Lechtal Käserei | lechtal | customer | food | Germany | small | 11 | 14 |
        Isarwinkel Prüfstelle | isarwinkel | prospect | labs | Germany | medium | 0 | 45 |
        Steigerwald Wind | steigerwald | prospect | energy | Germany | medium | 0 | 80 | m
        Limmatblick Feinwerk | limmatblick | customer | labs | Switzerland | small | 22 | 40 | g
    """,
    ("Rhineland", "annika"): """
        Rheinbogen Chemie | rheinbogen | customer | labs | Germany | large | 310 | 420 | b
        Kupferhang Giesserei | kupferhang | customer | metal | Germany | medium | 44 | 44 |
        Ahrgau Messtechnik | ahrgau | lost | labs | Germany | small | 0 | 25 |
    """,
    ("Nordics", "annika"): """
        Fjellvann Energi | fjellvann | customer | energy | Norway | large | 150 | 260 | m
        Skärholm Mejeri | skarholm | customer | food | Sweden | medium | 58 | 58 |
        Nordlyng Bryggeri | nordlyng | prospect | food | Denmark | medium | 0 | 35 |
        Kaamos Sensors | kaamos | customer | labs | Finland | small | 19 | 55 | g
        Brennøy Havbruk | brennoy | prospect | food | Norway | medium | 0 | 72 | m
        Vintersol Kraft | vintersol | churned | energy | Sweden | large | 0 | 110 |
    """,
    ("British Isles", "annika"): """
        Fennimore Water | fennimore | customer | water | UK | large | 205 | 240 | b
        Tarn & Hollow Distillers | tarnhollow | customer | food | UK | small | 16 | 30 |
        Penhallow Castings | penhallow | lost | metal | UK | medium | 0 | 48 |
        Greywether Hospitals | greywether | prospect | health | UK | large | 0 | 330 | b
        Ballyknock Creamery | ballyknock | prospect | food | Ireland | medium | 0 | 41 | g
        Oxlade Metrology | oxlade | customer | labs | UK | medium | 63 | 70 |
    """,
    ("Low Countries", "annika"): """
        Polderzicht Waterbeheer | polderzicht | customer | water | Netherlands | large | 98 | 130 |
        Duinrand Vaccins | duinrand | prospect | health | Netherlands | large | 0 | 190 | b
        Scheldemond Staal | scheldemond | customer | metal | Belgium | large | 115 | 115 |
        Veenhof Kaas | veenhof | lost | food | Netherlands | small | 0 | 22 |
    """,
    ("US Northeast", "maya"): """
        Harrow Street Biologics | harrowstreet | customer | health | USA | large | 270 | 280 | b
        Winnow Maple Works | winnowmaple | customer | food | USA | small | 9 | 12 |
        Pocomas Valley Water | pocomas | customer | water | USA | medium | 71 | 75 |
        Catlow Lantern Works | catlow | prospect | metal | USA | small | 0 | 18 |
        Merrow & Finch Labs | merrowfinch | customer | labs | USA | medium | 66 | 90 |
        Three Weirs Turbine | threeweirs | lost | energy | USA | large | 0 | 175 |
    """,
    ("US Midwest", "maya"): """
        Prairie Anvil Forge | prairieanvil | customer | metal | USA | medium | 47 | 52 |
        Lakemont Creamery | lakemont | customer | food | USA | medium | 55 | 80 |
        Big Bend Grain Testing | bigbendgrain | prospect | labs | USA | small | 0 | 27 | m
        Northwick Pumps | northwick | churned | metal | USA | medium | 0 | 50 |
        Sandhill Wind | sandhillwind | customer | energy | USA | medium | 62 | 140 | m
    """,
    ("US West", "theo"): """
        Redtail Brewing | redtail | prospect | food | USA | small | 0 | 19 |
        Alder Bay Genomics | alderbay | prospect | labs | USA | medium | 0 | 120 | b
        Sagebrush Hydro | sagebrush | customer | energy | USA | large | 130 | 170 |
    """,
    ("South India", "priya"): """
        Nilavu Dairy | nilavu | customer | food | India | large | 84 | 120 |
        Kaveri Bend Foundry | kaveribend | customer | metal | India | medium | 26 | 40 |
        Malabar Spice Testing | malabarspice | customer | labs | India | small | 12 | 18 |
        Sahya Sterile | sahya | customer | health | India | large | 140 | 220 | b
        Palar Basin Water | palarbasin | prospect | water | India | large | 0 | 160 | m
        Thoomba Agro Labs | thoomba | prospect | labs | India | small | 0 | 15 |
    """,
    ("West India", "priya"): """
        Deccan Torque | deccantorque | customer | metal | India | medium | 33 | 60 |
        Saffron Gate Pharma | saffrongate | prospect | health | India | large | 0 | 250 | b
        Konkan Coldchain | konkan | customer | food | India | medium | 29 | 75 | m
        Saber Point Gauges | saberpoint | lost | labs | India | small | 0 | 20 |
    """,
    ("Southeast Asia", "priya"): """
        Merbau Palm Testing | merbau | customer | labs | Malaysia | small | 17 | 50 | g
        Straits Lantern Semicon | straits | prospect | labs | Singapore | large | 0 | 380 | bg
        Mekla Ice & Fish | mekla | prospect | food | Vietnam | medium | 0 | 34 | g
        Bukit Hijau Water | bukithijau | churned | water | Malaysia | medium | 0 | 58 |
    """,
    ("In the house", "annika"): """
        Quillmere Service Workshop | workshop | internal | labs | Germany | small | 0 | 0 |
        Quillmere Training | training | internal | labs | India | small | 0 | 0 |
    """,
}


def customers() -> tuple[Customer, ...]:
    """List all customers, region by region."""
    return tuple(
        _customer(line, region, owner)
        for (region, owner), lines in _TABLE.items()
        for line in lines.strip().splitlines()
    )


def _customer(line: str, region: str, owner: str) -> Customer:
    cells = [_FULL_NAMES.get(cell.strip(), cell.strip()) for cell in line.split("|")]
    name, domain, stage, segment, country, size, revenue, potential, marks = cells
    return Customer(
        name=name,
        domain=f"{domain}.example",
        stage=stage,
        segment=segment,
        region=region,
        country=country,
        size=size,
        revenue=int(revenue) * 1000,
        potential=int(potential) * 1000,
        brand="b" in marks,
        new_market="m" in marks,
        new_geography="g" in marks,
        owner=owner,
    )
