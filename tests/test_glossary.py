"""The glossary as a whole: its hash, its spellings, the bundled one. Matching is in test_matching*.py."""

from pathlib import Path

from aligner.glossary import Glossary, default_path, load_terms
from aligner.model import Term


def test_the_hash_is_of_the_terms_not_of_their_file(tmp_path: Path):
    for name, content in (("a.csv", "source,target\nOTAN,NATO\n"), ("b.tsv", "OTAN\tNATO\n"), ("c.tsv", "OTAN\tX\n")):
        (tmp_path / name).write_text(content)
    hashes = [Glossary.load(tmp_path / name).sha256 for name in ("a.csv", "b.tsv", "c.tsv")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_bundled_glossary_has_its_main_terms():
    terms = load_terms(default_path())
    assert len(terms) >= 200
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
