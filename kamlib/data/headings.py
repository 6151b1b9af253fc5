"""What exports call our columns, in English, in German and in the field codes of common ERP systems.

A new system is a new word in this table. Case, blanks, dots and umlauts do not matter:
`Kunden-Nr.` and `KUNDENNR` are one word. The first word that an export has wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "account_id": """
        account, account no, account number, customer id, customer no, customer number, customer
        code, customer, sold to, sold to party, client id, client no, bill to, Kundennummer, Kunden-
        Nr, Kundennr, KdNr, Kunde, Debitor, Debitorennummer, Auftraggeber, KUNNR, CardCode, Sell-to
        Customer No""",
    "order_id": """
        order, order no, order number, sales order, document no, document number, invoice, invoice
        no, invoice number, Auftrag, Auftragsnummer, Auftragsnr, Bestellnummer, Beleg, Belegnummer,
        Belegnr, Rechnungsnummer, Rechnung, VBELN, DocNum, SalesOrderNumber""",
    "line_no": """
        line, line number, line item, item no, position no, Position, Pos, Posnr, Positionsnummer,
        Belegposition, Zeile, POSNR, LineNum, SalesOrderLineNumber""",
    "ordered_at": """
        order date, ordered on, ordered, document date, invoice date, posting date, date,
        Auftragsdatum, Bestelldatum, Belegdatum, Rechnungsdatum, Buchungsdatum, Datum, AUDAT, FKDAT,
        ERDAT, DocDate""",
    "product_id": """
        product, product no, product code, article, article no, item, item code, material, material
        number, sku, Artikelnummer, Artikelnr, Artikel, Materialnummer, Produkt, Produktnummer,
        MATNR, ItemCode, ProductKey""",
    "quantity": """
        qty, order quantity, units, pieces, Menge, Stück, Stückzahl, Anzahl, Auftragsmenge, KWMENG,
        FKIMG, OrderQuantity""",
    "net_amount": """
        net amount, net, net value, net sales, net revenue, sales amount, line total, amount,
        revenue, sales, turnover, Nettobetrag, Nettowert, Nettoumsatz, Netto, Betrag, Umsatz, Wert,
        NETWR, LineTotal, SalesAmount""",
    "list_amount": """
        list amount, gross list, list value, extended amount, Listenbetrag, Bruttolistenwert,
        Listenwert, KZWI1""",
    "cost_amount": """
        cost amount, cost, costs, cogs, total product cost, cost of goods sold, Einstandswert,
        Wareneinsatz, EK, EK-Wert, EK-Betrag, EK-Preis, Einkaufspreis, Einkaufswert, Einstandspreis,
        Einstand, Kosten, Selbstkosten, Herstellkosten, WAVWR""",
    "currency": """
        currency code, document currency, Währung, Belegwährung, Währungsschlüssel, WAERK, WAERS,
        DocCur""",
    "channel": """
        sales channel, order channel, distribution channel, Vertriebsweg, Kanal, Bestellweg, VTWEG""",
    "parent_id": """
        parent, parent account, group id, head office, Konzern, Konzernnummer, Muttergesellschaft,
        KONZS""",
    "name": """
        account name, customer name, company, company name, full name, Kundenname, Firma,
        Firmenname, Name 1, Bezeichnung, NAME1, CardName""",
    "city": "town, location, Ort, Stadt, ORT01",
    "industry": "sector, branch, line of business, Branche, BRSCH",
    "region": "sales region, area, territory, Gebiet, Verkaufsgebiet, REGIO",
    "since": "customer since, created on, created, start date, Kunde seit, angelegt am",
    "status": "customer status, Kundenstatus",
    "is_key": "key account, is key account, Schlüsselkunde, Großkunde",
    "credit_limit": "Kreditlimit, Kreditlinie, KLIMK",
    "family": """
        product group, product family, category, Warengruppe, Produktgruppe, Artikelgruppe, MATKL""",
    "launched_at": "launch date, launched, Einführung, Einführungsdatum",
    "period": "month, Monat, Periode",
    "amount": "target, target amount, budget, Ziel, Zielumsatz, Plan",
    "manager_id": """
        manager, account manager, sales rep, salesperson, Betreuer, Verkäufer, Vertreter, VKGRP,
        SlpCode""",
    "reports_to": "supervisor, boss, Vorgesetzter",
    "role": "Rolle, Funktion",
}
# Not TEUR or KEUR: in thousands, an amount is another number.
_UNITS = "EUR Euro Euros USD Dollar Dollars CHF Franken GBP Pfund kg pcs Stk in"
_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain_heading(heading: str) -> str:
    """Return a heading's letters and digits, umlauts written out.

    Examples
    --------
    >>> plain_heading("Kunden-Nr.") == plain_heading("KUNDENNR")
    True
    """
    return "".join(letter for letter in heading.lower().translate(_SPELLINGS) if letter.isalnum())


def heading_without_units(heading: str) -> str:
    """Return a heading as `plain_heading` does, without words for a currency or a unit.

    Examples
    --------
    >>> [heading_without_units(one) for one in ("Netto EUR", "Amount (USD)", "Umsatz €", "Betrag in EUR")]
    ['netto', 'amount', 'umsatz', 'betrag']
    """
    units = _UNITS.lower().split()
    return "".join(plain_heading(word) for word in re.findall(r"\w+", heading) if word.lower() not in units)


def columns_called(column: str) -> list[str]:
    """Return what a column is called in exports, as `plain_heading` writes it, the best first.

    Examples
    --------
    >>> columns_called("status")
    ['status', 'customerstatus', 'kundenstatus']
    """
    words = [column, *HEADINGS.get(column, "").split(",")]
    return [plain for word in words if (plain := plain_heading(word))]
