"""New entries are proposed for what recurs with its translation, and for acronyms that are introduced."""

import csv
import io

import pytest
from typer.testing import CliRunner

from aligner.cli import app
from aligner.glossary import Glossary, load_terms
from aligner.glossary.acronyms import definitions
from aligner.glossary.extract import Candidate, Kind, as_csv, extract
from aligner.model import Term

#: Invented prose: each pair has some terms, among words that are never the same.
PAIRS = [
    ("Le Bureau des phares flottants (BPF) ouvre demain.", "The Floating Lighthouse Office (FLO) opens tomorrow."),
    ("Le BPF salue les gardiens de phare.", "The FLO greets the lighthouse keepers."),
    ("Selon le BPF, la garde côtière arrive.", "According to the FLO, the coast guard is coming."),
    ("La garde côtière écoute.", "The coast guard listens."),
    ("Un gardien de phare écrit au BPF.", "A lighthouse keeper writes to the FLO."),
    ("Nul ne prie la garde côtière.", "Nobody begs the coast guard."),
    ("Deux loutres prient la garde côtière.", "Two otters beg the coast guard."),
    ("Les gardiens de phare dorment.", "The lighthouse keepers sleep."),
]


def found(pairs=PAIRS, **options):
    return {(one.source.lower(), one.target.lower()): one for one in extract(pairs, **options)}


def test_acronyms_long_forms_and_phrases():
    candidates = found()
    assert candidates["bureau des phares flottants", "floating lighthouse office"].kind is Kind.DEFINITION
    assert candidates["bpf", "flo"] == Candidate("BPF", "FLO", 4, 1.0, Kind.ACRONYM, *PAIRS[4])
    guard = candidates["garde côtière", "coast guard"]
    assert (guard.count, guard.consistency, guard.kind) == (4, 1.0, Kind.PHRASE)
    assert (guard.example_source, guard.example_target) == PAIRS[3]
    # Singular and plural are one phrase.
    keepers = next(one for pair, one in candidates.items() if "phare" in pair[0] and "keeper" in pair[1])
    assert keepers.count == 3


def test_acronyms_are_paired_with_themselves_first_and_then_the_last_two():
    pairs = [
        (
            "Le Conseil des loutres (OC), l’Union des ports (UP) et le BCD (voir plus bas) ouvrent.",
            "The Otter Council (OC), the Big Canal Department (BCD) and the League of Ports (LP) open.",
        )
    ]
    assert set(found(pairs)) == {("union des ports", "league of ports"), ("up", "lp")}
    pairs = [("L’Office des digues (OD) ferme.", "The Office of Dykes (OD) closes.")]
    assert set(found(pairs)) == {("office des digues", "office of dykes")}


def test_acronyms_of_one_pair_whose_order_differs_are_told_apart_by_their_letters():
    pairs = [
        (
            "Le Conseil de la Mer Nord (C.M.N.), l’Équipe des Ports (ÉP) et l’Union des Quais (UQ) ouvrent.",
            "The Ports Excursion (PE), the Quay League (QL) and the Northern Maritime Council (NMC) open.",
        )
    ]
    assert {pair for pair, one in found(pairs).items() if one.kind is Kind.ACRONYM} == {
        ("c.m.n.", "nmc"),
        ("ép", "pe"),
        ("uq", "ql"),
    }


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("L’Union des Ports (UP) et le Bureau des Quais (BQ).", "The Harbour League (HL) and the Jetty Office (JO)."),
        ("L’Amicale des Ports (AP) et le Parti Aîné (PA).", "The Pier Academy (P.A.)."),
    ],
)
def test_acronyms_that_nothing_tells_apart_are_not_paired(source, target):
    assert extract([(source, target)]) == ()


def test_fragments_and_clauses_are_not_proposed():
    sources = {source for source, _ in found()}
    assert not sources & {"côtière", "prie la garde côtière", "gardiens", "phare"}


def test_minimum_and_limit():
    assert ("garde côtière", "coast guard") not in found(min_count=5)
    assert ("bpf", "flo") in found(min_count=5)  # introduced in brackets: once is enough
    everything = extract(PAIRS)
    assert extract(PAIRS, limit=2) == everything[:2]


def test_a_repeated_pair_counts_once():
    assert extract(PAIRS * 3) == extract(PAIRS)


def test_known_entries_are_left_out():
    known = Glossary([Term("gardes-côtières", "coastguards"), Term("phare", "lighthouse"), Term("BPF", "FLO")])
    sources = {source for source, _ in found(known=known)}
    assert not sources & {"garde côtière", "bpf"}
    assert "bureau des phares flottants" in sources  # has a known term inside, but is none


def test_what_is_the_same_in_both_languages_is_left_out():
    pairs = [(f"Le {verb} UNESCO.", f"The {verb} UNESCO.") for verb in ("zig", "zag", "zog")]
    assert extract(pairs) == ()


def test_inconsistent_translations_are_not_proposed():
    pairs = [(f"Le vieux port, {word}.", f"{word} old {word}port {word}.") for word in ("ab", "cd", "ef", "gh", "ij")]
    assert extract(pairs) == ()


def test_consistency_is_the_share_of_the_occurrences():
    pairs = [(f"Le vieux port, {word}.", f"The old harbour, {word}.") for word in ("ab", "cd", "ef")]
    pairs.append(("Le vieux port, kl.", "An ancient haven, kl."))
    (candidate,) = extract(pairs)
    assert (candidate.source, candidate.target) == ("vieux port", "old harbour")
    assert (candidate.count, candidate.consistency) == (3, 0.75)


def test_the_longest_phrase_stands_for_its_parts():
    pairs = [
        (f"{word} l’office du vieux port, {word}.", f"{word} the old harbour office, {word}.") for word in ("ab", "cd")
    ]
    assert list(found(pairs)) == [("office du vieux port", "old harbour office")]


def test_a_part_with_a_life_of_its_own_is_proposed_too():
    pairs = [
        *(
            (f"{word} l’office du vieux port, {word}.", f"{word} the old harbour office, {word}.")
            for word in ("ab", "cd")
        ),
        *((f"{word} le vieux port, {word}.", f"{word} the old harbour, {word}.") for word in ("ef", "gh", "ij")),
    ]
    assert set(found(pairs)) == {("office du vieux port", "old harbour office"), ("vieux port", "old harbour")}


@pytest.mark.parametrize(
    "pairs", [[], [("", "")], [("", "a"), ("b", "")], [("-", "!"), ("1", "2")], [("\0", "\ud800")]]
)
def test_nothing_to_find(pairs):
    assert extract(pairs) == ()


def test_the_order_of_equal_input_is_the_same():
    assert extract(PAIRS) == extract(iter(PAIRS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("le Conseil des loutres (CL) siège", [("CL", "Conseil des loutres")]),
        ("l’École d’été (EE)", [("EE", "École d’été")]),
        ("le CL (Conseil des loutres)", [("CL", "Conseil des loutres")]),
        ("the Sea Otter Council (SOC) and the Lighthouse Office (LO)",
         [("SOC", "Sea Otter Council"), ("LO", "Lighthouse Office")]),
        ("the Office of the Otter (OO)", [("OO", "Office of the Otter")]),
        ("la télévision (TV)", []),
        ("le conseil [des loutres] (CL)", []),
        ("les équipes côtières de réserve (CRT)", []),  # the letters of the English name, by chance
        ("le phare (voir OTAN)", []),
        ("le phare (2024)", []),
        ("(CL)", []),
        ("", []),
    ],
)  # fmt: skip
def test_definitions(text, expected):
    assert list(definitions(text)) == expected


def test_csv_is_a_glossary_without_formulas(tmp_path):
    rude = Candidate("phare", "-lighthouse", 2, 0.5, Kind.PHRASE, "=1+1", '- a\nb, "c"')
    path = tmp_path / "proposals.csv"
    path.write_text(as_csv([rude]), encoding="utf-8")
    (row,) = csv.DictReader(io.StringIO(as_csv([rude])))
    assert row == {
        "source": "phare", "target": "'-lighthouse", "count": "2", "consistency": "0.5", "kind": "phrase",
        "example_source": "'=1+1", "example_target": "'- a b, \"c\"",
    }  # fmt: skip
    assert [(term.source, term.target) for term in load_terms(path)] == [("phare", "-lighthouse")]


def run(*arguments):
    return CliRunner().invoke(app, ["glossary", "extract", *map(str, arguments)])


def test_command(tmp_path):
    bitext = tmp_path / "a.tsv"
    bitext.write_text("".join(f"{source}\t{target}\n" for source, target in PAIRS), encoding="utf-8")
    done = run(bitext)
    assert done.exit_code == 0
    assert done.stdout.startswith("source,target,count,consistency,kind,example_source,example_target\n")
    assert f"proposals from {len(PAIRS)} pairs" in done.stderr
    mine = tmp_path / "mine.csv"
    mine.write_text("source,target\ngarde côtière,coast guard\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    assert run(bitext, "--known", mine, "-o", out, "-q").output == ""
    assert "garde côtière,coast guard," not in out.read_text("utf-8-sig")
    assert "garde côtière,coast guard,4," in done.stdout
    assert load_terms(out)
    assert run(bitext, "--all", "--known", mine).exit_code != 0
