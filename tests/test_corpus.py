"""A corpus leaves out what is wrong, says why, and keeps the rest, in parts that share nothing."""

import csv
import json
import random
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from aligner.corpus import FILTERS, REASONS, Limits, build_corpus, input_lines, judge, parse_amount
from aligner.corpus.split import assign
from aligner.errors import AlignerError, FileError
from aligner.formats.pairs import TextPair, read_pairs
from aligner.formats.tsv import text_of

HUMAN = Path(__file__).parents[2] / "shared" / "eval" / "mt"
#: A clean bitext: who did what where, no two sentences of the same letters.
WHO = (
    ("Le ministre", "The minister"),
    ("La commission d’enquête", "The committee of inquiry"),
    ("Notre ambassadrice", "Our ambassador"),
    ("Le commandant du bataillon", "The battalion commander"),
    ("Une délégation du parlement", "A delegation of parliament"),
    ("Le conseil municipal", "The town council"),
    ("L’équipe de secours", "The rescue team"),
    ("La directrice de l’école", "The head of the school"),
)
DID = (
    ("a visité le nouveau port", "visited the new harbour"),
    ("a inauguré un hôpital de 120 lits", "opened a hospital with 120 beds"),
    ("a publié un rapport sur la pêche", "published a report on fishing"),
    ("a rencontré les familles des marins", "met the families of the sailors"),
    ("a demandé 3,5 millions d’euros", "asked for 3.5 million euros"),
    ("a fermé l’ancienne gare", "closed the old railway station"),
    ("a planté des arbres le long du canal", "planted trees along the canal"),
    ("a annoncé une réforme des transports", "announced a reform of transport"),
)
WHERE = (
    ("à Brest en 2019", "in Brest in 2019"),
    ("près de la frontière", "near the border"),
    ("dans une île du nord", "on an island in the north"),
    ("avant la fin de l’été", "before the end of summer"),
    ("malgré la tempête", "despite the storm"),
    ("au pied de la montagne", "at the foot of the mountain"),
)
CLEAN = tuple(
    (f"{who[0]} {did[0]} {where[0]}.", f"{who[1]} {did[1]} {where[1]}.") for who, did, where in product(WHO, DID, WHERE)
)


def record(number, source, target, score=0.9, status="reviewed"):
    return {"record": "pair", "id": f"s{number}", "source": source, "target": target, "score": score, "status": status}


def write(folder, documents):
    """Write documents, by name, as JSON Lines that hold what is read of ours."""
    folder.mkdir(exist_ok=True)
    for name, records in documents.items():
        lines = [{"record": "document", "name": name}, *records]
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return folder


def clean(documents=12):
    """The clean bitext, dealt out to documents."""
    return {
        f"d{at:02}": [record(number, *CLEAN[number]) for number in range(at, len(CLEAN), documents)]
        for at in range(documents)
    }


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, dialect="excel-tab"))


def moses(output, part):
    return [(pair.source, pair.target) for pair in read_pairs(output / f"{part}.fr")]


def test_progress_counts_the_lines_of_documents_and_not_of_their_reviews(tmp_path: Path):
    (tmp_path / "note").mkdir()
    for name, lines in (("note/note.jsonl", 3), ("note/note.edits.jsonl", 5), ("conflicts.jsonl", 7)):
        (tmp_path / name).write_text("{}\n" * lines, encoding="utf-8")
    assert input_lines([tmp_path]) == 3


def test_what_is_clean_is_kept(tmp_path):
    built = build_corpus([write(tmp_path / "in", clean())], tmp_path / "out")
    assert (built.pairs, built.rejected, built.kept.total()) == (384, 0, 384)
    assert sorted(pair for part in built.kept for pair in moses(tmp_path / "out", part)) == sorted(CLEAN)


#: What is done to a clean pair, and the reasons it is to be left out for.
DEFECTS = {
    "no target": (lambda fr, en: (fr, " "), {"empty"}),
    "one word": (lambda fr, en: ("Oui.", "Yes."), {"too-short"}),
    "run on": (lambda fr, en: (" ".join([fr] * 20), " ".join([en] * 20)), {"too-long"}),
    "glued": (lambda fr, en: (f"{fr} {'abc' * 21}", en), {"long-word"}),
    "cut": (lambda fr, en: (f"{fr} Personne ne s’y attendait plus, a-t-on dit.", en[:12]), {"length-ratio"}),
    "bell": (lambda fr, en: (fr, f"{en[:9]}\x07{en[9:]}"), {"control"}),
    "Windows": (lambda fr, en: (f"Ã‰lus : {fr}", f"Elected: {en}"), {"encoding"}),
    "lost letters": (lambda fr, en: (fr, en.replace("e", "\ufffd", 1)), {"encoding"}),
    "tags": (lambda fr, en: (f"<p>{fr}</p>", en), {"markup"}),
    "entities": (lambda fr, en: (fr, f"{en}&nbsp;"), {"markup"}),
    "figures": (lambda fr, en: ("12.3 / 45 - 67 : (89) a", "12.3 / 45 - 67 : (89) b"), {"non-letters"}),
    "copied name": (lambda fr, en: ("Rio de Oro", "RIO DE ORO."), {"untranslated"}),
    "copied": (lambda fr, en: (fr, fr), {"untranslated", "target-language"}),
    "swapped": (lambda fr, en: (en, fr), {"source-language", "target-language"}),
    "German": (lambda fr, en: ("Der Minister hat gestern den neuen Hafen besucht.", en), {"source-language"}),
    "Spanish": (lambda fr, en: (fr, "Nadie sabe todavía cuándo empezarán las obras."), {"target-language"}),
    "lost number": (lambda fr, en: (f"Le 9 mai, {fr}", en), {"numbers"}),
    "wrong number": (lambda fr, en: (f"{fr} Il y avait 250 invités.", f"{en} There were 520 guests."), {"numbers"}),
}


@pytest.mark.parametrize("seed", range(3))
def test_each_defect_is_left_out_for_its_reason_and_nothing_else_is(tmp_path, seed):
    chance = random.Random(seed)
    records = [record(number, *pair) for number, pair in enumerate(CLEAN)]
    # A number that goes with the rest of its sentence is a reason of its own.
    plain = [number for number, (source, _) in enumerate(CLEAN) if not any(map(str.isdigit, source))]
    at = iter(chance.sample(plain, len(plain)))
    expected = {}
    for change, reasons in DEFECTS.values():
        number = next(at)
        records[number] |= dict(zip(("source", "target"), change(*CLEAN[number]), strict=True))
        expected[f"s{number}"] = reasons
    for change, reason in (
        ({"score": 0.2}, "low-score"),
        ({"status": "rejected"}, "rejected"),
        ({"status": "translated"}, "not-reviewed"),
    ):
        number = next(at)
        records[number] |= change
        expected[f"s{number}"] = {reason}
    untouched = [one for one in records if one["id"] not in expected]
    twice, nearly = chance.sample(untouched, 2)
    records += [
        twice | {"id": "again"},
        nearly | {"id": "nearly", "source": nearly["source"].upper() + " !", "target": f"7. {nearly['target']}"},
    ]
    expected |= {"again": {"duplicate"}, "nearly": {"near-duplicate"}}

    limits = Limits(min_score=0.5, reviewed_only=True, min_words=2)
    built = build_corpus([write(tmp_path / "in", {"all": records})], tmp_path / "out", limits, dev=0, test=0)
    left_out = {row["id"]: set(row["reasons"].split()) for row in rows(tmp_path / "out" / "rejected.tsv")}
    assert left_out == expected
    assert built.pairs == len(CLEAN) + 2
    assert built.reasons == Counter(reason for reasons in expected.values() for reason in reasons)
    assert set(built.reasons) == REASONS.keys() - {"held-out"}


def test_every_reason_can_be_turned_off(tmp_path):
    name = TextPair("Rio de Oro", "Rio de Oro", "f", 1)
    assert judge(name, Limits()) == ("untranslated",)
    assert judge(name, Limits(), without={"untranslated"}) == ()
    assert judge(name, Limits(copied_words=4)) == ()
    pairs = [record(1, *CLEAN[0]), record(2, *CLEAN[0]), record(3, CLEAN[0][0].upper(), CLEAN[0][1])]
    folder = write(tmp_path / "in", {"a": pairs})
    for without, kept in ((), 1), (("near-duplicate",), 2), (("duplicate",), 3):
        assert build_corpus([folder], tmp_path / "out", without=without, dev=0, test=0).kept["train"] == kept


@pytest.mark.parametrize(
    ("source", "target", "reasons"),
    [
        ("12. Le conseil a élu 3 juges.", "The council elected 3 judges.", ()),
        ("2.26 Le conseil a élu 3 juges.", "The council elected three judges.", ()),
        ("12. Le conseil a élu 3 juges.", "The council elected 4 judges.", ("numbers",)),
        ("12. Le conseil a élu des juges.", "13. The council elected judges.", ("numbers",)),
        ("12 juges ont été élus.", "Judges were elected.", ("numbers",)),
        ("L’initiative <<Une ONU>> est née.", "The <<One UN>> initiative was born.", ()),
        ("Voir http://example.org/" + "a" * 60, "See http://example.org/" + "a" * 60, ()),
        ("11 mars 2015", "11 March 2015", ()),
        ("Oslo", "Oslo", ()),
        ("", "", ("empty",)),
    ],
)
def test_judge(source, target, reasons):
    assert judge(TextPair(source, target, "f", 1), Limits()) == reasons


@pytest.mark.parametrize(
    ("score", "reasons"),
    # The score of a link is its probability; that of a translation is a logarithm, 0 for what passed through.
    [(0.6, ()), (0.4, ("low-score",)), (-0.4, ()), (-3.0, ()), (0.0, ()), (None, ())],
)
def test_the_least_score_is_one_of_links(score, reasons):
    assert judge(TextPair(*CLEAN[0], "f", 1, score=score), Limits(min_score=0.5)) == reasons


@pytest.mark.parametrize(("name", "most"), [("flores200-dev", 0.015), ("newstest2013", 0.015), ("unpc_dev", 0.03)])
def test_few_human_translations_are_left_out(name, most):
    files = (HUMAN / name / "src.fr", HUMAN / name / "ref.en")
    if not all(file.exists() for file in files):
        pytest.skip("the human translations are not here")
    sides = zip(*(file.read_text(encoding="utf-8").splitlines() for file in files), strict=True)
    pairs = [TextPair(source.strip(), target.strip(), name, 1) for source, target in sides][::2]
    left_out = [reasons for pair in pairs if (reasons := judge(pair, Limits()))]
    assert len(left_out) <= most * len(pairs)
    by_reason = Counter(reason for reasons in left_out for reason in reasons)
    assert max(by_reason.values()) <= 0.02 * len(pairs)


def test_parts_share_no_document_and_do_not_depend_on_the_order(tmp_path):
    folder = write(tmp_path / "in", clean(48))
    built = build_corpus([folder], tmp_path / "out", dev=40, test=0.1, formats=["tsv", "moses"])
    documents = {part: {row["document"] for row in rows(tmp_path / "out" / f"{part}.tsv")} for part in built.kept}
    assert built.apart
    assert sum(map(len, documents.values())) == len(set().union(*documents.values())) == 48
    assert (built.kept["dev"], built.kept["test"]) == (40, 40)  # documents of 8 pairs; 38 are asked for
    backwards = sorted(folder.iterdir(), reverse=True)
    build_corpus(backwards, tmp_path / "back", dev=40, test=0.1, formats=["moses"])
    build_corpus([folder], tmp_path / "other", dev=40, test=0.1, seed=2, formats=["moses"])
    for part in documents:
        assert sorted(moses(tmp_path / "back", part)) == sorted(moses(tmp_path / "out", part))
        assert sorted(moses(tmp_path / "other", part)) != sorted(moses(tmp_path / "out", part))


def test_a_document_that_is_too_large_for_a_part_stays_in_train():
    sizes = {"book": 10_000, **{f"letter {number}": 10 for number in range(100)}}
    for seed in range(20):
        parts = assign(sizes, {"dev": 100, "test": 50}, seed)
        assert parts is not None
        assert parts["book"] == "train"
        assert Counter(parts.values()) == {"train": 86, "dev": 10, "test": 5}
    assert assign({"book": 10_000}, {"dev": 100, "test": 0}, 1) is None


def test_a_single_document_is_split_by_pairs(tmp_path):
    built = build_corpus([write(tmp_path / "in", clean(1))], tmp_path / "out", dev=60, test=60)
    assert not built.apart
    assert 40 < built.kept["dev"] < 80
    assert 40 < built.kept["test"] < 80
    assert built.kept.total() == len(CLEAN)


def test_train_has_no_sentence_of_dev_or_test(tmp_path):
    source, target = CLEAN[0]
    documents = {
        f"d{number:02}": [record(1, *CLEAN[number + 1]), record(2, source, f"{target} {'Indeed' * number}")]
        for number in range(30)
    }
    built = build_corpus([write(tmp_path / "in", documents)], tmp_path / "out", dev=4, test=0)
    assert built.reasons["held-out"] > 0
    assert source in dict(moses(tmp_path / "out", "dev"))
    assert source not in dict(moses(tmp_path / "out", "train"))


def test_all_formats_hold_the_same(tmp_path):
    pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415

    odd = [record(7, "=1 +  deux « d’œufs » & <trois\\quatre", "-1 + \"two eggs\" & <three\\four 'x'", -0.5)]
    folder = write(tmp_path / "in", {**clean(3), "é & <x>": odd})
    out = tmp_path / "out"
    build_corpus([folder], out, dev=0, test=0, without=["numbers"])
    kept = moses(out, "train")
    assert len(kept) == len(CLEAN) + 1
    assert [(pair.source, pair.target) for pair in read_pairs(out / "train.tmx")] == kept
    assert [(text_of(row["source"]), text_of(row["target"])) for row in rows(out / "train.tsv")] == kept
    table = parquet.read_table(out / "train.parquet").to_pylist()
    assert [(row["source"], row["target"]) for row in table] == kept
    last = next(row for row in table if row["document"] == "é & <x>")
    assert (last["id"], last["score"]) == ("s7", -0.5)
    memory = next(pair for pair in read_pairs(out / "train.tmx") if pair.document == "é & <x>")
    assert (memory.id, memory.score, memory.status) == ("s7", -0.5, "reviewed")
    assert next(row for row in rows(out / "train.tsv") if row["document"] == "é & <x>")["source"].startswith("'=")


def test_hostile_texts(tmp_path):
    records = [
        record(1, *CLEAN[0]),
        record(2, "=cmd|'/C calc'!A0 \ud800 dit-on ici", "@SUM(1)\ud800\x00 they say here"),
    ]
    build_corpus([write(tmp_path / "in", {"a": records})], tmp_path / "out", dev=0, test=0)
    (row,) = rows(tmp_path / "out" / "rejected.tsv")
    assert row["source"].startswith("'=")
    assert row["target"].startswith("'@")
    everything = set(REASONS)
    built = build_corpus([tmp_path / "in"], tmp_path / "all", dev=0, test=0, without=everything)
    assert built.kept["train"] == 2
    assert len(list(read_pairs(tmp_path / "all" / "train.tmx"))) == 2


def test_equal_inputs_give_equal_bytes(tmp_path):
    folder = write(tmp_path / "in", clean())
    for name in ("one", "two"):
        build_corpus([folder], tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "train.tmx" in files
    for name in set(files) - {"manifest.json"}:  # which has the time it took
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nothing_is_left_of_an_earlier_build_but_what_is_not_ours(tmp_path):
    folder, out = write(tmp_path / "in", clean()), tmp_path / "out"
    build_corpus([folder], out, formats=["moses", "tmx"])
    (out / "dev.tsv").write_text("mine", encoding="utf-8")
    built = build_corpus([folder], out, formats=["moses"], dev=0)
    there = {path.name for path in out.iterdir()}
    assert there == {*built.files, "dev.tsv"}
    assert "dev.fr" not in there


def test_a_bad_input_leaves_the_earlier_corpus(tmp_path):
    folder, out = write(tmp_path / "in", clean()), tmp_path / "out"
    build_corpus([folder], out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (tmp_path / "bad.tmx").write_text("<tmx version='1.4'><body><tu>", encoding="utf-8")
    with pytest.raises(FileError, match=r"bad\.tmx"):
        build_corpus([folder, tmp_path / "bad.tmx"], out)
    with pytest.raises(FileError, match="does not exist"):
        build_corpus([folder, tmp_path / "none.tsv"], out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_wrong_use(tmp_path, monkeypatch):
    folder = write(tmp_path / "in", clean())
    for options, message in (
        ({"without": ["luck"]}, "luck.*choose among rejected"),
        ({"formats": ["docx"]}, "docx.*choose among moses"),
        ({"formats": []}, "no format"),
        ({"dev": 200, "test": 0.5}, "leave some to train on"),
    ):
        with pytest.raises(AlignerError, match=message):
            build_corpus([folder], tmp_path / "out", **options)
    for text in ("100%", "1.5", "-3", "some", ""):
        with pytest.raises(AlignerError, match="is no part of a corpus"):
            parse_amount(text)
    monkeypatch.setattr("aligner.corpus.writers.find_spec", lambda name: None)
    with pytest.raises(AlignerError, match=r"pip install 'aligner\[parquet\]'"):
        build_corpus([folder], tmp_path / "out", formats=["parquet"])
    assert "train.parquet" not in build_corpus([folder], tmp_path / "out").files


def test_either_of_two_moses_files_stands_for_both(tmp_path):
    for side, suffix in enumerate((".fr", ".en")):
        text = "".join(f"{pair[side]}\n" for pair in CLEAN[:50])
        (tmp_path / f"news{suffix}").write_text(text, encoding="utf-8")
    lines = []
    built = build_corpus(sorted(tmp_path.glob("news.*")), tmp_path / "out", dev=0, test=0, on_lines=lines.append)
    assert (built.pairs, built.rejected, sum(lines)) == (50, 0, 50)
    assert rows(tmp_path / "out" / "train.tsv")[4]["id"] == "5"


def test_names_of_filters_are_those_of_the_help():
    from aligner.cli.corpus import build  # noqa: PLC0415

    text = " ".join((build.__doc__ or "").split())
    assert ", ".join(REASONS) in text
    assert list(REASONS)[: len(FILTERS)] == list(FILTERS)
