"""Where people live: streets are invented, places and postal prefixes are real."""

from datetime import date
from random import Random

from pasi.province.reference import Reference, School, Weighted, one_of

HAS_ADDRESS_SHARE = 0.96
STREETS = (
    "Aspen", "Birch", "Cedar", "Chinook", "Clover", "Coyote", "Elk", "Foothills", "Heritage",
    "Lakeview", "Larch", "Maple", "Meadow", "Parkland", "Pine", "Poplar", "Prairie", "Ranch",
    "River", "Saddle", "Spruce", "Summit", "Sunrise", "Valley", "Willow", "Wolf Willow",
)  # fmt: skip
STREET_TYPES = ("Avenue", "Bay", "Boulevard", "Close", "Crescent", "Drive", "Lane", "Road", "Way")
QUADRANTS = {"Calgary": ("NW", "NE", "SW", "SE"), "Edmonton": ("NW", "NW", "NW", "SW")}
# Letters that Canadian postal codes use after the first place.
POSTAL_LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
ABROAD = Weighted(
    {
        ("8 Rizal Street\r\nQuezon City 1100", "Philippines"): 3,
        ("27 Model Town\r\nLudhiana 141002", "India"): 3,
        ("4-2-8 Sakuragaoka\r\nTama-shi Tokyo", "Japan"): 2,
        ("Calle Hidalgo 41\r\nGuadalajara 44100", "Mexico"): 2,
        ("Lindenweg 12\r\n79100 Freiburg", "Germany"): 1,
    }
)


def address_line(
    rng: Random, reference: Reference, asn: str, school: School, effective_on: date | str
) -> str:
    """One row of student_addresses.csv: in the school's town where its postal codes are known."""
    prefixes = reference.prefixes.get(school.city)
    if prefixes:
        city, prefix = school.city, prefixes.draw(rng)
    else:
        city, prefix = reference.places.draw(rng)
    letter, digit, last = rng.random(), int(rng.random() * 10), int(rng.random() * 10)
    postal_code = f"{prefix} {digit}{POSTAL_LETTERS[int(letter * 20)]}{last}"
    street = street_in(rng, city, is_rural=prefix[1] == "0")
    return f"{asn},Mailing,{street},Canada,{effective_on},{city},AB,{postal_code},\n"


def address_abroad_line(rng: Random, asn: str, effective_on: date | str) -> str:
    """An address outside Canada: all in the street, in lines."""
    street, country = ABROAD.draw(rng)
    return f'{asn},Mailing,"{street}",{country},{effective_on},,,,\n'


def street_in(rng: Random, city: str, *, is_rural: bool) -> str:
    """A street, as a CSV field; some have two lines."""
    number = 1 + int(rng.random() * 9999)
    if is_rural and rng.random() < 0.7:
        return f"PO Box {number}"
    quadrants = QUADRANTS.get(city)
    if quadrants and rng.random() < 0.5:
        kind = "Avenue" if rng.random() < 0.5 else "Street"
        street = f"{number} {1 + int(rng.random() * 180)} {kind} {one_of(rng, quadrants)}"
    else:
        street = f"{number} {one_of(rng, STREETS)} {one_of(rng, STREET_TYPES)}"
        if quadrants:
            street = f"{street} {one_of(rng, quadrants)}"
    chance = rng.random()
    if chance < 0.12:
        return f"{1 + int(chance * 2500)}-{street}"
    if chance < 0.13:
        return f'"Suite {int(rng.random() * 400)}\r\n{street}"'
    return street
