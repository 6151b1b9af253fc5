import tomllib
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from kamlib.cli import main
from kamlib.data.mapping import drafted_source
from kamlib.data.sources import open_source
from kamlib.errors import ContractError, SourceError

ENGLISH = (
    "Order No,Line,Customer Number,Customer Name,Order Date,Item,Qty,Net Sales,Cost,Phone\n"
    "1,1,007,Ms Secret,2024-03-04,P1,2,5.00,3,555-1234\n2,1,008,Mr Hidden,2024-03-05,P2,1,7.50,4,555-4321\n"
)
GERMAN = (
    "Belegnr;Pos;Kunden-Nr.;Firma;Datum;Menge;Netto;Betrag;Währung\n"
    "4711;1;0007;Müller GmbH;03.04.2024;1.000;1.234,50;1.469,06;EUR\n"
    "4712;1;0008;Groß AG;05.04.2024;-2;-20,00;-23,80;EUR\n"
)

TITLE = "fewer than two headings that stand only once: is there a title above them? Delete it"
EXPORTS = Path(__file__).parent / "exports"
US = "%m/%d/%Y"
LINES = {
    "sap_vbap.csv": {
        "columns": "order_id=VBELN line_no=POSNR account_id=KUNNR ordered_at=AUDAT product_id=MATNR "
        "quantity=KWMENG net_amount=NETWR cost_amount=WAVWR currency=WAERK channel=VTWEG",
        "formats": dict.fromkeys(("quantity", "net_amount", "cost_amount"), "1234.56")
        | {"ordered_at": "%Y%m%d"},
        "currency": "EUR",
        "net": 4446.47,
    },
    "sap_gui_liste.csv": {
        "columns": "order_id=Verkaufsbeleg line_no=Position account_id=Auftraggeber ordered_at=Belegdatum "
        "product_id=Material quantity=Auftragsmenge net_amount=Nettowert currency=Währg channel=VWeg",
        "formats": {"ordered_at": "%d.%m.%Y", "quantity": "1.234,56", "net_amount": "1.234,56"},
        "currency": "EUR",
        "doubts": ["sap_gui_liste.csv is read as Windows-1252: it is not UTF-8"],
        "net": 14446.47,
    },
    "business_central.csv": {
        "columns": "order_id=Document_No. line_no=Line_No. account_id=Sell-to_Customer_No. "
        "ordered_at=Posting_Date product_id=No. quantity=Quantity net_amount=Line_Amount_Excl._VAT "
        "currency=Currency_Code",
        "formats": {"ordered_at": US, "quantity": "1,234.56", "net_amount": "1,234.56"},
        "currency": "USD",
        "net": 3093.8,
    },
    "odoo.csv": {
        "columns": "order_id=Order_Reference account_id=Order_Reference/Customer "
        "ordered_at=Order_Reference/Order_Date product_id=Product/Internal_Reference quantity=Quantity "
        "net_amount=Subtotal currency=Currency",
        "currency": "EUR",
        "net": 8400,
    },
    "netsuite.csv": {
        "columns": "order_id=Document_Number line_no=Line_ID account_id=Name ordered_at=Date product_id=Item "
        "quantity=Quantity net_amount=Amount_(Net) cost_amount=Est._Extended_Cost currency=Currency",
        "formats": {"ordered_at": US, "net_amount": "1,234.56", "cost_amount": "1234.56"},
        "net": 3060,
    },
    "shopify_orders.csv": {
        "columns": "order_id=Name account_id=Email ordered_at=Created_at product_id=Lineitem_sku "
        "quantity=Lineitem_quantity currency=Currency",
        "currency": "USD",
        "doubts": [
            "net_amount is made by the query, of quantity and price: is that without tax, and after "
            "discounts?"
        ],
        "net": 208.5,
    },
    "xero_invoices.csv": {
        "columns": "order_id=InvoiceNumber account_id=ContactName ordered_at=InvoiceDate "
        "product_id=InventoryItemCode quantity=Quantity net_amount=LineAmount currency=Currency",
        "formats": {"ordered_at": "%d/%m/%Y"},
        "currency": "GBP",
        "net": 2837,
    },
    "salesforce_opportunities.csv": {
        "columns": "order_id=Opportunity_ID account_id=Account_ID ordered_at=Close_Date "
        "product_id=Product_Code quantity=Quantity net_amount=Total_Price currency=Total_Price_Currency",
        "formats": {"ordered_at": US},
        "currency": "USD",
        "net": 166500,
    },
    "woocommerce.csv": {
        "columns": "order_id=order_id account_id=customer_id ordered_at=date product_id=item_sku "
        "quantity=item_quantity list_amount=item_subtotal net_amount=item_total currency=order_currency",
        "currency": "EUR",
        "net": 148.5,
    },
    "umsatz_2024.xlsx": {
        "columns": "order_id=Rechnungs-Nr. account_id=Kd.-Nr. ordered_at=Datum product_id=Art.-Nr. "
        "quantity=Menge net_amount=Netto_€ cost_amount=EK_€",
        "currency": "EUR",
        "net": 3094.3,
    },
    "quickbooks.csv": {
        "columns": "order_id=Num account_id=Name ordered_at=Date product_id=Item quantity=Qty "
        "net_amount=Amount",
        "formats": {"ordered_at": US, "quantity": "1,234.56", "net_amount": "1,234.56"},
        "doubts": [
            "5 rows (first: row 2) are lacking one of order_id, account_id, ordered_at, net_amount: titles "
            "or totals between the rows are best deleted"
        ],
    },
}
CUSTOMERS = {
    "sap_kna1.csv": "account_id=KUNNR parent_id=KONZS name=NAME1 city=ORT01 industry=BRSCH region=REGIO "
    "since=ERDAT",
    "business_central_customers.csv": "account_id=No. name=Name city=City region=Territory_Code "
    "credit_limit=Credit_Limit_(LCY)",
    "salesforce_accounts.csv": "account_id=Account_ID parent_id=Parent_Account_ID name=Account_Name "
    "city=Billing_City industry=Industry since=Created_Date",
}


def pairs(text):
    """Return the columns that a test names in short: blanks inside headings are written as _."""
    named = dict(pair.split("=", 1) for pair in text.split())
    return {name: said if said.islower() else said.replace("_", " ") for name, said in named.items()}


def drafted(name):
    """Return the draft for an export: what it says as TOML, and its doubts."""
    draft = drafted_source(EXPORTS / name)
    return tomllib.loads(draft), [line[4:] for line in draft.splitlines() if line.startswith("# - ")]


@pytest.mark.parametrize("name", LINES)
def test_what_real_systems_export_is_drafted_with_its_formats_and_doubts(name):
    said, doubts = drafted(name)
    expected = {"columns": pairs(LINES[name]["columns"]), "formats": LINES[name].get("formats", {})}

    assert {"formats": {}, **said["order_lines"]}.items() >= expected.items()
    assert said.get("currency") == LINES[name].get("currency")
    assert doubts == LINES[name].get("doubts", [])


@pytest.mark.parametrize("name", [name for name in LINES if "net" in LINES[name]])
def test_what_real_systems_export_opens_as_drafted_with_every_line(name, tmp_path):
    _, source = saved(tmp_path, name, (EXPORTS / name).read_bytes())

    assert sum(net for _, _, net in amounts(source)) == pytest.approx(LINES[name]["net"])


def test_totals_between_the_rows_are_refused_as_the_draft_said(tmp_path):
    _, source = saved(tmp_path, "quickbooks.csv", (EXPORTS / "quickbooks.csv").read_bytes())

    with pytest.raises(ContractError, match="5 rows"):
        open_source(source)


@pytest.mark.parametrize("name", CUSTOMERS)
def test_customer_lists_of_real_systems_are_drafted_without_a_doubt(name):
    said, doubts = drafted(name)

    assert said["accounts"]["columns"] == pairs(CUSTOMERS[name])
    assert doubts == []


def test_a_customer_list_opens_with_its_lines(tmp_path):
    drafts = [
        saved(tmp_path, name, (EXPORTS / name).read_bytes())[0] for name in ("sap_vbap.csv", "sap_kna1.csv")
    ]
    (tmp_path / "source.toml").write_text("\n".join(drafts), encoding="utf-8")
    accounts = open_source(str(tmp_path))["accounts"]

    assert list(accounts["city"]) == ["Köln", "Kempten", "Wien"]


def saved(folder, name, content):
    """Write an export and the draft for it; return the draft and the source it makes."""
    (folder / name).write_bytes(content)
    draft = drafted_source(folder / name)
    (folder / "source.toml").write_text(draft, encoding="utf-8")
    return draft, str(folder)


def amounts(source):
    found = (
        open_source(source).order_lines.select("account_id", "ordered_at", "net_amount").collect("pyarrow")
    )
    return [(account, str(day), float(net)) for account, day, net in found.rows()]


def test_the_draft_of_an_english_csv_opens_as_it_is(tmp_path):
    draft, source = saved(tmp_path, "sales 2024.csv", ENGLISH.encode())

    assert draft.splitlines()[1] == (
        "# The file seems to be order_lines (one row per order line): "
        "8 of the 11 columns of order_lines found in it."
    )
    assert "Doubts" not in draft
    assert amounts(source) == [("007", "2024-03-04", 5.0), ("008", "2024-03-05", 7.5)]


def test_the_draft_of_a_german_csv_names_formats_and_currency_and_opens_as_it_is(tmp_path):
    draft, source = saved(tmp_path, "verkauf.csv", GERMAN.encode("latin-1"))
    said = tomllib.loads(draft)

    assert said["currency"] == "EUR"
    assert said["order_lines"]["formats"] == {
        "ordered_at": "%d.%m.%Y",
        "quantity": "1.234,56",
        "net_amount": "1.234,56",
    }
    assert amounts(source) == [("0007", "2024-04-03", 1234.5), ("0008", "2024-04-05", -20.0)]


def test_the_draft_of_a_sheet_opens_as_it_is(tmp_path):
    day = pd.to_datetime(["2024-03-04", "2024-03-05"])
    sheet = pd.DataFrame({"Kunde": ["007", "008"], "Belegdatum": day, "Umsatz": [5.0, 7.5]})
    sheet.to_excel(tmp_path / "export.xlsx", index=False)
    (tmp_path / "source.toml").write_text(drafted_source(tmp_path / "export.xlsx"), encoding="utf-8")

    assert amounts(str(tmp_path)) == [("007", "2024-03-04", 5.0), ("008", "2024-03-05", 7.5)]


def test_the_draft_of_a_parquet_file_of_field_codes_opens_as_it_is(tmp_path):
    fields = {
        "VBELN": ["1", "2"],
        "KUNNR": ["007", "008"],
        "AUDAT": ["20240304", "20240305"],
        "NETWR": [5.0, 7.5],
    }
    pd.DataFrame(fields).to_parquet(tmp_path / "vbap.parquet")
    (tmp_path / "source.toml").write_text(drafted_source(tmp_path / "vbap.parquet"), encoding="utf-8")

    assert amounts(str(tmp_path)) == [("007", "2024-03-04", 5.0), ("008", "2024-03-05", 7.5)]


def test_doubts_are_told_first(tmp_path):
    draft, _ = saved(tmp_path, "verkauf.csv", GERMAN.encode("latin-1"))

    assert draft.splitlines()[2:6] == [
        "#",
        "# Doubts:",
        "# - 2 columns could be net_amount: 'Netto', 'Betrag'; 'Netto' is taken",
        "# - verkauf.csv is read as Windows-1252: it is not UTF-8",
    ]


def test_a_date_that_may_be_two_days_is_a_doubt_and_not_guessed(tmp_path):
    text = "Customer,Order Date,Net\nA1,03/04/2024,5\nA2,05/06/2024,6\n"
    draft, _ = saved(tmp_path, "a.csv", text.encode())

    assert "# - ordered_at: '03/04/2024' may be 2024-03-04 or 2024-04-03: say which in source.toml" in draft
    assert "formats" not in tomllib.loads(draft)["order_lines"]


def test_a_day_above_twelve_leaves_no_doubt_of_the_date(tmp_path):
    text = "Customer,Order Date,Net\nA1,03/04/2024,5\nA2,25/06/2024,6\n"
    draft, _ = saved(tmp_path, "a.csv", text.encode())

    assert "Doubts" not in draft
    assert tomllib.loads(draft)["order_lines"]["formats"] == {"ordered_at": "%d/%m/%Y"}


def test_three_values_stand_beside_each_column_and_no_name_is_shown(tmp_path):
    draft, _ = saved(tmp_path, "sales.csv", ENGLISH.encode())

    assert 'account_id = "Customer Number"  # 007 | 008' in draft
    assert not any(hidden in draft for hidden in ("Secret", "Hidden", "555"))


def test_values_with_decimal_commas_can_be_told_apart(tmp_path):
    draft, _ = saved(tmp_path, "verkauf.csv", GERMAN.encode("latin-1"))

    assert 'net_amount = "Netto"       # 1.234,50 | -20,00' in draft


def test_names_are_not_shown_where_they_stand_for_ids_or_in_the_customer_list(tmp_path):
    lines = "Customer,Order Date,Net\nMs Secret,2024-03-04,5\nMr Hidden,2024-03-05,6\n"
    accounts = "Customer No,Customer Name,City,Industry\n1,Secret Inc,Rome,Food\n"
    drafts = [saved(tmp_path, "a.csv", lines.encode())[0], saved(tmp_path, "b.csv", accounts.encode())[0]]

    assert not any(hidden in draft for hidden in ("Secret", "Hidden") for draft in drafts)
    assert "[accounts]" in drafts[1]
    assert 'name = "Customer Name"      # (not shown)' in drafts[1]


def test_open_answers_are_not_shown(tmp_path):
    text = "wave_id,contact_id,item_id,account_id,value,text\nW,K1,Q1,A1,4,my boss is Ms Secret\n"
    draft, _ = saved(tmp_path, "answers.csv", text.encode())

    assert "[survey_responses]" in draft
    assert "Secret" not in draft


def test_headings_without_a_column_are_listed_last_without_their_values(tmp_path):
    draft, _ = saved(tmp_path, "sales.csv", ENGLISH.encode())

    assert draft.splitlines()[-1] == '# Not used: "Customer Name", "Phone"'


def test_a_required_column_may_be_taken_by_its_values_and_says_so(tmp_path):
    text = "Customer No,Order No,Qty,When,Order Total\nA1,1,2,2024-03-04,x\nA2,2,2,2024-03-05,y\n"
    draft, _ = saved(tmp_path, "sales.csv", text.encode())

    assert "# - 'When' is taken for ordered_at by its values alone" in draft
    assert "# - no heading was found for net_amount (what is paid, without tax), which is required" in draft


def test_values_that_are_not_of_the_kind_are_a_doubt(tmp_path):
    text = ENGLISH.replace("7.50", "gratis")

    assert (
        "# - 'Net Sales' is taken for net_amount, but 1 row (row 3) is not a number: 'gratis'"
        in (saved(tmp_path, "sales.csv", text.encode())[0])
    )


@pytest.mark.parametrize("heading", ["Netto EUR", "Amount (USD)", "Umsatz €", "Betrag in EUR", "Net [CHF]"])
def test_a_currency_in_a_heading_does_not_hide_what_it_is(tmp_path, heading):
    draft, source = saved(tmp_path, "a.csv", f"Kunde,Datum,{heading}\nA1,2024-03-04,5\n".encode())

    assert f'net_amount = "{heading}"' in draft
    assert amounts(source) == [("A1", "2024-03-04", 5.0)]


@pytest.mark.parametrize("heading", ["EK", "EK EUR", "Einkaufspreis", "Einstandspreis", "Wareneinsatz (EUR)"])
def test_what_goods_cost_is_no_revenue(tmp_path, heading):
    draft, _ = saved(tmp_path, "a.csv", f"Kunde,Datum,Wert TEUR,{heading}\nA1,2024-03-04,5,3\n".encode())

    assert tomllib.loads(draft)["order_lines"]["columns"]["cost_amount"] == heading


def test_an_amount_is_not_taken_by_its_values_where_another_heading_sounds_like_it(tmp_path):
    text = "Kunde,Datum,Rabatt,Nettopreis gesamt\nA1,2024-03-04,5,9 Euro\nA2,2024-03-05,6,8 Euro\n"
    draft, _ = saved(tmp_path, "a.csv", text.encode())

    assert "net_amount" not in tomllib.loads(draft)["order_lines"]["columns"]
    assert "which is required: it could be 'Nettopreis gesamt'" in draft


def exported(*, good, slips):
    """Return an export whose first amounts are good and whose last are not."""
    cells = ["1.234,50"] * good + ["gratis"] * slips
    return "Kunde;Datum;Netto\n" + "".join(f"A1;24.03.2024;{cell}\n" for cell in cells)


def test_a_format_that_reads_nearly_all_cells_is_drafted_with_the_row_it_does_not_read(tmp_path):
    draft, _ = saved(tmp_path, "a.csv", exported(good=95, slips=5).encode())

    assert tomllib.loads(draft)["order_lines"]["formats"]["net_amount"] == "1.234,56"
    assert (
        "# - 'Netto' is taken for net_amount, but 5 rows (first: row 97) are not a number written as "
        "1.234,56: 'gratis'"
    ) in draft


def test_a_format_that_reads_half_of_the_cells_is_not_drafted(tmp_path):
    draft, _ = saved(tmp_path, "a.csv", exported(good=5, slips=5).encode())

    assert "net_amount" not in tomllib.loads(draft)["order_lines"]["formats"]
    assert (
        "# - 'Netto' is taken for net_amount, but 10 rows (first: row 2) are not a number: '1.234,50'"
        in draft
    )


def test_one_slip_does_not_hide_how_the_dates_are_written(tmp_path):
    text = exported(good=40, slips=0).replace("24.03.2024", "offen", 1)
    draft, _ = saved(tmp_path, "a.csv", text.encode())

    assert tomllib.loads(draft)["order_lines"]["formats"]["ordered_at"] == "%d.%m.%Y"
    assert "'Datum' is taken for ordered_at, but 1 row (row 2) is not a date written as %d.%m.%Y" in draft


@pytest.mark.parametrize(
    ("headings", "currency"),
    [
        ("Netto €", "EUR"),
        ("Amount (USD)", "USD"),
        ("Net [CHF],Cost [CHF]", "CHF"),
        ("Net (USD),Cost (EUR)", ""),
    ],
)
def test_the_one_currency_that_the_headings_name_is_drafted(tmp_path, headings, currency):
    cells = ",5" * (headings.count(",") + 1)
    draft, _ = saved(tmp_path, "a.csv", f"Kunde,Datum,{headings}\nA1,2024-03-04{cells}\n".encode())

    assert tomllib.loads(draft).get("currency", "") == currency


def test_the_currency_is_also_taken_from_the_amounts(tmp_path):
    draft, source = saved(tmp_path, "a.csv", "Kunde;Datum;Netto\nA1;24.03.2024;1.234,50 €\n".encode())

    assert tomllib.loads(draft)["currency"] == "EUR"
    assert amounts(source) == [("A1", "2024-03-24", 1234.5)]


def test_a_heading_that_stands_twice_is_a_doubt_and_hides_no_other(tmp_path):
    text = "Kunde,Datum,Netto,Text,text\nA1,2024-03-04,5,x,y\n"
    draft, source = saved(tmp_path, "a.csv", text.encode())

    assert "# - 'text' is in the header more than once and not used: rename it\n" in draft
    assert amounts(source) == [("A1", "2024-03-04", 5.0)]


def test_labels_that_are_not_ours_are_not_drafted(tmp_path):
    text = "Customer No,Customer Name,City,Status\n1,A,Rome,blocked\n2,B,Bari,active\n"
    draft, _ = saved(tmp_path, "a.csv", text.encode())

    assert "status" not in tomllib.loads(draft)["accounts"]["columns"]


def test_kam_map_of_a_folder_wants_one_file(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "sales.csv").write_text(ENGLISH)
    with pytest.raises(SourceError) as caught:
        drafted_source(tmp_path / "shop")

    assert str(caught.value) == (
        "'shop' is a folder, and `kam map` wants one file of it, such as shop/sales.csv"
    )


def test_a_heading_with_quotes_and_a_file_with_a_percent_sign_stay_valid_toml(tmp_path):
    text = 'Customer No,Order Date,Net,"a ""b"" \\ c"\nA1,2024-03-04,5,x\n'
    draft, source = saved(tmp_path, "50%'s [1].csv", text.encode())

    assert tomllib.loads(draft)["order_lines"]["path"] == "50%'s [1].csv"
    assert amounts(source) == [("A1", "2024-03-04", 5.0)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "the file 'empty.csv' is empty: not even a header line"),
        ("a.json", b"1", "'a.json' is of no kind that is read: give CSV, Parquet or Excel (.xlsx)"),
        ("a.csv", b"Sales 2024;;\nid;day;net\n", f"'a.csv': {TITLE}"),
        ("a.csv", b"Sales 2024\n\nid;day;net\n1;2;3\n", f"'a.csv': {TITLE}"),
        ("a.csv", b"a,A,b\n1,2,3\n", f"'a.csv': {TITLE}"),
        ("a.csv", b"a,b\n1,2,3\n", "'a.csv', row 2: 3 fields, but the header has 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as caught:
        drafted_source(tmp_path / name)

    assert str(caught.value) == said


def test_kam_map_prints_the_draft(tmp_path):
    (tmp_path / "sales.csv").write_text(ENGLISH)
    done = CliRunner().invoke(main, ["map", str(tmp_path / "sales.csv")])

    assert (done.exit_code, done.stdout) == (0, drafted_source(tmp_path / "sales.csv"))


def test_kam_map_of_a_file_that_is_not_there_is_exit_code_2(tmp_path):
    done = CliRunner().invoke(main, ["map", str(tmp_path / "sales.csv")])

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"there is no file 'sales.csv' in {Path(tmp_path).name}\n"
