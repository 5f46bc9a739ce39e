"""`aligner check`: what is read, what is printed, and the exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from aligner import cli
from aligner.checks import DESCRIPTIONS, Profile
from aligner.checks.sarif import SCHEMA
from aligner.formats import jsonl, moses, tmx, xliff, xlsx
from aligner.glossary import Glossary
from aligner.model import (
    Bitext,
    Block,
    BlockKind,
    Document,
    Ignored,
    Issue,
    Pair,
    ReviewStatus,
    Segment,
    Severity,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)
from aligner.outputs import write_profile
from aligner.recheck import recheck
from aligner.workbook import read_rows, write_rows

FORCE = Term("force", "Force")
#: (source, target): an error, a warning, nothing.
PAIRS = (("En 2004, elle part.", "It leaves in 2005."), ("Elle part.", "It it leaves."), ("Oui.", "Yes."))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Run the command in a folder of its own: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aligner", "check", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        code = stopped.value.code
        return (code if isinstance(code, int) else 0), said.out, said.err

    return call


def make(pairs: tuple[tuple[str, str], ...] = PAIRS, name: str = "note") -> Bitext:
    found, start = [], 0
    for number, (source, target) in enumerate(pairs, 1):
        end = start + len(source)
        segment = Segment(f"s{number}", source, start, end, Block(BlockKind.PARAGRAPH, start, end))
        found.append(Pair(segment, target, target, -0.3))
        start = end + 1
    text = "".join(f"{source}\n" for source, _ in pairs)
    return Bitext(Document(name, text, tuple(pair.source.block for pair in found)), tuple(found))


def write(bitext: Bitext, folder: Path, *, english: bool = True) -> Path:
    """Write a document's outputs below `folder`, as a run does; returns its JSON Lines."""
    path = folder / bitext.document.name / f"{bitext.document.name}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(jsonl.write(bitext)[".jsonl"])
    if english:
        path.with_suffix(".en").write_bytes(moses.write(bitext)[".en"])
    return path


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 1), (("--fail-on", "error"), 1), (("--fail-on", "warning"), 1), (("--fail-on", "never"), 0)],
)
def test_exit_code_with_an_error(run, tmp_path: Path, options: tuple[str, ...], code: int):
    write(make(), tmp_path / "outputs")
    assert run("outputs", *options)[0] == code


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-on", "warning"), 1)])
def test_exit_code_with_a_warning(run, tmp_path: Path, options: tuple[str, ...], code: int):
    write(make(PAIRS[1:]), tmp_path / "outputs")
    assert run("outputs", *options)[0] == code


def test_table(run, tmp_path: Path):
    write(make(), tmp_path / "outputs")
    write(make(PAIRS[1:], name="[b]rest"), tmp_path / "outputs")
    _, out, err = run("outputs")
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "[b]rest",
        "Segment Severity Check What",
        "s1 warning doubled-word “It it”",
        "",
        "note",
        "Segment Severity Check What",
        "s1 error numbers “2004” has become “2005”",
        "s2 warning doubled-word “It it”",
        "",
        "2 documents, 5 segments: 1 error, 2 warning",
    ]
    assert err == ""


def test_nothing_found(run, tmp_path: Path):
    write(make(PAIRS[2:]), tmp_path / "outputs")
    code, out, _ = run("outputs")
    assert (code, out) == (0, "1 documents, 1 segments: nothing found\n")


def test_json(run, tmp_path: Path):
    write(make(), tmp_path / "outputs")
    _, out, _ = run("outputs", "--format", "json")
    report = json.loads(out)
    assert (report["segments"], report["counts"]) == (3, {"error": 1, "warning": 1, "info": 0, "ignored": 0})
    assert report["findings"][0] == {
        "document": "note",
        "segment": "s1",
        "file": "outputs/note/note.en",
        "line": 1,
        "check": "numbers",
        "severity": "error",
        "message": "“2004” has become “2005”",
        "source": "En 2004, elle part.",
        "target": "It leaves in 2005.",
        "ignored": None,
    }


def assert_is_sarif(report: dict) -> None:  # type: ignore[type-arg]
    """What SARIF 2.1.0 requires of what we write, by section of the standard; code scanners ask for the region too."""
    assert set(report) == {"$schema", "version", "runs"}  # 3.13
    assert (report["$schema"], report["version"]) == (SCHEMA, "2.1.0")
    for one in report["runs"]:
        driver = one["tool"]["driver"]  # 3.14.6, 3.18.2
        assert driver["name"]  # 3.19.8
        rules = [rule["id"] for rule in driver["rules"]]
        assert len(rules) == len(set(rules))  # 3.19.23
        for rule in driver["rules"]:  # 3.49
            assert rule["shortDescription"]["text"].endswith(".")
            assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        for result in one["results"]:  # 3.27
            assert result["message"]["text"]
            assert result["level"] in {"none", "note", "warning", "error"}
            assert rules[result["ruleIndex"]] == result["ruleId"]
            for suppression in result.get("suppressions", []):
                assert suppression["kind"] in {"inSource", "external"}  # 3.35.2
            for location in result["locations"]:
                physical = location["physicalLocation"]
                assert physical["region"]["startLine"] >= 1  # 3.30.5
                uri = physical["artifactLocation"]["uri"]
                assert not uri.startswith("/")  # 3.4.3: a relative reference or with a scheme
                assert " " not in uri


def test_sarif(run, tmp_path: Path):
    write(make(name="une note 100 %"), tmp_path / "outputs")
    code, out, _ = run("outputs", "--format", "sarif")
    report = json.loads(out)
    assert_is_sarif(report)
    [whole] = report["runs"]
    assert {rule["id"] for rule in whole["tool"]["driver"]["rules"]} == set(DESCRIPTIONS)
    assert [
        (
            result["ruleId"],
            result["level"],
            result["message"]["text"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in whole["results"]
    ] == [
        (
            "numbers",
            "error",
            "s1: “2004” has become “2005”",
            "outputs/une%20note%20100%20%25/une%20note%20100%20%25.en",
            1,
        ),
        ("doubled-word", "warning", "s2: “It it”", "outputs/une%20note%20100%20%25/une%20note%20100%20%25.en", 2),
    ]
    assert code == 1


def test_sarif_of_files_elsewhere_has_file_uris(run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(make(), elsewhere)
    report = json.loads(run(elsewhere, "--format", "sarif")[1])
    assert_is_sarif(report)
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in report["runs"][0]["results"]
    }
    assert uris == {(elsewhere / "note" / "note.en").as_uri()}


def test_an_alert_keeps_its_fingerprint_when_lines_are_put_above_it(run, tmp_path: Path):
    def fingerprints(folder: str) -> set[str]:
        report = json.loads(run(folder, "--format", "sarif")[1])
        return {result["partialFingerprints"]["primaryLocationLineHash"] for result in report["runs"][0]["results"]}

    write(make(), tmp_path / "before")
    write(make((("Non.", "No."), *PAIRS)), tmp_path / "after")
    assert len(fingerprints("before")) == 2
    assert fingerprints("before") == fingerprints("after")


def test_without_a_line_for_every_pair_findings_point_to_the_json_lines(run, tmp_path: Path):
    path = write(make(), tmp_path / "outputs", english=False)
    [first, _] = json.loads(run(path, "--format", "json")[1])["findings"]
    assert (first["file"], first["line"]) == (path.as_posix(), 2)


def test_what_a_reviser_let_stand_does_not_count(run, tmp_path: Path):
    bitext = make(PAIRS[:1])
    ignored = Ignored("numbers", "“2004” has become “2005”", "the source is wrong")
    write(replace(bitext, pairs=(replace(bitext.pairs[0], ignored=(ignored,)),)), tmp_path / "outputs")
    code, out, _ = run("outputs")
    assert (code, out) == (0, "1 documents, 1 segments: 1 ignored\n")
    report = json.loads(run("outputs", "--format", "sarif")[1])
    assert_is_sarif(report)
    assert report["runs"][0]["results"][0]["suppressions"] == [
        {"kind": "external", "justification": "the source is wrong"}
    ]


def test_a_profile(run, tmp_path: Path):
    write(make(), tmp_path / "outputs")
    profile = tmp_path / "checks.toml"
    profile.write_text('[checks]\nnumbers = "off"\ndoubled-word = "error"\n', encoding="utf-8")
    code, out, _ = run("outputs", "--checks", profile, "--format", "sarif")
    report = json.loads(out)
    assert_is_sarif(report)
    assert code == 1
    assert [(result["ruleId"], result["level"]) for result in report["runs"][0]["results"]] == [
        ("doubled-word", "error")
    ]
    assert "numbers" not in {rule["id"] for rule in report["runs"][0]["tool"]["driver"]["rules"]}


def test_other_bilingual_files(run, tmp_path: Path):
    bitext = make((("La force part en 2004.", "The group leaves in 2005."), *PAIRS[2:]))
    path = tmp_path / "memory.tmx"
    path.write_bytes(tmx.write(bitext)[".tmx"])
    glossary = tmp_path / "mine.csv"
    glossary.write_text("source,target\nforce,Force\n", encoding="utf-8")
    code, out, _ = run("memory.tmx", "--glossary", glossary, "--format", "json")
    report = json.loads(out)
    assert code == 1
    assert [(found["segment"], found["check"]) for found in report["findings"]] == [
        ("s1", "term-failed"),
        ("s1", "numbers"),
    ]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "<tu" in lines[report["findings"][0]["line"] - 1]
    assert [found["check"] for found in json.loads(run(path, "--no-glossary", "--format", "json")[1])["findings"]] == [
        "numbers"
    ]


TWO_DOCUMENTS = (
    make((("Oui.", "Yes."), ("Elle part.", "It it leaves.")), name="a"),
    make((("Oui.", "Indeed."),), name="b/c"),
)


@pytest.mark.parametrize("name", ["tmx", "xliff", "tsv", "xlsx", "json"])
def test_a_file_of_several_documents_is_checked_by_document(run, tmp_path: Path, name: str):
    path = tmp_path / f"corpus.{name}"
    rows = [(one.document.name, pair) for one in TWO_DOCUMENTS for pair in one.pairs]
    if name == "tmx":
        path.write_bytes(tmx.head() + b"".join(map(tmx.units, TWO_DOCUMENTS)) + tmx.TAIL)
    elif name == "xliff":
        first, second = (xliff.write(one)[".xliff"].decode() for one in TWO_DOCUMENTS)
        path.write_text(first.replace("</xliff>", second[second.index("<file") :]), encoding="utf-8")
    elif name == "tsv":
        lines = [f"{document}\t{pair.source.id}\t{pair.source.text}\t{pair.target}\t" for document, pair in rows]
        path.write_text("\n".join(("document\tid\tsource\ttarget\tscore", *lines)), encoding="utf-8")
    elif name == "xlsx":
        sheets = [read_rows(xlsx.write(one)[".xlsx"], "x") for one in TWO_DOCUMENTS]
        path.write_bytes(write_rows([cells for _, cells in (*sheets[0], *sheets[1][1:])], title="review"))
    else:
        path.write_text(_export(rows), encoding="utf-8")
    report = json.loads(run(path, "--format", "json")[1])
    assert report["segments"] == 3
    [found] = report["findings"]
    assert (found["document"], found["segment"], found["check"]) == ("a", "s2", "doubled-word")
    if name in {"json", "tsv"}:
        assert "It it leaves." in path.read_text(encoding="utf-8").splitlines()[found["line"] - 1]


def _export(rows: list[tuple[str, Pair]]) -> str:
    edits = [
        {"document": name, "segment_id": pair.source.id, "source": pair.source.text, "target": pair.target}
        | {"status": "reviewed"}
        for name, pair in rows
    ]
    lines = ",\n".join(json.dumps(edit) for edit in edits)
    return f'{{"format": "aligner-edits", "version": 1, "edits": [\n{lines}]}}'


def test_an_acronym_means_what_the_document_says(tmp_path: Path):
    glossary = Glossary(
        [Term("PPP", "PPP"), Term("PPP", "PfP"), Term("Partenariat pour la paix", "Partnership for Peace")]
    )
    told = make((("Le Partenariat pour la paix (PPP).", "The Partnership for Peace (PfP)."), ("Le PPP.", "The PfP.")))
    path = tmp_path / "told.tmx"
    path.write_bytes(tmx.write(told)[".tmx"])
    [checked] = recheck([path], glossary)
    assert list(checked.findings()) == []
    path.write_bytes(tmx.write(make((("Le PPP.", "The PfP."),)))[".tmx"])
    [checked] = recheck([path], glossary)
    assert [one.issue.check for one in checked.findings()] == ["term-failed", "term-ambiguous"]


def test_what_the_alignment_found_stays(run, tmp_path: Path):
    issues = [
        (Issue("alignment", Severity.WARNING, "the link is uncertain"),),
        (Issue("alignment", Severity.INFO, "several segments on both sides"),),
    ]
    pairs = zip(make((("Oui.", "Yes."), ("Non.", "No."))).pairs, issues, strict=True)
    bitext = make((("Oui.", "Yes."), ("Non.", "No.")))
    write(replace(bitext, pairs=tuple(replace(pair, issues=told) for pair, told in pairs)), tmp_path / "outputs")

    def severities(profile: str) -> list[str]:
        (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
        report = json.loads(run("outputs", "--checks", "p.toml", "--format", "json")[1])
        assert {found["check"] for found in report["findings"]} <= {"alignment"}
        return [found["severity"] for found in report["findings"]]

    assert severities("") == ["warning", "info"]
    assert severities('[checks]\nalignment = "error"') == ["error", "error"]
    assert severities('[checks]\nalignment = "off"') == []


def test_what_of_a_glossary_is_not_read_as_it_may_be_meant_is_told(run, tmp_path: Path):
    (tmp_path / "g.csv").write_text("source,target,statut\nforce,Force,rejeté\n", encoding="utf-8")
    note = write(make(), tmp_path / "outputs")
    code, _, err = run(note, "--glossary", "g.csv", "--fail-on", "never")
    assert code == 0
    assert err.startswith("g.csv:1: the column 'statut' is not read")


def test_the_list_of_checks_is_the_default_profile(run, tmp_path: Path):
    code, out, _ = run("--list")
    assert code == 0
    (tmp_path / "all.toml").write_text(out, encoding="utf-8")
    assert Profile.load(tmp_path / "all.toml") == Profile()
    assert {line.split(" ")[0] for line in out.splitlines()} > {*DESCRIPTIONS, "low-confidence", "length-ratio"}


def test_the_profile_of_a_run_is_the_default_for_its_outputs(run, tmp_path: Path):
    write(make(), tmp_path / "outputs")
    profile = tmp_path / "mine.toml"
    profile.write_text('[checks]\nnumbers = "off"\ndoubled-word = "info"\n', encoding="utf-8")
    write_profile(tmp_path / "outputs", Profile.load(profile))
    assert [line.split()[:3] for line in run("outputs")[1].splitlines()[2:3]] == [["s2", "info", "doubled-word"]]
    profile.write_text('[checks]\nnumbers = "warning"\n', encoding="utf-8")
    assert run("outputs", "--checks", profile)[1].splitlines()[-1].endswith("2 warning")
    write_profile(tmp_path / "outputs", Profile())
    assert run("outputs")[1].splitlines()[-1].endswith("1 error, 1 warning")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", ""),
        ("a.tsv", "source\ttarget\n"),
        ("a.tmx", '<tmx version="1.4"><body/></tmx>'),
        ("a.en", ""),
        ("a.jsonl", ""),
        ("a.json", '{"format": "aligner-edits", "version": 1, "edits": []}'),
    ],
)
def test_a_file_with_nothing_to_check_is_wrong(run, tmp_path: Path, name: str, content: str):
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "a.fr").write_text("", encoding="utf-8")
    code, out, err = run(name)
    assert (code, out) == (2, "")
    assert err.startswith(f"aligner: {name}: ")
    assert "has no pairs" in err or "has no edits" in err or "is empty" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "aligner: nope: does not exist; check the path"),
        (["."], "has no .jsonl files; name a folder that aligner translate wrote"),
        ([], "aligner: Missing argument 'OUTPUTS...'; see aligner check --help"),
        (["{note}", "--format", "xml"], "aligner: Invalid value for '--format'"),
        (["{note}", "--checks", "none.toml"], "aligner: none.toml: does not exist; check the path"),
        (["{note}", "--glossary", "g.csv", "--no-glossary"], "exclude each other; leave one out"),
        (["{note}"], "note.docx: is no bilingual file"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(run, tmp_path: Path, arguments: list[str], message: str):
    note = tmp_path / "note.docx"
    note.write_text("", encoding="utf-8")
    code, out, err = run(*[str(note) if argument == "{note}" else argument for argument in arguments])
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def with_term(target: str, met: TermStatus, **more: object) -> Bitext:
    bitext = make((("La force part.", target),))
    start = target.find("Force") if met is not TermStatus.FAILED else -1
    outcome = TermOutcome(TermHit(FORCE, 3, 8), met, start, start + 5 if start >= 0 else -1)
    return replace(bitext, pairs=(replace(bitext.pairs[0], outcomes=(outcome,), **more),))  # type: ignore[arg-type]


def test_terms_are_looked_for_anew_in_a_target_that_was_edited(tmp_path: Path):
    bitext = with_term("The Force leaves.", TermStatus.INLINED)
    [kept] = recheck([write(bitext, tmp_path / "as-it-was")])
    assert kept.bitext.pairs == bitext.pairs
    edited = replace(bitext, pairs=(replace(bitext.pairs[0], target="The group leaves."),))
    [lost] = recheck([write(edited, tmp_path / "edited")])
    assert [issue.check for issue in lost.bitext.pairs[0].issues] == ["term-failed"]
    assert lost.bitext.pairs[0].outcomes[0].status is TermStatus.FAILED
    mended = replace(lost.bitext, pairs=bitext.pairs)
    [found] = recheck([write(mended, tmp_path / "mended")])
    assert list(found.findings()) == []


def test_a_glossary_replaces_the_terms_of_the_file(tmp_path: Path):
    path = write(with_term("The Force leaves.", TermStatus.KEPT), tmp_path)
    [checked] = recheck([path], Glossary([Term("force", "contingent")]))
    assert [issue.message for issue in checked.bitext.pairs[0].issues] == ["“force” is not translated as “contingent”"]


@pytest.mark.parametrize(
    ("status", "found"), [(ReviewStatus.DRAFT, ["cut"]), (ReviewStatus.TRANSLATED, []), (ReviewStatus.REVIEWED, [])]
)
def test_what_the_engine_said_of_its_own_draft(tmp_path: Path, status: ReviewStatus, found: list[str]):
    issues = (Issue("cut", Severity.ERROR, "it was cut"), Issue("numbers", Severity.ERROR, "an old finding"))
    path = write(with_term("The Force leaves.", TermStatus.KEPT, issues=issues, status=status), tmp_path)
    [checked] = recheck([path])
    assert [issue.check for issue in checked.bitext.pairs[0].issues] == found


def test_checks_over_the_whole_document(tmp_path: Path):
    path = write(make((("Oui.", "Yes."), ("Oui.", "Indeed."))), tmp_path)
    [checked] = recheck([path])
    assert [(finding.segment, finding.issue.check) for finding in checked.findings()] == [("s2", "inconsistent")]
