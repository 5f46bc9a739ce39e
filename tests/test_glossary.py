"""The glossary: loading, matching, linting."""

from pathlib import Path

import pytest

from aligner.errors import GlossaryError
from aligner.glossary import Glossary, default_path, lint, load_terms
from aligner.matching import Matcher
from aligner.model import Severity, Term

TERMS = Glossary(
    [
        Term("OTAN", "NATO"),
        Term("FIAS", "ISAF"),
        Term("équipe provinciale de reconstruction", "Provincial Reconstruction Team"),
        Term("Force internationale d'assistance à la sécurité", "International Security Assistance Force"),
        Term("secrétaire général", "Secretary General"),
        Term("secrétaire général délégué", "Deputy Secretary General"),
        Term("ministre", "minister"),
        Term("Alliance", "Alliance", case_sensitive=True),
        Term("euro-atlantique", "Euro-Atlantic"),
        Term("mise en œuvre", "implementation"),
        Term("formation défense", "defence education"),
        Term("femmes, paix et sécurité", "Women, Peace and Security"),
        Term("ministre de la Défense", "Minister of Defence", source_variants=("ministre de la guerre",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("l’OTAN et l'OTAN", ["OTAN", "OTAN"]),
        ("d’équipes provinciales de reconstruction", ["équipes provinciales de reconstruction"]),
        ("LES EQUIPES PROVINCIALES DE RECONSTRUCTION", ["EQUIPES PROVINCIALES DE RECONSTRUCTION"]),
        ("l'O.T.A.N.", ["O.T.A.N."]),
        (
            "la Force\xa0internationale d’assistance à\nla sécurité",
            ["Force\xa0internationale d’assistance à\nla sécurité"],
        ),
        ("le secrétaire général délégué", ["secrétaire général délégué"]),
        ("Secrétaire\u202fgénéral", ["Secrétaire\u202fgénéral"]),
        ("la zone euro‑atlantique, euro\xadatlantique", ["euro‑atlantique"]),
        ("la mise en oeuvre", ["mise en oeuvre"]),
        ("le ministre de la guerre", ["ministre de la guerre"]),
        ("sécurité\xad (FI\xadAS)", ["FI\xadAS"]),
        ("l’O\xadTAN\xad et", ["O\xadTAN"]),
        ("OTAN-Russie", ["OTAN"]),
        ("jusqu’OTAN", ["OTAN"]),
        ("l’OTAN¹ et", ["OTAN"]),
        ("la formation «\xa0défense\xa0» (DEEP)", ["formation «\xa0défense\xa0»"]),
        ("le volet femmes, paix et sécurité", ["femmes, paix et sécurité"]),
        # must not match
        ("otan, Otan", []),
        ("une alliance", []),
        ("le vice-ministre", []),
        ("www.OTAN.int et OTAN@nato.int", []),
        ("OTANIEN, XOTAN", []),
        ("secrétaire, général", []),
        ("femmes paix et sécurité", []),
    ],
)
def test_matching(text: str, found: list[str]):
    assert [text[hit.start : hit.end] for hit in TERMS.match(text)] == found


def test_the_first_entry_of_a_source_wins():
    glossary = Glossary([Term("PPP", "PfP"), Term("PPP", "public-private partnership")])
    assert [hit.term.target for hit in glossary.match("le PPP")] == ["PfP"]


def test_english_possessives_and_plurals():
    matcher: Matcher[str] = Matcher("en")
    matcher.add("Ally", "Ally")
    matcher.add("NATO", "NATO")
    matcher.add("NATO Command Structure", "NATO Command Structure")
    text = "NATO’s allies, nato, NATO's Ally, NATO’s command structures"
    found = [text[match.start : match.end] for match in matcher.find(text)]
    assert found == ["NATO", "allies", "NATO", "Ally", "NATO’s command structures"]


@pytest.mark.parametrize(
    ("content", "entries"),
    [
        ("source,target\nOTAN,NATO\n", [("OTAN", "NATO")]),
        ("source;target\nOTAN;NATO\n", [("OTAN", "NATO")]),
        ("source\ttarget\tnote\nOTAN\tNATO\tx\n", [("OTAN", "NATO")]),
        ("OTAN\tNATO\nUE\tEU\n", [("OTAN", "NATO"), ("UE", "EU")]),
        ('source,target\n"a, b",c\n\n', [("a, b", "c")]),
        ("\ufeffsource,target\nOTAN,NATO\n", [("OTAN", "NATO")]),
    ],
)
def test_loading(tmp_path: Path, content: str, entries: list[tuple[str, str]]):
    path = tmp_path / "g.csv"
    path.write_text(content, encoding="utf-8")
    assert [(term.source, term.target) for term in load_terms(path)] == entries


def test_every_column_is_read(tmp_path: Path):
    path = tmp_path / "g.csv"
    path.write_text(
        "source,target,source_variants,target_variants,case_sensitive,pos,forbidden,domain,note\n"
        "a,b,c|d,e| f,TRUE,noun,g,h,i\n"
    )
    assert load_terms(path) == (Term("a", "b", ("c", "d"), ("e", "f"), True, "noun", ("g",), "h", "i", "g.csv:2"),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source,target\nOTAN,NATO\nFIAS,\n", r"g\.csv:3: has no target; fill the cell"),
        ("source,target\n,NATO\n", r"g\.csv:2: has no source"),
        ("source,target\na,b,c\n", r"g\.csv:2: has 3 cells for 2 columns"),
        ("source,target,colour\na,b,c\n", r"g\.csv:1: has a column 'colour'"),
        ("source,target,target\na,b,c\n", r"g\.csv:1: has two columns 'target'"),
        ("a,b,c\n", r"g\.csv:1: has no header"),
        ("source,target,case_sensitive\na,b,perhaps\n", r"g\.csv:2: case_sensitive is 'perhaps'"),
        ('source,target\n"a,b\n', r"g\.csv:2: is not well-formed CSV"),
        ("", r"g\.csv: is empty"),
    ],
)
def test_bad_rows_are_named_with_line_and_remedy(tmp_path: Path, content: str, message: str):
    path = tmp_path / "g.csv"
    path.write_text(content)
    with pytest.raises(GlossaryError, match=message):
        load_terms(path)


def test_a_line_is_counted_across_quoted_line_breaks(tmp_path: Path):
    path = tmp_path / "g.csv"
    path.write_text('source,target,note\na,b,"x\ny"\nc,\n')
    with pytest.raises(GlossaryError, match=r"g\.csv:4: has no target"):
        load_terms(path)


def test_the_hash_is_of_the_terms_not_of_their_file(tmp_path: Path):
    for name, content in (("a.csv", "source,target\nOTAN,NATO\n"), ("b.tsv", "OTAN\tNATO\n"), ("c.tsv", "OTAN\tX\n")):
        (tmp_path / name).write_text(content)
    hashes = [Glossary.load(tmp_path / name).sha256 for name in ("a.csv", "b.tsv", "c.tsv")]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("terms", "rules"),
    [
        ([Term("a b", "x"), Term("a b", "x")], ["duplicate"]),
        ([Term("équipe", "team"), Term("Equipes", "squad")], ["conflict"]),
        ([Term("OTAN", "NATO"), Term("otan", "x")], []),
        ([Term("a b", "x", ("c d",)), Term("c d", "y")], ["shadowed-variant"]),
        ([Term("équipe", "team", ("équipes",))], ["idle-variant"]),
        ([Term("le", "the")], ["too-common"]),
        ([Term("x", "y")], ["too-common"]),
        ([Term("***", "y")], ["never-matches"]),
        ([Term("a ; b", "y")], ["never-matches"]),
        ([Term("radar", "radar")], ["target-is-source"]),
        ([Term("OSCE", "OSCE")], []),
        ([Term("a b", "x", forbidden=("x",))], ["forbidden-target"]),
        ([Term("sÃ©curitÃ©", "security")], ["never-matches", "encoding"]),
        ([Term("a\xa0b", "x")], ["blank"]),
    ],
)
def test_lint(terms: list[Term], rules: list[str]):
    placed = [
        Term(term.source, term.target, term.source_variants, forbidden=term.forbidden, origin=f"g.csv:{line}")
        for line, term in enumerate(terms, 2)
    ]
    assert [finding.rule for finding in lint(placed)] == rules


def test_the_bundled_glossary_is_sound():
    terms = load_terms(default_path())
    assert len(terms) >= 200
    assert [finding for finding in lint(terms) if finding.severity is not Severity.INFO] == []
    targets = {term.source: term.target for term in terms}
    assert targets["FIAS"] == "ISAF"
    assert targets["PPP"] == "PfP"
    assert targets["CPEA"] == "EAPC"
    assert targets["secrétaire général délégué"] == "Deputy Secretary General"


def test_every_bundled_term_is_found_in_itself():
    glossary = Glossary.load()
    for term in glossary.terms:
        for form in (term.source, *term.source_variants):
            assert [hit.term for hit in glossary.match(f"Voir {form} ici")] == [term], form


def test_spellings_are_of_names_and_acronyms_not_of_titles():
    spellings = Glossary([Term("OTAN", "NATO"), Term("Haut représentant", "x"), Term("Kaboul", "Kabul")]).spellings
    assert spellings == {"otan": "OTAN", "nato": "NATO", "kaboul": "Kaboul", "kabul": "Kabul"}
