"""Linting glossaries, and mending them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aligner.glossary import default_path, fix, lint, load_terms
from aligner.glossary.damage import is_garbled, repaired
from aligner.model import Severity, Term


def linted(terms: list[Term]) -> list[tuple[str, int]]:
    placed = [replace(term, origin=f"g.csv:{line}") for line, term in enumerate(terms, 2)]
    return [(finding.rule, finding.line) for finding in lint(placed)]


@pytest.mark.parametrize(
    ("terms", "rules"),
    [
        ([Term("a b", "x"), Term("a b", "x")], ["duplicate"]),
        ([Term("équipe", "team"), Term("Equipes", "squad")], ["conflict"]),
        ([Term("équipe", "team"), Term("équipe", "squad"), Term("équipe", "squad")], ["conflict", "duplicate"]),
        ([Term("OTAN", "NATO"), Term("OTAN", "Nato")], ["conflict"]),
        ([Term("PPP", "PfP"), Term("PPP", "public-private partnership")], ["ambiguous"]),
        ([Term("cellule", "cell", domain="biologie"), Term("cellule", "unit", domain="défense")], ["ambiguous"]),
        ([Term("cellule", "cell", domain="biologie"), Term("cellule", "unit")], ["conflict"]),
        ([Term("OTAN", "NATO"), Term("otan", "x")], ["case-clash"]),
        ([Term("Allié", "Ally", case_sensitive=True), Term("allié", "ally")], []),
        ([Term("Conseil", "Council", case_sensitive=True), Term("conseil", "advice")], ["case-clash"]),
        ([Term("a b", "x", ("c d",)), Term("c d", "y")], ["shadowed-variant"]),
        ([Term("a b", "x", ("c d",)), Term("e f", "y", ("c d",))], ["shadowed-variant"]),
        ([Term("ABC", "X", ("DEF",)), Term("DEF", "Y")], ["ambiguous"]),
        (
            [Term("partenariat pour la paix", "Partnership for Peace", ("PPP",)), Term("public-privé", "x", ("PPP",))],
            ["ambiguous"],
        ),
        ([Term("équipe", "team", ("équipes",))], ["idle-variant"]),
        ([Term("équipe", "team", ("groupe", "groupes"))], ["idle-variant"]),
        ([Term("équipe", "team", (), ("squad", "team"))], ["idle-variant"]),
        ([Term("Alliés", "Allies", ("Allié",), case_sensitive=True)], []),
        ([Term("État", "State"), Term("état", "condition")], ["conflict"]),
        ([Term("le", "the")], ["too-common"]),
        ([Term("x", "y")], ["too-common"]),
        ([Term("équipe", "team", ("l’", "d'", "été"))], ["too-common"] * 3),
        ([Term("qu’il", "that he")], ["too-common"]),
        ([Term("sous réserve", "subject to"), Term("et/ou", "and/or")], []),
        ([Term("ICI", "International Chamber")], ["common-acronym"]),
        ([Term("***", "y")], ["never-matches"]),
        ([Term("***", "y"), Term("!!!", "z", ("???",))], ["never-matches"] * 3),
        ([Term("équipe", "team", ("(équipe) bis",))], ["never-matches"]),
        ([Term("équipe", "team", ("groupe; bande",))], ["never-matches", "several-forms"]),
        (
            [
                Term("alerte / alarme", "alert"),
                Term("alerte", "alert / alarm"),
                Term("chef", "head", (), ("boss; patron",)),
            ],
            ["several-forms", "several-forms", "never-matches", "several-forms"],
        ),
        ([Term("alerte\nalarme", "alert"), Term("chef", "head\r\nboss")], ["several-forms"] * 2),
        ([Term("OTAN|Alliance", "NATO"), Term("Europe", "EU|Union")], ["never-matches", "several-forms"] * 2),
        ([Term("alerte", "alert", forbidden=("✓",))], ["ticked-forbidden"]),
        ([Term("a ; b", "y")], ["never-matches", "several-forms"]),
        ([Term("États-Unis (É.-U.)", "United States")], ["never-matches"]),
        (
            [Term("plan", "plan A: B"), Term("alinéa", "§"), Term("chef", "head", (), ("boss: man",))],
            ["never-matches"] * 3,
        ),
        ([Term("plan A: B", "plan A: B", do_not_translate=True)], ["never-matches"]),
        ([Term("E3+3", "P5+1"), Term("alerte", "alert / alarm (red)"), Term("UA", "A.U.")], ["several-forms"]),
        ([Term("conseil", "council (the"), Term("les Alliés", "the Allies", (), ("Allies’",))], ["never-matches"]),
        ([Term("CONSEIL DE SÉCURITÉ", "Security Council")], ["capitals"]),
        ([Term("droit d’asile", "asylum", ("MISE À JOUR", "LOI D’EXIL", "ÉTAT-MAJOR MILITAIRE"))], ["capitals"] * 3),
        ([Term("CONSEIL DE SÉCURITÉ", "Security Council", case_sensitive=True)], []),
        ([Term(form, form) for form in ("OTAN-UE", "MNF-I", "CE-ONU", "O.T.A.N.-O.N.U.", "MINUSTAH")], []),
        (
            [Term("PLAN D", "Plan D"), Term("L’UEO", "WEU"), Term("OTAN et UE", "NATO and EU"), Term("S 300", "S-300")],
            [],
        ),
        ([Term("Al-Qaida !", "Al-Qaida")], []),
        ([Term("radar", "radar")], ["target-is-source"]),
        ([Term("radar", "radar", do_not_translate=True)], []),
        ([Term("OSCE", "OSCE")], []),
        ([Term("a b", "x", forbidden=("x",))], ["forbidden-target"]),
        ([Term("sécurité", "security", note="sÃ©curitÃ©")], ["encoding"]),
        ([Term("conseil", "council\ufffd")], ["encoding"]),
        ([Term("café", "coffee", note="« café», é… é’ Åland À")], []),
        ([Term("mise\xa0en œuvre", "implementation")], ["blank"]),
        ([Term("mise en\u200b œuvre", "implementation")], ["never-matches", "blank"]),
    ],
)
def test_lint(terms: list[Term], rules: list[str]):
    assert [rule for rule, _ in linted(terms)] == rules


def test_findings_come_by_line_whatever_their_rule():
    terms = [Term("le", "the"), Term("a b", "x"), Term("x", "y"), Term("a b", "x")]
    assert linted(terms) == [("too-common", 2), ("too-common", 4), ("duplicate", 5)]


def test_how_an_ambiguous_acronym_is_decided_is_said():
    terms = [Term("PPP", "PfP", domain="otan", origin="g.csv:2"), Term("PPP", "3P", domain="éco", origin="g.csv:3")]
    (finding,) = lint(terms)
    assert finding.severity is Severity.WARNING
    assert finding.message.endswith("the long form that a document introduces decides, then the domain")


def test_what_a_cell_of_several_lines_should_be_is_said():
    (finding,) = lint([Term("alerte\nalarme", "alert", origin="g.csv:2")])
    assert finding.remedy == "if the line break parts two, put the second among the variants, which | parts"


def test_the_bundled_glossary_is_sound():
    assert lint(load_terms(default_path())) == ()


MENDED = {
    " OTAN ,NATO,,,\n": "OTAN,NATO,,,\n",
    "mise\xa0en  œuvre,implementation,,,\r\n": "mise en œuvre,implementation,,,\r\n",
    'sÃ©curitÃ© Ã\xa0 bord,"safe, on board",,,\n': 'sécurité à bord,"safe, on board",,,\n',
    "équipe,team,groupe|équipes|groupe,,\n": "équipe,team,groupe,,\n",
    "chef,head,, boss|  head ,\n": "chef,head,,boss,\n",
    'équipe,team,"groupe\néquipes",,\n': "équipe,team,groupe,,\n",
    'chef,head,"chef\xa0d’équipe\nsupérieur",,\n': "chef,head,chef d’équipe|supérieur,,\n",
    '"alerte\n  alarme",alert ,,,\n': '"alerte\n alarme",alert,,,\n',
    "a b,+x,,'+x|y,'-z\n": "a b,+x,,y,'-z\n",
}
KEPT = (
    "\n",
    'a b,x,"c d| e f",,"one, two"\n',
    '"quoted for nothing",y,,,\n',
    "no target,,,,\n",
    "a,lost,cell,too,many,\n",
    "partly Ã© repairable é,z,,,\n",
    "source,target\n",
    "note kept,n,,, free \xa0 text \n",
    '"alerte\nalarme","alert\nalarm","a\n b","c\nd",\n',
    "'=1+1,-x,+y,'@z,=w\n",
    "équipes,team,,,\n",
)
HEADER = "source,target,source_variants,target_variants,Référence\n"
PATH = Path("g.csv")


@given(st.text("ÀÂÇÉÈÊËÎÏÔÖÙÛÜŒàâçéèêëîïôöùûüœ«»’–… abc", min_size=1))
def test_what_is_repaired_is_what_was_meant(text: str):
    assume(not is_garbled(text))  # "ÂŒ" may be meant, and looks like a damaged sign
    garbled = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
    assert repaired(garbled) == (None if text.isascii() else text)
    assert repaired(text) is None


@pytest.mark.parametrize("before", MENDED)
def test_fix(before: str):
    text, fixes = fix(HEADER + before, PATH)
    assert text == HEADER + MENDED[before]
    assert {one.line for one in fixes} == {2}
    assert fix(text, PATH) == (text, ())


def test_a_row_that_repeats_another_is_removed():
    text, fixes = fix("terme;traduction;id\nOTAN;NATO;1\nOTAN ;NATO;1\nOTAN;NATO;2\nUE;;\nUE;;\n", PATH)
    assert text == "terme;traduction;id\nOTAN;NATO;1\nOTAN;NATO;2\nUE;;\nUE;;\n"  # UE is no entry
    assert [(one.line, one.was, one.rule, one.before) for one in fixes] == [(2, 3, "duplicate", "OTAN ;NATO;1")]


def test_lines_are_those_of_the_mended_text():
    text, fixes = fix('fr,en,note\na b,c,"x\ny"\na b,c,"x\ny"\nd,e,"f\n"\n g,h,\n', PATH)
    assert text == 'fr,en,note\na b,c,"x\ny"\nd,e,f\ng,h,\n'
    assert [(one.line, one.was, one.rule) for one in fixes] == [(2, 4, "duplicate"), (4, 6, "blank"), (5, 8, "blank")]


def test_a_title_is_no_entry():
    text = " Glossaire  OTAN \n\nterme,traduction,note\n"
    assert fix(f"{text}a  b,c,\n", PATH)[0] == f"{text}a b,c,\n"


@pytest.mark.parametrize("first", ["", "sep=,\r\n"])
@given(rows=st.lists(st.sampled_from(KEPT), unique=True))
def test_what_needs_nothing_stays_as_it_is(first: str, rows: list[str]):
    text = first + HEADER + "".join(rows) + "mise en  œuvre,implementation,,,"
    mended, fixes = fix(text, PATH)
    assert mended == first + HEADER + "".join(rows) + "mise en œuvre,implementation,,,"
    assert len(fixes) == 1


def test_two_columns_without_a_header_are_mended_too():
    assert fix("OTAN\t NATO\r\nUE\tEU", PATH)[0] == "OTAN\tNATO\r\nUE\tEU"


def test_idle_variants_leave_the_column_that_they_stand_in():
    header = "fr,en,synonyme 1,synonyme 2\n"
    text, fixes = fix(f"{header}équipe,team,groupe|équipes,équipe\néquipe A,team A,,le A\n", PATH)
    assert text == f"{header}équipe,team,groupe,\néquipe A,team A,,le A\n"
    assert [one.rule for one in fixes] == ["idle-variant"] * 2
