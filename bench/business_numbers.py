"""Numbers of the generated business set with valid check digits, and the ways in which people write them."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from stdnum import luhn
from stdnum.jp import cn, in_

HYPHENS = "‐‑‒–—−－ｰー﹣"
FULL_WIDTH = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
ERAS = [("令和", "R", 2019), ("平成", "H", 1989), ("昭和", "S", 1926)]
KANJI = "〇一二三四五六七八九"


def digits(rng: random.Random, count: int) -> str:
    """Random digits, the first not 0."""
    return str(rng.randint(1, 9)) + "".join(rng.choices("0123456789", k=count - 1))


def _until(make: Callable[[], str], valid: Callable[[str], bool]) -> str:
    while not valid(number := make()):
        pass
    return number


def my_number(rng: random.Random) -> str:
    """Twelve digits whose check digit is right."""
    return _until(lambda: digits(rng, 12), in_.is_valid)


def corporate_number(rng: random.Random) -> str:
    """Thirteen digits whose check digit is right."""
    return _until(lambda: digits(rng, 13), cn.is_valid)


def drivers_licence(rng: random.Random) -> str:
    """Twelve digits: commission, year, serial, check digit (weights 5 4 3 2 7 6 5 4 3 2 modulo 11), reissues."""
    body = rng.choice(["30", "62", "54", "43", "90", "22"]) + "".join(rng.choices("0123456789", k=8))
    total = sum(int(d) * w for d, w in zip(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return f"{body}{(11 - total % 11) % 10}{rng.choice('0001')}"


def insurer_number(rng: random.Random) -> str:
    """Eight digits of an employees' insurer or six of a national one, with the check digit."""
    prefecture = f"{rng.randint(1, 47):02}"
    body = rng.choice(["01", "06", "31", "39", ""]) + prefecture + "".join(rng.choices("0123456789", k=3))
    total = 0
    for place, digit in enumerate(reversed(body)):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return f"{body}{(10 - total % 10) % 10}"


def card_number(rng: random.Random) -> list[str]:
    """Groups of a Visa, Mastercard, JCB or American Express number that passes Luhn."""
    prefix, length = rng.choice([("4", 16), ("52", 16), ("35", 16), ("37", 15)])
    body = prefix + "".join(rng.choices("0123456789", k=length - 1 - len(prefix)))
    number = body + luhn.calc_check_digit(body)
    if length == 15:
        return [number[:4], number[4:10], number[10:]]
    return [number[at : at + 4] for at in range(0, 16, 4)]


def jan(rng: random.Random, prefix: str = "49") -> str:
    """A JAN (or, with 978, ISBN) number of thirteen digits."""
    body = prefix + "".join(rng.choices("0123456789", k=12 - len(prefix)))
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body))
    return f"{body}{(10 - total % 10) % 10}"


def spell(groups: list[str], rng: random.Random, *, inline: bool, usual: str = "-") -> str:
    """The groups as someone wrote them: usual sign, other hyphens, full width, spaces, none, or a line break."""
    choice = rng.random()
    if choice < 0.55:
        return usual.join(groups)
    if choice < 0.66:
        return rng.choice("－−‐ー").join(groups).translate(FULL_WIDTH)
    if choice < 0.77:
        return rng.choice(HYPHENS).join(groups)
    if choice < 0.83:
        return rng.choice([" ", "　"]).join(groups)
    if choice < 0.95 or inline:
        return "".join(groups)
    return usual.join(groups[:-1]) + usual + "\n" + groups[-1]


def phone(rng: random.Random, *, inline: bool) -> str:
    """A Japanese telephone number: fixed, mobile, free, IP telephone, international."""
    four, three = digits(rng, 4), digits(rng, 3)
    area, local = rng.choice(
        [("03", four), ("06", four), ("045", three), ("052", three), ("092", three), ("0422", "27")]
    )
    last = "".join(rng.choices("0123456789", k=4))
    mobile = rng.choice(["090", "080", "070"])
    choice = rng.random()
    if choice < 0.32:
        return spell([mobile, four, last], rng, inline=inline)
    if choice < 0.60:
        return spell([area, local, last], rng, inline=inline)
    if choice < 0.72:
        return rng.choice(
            [f"{area}({local}){last}", f"({area}){local}-{last}", f"（{area}）{local}－{last}".translate(FULL_WIDTH)]
        )
    if choice < 0.80:
        return (
            spell([rng.choice(["0120", "0800"]), three, last[:3]], rng, inline=True)
            if rng.random() < 0.7
            else f"050-{four}-{last}"
        )
    if choice < 0.92:
        return rng.choice(
            [f"+81-{mobile[1:]}-{four}-{last}", f"+81 {area[1:]} {local} {last}", f"+81{mobile[1:]}{four}{last}"]
        )
    return f"{area}.{local}.{last}" if choice < 0.94 else mobile + four + last


def birth_date(rng: random.Random) -> str:
    """A date of birth between 1948 and 2005 in Western or imperial years."""
    day = date(1948, 1, 1) + timedelta(days=rng.randint(0, 20_800))
    era, letter, first = next(one for one in ERAS if day.year > one[2])
    year = day.year - first + 1
    kanji = "".join(KANJI[int(d)] for d in str(day.year))
    return rng.choice(
        [f"{day.year}年{day.month}月{day.day}日"] * 3
        + [
            f"{day:%Y/%m/%d}",
            f"{day:%Y-%m-%d}",
            f"{era}{year}年{day.month}月{day.day}日",
            f"{era}{year}年{day.month}月{day.day}日",
        ]
        + [
            f"{letter}{year}.{day.month}.{day.day}",
            f"{letter}{year:02}/{day.month:02}/{day.day:02}",
            f"{day.year}.{day.month}.{day.day}",
        ]
        + [
            f"{day.year}年{day.month}月{day.day}日".translate(FULL_WIDTH),
            f"{kanji}年{KANJI[day.month % 9 + 1]}月{KANJI[day.day % 9 + 1]}日",
        ]
        + [f"{day:%Y%m%d}", f"{era}{year}年 {day.month}月 {day.day}日"]
    )


def token(rng: random.Random, alphabet: str, count: int) -> str:
    """Random characters."""
    return "".join(rng.choices(alphabet, k=count))
