"""Damage to files (mutationer): bytes, lines, values, cells and parts of workbooks, all from one source of chance."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

VALUES = (
    *("0", "-1", "1", "-0.0", "0.5", "1e308", "1e-320", "-1e308", "nan", "inf", "-inf", "+nan", "9" * 18, "9" * 25),
    *("9" * 400, "9" * 4400, "0x7fffffffffffffff", "0o17", "0b1", "1_000", "1__0", "01", "1.", ".5", "1,5", "12e"),
    *("true", "false", '""', '"x"', "'y'", '"\\u0000"', '"\\u001b[31m"', '"\\ud800"', '"\\U0001F600"', '"""a\nb"""'),
    *("[]", "[1]", "[1, 'a']", "[[1], [2]]", "{}", "{ value = 1 }", "{ value = 1, low = 2, high = 0 }", "{ low = 1 }"),
    *(
        "{ value = {} }",
        '{ value = "x", source = 3 }',
        "{ value = 1, source = 'T01', low = 0, high = 2 }",
        "{ a.b.c = 1 }",
    ),
    *("1979-05-27", "1979-05-27T07:32:00Z", "07:32:00", "2024-02-30", '"' + "x" * 3000 + '"', "[" * 300 + "]" * 300),
    *('"../../etc/passwd"', '"/dev/zero"', '"-rf"', '"=1+1"', '"Umeå"', '"Ume\u0061\u030a"', '"\u202e"', '"%s%n"'),
    *('"a.b.c"', '"shipped:"', '"shipped:../x"', '"all"', '"region"', '"$x$"', '"</script>"', "3.0", "7", "1000000"),
)
CELLS = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e308",
        "nan",
        "inf",
        "-inf",
        "1e-400",
        "9" * 30,
        "9" * 5000,
        "1,5",
        "1.5",
        "1 000",
        "1'000",
    ),
    *(
        "=1+1",
        "@x",
        "+46",
        "-",
        "–",
        "x",
        "Umeå",
        "Ume\u0061\u030a",
        "umeå",
        "UMEÅ",
        " Umeå ",
        '"',
        '""',
        "'",
        "\u00a0",
    ),
    *(
        "\x00",
        "\x1b[31m",
        "\u202e",
        "true",
        "TRUE",
        "all",
        "region",
        "2024-01-01",
        "12:30",
        "1e3",
        "0x10",
        "١٢",
        "½",
        "²",
    ),
    *("a" * 2000, "a,b", "a;b", "a\nb", "\ufeff", "#REF!", "NULL", "None", "../x", "gp", "Vännäs", "low", "1%", "5 %"),
)
KEYS = (
    *("x", "value", "all", "low", "source", '"a b"', '""', '"."', '"\\u0000"', "extends", "name", "region", "folder"),
    *(
        "governance",
        "governance.current",
        "beds.medicine",
        "time",
        "sweep",
        "plan",
        "pilot",
        "calibrate",
        "strict",
        "å",
    ),
)
ENCODINGS = ("latin-1", "utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "utf-7")
BYTES = (
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b",",
    b";",
    b"\\",
    b"#",
    b"\xc3",
    b"\x1b",
)
Mutation = Callable[[bytes, Random], bytes]


# --- bytes -----------------------------------------------------------------------------------------------------


def flip(content: bytes, chance: Random) -> bytes:
    """Some bits of some bytes."""
    found = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def cut(content: bytes, chance: Random) -> bytes:
    """The end, the beginning, or a piece in the middle is missing."""
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return chance.choice((content[:first], content[last:], content[:first] + content[last:]))


def repeat(content: bytes, chance: Random) -> bytes:
    """A piece stands there several times."""
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    piece = content[first : min(last, first + 2000)]
    return content[:first] + piece * chance.choice((2, 3, 50)) + content[first:]


def put(content: bytes, chance: Random) -> bytes:
    """A byte that means something, or does not belong."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(BYTES) * chance.choice((1, 1, 3, 1000)) + content[at:]


def encode(content: bytes, chance: Random) -> bytes:
    """Another encoding, or other line ends."""
    text = content.decode("utf-8", "replace")
    if chance.random() < 0.4:
        return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", "\u2028", "\x0b"))).encode()
    return text.encode(chance.choice(ENCODINGS), "replace")


def whole(content: bytes, chance: Random) -> bytes:
    """Something else altogether."""
    return chance.choice(
        (b"", b"\n", b"\xef\xbb\xbf", b"\x00" * 100, b"PK\x03\x04", b"{}", b"[" * 9000, b"a" * 100_000)
    )


OF_BYTES: Sequence[Mutation] = (flip, flip, cut, repeat, put, put, encode, whole)

# --- TOML ------------------------------------------------------------------------------------------------------


def toml(content: bytes, chance: Random) -> bytes:
    """Lines of a scenario: values, keys and tables that are otherwise, missing, twice, or elsewhere."""
    lines = content.decode("utf-8", "replace").split("\n")
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        chance.choice(_OF_LINES)(lines, chance)
    return "\n".join(lines).encode()


def _some(lines: list[str], chance: Random, having: str) -> int:
    """A line that has a sign, if there is one."""
    known = [at for at, line in enumerate(lines) if having in line and not line.startswith("#")]
    return chance.choice(known) if known else chance.randrange(len(lines))


def _value(lines: list[str], chance: Random) -> None:
    at = _some(lines, chance, "=")
    lines[at] = f"{lines[at].partition('=')[0]}= {chance.choice(VALUES)}"


def _inner_value(lines: list[str], chance: Random) -> None:
    at = _some(lines, chance, "=")
    places = list(re.finditer(r"-?\d+(\.\d+)?|true|false|\"[^\"]*\"", lines[at].partition("=")[2]))
    if places:
        one, before = chance.choice(places), len(lines[at].partition("=")[0]) + 1
        lines[at] = lines[at][: before + one.start()] + chance.choice(VALUES) + lines[at][before + one.end() :]


def _scaled(lines: list[str], chance: Random) -> None:
    at = _some(lines, chance, "=")
    factor = chance.choice((0, -1, 0.5, 0.9, 1.1, 2, 10, 1e6))
    lines[at] = re.sub(r"(?<![\w.\"])\d+(\.\d+)?", lambda found: f"{float(found[0]) * factor:g}", lines[at], count=1)


def _key(lines: list[str], chance: Random) -> None:
    at = _some(lines, chance, "=")
    other = lines[_some(lines, chance, "=")].partition("=")[0].strip() or "x"
    lines[at] = f"{chance.choice((chance.choice(KEYS), other))} ={lines[at].partition('=')[2]}"


def _letter(lines: list[str], chance: Random) -> None:
    at = _some(lines, chance, "=")
    if lines[at]:
        place = chance.randrange(len(lines[at]))
        lines[at] = lines[at][:place] + chance.choice("abz_. åÅ-0'\"") + lines[at][place + chance.choice((0, 1)) :]


def _header(lines: list[str], chance: Random) -> None:
    at = _some(lines, chance, "[")
    name = chance.choice(KEYS)
    lines[at] = chance.choice(
        (f"[{name}]", f"[[{name}]]", f"[{name}.{name}]", f"[governance.{name}]", "[", "", lines[at][:-1])
    )


def _gone(lines: list[str], chance: Random) -> None:
    del lines[_some(lines, chance, chance.choice("=["))]
    lines or lines.append("")


def _twice(lines: list[str], chance: Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), lines[_some(lines, chance, chance.choice("=["))])


def _swapped(lines: list[str], chance: Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _new(lines: list[str], chance: Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), f"{chance.choice(KEYS)} = {chance.choice(VALUES)}")


_OF_LINES = (
    _value,
    _value,
    _inner_value,
    _inner_value,
    _scaled,
    _scaled,
    _key,
    _letter,
    _header,
    _gone,
    _twice,
    _swapped,
    _new,
)

# --- CSV -------------------------------------------------------------------------------------------------------


def table(content: bytes, chance: Random) -> bytes:
    """Cells, rows and columns of a table that are otherwise, missing, twice, or elsewhere."""
    text = content.decode("utf-8", "replace").rstrip("\n")
    between = max(",;\t", key=text.partition("\n")[0].count)
    rows = [line.split(between) for line in text.split("\n")]
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        chance.choice(_OF_ROWS)(rows, chance)
        rows = rows or [[""]]
    between = chance.choice((between,) * 8 + (",", ";", "\t", "|"))
    end = chance.choice(("\n",) * 8 + ("", "\n\n\n", f"\n{between * 3}\n", "\r\n"))
    return (chance.choice(("",) * 12 + ("sep=;\n", "\ufeff", "\n")) + "\n".join(map(between.join, rows)) + end).encode()


Rows = list[list[str]]


def _cell(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows)
    if row:
        row[chance.randrange(len(row))] = chance.choice(CELLS)


def _scaled_cell(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows)
    at = chance.randrange(len(row)) if row else 0
    if row and re.fullmatch(r"\d+(\.\d+)?", row[at]):
        row[at] = f"{float(row[at]) * chance.choice((0, -1, 0.5, 1.1, 2, 10, 1e6)):g}"


def _same_cell(rows: Rows, chance: Random) -> None:
    one, other = chance.choice(rows), chance.choice(rows)
    if one and other:
        at = chance.randrange(min(len(one), len(other)))
        one[at] = other[at]


def _row_gone(rows: Rows, chance: Random) -> None:
    del rows[chance.randrange(len(rows))]


def _row_twice(rows: Rows, chance: Random) -> None:
    rows.insert(chance.randrange(len(rows) + 1), list(chance.choice(rows)))


def _row_swapped(rows: Rows, chance: Random) -> None:
    one, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    rows[one], rows[other] = rows[other], rows[one]


def _row_wider(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows)
    row[len(row) if chance.random() < 0.5 else 0 : 0] = [chance.choice(CELLS)] * chance.choice((1, 1, 3, 500))


def _row_narrower(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows)
    del row[chance.randrange(len(row) + 1) :]


def _column(rows: Rows, chance: Random) -> None:
    at, what = chance.randrange(max(1, len(rows[0]))), chance.choice(("gone", "twice", "other", "rotated"))
    for place, row in enumerate(rows):
        if at < len(row):
            if what == "gone":
                del row[at]
            elif what == "twice":
                row.insert(at, row[at])
            elif what == "other":
                row[at] = chance.choice(CELLS) if place else row[at]
            else:
                row.append(row.pop(at))


_OF_ROWS = (
    _cell,
    _cell,
    _cell,
    _scaled_cell,
    _scaled_cell,
    _same_cell,
    _row_gone,
    _row_twice,
    _row_swapped,
    _row_wider,
    _row_narrower,
    _column,
)

# --- workbooks -------------------------------------------------------------------------------------------------

ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">{more}]>'
PARTS: tuple[tuple[str, str], ...] = (
    (r'r="[A-Z]+\d+"', 'r="XFD1048576"'),
    (r'r="[A-Z]+\d+"', 'r="A0"'),
    (r'r="[A-Z]+\d+"', 'r="ÅÅ1"'),
    (r'r="\d+"', 'r="99999999999"'),
    (r'r="\d+"', 'r="-1"'),
    (r't="s"', 't="n"'),
    (r't="s"', 't="e"'),
    (r't="s"', 't="inlineStr"'),
    (r't="s"', 't="d"'),
    (r"<v>[^<]*</v>", "<v>1e999</v>"),
    (r"<v>[^<]*</v>", "<v>-5</v>"),
    (r"<v>[^<]*</v>", "<v></v>"),
    (r"<v>[^<]*</v>", "<v>99999999</v>"),
    (r"<v>[^<]*</v>", "<f>1+1</f>"),
    (r"<v>[^<]*</v>", "<f>1+1</f><v>3</v>"),
    (r"<v>[^<]*</v>", "<is><t>=cmd|' /C calc'!A0</t></is>"),
    (r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"'),
    (r'<dimension ref="[^"]*"', '<dimension ref="x"'),
    (r"</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:C3"/></mergeCells>'),
    (r"</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    (r'<sheet name="[^"]*"', '<sheet name="" state="hidden"'),
    (r'<sheet name="[^"]*"', '<sheet name="../../x" state="visible"'),
    (r'Target="[^"]*"', 'Target="../../../etc/passwd"'),
    (r'Target="[^"]*"', 'Target="x" TargetMode="External"'),
    (r'r:id="[^"]*"', 'r:id="rId99"'),
    (r's="\d+"', 's="99999"'),
    (r"<t[^>]*>[^<]*</t>", "<t>_x0000_&#x1b;</t>"),
    (r"<t[^>]*>[^<]*</t>", "<t>Ume\u0061\u030a</t>"),
    (r'count="\d+"', 'count="99999999"'),
    (r">", ">\ufffe"),
    (r"<(\w+)[^>]*/>", ""),
    (r"UTF-8", "UTF-16"),
    (r"\?>", "?>" + ENTITY.format(more="")),
    (r"\d+", "7"),
    (r"\d+", "999999999999999999999"),
)


def workbook(content: bytes, chance: Random) -> bytes:
    """Parts of a workbook: XML that is otherwise, parts that are missing, twice, or of another name."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [(one.filename, packed.read(one)) for one in packed.infolist()]
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, kind = chance.randrange(len(parts)), chance.random()
        sheets = [place for place, (name, _) in enumerate(parts) if "sheet" in name or "shared" in name]
        if sheets and kind < 0.8:
            at = chance.choice(sheets)
        name, inside = parts[at]
        if kind < 0.65:
            parts[at] = name, _xml(inside, chance)
        elif kind < 0.85:
            parts[at] = name, chance.choice(OF_BYTES)(inside, chance)
        elif kind < 0.9 and len(parts) > 1:
            del parts[at]
        elif kind < 0.95:
            parts.append((chance.choice((name, "../../x", "/x", "content.xml", "xl/" + "a" * 200)), inside))
        else:
            parts[at] = name, b"<a>" * 100_000 if chance.random() < 0.3 else b"\x00" * chance.choice((10, 30_000_000))
    return _packed(parts, chance)


def _xml(inside: bytes, chance: Random) -> bytes:
    text = inside.decode("utf-8", "replace")
    pattern, new = chance.choice(PARTS)
    places = list(re.finditer(pattern, text))
    if not places:
        return flip(inside, chance)
    for one in sorted(chance.sample(places, min(len(places), chance.choice((1, 1, 5)))), key=lambda x: -x.start()):
        text = text[: one.start()] + new + text[one.end() :]
    return text.encode("utf-8", "replace")


def _packed(parts: Sequence[tuple[str, bytes]], chance: Random) -> bytes:
    import warnings

    found = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand twice
        with zipfile.ZipFile(found, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as packed:
            for name, inside in parts:
                packed.writestr(name, inside)
    content = found.getvalue()
    return chance.choice((flip, cut))(content, chance) if chance.random() < 0.1 else content


STRUCTURE: dict[str, Mutation] = {".toml": toml, ".csv": table, ".xlsx": workbook}


def mutated(content: bytes, kind: str, chance: Random) -> bytes:
    """A file damaged in one way or another.

    Parameters
    ----------
    kind
        How its name ends.
    """
    if chance.random() < 0.8:
        return STRUCTURE[kind](content, chance)
    return chance.choice(OF_BYTES)(content, chance)
