"""The reader, fed with what chance writes: it reads the same rows back or says why not, and never falls."""

import csv
import datetime as dt
import io
import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from kamlib.data.contracts import CONTRACTS
from kamlib.data.examining import checked_source_text
from kamlib.data.places import SourcePlace
from kamlib.data.source_toml import source_place
from kamlib.data.sources import open_source
from kamlib.errors import KamError, SourceError

quick = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
plain = settings(quick, max_examples=50)

GOOD = (
    "account_id,ordered_at,quantity,net_amount,channel\r\n"
    '007,2024-01-31,2,"1,234.50",Müller\r\nB,2024-02-01,-1,-7.25,"said ""yes"", twice"\r\n'
).encode()


def outcome(name, content):
    """Return the rows of a source of one file, or None where it is refused in words."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        try:
            table = open_source(folder).order_lines.collect("pyarrow").to_native()
        except KamError as fault:
            table, said = None, str(fault)
    if table is not None:
        return [tuple(row.values()) for row in table.to_pylist()]
    assert said.strip()
    assert folder not in said
    assert len(said) <= 2_000
    return None


@quick
@given(st.sampled_from([".csv", ".csv.gz", ".parquet", ".xlsx"]), st.binary(max_size=300))
def test_bytes_of_any_kind_are_read_or_refused_in_words(kind, content):
    assert outcome(f"order_lines{kind}", content) in (None, [])


@st.composite
def damaged(draw):
    """Draw the good file with a few bytes replaced, cut out or put in."""
    content = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content)))
        put_in = draw(
            st.sampled_from([b"", b'"', b",", b";", b"\n", b"\r", b"\0", b"\xff", b"\xc3", b".", b"-"])
        )
        content[place : place + draw(st.integers(0, 3))] = put_in
    return bytes(content)


@plain
@given(damaged())
def test_a_damaged_file_gives_a_table_or_a_reason(content):
    rows = outcome("order_lines.csv", content)
    event("read" if rows else "refused")

    assert rows is None or all(row[0] and row[1] for row in rows)


# -- Round trip

WORDS = st.text(st.sampled_from("AZaz09 .,;|\t'\"-_/äöüßéñÅ"), min_size=1, max_size=8).map(str.strip)
IDS = WORDS.filter(lambda word: word and not re.fullmatch(r"\d([.,]\d+)?E\+\d+", word))
AMOUNTS = st.integers(-9_999_999, 9_999_999).map(lambda cents: cents / 100)
LINES = st.lists(
    st.tuples(IDS, st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31)), AMOUNTS, st.none() | WORDS),
    min_size=1,
    max_size=12,
)
DATES = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%Y%m%d",
    "%d.%m.%y",
    "%d %b %Y",
    "excel",
]
NUMBERS = [("", "."), ("", ","), (".", ","), (",", "."), (" ", ","), ("'", "."), ("\u00a0", ",")]


def written_day(day, form):
    return str((day - dt.date(1899, 12, 30)).days) if form == "excel" else day.strftime(form)


def written_amount(amount, group, decimal, *, drops_zeros):
    text = f"{amount:,.2f}"
    if drops_zeros and text.endswith("0"):
        text = text.rstrip("0").rstrip(".")
    return text.translate({ord(","): group, ord("."): decimal})


@st.composite
def dialects(draw):
    """Draw how a program may write a table."""
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])),
        "date": draw(st.sampled_from(DATES)),
        "number": draw(st.sampled_from(NUMBERS)),
        "drops_zeros": draw(st.booleans()),
        "blank_lines": draw(st.booleans()),
        "trailing_blanks": draw(st.booleans()),
        "mark": draw(st.booleans()),
    }


def written(lines, dialect):
    """Return the lines as the dialect writes them."""
    text, end = io.StringIO(newline=""), dialect["lineterminator"]
    options = {name: dialect[name] for name in ("delimiter", "quoting", "lineterminator")}
    writer = csv.writer(text, **options)
    if dialect["mark"]:
        text.write(f"sep={dialect['delimiter']}{end}")
    writer.writerow(["account_id", "ordered_at", "net_amount", "channel"])
    for place, (account, day, amount, channel) in enumerate(lines):
        if dialect["blank_lines"] and place % 3 == 1:
            text.write(end)
        number = written_amount(amount, *dialect["number"], drops_zeros=dialect["drops_zeros"])
        cells = [account, written_day(day, dialect["date"]), number, channel or ""]
        writer.writerow([f"{one}  " if dialect["trailing_blanks"] and one else one for one in cells])
    return text.getvalue().encode(dialect["encoding"])


@plain
@given(LINES, dialects())
def test_what_any_program_wrote_reads_back_equal_or_is_refused(lines, dialect):
    rows = outcome("order_lines.csv", written(lines, dialect))
    event("read" if rows else "refused")
    assume(rows is not None)
    # Two digits mean 1969 to 2068.
    assume("%y" not in dialect["date"] or all(day.year > 1968 for _, day, _, _ in lines))

    assert [(row[0], row[1], float(row[2]), row[3]) for row in rows] == [
        (account, day, amount, channel or None) for account, day, amount, channel in lines
    ]


# -- source.toml

COLUMNS = [*CONTRACTS["order_lines"].columns, "nett"]
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["lines.csv", "%d.%m.%Y", "1.234,56", "latin-1", "EUR", "4GB", "accounts"]
)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.sampled_from(COLUMNS), inner, max_size=3)
    ),
    max_leaves=6,
)
SETTINGS = st.sampled_from(["path", "query", "table", "columns", "formats", "encoding", "colums"])
EXCLUSIONS = st.dictionaries(st.sampled_from(["why", "table", "where", "accounts"]), VALUES, max_size=4)
TABLES = st.dictionaries(SETTINGS, VALUES, max_size=3)
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "order_lines": TABLES | VALUES,
        "accounts": TABLES,
        "acounts": TABLES,
        "currency": VALUES,
        "fiscal_year_start": VALUES,
        "memory_limit": VALUES,
        "exclude": st.lists(EXCLUSIONS, max_size=2) | VALUES,
        "connection": st.dictionaries(st.just("url"), VALUES | st.just("postgresql://u@[x/y"), max_size=1)
        | VALUES,
    },
)


def toml(value):
    """Return a value as TOML; JSON's texts and numbers are TOML's too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(name)} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@plain
@given(SOURCES)
def test_any_source_toml_gives_a_place_or_a_source_error(said):
    text = "\n".join(f"{name} = {toml(value)}" for name, value in said.items())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "source.toml").write_text(text, "utf-8")
        try:
            found = source_place(folder)
        except SourceError as fault:
            found = str(fault)
    event("a place" if isinstance(found, SourcePlace) else "refused")

    assert isinstance(found, SourcePlace) or found.startswith("source.toml: ")


@quick
@given(st.text(max_size=200))
def test_any_text_for_a_source_toml_is_refused_in_words(text):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "source.toml").write_text(text, "utf-8", newline="")
        with pytest.raises(KamError, match=r"source\.toml|order_lines"):
            checked_source_text(folder)
