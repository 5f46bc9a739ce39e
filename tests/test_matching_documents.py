"""Glossaries over whole documents: ambiguous sources, several files, fifty thousand entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from aligner.glossary import Glossary
from aligner.model import Term

PFP = Term("PPP", "PfP", domain="programmes")
PARTNERSHIP = Term("PPP", "public-private partnership", domain="economy")
LONG_PFP = Term("Partenariat pour la paix", "Partnership for Peace", domain="programmes")
LONG_PARTNERSHIP = Term("partenariat public-privé", "public-private partnership", domain="economy")
BUDGET = Term("budget", "budget", domain="economy")
TRAINING = Term("stage", "training course", domain="programmes")
TERMS = (PFP, PARTNERSHIP, LONG_PFP, LONG_PARTNERSHIP, BUDGET, TRAINING)


def meant(glossary: Glossary, *texts: str) -> set[tuple[Term, tuple[Term, ...]]]:
    """What the acronym PPP is taken for in the texts of a document."""
    hits = [hit for of_text in glossary.match_document(texts) for hit in of_text]
    return {(hit.term, hit.alternatives) for hit in hits if hit.term.source == "PPP"}


@pytest.mark.parametrize(
    ("texts", "entry"),
    [
        (("Le PPP est ancien.", "Le Partenariat pour la paix (PPP) a vingt ans.", "Le PPP dure."), PFP),
        (("Un partenariat public-privé (« PPP ») finance la route.", "Le PPP dure."), PARTNERSHIP),
        (("Les PPP (les partenariats public-privé) durent.",), PARTNERSHIP),
        (("PPP : partenariat public-privé",), PARTNERSHIP),
        (("Le P.P.P. (Partenariat pour la paix)", "Le PPP"), PFP),
        # What is introduced counts more than what is only mentioned, and either more than the field.
        (("Un partenariat public-privé.", "Le Partenariat pour la paix (PPP)"), PFP),
        (("Le PPP et son budget.", "Le budget du Partenariat pour la paix."), PFP),
        (("Le PPP, le budget.", "Le budget, un stage."), PARTNERSHIP),
        (("Le PPP, le stage.",), PFP),
    ],
)
def test_a_document_settles_what_an_acronym_means(texts: tuple[str, ...], entry: Term):
    assert meant(Glossary(TERMS), *texts) == {(entry, ())}


def test_a_long_form_that_is_entered_twice_settles_as_much():
    twice = (*TERMS, Term("partenariats public-privé", "public-private partnership"))
    assert meant(Glossary(twice), "Le partenariat public-privé.", "Le PPP") == {(PARTNERSHIP, ())}


@pytest.mark.parametrize("texts", [("Le PPP.",), ("Le PPP, le budget, un stage.",), ("Le PPP.", "Le PPP (ou autre)")])
def test_what_nothing_settles_is_the_first_entry_with_its_alternatives(texts: tuple[str, ...]):
    assert meant(Glossary(TERMS), *texts) == {(PFP, (PARTNERSHIP,))}


def test_both_long_forms_settle_nothing():
    assert meant(Glossary(TERMS), "Le Partenariat pour la paix", "un partenariat public-privé", "le PPP") == {
        (PFP, (PARTNERSHIP,))
    }


def test_preferred_domains_settle_what_the_document_does_not():
    glossary = Glossary(TERMS, domains=("health", "economy", "programmes"))
    assert meant(glossary, "Le PPP, un stage.") == {(PARTNERSHIP, ())}
    assert meant(glossary, "Le Partenariat pour la paix (PPP)") == {(PFP, ())}


def test_a_long_form_may_be_a_variant_of_the_acronym_itself():
    own = Term("PPP", "purchasing power parity", ("parité de pouvoir d'achat",))
    glossary = Glossary((PFP, own))
    hits = glossary.match("La parité de pouvoir d’achat (PPP)")
    assert [(hit.term, hit.alternatives) for hit in hits] == [(own, ()), (own, ())]


def test_entries_that_accept_the_same_target_are_no_alternatives():
    twin, accepted = Term("PPP", "PfP", note="again"), Term("PPP", "PfP programme", ("P.P.P.",))
    first = Term("PPP", "PfP", target_variants=("PfP programme",))
    assert [hit.alternatives for hit in Glossary((first, twin, accepted)).match("le PPP")] == [()]


def test_entries_of_different_files_are_no_alternatives(tmp_path: Path):
    (tmp_path / "a.csv").write_text("source,target\nPPP,PfP\nAlliance,League\n")
    (tmp_path / "b.csv").write_text(
        "source,target,case_sensitive\nPPP,public-private partnership,\nAlliance,NATO,true\n"
    )
    glossary = Glossary.load(tmp_path / "a.csv", tmp_path / "b.csv", domains=("economy",))
    hits = glossary.match("le PPP de l’Alliance")
    assert [(hit.term.target, hit.alternatives) for hit in hits] == [("PfP", ()), ("League", ())]
    assert (glossary.names, len(glossary), glossary.domains) == (("a.csv", "b.csv"), 4, ("economy",))


def test_a_glossary_over_another_is_both_in_order():
    upper = Glossary([Term("OTAN", "Nato"), Term("Kaboul", "Kabul")], ["mine.csv"])
    lower = Glossary([Term("OTAN", "NATO"), Term("FIAS", "ISAF"), Term("OTAN Hebdo", "NATO Weekly")], ["nato.csv"])
    both = upper.over(lower)
    assert both.names == ("mine.csv", "nato.csv")
    assert both.terms == upper.terms + lower.terms
    assert len(both) == 5
    assert both.spellings == {"nato": "Nato", **lower.spellings, **upper.spellings}
    targets = [hit.term.target for hit in both.match("la FIAS, l’OTAN, OTAN Hebdo, Kaboul")]
    assert targets == ["ISAF", "Nato", "NATO Weekly", "Kabul"]
    assert len({upper.sha256, lower.sha256, both.sha256, lower.over(upper).sha256}) == 4
    assert Glossary().over(lower).sha256 == lower.sha256


def test_what_bears_on_translations_is_in_the_hash():
    plain = Glossary([Term("OTAN", "NATO")]).sha256
    assert Glossary([Term("OTAN", "NATO", note="x", origin="a.csv:2")], ["a.csv"]).sha256 == plain
    assert Glossary([Term("OTAN", "NATO", do_not_translate=True)]).sha256 != plain
    assert Glossary([Term("OTAN", "NATO")], domains=("treaty",)).sha256 != plain


def test_putting_a_small_glossary_over_a_large_one_reads_no_entry_again():
    large = Glossary(Term(f"terme {number}", f"term {number}") for number in range(1000))
    assert large.match("le terme 7")
    both = Glossary([Term("terme 8", "eighth")]).over(large)
    assert [hit.term.target for hit in both.match("terme 7, terme 8")] == ["term 7", "eighth"]
    assert both._files[1] is large._files[0]
    assert both._matcher._forms[1] is large._matcher._forms[0]
