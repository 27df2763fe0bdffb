"""How people are asked for in real life: the ways in which a search differs from the record.

TUNED are the kinds that the weights of the search were set by; HELD_OUT were looked at only
afterwards. Each takes a random source and what is known of a person, and gives a search, or None
where the person does not lend themselves to it.
"""

import datetime
import string
import unicodedata
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

from pasi.calendar import business_today
from pasi.province.reference import one_of, reference

Query = dict[str, Any]
Name = tuple[str, str, str]  # first, middle, last


class Known(NamedTuple):
    """What the registry has of a student; the first name is the legal one."""

    asn: str
    names: Sequence[Name]
    birth_date: datetime.date


def ask(name: Name, birth_date: datetime.date) -> Query:
    first, middle, last = name
    return {
        "first_name": first,
        "middle_name": middle,
        "last_name": last,
        "birth_date": birth_date,
    }


def usual(rng: Random, person: Known) -> Query:
    """By legal name and birth date; four in ten leave the middle name out."""
    query = ask(person.names[0], person.birth_date)
    if rng.random() < 0.4:
        query["middle_name"] = ""
    return query


# --- Letters ------------------------------------------------------------------------------------


def _place(rng: Random, text: str) -> int:
    """Mostly not the first letter."""
    return rng.randrange(0 if rng.random() < 0.1 else 1, len(text)) if len(text) > 1 else 0


def _substitute(rng: Random, text: str) -> str:
    at = _place(rng, text)
    return text[:at] + one_of(rng, string.ascii_lowercase) + text[at + 1 :]


def _insert(rng: Random, text: str) -> str:
    at = _place(rng, text)
    return text[:at] + one_of(rng, string.ascii_lowercase) + text[at:]


def _leave_out(rng: Random, text: str) -> str:
    at = _place(rng, text)
    return text[:at] + text[at + 1 :] if len(text) > 2 else text + "e"


def _transpose(rng: Random, text: str) -> str:
    if len(text) < 3:
        return _insert(rng, text)
    at = min(_place(rng, text), len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def typo(rng: Random, text: str) -> str:
    for _ in range(20):
        wrong = one_of(rng, (_substitute, _insert, _leave_out, _transpose))(rng, text)
        if wrong != text and wrong.strip(" -"):
            return wrong.strip(" -")
    return text + "a"


_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    key: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in _KEYBOARD
    for at, key in enumerate(row)
}


def neighbour_key(rng: Random, text: str) -> str:
    at = _place(rng, text)
    near = _NEIGHBOURS.get(text[at].lower())
    return text[:at] + one_of(rng, near) + text[at + 1 :] if near else typo(rng, text)


_MISREAD = (
    *(("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("l", "i")),
    *(("i", "l"), ("h", "b"), ("b", "h"), ("e", "c"), ("c", "e"), ("u", "v"), ("v", "u")),
    *(("n", "ri"), ("nn", "m"), ("g", "q"), ("f", "t"), ("O", "Q"), ("I", "l"), ("a", "o")),
)


def misread(rng: Random, text: str) -> str:
    """As text recognition confuses letters."""
    fits = [(one, other) for one, other in _MISREAD if one in text]
    if not fits:
        return typo(rng, text)
    one, other = one_of(rng, fits)
    return text.replace(one, other, 1)


_BY_EAR = (
    *(("ph", "f"), ("f", "ph"), ("ck", "k"), ("k", "c"), ("c", "k"), ("y", "i"), ("i", "y")),
    *(("ie", "y"), ("ee", "i"), ("ea", "ee"), ("ou", "u"), ("oo", "u"), ("th", "t"), ("z", "s")),
    *(("s", "z"), ("sh", "sch"), ("ai", "ay"), ("ei", "ie"), ("v", "w"), ("w", "v"), ("j", "y")),
    *(("ks", "x"), ("x", "ks"), ("qu", "kw"), ("dt", "t"), ("tz", "z"), ("au", "o"), ("eau", "o")),
    *(("e", "a"), ("a", "e"), ("o", "u"), ("u", "o"), ("h", ""), ("ll", "l"), ("nn", "n")),
    *(("tt", "t"), ("mm", "m"), ("l", "ll"), ("n", "nn"), ("t", "tt")),
)


def by_ear(rng: Random, text: str) -> str:
    low = text.lower()
    fits = [(one, other) for one, other in _BY_EAR if one in low[1:]]
    if not fits:
        return typo(rng, text)
    one, other = one_of(rng, fits)
    return text[0] + low[1:].replace(one, other, 1)


def doubled(rng: Random, text: str) -> str:
    at = _place(rng, text)
    return text[: at + 1] + text[at:]


def cut_off(rng: Random, text: str) -> str:
    return text[: max(3, len(text) - rng.randrange(2, 5))] if len(text) > 4 else text[:3]


def bare(text: str) -> str:
    """Without accents, apostrophes, hyphens."""
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.replace("-", " ").replace("'", "")


# --- Dates --------------------------------------------------------------------------------------


def _valid(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def slip_of_date(rng: Random, day: datetime.date) -> datetime.date:
    """One digit wrong, two digits in the wrong order, or one day, month or year off."""
    for _ in range(50):
        chance = rng.random()
        text = f"{day:%Y%m%d}"
        if chance < 0.4:
            at = rng.randrange(2, 8)
            wrong = text[:at] + one_of(rng, string.digits) + text[at + 1 :]
        elif chance < 0.6:
            at = rng.randrange(2, 7)
            wrong = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        elif chance < 0.8:
            wrong = f"{day + datetime.timedelta(one_of(rng, (-1, 1))):%Y%m%d}"
        else:
            wrong = f"{day.year + one_of(rng, (-1, 1, -10, 10)):04d}{text[4:]}"
        found = _valid(int(wrong[:4]), int(wrong[4:6]), int(wrong[6:]))
        if found and found != day and 1930 < found.year <= business_today().year:
            return found
    return day + datetime.timedelta(1)


def age_of(day: datetime.date) -> int:
    today = business_today()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


# --- Kinds --------------------------------------------------------------------------------------

Kind = Callable[[Random, Known], Query | None]


def _changed(*parts: str, by: Callable[[Random, str], str]) -> Kind:
    def kind(rng: Random, person: Known) -> Query | None:
        query = usual(rng, person)
        for part in parts:
            query[part] = by(rng, query[part])
        return query

    return kind


def _either(by: Callable[[Random, str], str]) -> Kind:
    def kind(rng: Random, person: Known) -> Query | None:
        query = usual(rng, person)
        part = one_of(rng, ("first_name", "last_name"))
        query[part] = by(rng, query[part])
        return query

    return kind


def _day_and_month(rng: Random, person: Known) -> Query | None:
    born = person.birth_date
    if born.day > 12 or born.day == born.month:
        return None
    return usual(rng, person) | {"birth_date": datetime.date(born.year, born.day, born.month)}


def _first_and_last(rng: Random, person: Known) -> Query:
    query = usual(rng, person)
    return query | {"first_name": query["last_name"], "last_name": query["first_name"]}


def _nickname(rng: Random, person: Known) -> Query | None:
    forms = reference().nicknames.get(person.names[0][0])
    return usual(rng, person) | {"first_name": one_of(rng, forms)} if forms else None


def _formal(rng: Random, person: Known) -> Query | None:
    """The record has the nickname."""
    first = person.names[0][0]
    formal = [name for name, short in reference().nicknames.items() if first in short]
    return usual(rng, person) | {"first_name": one_of(rng, formal)} if formal else None


def _initial(rng: Random, person: Known) -> Query:
    query = usual(rng, person)
    return query | {"first_name": query["first_name"][0]}


def _no_accents(rng: Random, person: Known) -> Query | None:
    name = tuple(map(bare, person.names[0]))
    return ask(name, person.birth_date) if name != person.names[0] else None


def _other_name(rng: Random, person: Known) -> Query | None:
    if len(person.names) < 2:
        return None
    return ask(one_of(rng, person.names[1:]), person.birth_date)


def _date_slip(rng: Random, person: Known) -> Query:
    return usual(rng, person) | {"birth_date": slip_of_date(rng, person.birth_date)}


def _age(rng: Random, person: Known, off: int = 0) -> Query:
    query = usual(rng, person)
    query["middle_name"] = person.names[0][1]
    age = max(0, age_of(person.birth_date) + off)
    return query | {"birth_date": None, "approximate_age": age}


def _half(rng: Random, person: Known) -> Query | None:
    first, middle, last = person.names[0]
    halves = [half for half in last.replace("-", " ").split(" ") if len(half) > 2]
    if len(halves) < 2:
        return None
    return ask((first, middle, one_of(rng, halves)), person.birth_date)


def _two(one: Kind, *parts: str, by: Callable[[Random, str], str]) -> Kind:
    def kind(rng: Random, person: Known) -> Query | None:
        query = one(rng, person)
        if query is None:
            return None
        part = one_of(rng, parts)
        return query | {part: by(rng, query[part])}

    return kind


TUNED: dict[str, Kind] = {
    "as recorded": usual,
    "typing error in the first name": _changed("first_name", by=typo),
    "typing error in the last name": _changed("last_name", by=typo),
    "typing errors in both": _changed("first_name", "last_name", by=typo),
    "day and month swapped": _day_and_month,
    "first and last swapped": _first_and_last,
    "nickname": _nickname,
    "formal name of a nickname": _formal,
    "initial": _initial,
    "no accents and hyphens": _no_accents,
    "another recorded name": _other_name,
    "slip in the date": _date_slip,
    "approximate age": _age,
    "half of a double name": _half,
    "by ear": _either(by_ear),
    "typing error and slip in the date": _two(_date_slip, "first_name", "last_name", by=typo),
}


# --- Held out -----------------------------------------------------------------------------------


def _middle_as_first(rng: Random, person: Known) -> Query | None:
    first, middle, last = person.names[0]
    if not middle:
        return None
    return ask((middle, first if rng.random() < 0.4 else "", last), person.birth_date)


def _married(rng: Random, person: Known) -> Query:
    """Under a last name that nobody has recorded."""
    names = reference()
    query = ask(person.names[0], person.birth_date)
    return query | {"last_name": names.families[names.origins.draw(rng)].draw(rng)}


def _all_parts_turned(rng: Random, person: Known) -> Query | None:
    """Last name first, as many write it: Nguyen Van Anh."""
    first, middle, last = person.names[0]
    if not middle:
        return None
    return ask(one_of(rng, ((last, middle, first), (last, first, middle))), person.birth_date)


_ROMANIZED = (
    ("Mohammed", "Muhammad", "Mohamed", "Mohammad"),
    ("Alexander", "Oleksandr", "Aleksandr", "Alexandre"),
    ("Joseph", "Yusuf", "Yousef", "Youssef", "José"),
    ("Michael", "Mykhailo", "Mikhail"),
    ("Catherine", "Kateryna", "Katherine", "Ekaterina"),
    ("Ahmed", "Ahmad", "Ahmet"),
    ("Hassan", "Hasan"),
    ("Hussein", "Hussain", "Husain"),
    ("Aisha", "Ayesha", "Aysha"),
    ("Fatima", "Fatimah", "Fatma"),
    ("Maria", "Mariya", "Mariia", "Marija"),
    ("Andrew", "Andriy", "Andrei", "Andrii"),
    ("John", "Jon", "Ivan"),
    ("Omar", "Umar"),
    ("Natalia", "Nataliya", "Natalya"),
    ("Yulia", "Julia", "Yuliya"),
    ("Sophia", "Sofia", "Sofiya"),
    ("Gurpreet", "Gurprit"),
    ("Harpreet", "Harprit"),
    ("Sukhwinder", "Sukhvinder"),
    ("Manpreet", "Manprit"),
)


def _romanized(rng: Random, person: Known) -> Query | None:
    first = person.names[0][0]
    forms = [form for group in _ROMANIZED if first in group for form in group if form != first]
    return usual(rng, person) | {"first_name": one_of(rng, forms)} if forms else None


def _age_off(rng: Random, person: Known) -> Query:
    return _age(rng, person, one_of(rng, (-1, 1)))


def _longer(rng: Random, person: Known) -> Query:
    """The other way round: the search has two last names, the record one."""
    names = reference()
    other = names.families["English"].draw(rng)
    first, middle, last = person.names[0]
    both = f"{last}-{other}" if rng.random() < 0.5 else f"{other} {last}"
    return ask((first, middle, both), person.birth_date)


def _spaces(rng: Random, person: Known) -> Query | None:
    """First and middle name together, with a space or without."""
    first, middle, last = person.names[0]
    if not middle:
        return None
    return ask((first + one_of(rng, (" ", "-", "")) + middle, "", last), person.birth_date)


def _wrong_day(rng: Random, person: Known) -> Query:
    return usual(rng, person) | {"birth_date": person.birth_date.replace(day=rng.randrange(1, 29))}


def _first_of_january(rng: Random, person: Known) -> Query:
    return usual(rng, person) | {"birth_date": datetime.date(person.birth_date.year, 1, 1)}


def _given_name_abroad(rng: Random, person: Known) -> Query:
    """Called by a first name of which nothing is recorded."""
    name = reference().given["English", one_of(rng, "FM")].draw(rng)
    query = ask(person.names[0], person.birth_date)
    return query | {"first_name": name, "middle_name": ""}


HELD_OUT: dict[str, Kind] = {
    "misread letters": _either(misread),
    "neighbouring keys": _either(neighbour_key),
    "neighbouring keys in both": _changed("first_name", "last_name", by=neighbour_key),
    "doubled letter": _either(doubled),
    "cut off": _either(cut_off),
    "by ear, both": _changed("first_name", "last_name", by=by_ear),
    "two typing errors in one name": _either(lambda rng, text: typo(rng, typo(rng, text))),
    "middle name as first name": _middle_as_first,
    "married name not recorded": _married,
    "all parts turned": _all_parts_turned,
    "other romanization": _romanized,
    "age off by one": _age_off,
    "age and typing error": _two(_age_off, "first_name", "last_name", by=typo),
    "age and nickname": lambda rng, person: (
        (query := _nickname(rng, person))
        and query | {"birth_date": None, "approximate_age": age_of(person.birth_date)}
    ),
    "two last names asked for": _longer,
    "first and middle name joined": _spaces,
    "another day of the month": _wrong_day,
    "first of January": _first_of_january,
    "swapped date and typing error": _two(_day_and_month, "first_name", "last_name", by=typo),
    "swapped names and typing error": _two(_first_and_last, "first_name", "last_name", by=typo),
    "nickname and slip in the date": lambda rng, person: (
        (query := _nickname(rng, person))
        and query | {"birth_date": slip_of_date(rng, person.birth_date)}
    ),
    "other name and typing error": _two(_other_name, "first_name", "last_name", by=typo),
    "first name not recorded": _given_name_abroad,
}
