from kamlib.display import theme


def test_no_two_roles_share_a_colour():
    assert len(set(theme.PALETTE.values())) == len(theme.PALETTE)


def test_every_role_has_a_colour_for_dark_and_for_print():
    assert set(theme.PALETTE) == set(theme.DARK) == set(theme.PRINT)


def test_an_amount_near_a_million_is_told_in_millions():
    assert theme.money(999_999.6, "USD") == "$1.00 million"
    assert theme.money(-499_999, "USD") == "−$499,999"


def test_nothing_is_ever_minus_zero():
    assert theme.money(-0.2) == theme.number(-0.2) == "0"
