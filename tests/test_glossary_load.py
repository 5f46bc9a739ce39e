"""Reading glossaries: what is taken, and what is said of what is not."""

from pathlib import Path

import pytest

from aligner.errors import GlossaryError
from aligner.glossary import default_path, load_terms, read_terms
from aligner.model import Severity, Term


@pytest.fixture
def write(tmp_path: Path):
    """Put a content into a glossary file."""

    def call(content: str | bytes, name: str = "g.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return call


OTAN = [("OTAN", "NATO")]


@pytest.mark.parametrize(
    ("content", "entries"),
    [
        ("source,target\nOTAN,NATO\n", OTAN),
        ("source;target\nOTAN;NATO\n", OTAN),
        ("source\ttarget\tnote\nOTAN\tNATO\tx\n", OTAN),
        ("OTAN\tNATO\nUE\tEU\n", [("OTAN", "NATO"), ("UE", "EU")]),
        (
            "femmes, paix et sécurité\tWomen, Peace and Security\n",
            [("femmes, paix et sécurité", "Women, Peace and Security")],
        ),
        ('source,target\n"a, b",c\n\n', [("a, b", "c")]),
        ("\ufeffsource,target\nOTAN,NATO\n", OTAN),
        ("source,target\rOTAN,NATO\r", OTAN),
        ("sep=;\r\nsource;target\r\nOTAN;NATO\r\n", OTAN),
        ("source,target,,\nOTAN,NATO,,\n,,,\n", OTAN),
        ("source,target,note\nOTAN,NATO\n", OTAN),
        # headers as they are met
        ("terme;traduction\nOTAN;NATO\n", OTAN),
        ("Terme;Équivalent;Domaine\nOTAN;NATO;x\n", OTAN),
        ("fr,en\nOTAN,NATO\n", OTAN),
        ("English,French\nNATO,OTAN\n", OTAN),
        ("fr-FR,en-GB\nOTAN,NATO\n", OTAN),
        ("Source term,Target term\nOTAN,NATO\n", OTAN),
        ("Source (fr)\tTarget (en)\nOTAN\tNATO\n", OTAN),
        ("French,English (United Kingdom)\nOTAN,NATO\n", OTAN),
        ("Terme FR;Terme EN\nOTAN;NATO\n", OTAN),
        ("français (Canada);anglais (R.-U.)\nOTAN;NATO\n", OTAN),
        ("Terme en français;Traduction en anglais\nOTAN;NATO\n", OTAN),
        ("Target (fr);Source (en)\nOTAN;NATO\n", OTAN),
        ("Langue source;Langue cible\nOTAN;NATO\n", OTAN),
        ("source_lang,target_lang,source,target\nfr,en,OTAN,NATO\n", OTAN),
        ("Terme;Traduction;Sources\nOTAN;NATO;otan.nato.int\n", OTAN),
        ("Mot,Équivalent\nOTAN,NATO\n", OTAN),
        ("Label,Fr,En\nx,OTAN,NATO\n", OTAN),
        # below a title
        ("Glossaire OTAN\n\nterme;traduction\nOTAN;NATO\n", OTAN),
        ("Glossaire;v3;;\nde;JP;;\nterme;traduction;domaine;note\nOTAN;NATO;;\n", OTAN),
        # entries that stand above what could be a header, or look like one
        ("chef\thead\nfrançais\tEnglish\n", [("chef", "head"), ("français", "English")]),
        ("expression française\tFrench expression\n", [("expression française", "French expression")]),
        ("terme anglais;English term\nOTAN;NATO\n", [("terme anglais", "English term"), *OTAN]),
        # entries that could be taken for one
        ("français\tFrench\n", [("français", "French")]),
        ("cible\ttarget\n", [("cible", "target")]),
        ("terme\tterm\n", [("terme", "term")]),
    ],
)
def test_loading(write, content: str, entries: list[tuple[str, str]]):
    assert [(term.source, term.target) for term in load_terms(write(content))] == entries


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_of_a_spreadsheet_is_read(write, encoding: str):
    path = write("source;target\nmise en œuvre;implementation\n".encode(encoding))
    assert load_terms(path)[0].source == "mise en œuvre"


def test_every_column_is_read(write):
    path = write(
        "source,target,source_variants,target_variants,case_sensitive,pos,forbidden,domain,note,do_not_translate\n"
        "a,b,c|d,e| f,TRUE,noun,g,h,i,\n"
        "k,,,,,,,,,vrai\n"
    )
    assert load_terms(path) == (
        Term("a", "b", ("c", "d"), ("e", "f"), True, "noun", ("g",), "h", "i", "g.csv:2"),
        Term("k", "k", origin="g.csv:3", do_not_translate=True),
    )


def test_forms_of_a_list_may_each_have_a_line(write):
    path = write('source,target,synonyme,target_variants,forbidden\n"a\nz",b,"c\nd\r\n e",f,"g\nh|i\n"\n')
    (term,) = load_terms(path)
    assert (term.source, term.source_variants) == ("a\nz", ("c", "d", "e"))
    assert (term.target_variants, term.forbidden) == (("f",), ("g", "h", "i"))


def test_who_loads_a_glossary_is_told_what_is_not_read(write):
    told: list[str] = []
    path = write("terme;traduction;Statut;Réf\n OTAN;NATO;refusé;1\n")
    assert len(load_terms(path, told.append)) == 1
    assert told == [f"{path}:1: the column 'Statut' is not read: what it rejects is used too; delete those rows"]


def test_columns_in_french(write):
    names = (
        "terme;traduction;synonymes;variantes anglaises;respecter la casse;catégorie grammaticale;interdits;catégorie;"
        "définition;à ne pas traduire"
    )
    path = write(f"{names}\na;b;c|d;e|f;✓;noun;g;h;i;\nk;;;;;;;;;X\nl;m;;;non;;;;;☐\n")
    assert load_terms(path) == (
        Term("a", "b", ("c", "d"), ("e", "f"), True, "noun", ("g",), "h", "i", "g.csv:2"),
        Term("k", "k", origin="g.csv:3", do_not_translate=True),
        Term("l", "m", origin="g.csv:4"),
    )


def test_a_name_that_may_mean_several_columns_is_what_no_other_is(write):
    (term,) = load_terms(write("terme;cible;catégorie;domaine;définition;remarque\na;b;noun;c;d;e\n"))
    assert (term.pos, term.domain, term.note) == ("noun", "c", "e")


@pytest.mark.parametrize("first", ["Langue A;Langue B", "Column1;Column2", "Nom;Définition", "Texte;Word"])
def test_a_first_row_that_only_looks_like_a_header_is_reported(write, first: str):
    terms, findings = read_terms(write(f"{first}\nOTAN;NATO\n"))
    assert [f"{term.source};{term.target}" for term in terms] == [first, "OTAN;NATO"]
    assert [(finding.line, finding.rule) for finding in findings] == [(1, "maybe-header")]


def test_rows_of_a_title_are_named(write):
    terms, findings = read_terms(write("Glossaire\n\nfr,en\nOTAN,NATO\n"))
    assert terms[0].origin == "g.csv:4"
    assert [(finding.line, finding.message) for finding in findings] == [(3, "1 row above the header not read")]


def test_a_status_that_is_not_read_is_a_warning(write):
    _, findings = read_terms(write("terme;traduction;Statut\nOTAN;NATO;refusé\n"))
    assert [(finding.severity, finding.message) for finding in findings] == [
        (Severity.WARNING, "the column 'Statut' is not read: what it rejects is used too")
    ]


def test_the_columns_own_name_wins_over_another_for_the_same(write):
    terms, findings = read_terms(write("fr,en,comment,note\na,b,c,d\n"))
    assert terms[0].note == "d"
    assert [finding.message for finding in findings] == ["the column 'comment' is not read, as another is the note"]


def test_columns_that_are_not_ours_are_no_obstacle_but_are_named(write):
    terms, findings = read_terms(write("ID,source,target,Status,Domain ID\n7,OTAN,NATO,ok,3\n"))
    assert [(term.source, term.target, term.domain) for term in terms] == [("OTAN", "NATO", "")]
    assert [(finding.origin, finding.rule) for finding in findings] == [("g.csv:1", "unknown-column")] * 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source,target\nOTAN,NATO\nFIAS,\n", r"g\.csv:3: has no target; fill the cell or delete the row$"),
        ("source,target\n,NATO\n", r"g\.csv:2: has no source"),
        ("source,target\na,b,c\n", r"g\.csv:2: has 3 cells for 2 columns; quote the cell that holds a separator"),
        ("source,target\na,\n,b\nc,d,e\n", r"g\.csv:2: has no target; .* \(2 more: see aligner glossary lint\)$"),
        ("source,target,target\na,b,c\n", r"g\.csv:1: has two columns for the target, 'target' and 'target'; delete"),
        ("Terme;Anglais;Source\na;b;c\n", r"g\.csv:1: has two columns for the source, 'Terme' and 'Source'; delete or"),
        ("source,target,note,Note\na,b,c,d\n", r"has two columns for the note"),
        (",".join(map(str, range(201))), r"g\.csv:1: has more than 200 columns"),
        ("source,targt\na,b\n", r"g\.csv:1: has a column 'targt' and no 'target'; name it 'target'"),
        ("soruce;target\na;b\n", r"g\.csv:1: has a column 'soruce' and no 'source'"),
        (
            "source,target,target_varaints\na,b,c\n",
            r"g\.csv:1: has a column 'target_varaints', which is not read; call",
        ),
        ("source,target,forbiden\na,b,c\n", r"call it 'forbidden', or something else"),
        ("a,b,c\n", r"g\.csv:1: has no header; begin it with source,target"),
        ("un seul\n", r"g\.csv:1: has one column, where sources and targets need two; part them with a tab"),
        ("Terme;Domaine;Définition\na;b;c\n", r"g\.csv:1: has no column for the target; call it target, en or trad"),
        ("Glossaire\n\nid,en,note\n1,b,c\n", r"g\.csv:3: has no column for the source; call it source, fr or terme"),
        ("Glossaire\nTerme,Traducton,Note\na,b,c\n", r"g\.csv:2: has a column 'Traducton' and no 'target'"),
        ("source,target,case_sensitive\na,b,perhaps\n", r"g\.csv:2: case_sensitive is 'perhaps'; write true or false"),
        ("source,target,do_not_translate\na,b,true\n", r"g\.csv:2: 'a' is not to be translated, yet has a target"),
        ('source,target\n"a,b\n', r'g\.csv:2: has a " that does not pair; close it, or write "" for one within'),
        ('source,target\n"a"b,c\n', r'g\.csv:2: has a " that does not pair'),
        (f'source,target\n"a\n{"b" * 200_000}', r'g\.csv:2: has a cell that is too long, or a " that does not pair'),
        ("", r"g\.csv: is empty"),
        ('\ufeff{"OTAN": "NATO"}', r"g\.csv: is JSON; write it as CSV, with the columns source,target"),
        ('[\n  {"OTAN": "NATO"}]', r"g\.csv: is JSON"),
        ("\n<?xml version='1.0'?><tbx/>", r"g\.csv: is XML; call it \.tbx if it is a termbase"),
        ("PK\x03\x04", r"g\.csv: is a zip archive, as Excel workbooks are; call it \.xlsx if it is one, else save"),
        (b"\xd0\xcf\x11\xe0", r"g\.csv: is an old Office file; save it as \.xlsx or as CSV"),
    ],
)
def test_what_cannot_be_read_is_named_with_line_and_remedy(write, content: str | bytes, message: str):
    with pytest.raises(GlossaryError, match=message):
        load_terms(write(content))


def test_a_line_is_counted_across_quoted_line_breaks(write):
    with pytest.raises(GlossaryError, match=r"g\.csv:4: has no target"):
        load_terms(write('source,target,note\na,b,"x\ny"\nc,\n'))


def test_reading_goes_on_after_a_bad_row(write):
    terms, findings = read_terms(write('source,target\na,\nb,B\n,c\nd,D\n"e,E\n'))
    assert [term.source for term in terms] == ["b", "d"]
    assert [finding.line for finding in findings] == [2, 4, 6]
    assert {finding.rule for finding in findings} == {"bad-row"}


def test_a_glossary_of_a_header_alone_is_said_to_be_empty(write):
    terms, findings = read_terms(write("source,target,id\n"))
    assert terms == ()
    assert [finding.rule for finding in findings] == ["unknown-column", "no-entries"]


def test_outer_blanks_are_trimmed_and_reported(write):
    terms, findings = read_terms(write("source,target,ref\n OTAN,NATO\xa0, x \n"))
    assert (terms[0].source, terms[0].target) == ("OTAN", "NATO")
    assert [finding.message for finding in findings if finding.rule == "blank"] == [
        "source and target with outer blanks"
    ]


def test_the_bundled_glossary_is_read_without_a_finding():
    terms, findings = read_terms(default_path())
    assert len(terms) >= 200
    assert findings == ()


@pytest.mark.parametrize("name", ["none.csv", "none.tbx", "none.xlsx"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str):
    with pytest.raises(GlossaryError, match=rf"{name}: .*; check the path"):
        load_terms(tmp_path / name)


def test_a_list_may_have_several_columns(write):
    header = "Terme FR;Terme EN;Synonyme 1;Synonyme 2;Synonyme EN 1;Interdit 2;Terme 3\n"
    (term,), findings = read_terms(write(f"{header}FIAS;ISAF;force | la force;;the Force;SFOR;x\n"))
    assert term.source_variants == ("force", "la force")
    assert (term.target_variants, term.forbidden) == (("the Force",), ("SFOR",))
    assert [finding.message for finding in findings] == ["the column 'Terme 3' is not read"]
