"""English typography: every change explained, nothing changed that is not French."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.formulas import formula
from aligner.model import BlockKind, replay
from aligner.typography import english


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("« Oui »", "«\xa0Yes\xa0»", "“Yes”"),
        ('"Oui"', 'He said "yes" and "no"', "He said “yes” and “no”"),
        ("33 %", "33\xa0%", "33%"),
        ("Qui ?", "Who ?", "Who?"),
        ("un ; deux : trois", "one ; two : three", "one; two: three"),
        ("1 234,5", "some 1\u202f234,5 of them", "some 1,234.5 of them"),
        ("50 000 hommes et 1,5 million", "50 000 men and 1,5 million", "50,000 men and 1.5 million"),
        ("le programme", "the programme", "the programme"),
        ("la résolution 1244 de 1999", "Resolution 12444 of 19999", "Resolution 1244 of 1999"),
        ("en 2021 et 2022", "in 201 and 2022", "in 2021 and 2022"),
        ("au Kosovo¹", "in Kosovo", "in Kosovo¹"),
        ("en Macédoine¹.", "in Macedonia.", "in Macedonia¹."),
        ("(ONU)", "( UN )", "(UN)"),
        ("[ ] Oui", "[ ] Yes", "[] Yes"),
        ("( , a)", "( , a)", "(, a)"),
        ("Le programme", "the programme", "The programme"),
        ("Le double", "A  double blank ", "A double blank"),
    ],
)
def test_french_typography_becomes_english(source: str, target: str, expected: str):
    text, changes = english(source, target)
    assert text == expected
    assert replay(target, changes) == text
    assert bool(changes) == (target != expected)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Tél. : +32 2 707 41 11", "Tel.: +32 2 707 41 11"),
        ("le 23-Mar-2005 11:49", "on 23-Mar-2005 11:49"),
        ("mille cinq cents", "1,500 men, and 3,250 more"),  # no number that the source has
        ("en 2004 200 soldats", "in 2004 200 soldiers"),
        ("(.MP3/5770kb)", "(.MP3/5770kb)"),
        ("http://a.int/a?b=1,5", "http://a.int/a?b=1,5"),
        ('5’ 3"', '5’ 3"'),
        ("www.nato.int", "www.nato.int"),
        ("en 1998", "in 1999 or 1989"),  # another number, not a slip
        ("le 12", "on 123"),
        ("1 500 hommes", "1500 men"),
        ("2 005 hommes", "2005 men"),
        ("¹ Note", "¹ Note"),
    ],
)
def test_what_is_no_typography_stays(source: str, target: str):
    assert english(source, target) == (target, ())


SIGNS = 'aB«»"“”() \xa0\u202f1234,.;:!?%'


@given(st.text(alphabet=SIGNS), st.text(alphabet=SIGNS))
def test_no_letter_digit_or_bracket_is_lost(source: str, target: str):
    text, changes = english(source, target)
    assert replay(target, changes) == text
    kept = [[char.lower() for char in side if char in "aAB()"] for side in (text, target)]
    assert kept[0] == kept[1]
    assert not {"«", "»", "\u202f"} & set(text)


def test_long_runs_of_signs_are_no_trouble():
    for run in ("!" * 50_000, "\u2003" * 50_000, "_." * 25_000, "( " * 25_000):
        assert english("Oui", run + "a")


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ("Mis à jour le: 13 Oct. 2023 15:52", BlockKind.DATE_LINE, "Updated: 13 Oct. 2023 15:52"),
        ("Mise à jour : 23-Mar-2005 11:49 OTAN Hebdo", BlockKind.DATE_LINE, "Updated: 23-Mar-2005 11:49 OTAN Hebdo"),
        ("Bruxelles, le 1er avril 2019", BlockKind.DATE_LINE, "Bruxelles, 1 April 2019"),
        ("Lundi 4 décembre 2006", BlockKind.DATE_LINE, "Monday 4 December 2006"),
        ("15/09/2004 - NATO", BlockKind.DATE_LINE, "15/09/2004 - NATO"),
        ("9 au 15 févr. 2005 14h30", BlockKind.DATE_LINE, "9 to 15 Feb. 2005 14:30"),
        ("9 et 10 aout 2005", BlockKind.DATE_LINE, "9 and 10 August 2005"),
        ("3 mai 2021 - A. Mars", BlockKind.DATE_LINE, "3 May 2021 - A. Mars"),
        ("À : Jean Mars <jean.mars@b.org>", BlockKind.ADDRESS, "To: Jean Mars <jean.mars@b.org>"),
        ("De : Sam. Roux <sam.roux@b.org>", BlockKind.ADDRESS, "From: Sam. Roux <sam.roux@b.org>"),
        ("12 rue du 1er Mars", BlockKind.ADDRESS, "12 rue du 1er Mars"),
        ("Envoyé : mar. 3 mai 2021 14h05", BlockKind.ADDRESS, "Sent: Tue. 3 May 2021 14:05"),
        (
            "Le 1er mai 2021, A. Mars <a.mars@b.org> a écrit :",
            BlockKind.PARAGRAPH,
            "On 1 May 2021, A. Mars <a.mars@b.org> wrote:",
        ),
        (
            "Le 03/05/2021 à 9h05, a.mars@b.org a écrit:",
            BlockKind.PARAGRAPH,
            "On 03/05/2021 at 9:05, a.mars@b.org wrote:",
        ),
        ("Le mar. 7 sept. 2021, (a@b.org) a écrit\xa0:", BlockKind.PARAGRAPH, "On Tue. 7 Sept. 2021, (a@b.org) wrote:"),
        ("Le 3 mai 2021, la FIAS et a@b a écrit :", BlockKind.PARAGRAPH, None),
        ("Le rapport de 2021, a@b.org a écrit :", BlockKind.PARAGRAPH, None),
        ("Télécopie : +32", BlockKind.ADDRESS, "Fax: +32"),
        ("BP 22", BlockKind.ADDRESS, "PO Box 22"),
        ("Boulevard Léopold III", BlockKind.ADDRESS, "Boulevard Léopold III"),
        ("1110 Bruxelles", BlockKind.ADDRESS, "1110 Bruxelles"),
        ("Secrétariat du programme", BlockKind.ADDRESS, None),
        ("Multimédia", BlockKind.HEADING, "Multimedia"),
        ("Retour à la page d’accueil", BlockKind.NAVIGATION, "Back to homepage"),
        ("Les ministres se réunissent le 4 mai.", BlockKind.PARAGRAPH, None),
        ("Visite du Conseil", BlockKind.NAVIGATION, None),
    ],
)
def test_formulas(line: str, kind: BlockKind, expected: str | None):
    assert formula(line, kind) == expected


def test_a_hostile_line_is_no_formula():
    for line in ("le " + "2021 @ " * 20_000, "le 3 mai 2021, " + "a " * 50_000, "le 3 mai 2021, <" + "@" * 100_000):
        assert formula(line, BlockKind.PARAGRAPH) is None
