"""Reading: discovery and names, encodings, blocks."""

import codecs
import io
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.errors import AlignerError, FileError
from aligner.model import BlockKind
from aligner.readers import discover, document_from_text, read_document, read_lines
from aligner.readers.blocks import find_blocks

TEXT = "L’été à Évère : « œuvre » – 33 €\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("cp1252"), "cp1252"),
        ("Le général a été reçu à Évère, où siège l'état-major.\n".encode("latin-1"), "latin-1"),
        ("     p.\xa0ex. en facilitant les achats en commun.".encode("cp1252"), "latin-1"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str):
    path = tmp_path / "note.txt"
    path.write_bytes(data)
    document = read_document(path)
    assert document.encoding == encoding
    assert document.text == data.decode(encoding)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"%PDF-1.7\n...", "is a PDF file"),
        (b"PK\x03\x04...", "is a zip archive"),
        (b"abc\0\0def", "is binary"),
        (bytes(range(256)) * 8, "is binary"),
        (codecs.BOM_UTF8 + b"bon\n\xff\xff", "is damaged utf-8-sig"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, data: bytes, problem: str):
    path = tmp_path / "note.txt"
    path.write_bytes(data)
    with pytest.raises(FileError, match=problem) as caught:
        read_document(path)
    assert str(caught.value).startswith(str(path))


def test_line_of_the_damage_is_named(tmp_path: Path):
    path = tmp_path / "note.txt"
    path.write_bytes(codecs.BOM_UTF8 + b"bon\n\xff\xff")
    with pytest.raises(FileError, match=r"note\.txt:2: "):
        read_document(path)


def test_other_endings_have_no_reader(tmp_path: Path):
    path = tmp_path / "note.docx"
    path.write_text("Bonjour.")
    with pytest.raises(FileError, match="no reader takes"):
        read_document(path)


def test_standard_input(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Été.".encode("cp1252"))))
    assert read_document("-", "stdin").text == "Été."


def test_lines_keep_blank_ones(tmp_path: Path):
    path = tmp_path / "a.en"
    path.write_bytes(b"one\r\n\r\nthree\r\n")
    assert read_lines(path) == ("one", "", "three")


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Bonjour.")


def test_discovery_takes_documents_and_leaves_the_rest(tmp_path: Path):
    _touch(tmp_path, "b.txt", "sub/a.txt", "README.md", "sub/README.txt", "references/b.en.txt", ".x.txt", "c.pdf")
    assert [found.name for found in discover([tmp_path])] == ["b", "sub/a"]


def test_two_inputs_never_share_an_output(tmp_path: Path):
    _touch(tmp_path, "x/a.txt", "x/a.md", "x/B.txt", "x/b.md", "y/a.txt", "x/manifest.json.txt")
    names = [found.name for found in discover([tmp_path / "x", tmp_path / "y"], reserved=["manifest.json"])]
    assert names == ["B.txt", "a.md", "x/a.txt", "b.md", "manifest.json.txt", "y/a.txt"]


def test_globs_and_shells_take_what_the_folder_gives(tmp_path: Path):
    _touch(tmp_path, "in/a.txt", "in/sub/b.txt", "in/README.md", "in/references/a.en.txt", "in/sub/references/b.en.txt")
    expected = ["a", "sub/b"]
    assert [found.name for found in discover([tmp_path / "in"])] == expected
    assert [found.name for found in discover([f"{tmp_path}/in/**/*.txt"])] == expected
    assert sorted(found.path.name for found in discover(sorted((tmp_path / "in").glob("*")))) == ["a.txt", "b.txt"]


def test_outputs_are_not_read_again(tmp_path: Path):
    _touch(tmp_path, "a.txt", "out/a/a.en.txt")
    assert [found.name for found in discover([tmp_path], tmp_path / "out")] == ["a"]


def test_accents_become_part_of_their_letters(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Le Conseil de se\u0301curite\u0301", encoding="utf-8")
    assert read_document(tmp_path / "a.txt", "a").text == "Le Conseil de sécurité"


def test_a_readme_alone_is_what_was_asked_for(tmp_path: Path):
    _touch(tmp_path, "README.md")
    assert [found.name for found in discover([tmp_path / "README.md"])] == ["README"]


def test_a_file_named_twice_is_taken_once(tmp_path: Path):
    _touch(tmp_path, "a.txt")
    assert [found.name for found in discover([tmp_path, tmp_path / "a.txt", f"{tmp_path}/*.txt"])] == ["a"]


@pytest.mark.parametrize("name", ["nothing.txt", "no*.txt"])
def test_missing_inputs_are_named(tmp_path: Path, name: str):
    with pytest.raises(AlignerError, match="does not exist"):
        discover([tmp_path / name])


def test_an_empty_folder_is_an_error(tmp_path: Path):
    with pytest.raises(AlignerError, match="nothing to translate"):
        discover([tmp_path])


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, text[block.start : block.end]) for block in find_blocks(text)]


BODY = "Le Conseil s’est réuni mardi à Bruxelles et a adopté le plan que les ministres avaient demandé."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  • Mis à jour le: 13 Oct. 2023 15:52", [("date-line", "Mis à jour le: 13 Oct. 2023 15:52")]),
        ("Mise à jour : 23-Mar-2005 11:49 OTAN Hebdo", [("date-line", "Mise à jour : 23-Mar-2005 11:49 OTAN Hebdo")]),
        ("9-15 mars 2005", [("date-line", "9-15 mars 2005")]),
        ("Bruxelles, le 4 avril 2019", [("date-line", "Bruxelles, le 4 avril 2019")]),
        (f"Un titre\n\n{BODY}", [("heading", "Un titre"), ("paragraph", BODY)]),
        ("Que fait le Conseil\xa0?", [("heading", "Que fait le Conseil\xa0?")]),
        ("« Que fait-il ? »", [("paragraph", "« Que fait-il ? »")]),
        ("2. Objectifs", [("heading", "Objectifs")]),
        ("# Titre", [("heading", "Titre")]),
        (f"{BODY}\n• Un ;\n- deux.", [("paragraph", BODY), ("bullet", "Un ;"), ("bullet", "deux.")]),
        (f"1. {BODY}\n2) {BODY}", [("numbered", BODY), ("numbered", BODY)]),
        (f"a) {BODY}", [("numbered", BODY)]),
        (f"1) {BODY}", [("numbered", BODY)]),
        ("Le pays¹ vote.\n\n  1. Sous réserve.", [("paragraph", "Le pays¹ vote."), ("footnote", "Sous réserve.")]),
        ("¹ Sous réserve.", [("footnote", "Sous réserve.")]),
        ("Map of the region", [("caption", "Map of the region")]),
        ("Anne Durand avec le ministre", [("caption", "Anne Durand avec le ministre")]),
        ("Header", [("navigation", "Header")]),
        (
            "Nouvelles\n15/09/2004 - NATO\nVisite du Conseil\nJean Petit avec le chef",
            [
                ("navigation", "Nouvelles"),
                ("date-line", "15/09/2004 - NATO"),
                ("navigation", "Visite du Conseil"),
                ("caption", "Jean Petit avec le chef"),
            ],
        ),
        (
            "Secrétariat\nMaison du Conseil\nrue Haute\nCourriel : a.b@hq.nato.int\nhttps://a.int/b\nUn bâtiment",
            [
                ("address", line)
                for line in (
                    "Secrétariat",
                    "Maison du Conseil",
                    "rue Haute",
                    "Courriel : a.b@hq.nato.int",
                    "https://a.int/b",
                    "Un bâtiment",
                )
            ],
        ),
        (
            "12 rue Haute\nB-1110 Bruxelles\nTél. : +32 2 707",
            [("address", "12 rue Haute"), ("address", "B-1110 Bruxelles"), ("address", "Tél. : +32 2 707")],
        ),
        ("*", [("heading", "*")]),
        ("**Objectif** : la paix.", [("paragraph", "**Objectif** : la paix.")]),
        (
            "Publié le 12 mai 2005, ce rapport examine la situation.",
            [("paragraph", "Publié le 12 mai 2005, ce rapport examine la situation.")],
        ),
        ("Site : un lieu de mémoire.", [("paragraph", "Site : un lieu de mémoire.")]),
        (
            "Un paragraphe qui va à la ligne\net qui continue.",
            [("paragraph", "Un paragraphe qui va à la ligne\net qui continue.")],
        ),
    ],
)
def test_blocks(text: str, expected: list[tuple[str, str]]):
    assert _kinds(text) == expected


WRAPPED = """Les chefs d’État et de gouvernement ont décidé de renforcer la présence
de l’Alliance dans la région et de revoir le plan avant la fin du mois de
mai, comme les ministres l’avaient demandé.
  - la première mesure, que le Comité a préparée avec soin pendant l’hiver
    « entier » ;
  - la seconde.
"""


def test_hard_wrapped_lines_are_one_block():
    kinds = _kinds(WRAPPED)
    assert [kind for kind, _ in kinds] == ["paragraph", "bullet", "bullet"]
    assert kinds[0][1].count("\n") == 2
    assert kinds[1][1].endswith("« entier » ;")


def test_lines_that_nobody_wrapped_stay_apart():
    text = f"{WRAPPED}\nDans le Caucase, trois pays,\nEn Asie centrale, cinq pays."
    assert [kind for kind, _ in _kinds(text)][-2:] == ["paragraph", "paragraph"]


@given(st.text(alphabet=st.sampled_from("aÉ1.•-–*#>()¹ \t\xa0\n\r\x0c?«»:")))
def test_blocks_hold_every_sign_in_order(raw: str):
    document = document_from_text(raw, "any")
    text, blocks = document.text, document.blocks
    position = 0
    for block in blocks:
        assert position <= block.start < block.end
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        assert not _signs(text[position : block.start])
        position = block.end
    assert not _signs(text[position:])
    assert _signs(text) == _signs(raw)
    assert all(isinstance(block.kind, BlockKind) for block in blocks)


def _signs(text: str) -> str:
    """What a text says, but for the letters of its items."""
    return re.sub(r"[^aÉ?«»:]", "", re.sub(r"(?<!\w)a[.)]", "", text))
