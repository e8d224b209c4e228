"""The files of publishers: what they look like, and what is no table of prices."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.adapters.indexes import IndexFileError, Price, read_prices

TWO = [Price(date(2024, 1, 29), Decimal("3.867")), Price(date(2024, 2, 5), Decimal("3.899"))]


@pytest.mark.parametrize(
    "text",
    [
        "survey_monday,usd_per_gallon\n2024-01-29,3.867\n2024-02-05,3.899\n",
        "\ufeffWeek;Price\r\n01/29/2024;3.867\r\n\r\n02/05/2024;3.899\r\n",
        "Back to Contents\tData 1: Weekly U.S. No 2 Diesel\nSourcekey\tEMD_EPD2D_PTE_NUS_DPG\n"
        "Date\tDollars per Gallon\nJan 29, 2024\t3.867\nFeb 05, 2024\t3.899\n",
        'Date,Price\n"January 29, 2024",3.867\n"February 5, 2024",3.899\n',
        "2024-02-05,3.899\n2024-01-29,3.867\n2024-01-29,3.867\n",
        "d,p\n20240129,3.867\n05-Feb-2024,3.899\n",
    ],
)
def test_tables_as_publishers_write_them(text: str):
    assert read_prices(text.encode()) == TWO


def test_a_column_is_found_by_its_name():
    text = "Date,US,EMD_EPD2D_PTE_R20_DPG\n2024-01-29,3.9,3.867\n2024-02-05,3.9,3.899\n"

    assert read_prices(text.encode(), column="EMD_EPD2D_PTE_R20_DPG") == TWO


@pytest.mark.parametrize("value", ["", "NA", "--", "W"])
def test_a_price_that_is_withheld_is_no_price(value: str):
    text = f"2024-01-29,3.867\n2024-02-05,3.899\n2024-02-12,{value}\n2024-02-19\n"

    assert read_prices(text.encode()) == TWO


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no row that begins with a date"),
        (b"<!DOCTYPE html><p>Moved", "a web page, not a table"),
        (b"\xd0\xcf\x11\xe0rest", "an old binary spreadsheet"),
        (b"PK\x03\x04rest", "a zipped spreadsheet"),
        (b"\xff\xfe2\x000", "no text"),
        (b"2024-01-29,3.867\nTotal,3.9\n", "Line 2: 'Total' is no date"),
        (b"2024-01-29,cheap\n", "Line 1: 'cheap' is no price"),
        (b"2024-01-29,-3.867\n", "is no price"),
        (b"2024-01-29,1e9\n", "is no price"),
        (b"2024-01-29,3.8\n2024-01-29,3.9\n", "Line 2: 2024-01-29 has two values"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(body: bytes, words: str):
    with pytest.raises(IndexFileError, match=words):
        read_prices(body)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(IndexFileError, match="no column R20"):
        read_prices(b"Date,US\n2024-01-29,3.867\n", column="R20")
