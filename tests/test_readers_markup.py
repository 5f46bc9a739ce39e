"""Documents as people have them: Markdown, e-mails, tables, contents, print-outs of PDF files."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.formats.text import rebuild
from aligner.model import Bitext, Document, Pair
from aligner.readers import document_from_text
from aligner.segment import segment


def _segments(text: str) -> list[str]:
    document = document_from_text(text, "page")
    segments = segment(document)
    assert all(document.text[one.start : one.end] == one.text for one in segments)
    return [one.line for one in segments]


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(one.block.kind.value, one.line) for one in segment(document_from_text(text, "page"))]


def _shouted(document: Document) -> str:
    """Rebuild a document whose translation says the same in capitals."""
    pairs = tuple(Pair(one, one.line.upper(), one.line.upper()) for one in segment(document))
    return rebuild(Bitext(document, pairs))


MARKDOWN = """\
---
title: Rapport annuel
tags: [budget, personnel]
---

# Le budget {#budget}

<!-- à relire
     avant mai -->

[![Carte du pays](carte.png)](https://example.org)

| Pays | Montant |
|:-----|--------:|
| `BE` | 1 234,5 |
| **Grèce** | selon \\| le taux |

Nom | Rôle
--- | ---
A. Roux | chef

```python
print("bonjour")
```

- [ ] un point
  1. [un lien](page.md "Titre")
- deux points,
  et la suite

> Il cite un long texte
> que deux lignes portent.
>
> > Il répond.

Un appel[^1].

[^1]: Une note.

[cadre]: https://example.org/cadre "Cadre"

Un titre
========

<p align="center"><b>Fin</b></p>
"""

MARKDOWN_SHOUTED = """\
---
title: Rapport annuel
tags: [budget, personnel]
---

# LE BUDGET {#budget}

<!-- à relire
     avant mai -->

[![CARTE DU PAYS](carte.png)](https://example.org)

| PAYS | MONTANT |
|:-----|--------:|
| `BE` | 1 234,5 |
| **GRÈCE** | SELON \\| LE TAUX |

NOM | RÔLE
--- | ---
A. ROUX | CHEF

```python
print("bonjour")
```

- [ ] UN POINT
  1. [UN LIEN](page.md "Titre")
- DEUX POINTS,
  ET LA SUITE

> IL CITE UN LONG TEXTE QUE DEUX LIGNES PORTENT.
>
> > IL RÉPOND.

UN APPEL[^1].

[^1]: UNE NOTE.

[cadre]: https://example.org/cadre "Cadre"

UN TITRE
========

<p align="center"><b>FIN</b></p>
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_markdown_keeps_its_marks(end: str):
    document = document_from_text(MARKDOWN.replace("\n", end), "page")
    assert _shouted(document) == MARKDOWN_SHOUTED.replace("\n", end)


PLAIN = """\
1.2 Objectifs du programme ............. 12
2. Moyens . . . . . . . . . . . . . . . . 15
Annexe A ………… xii

Pays         Effectif   Budget
Belgique        1 200     34,5
Grèce             980     22,1

Nom\tFonction
A. Roux\tadjoint

+-------+------+
| Pays  | Rang |
+-------+------+

Nom : ........................ Date : ____________________

§ 4 Il décide.
Article 12. Il vote.
1° Les agents ;
II. Les moyens
A.   Le cadre

*** ATTENTION ***
--
Organisation          Document 7
"""


def test_plain_text_keeps_its_layout():
    said = [
        "Objectifs du programme",
        "Moyens",
        "Annexe A",
        "Pays",
        "Effectif",
        "Budget",
        "Belgique",
        "1 200",
        "34,5",
        "Grèce",
        "980",
        "22,1",
        "Nom",
        "Fonction",
        "A. Roux",
        "adjoint",
        "Pays",
        "Rang",
        "Nom :",
        "Date :",
        "Il décide.",
        "Il vote.",
        "Les agents ;",
        "Les moyens",
        "Le cadre",
        "ATTENTION",
        "Organisation",
        "Document 7",
    ]
    assert _segments(PLAIN) == said
    document = document_from_text(PLAIN, "page")
    rebuilt = PLAIN
    for one in reversed(segment(document)):
        rebuilt = rebuilt[: one.start] + one.text.upper() + rebuilt[one.end :]
    assert _shouted(document) == rebuilt


@pytest.mark.parametrize(
    "text",
    [
        "Le taux P(A | B) est connu de tous.",
        "Il hésita..... puis il partit......",
        "Il  a  dit  que  le  vent  était  tombé  sur  la\nville  et  que  la  nuit  serait  longue  et  froide.",
        "V. Hugo a écrit ce texte.",
        "3.2 millions d'euros ont été dépensés.",
        "Il note `a | b` et **c** dans son texte.",
    ],
)
def test_what_only_looks_like_layout_is_text(text: str):
    assert _segments(text) == [" ".join(text.split("\n"))]


MAIL = """\
De : A. Roux <a@b.org>
Envoyé : lundi 3 mai 2021 14:05
Objet : RE: Réunion

Bonjour.

Le 3 mai 2021, C. Petit <c@b.org> a écrit :
> Peux-tu me dire si la réunion du comité de pro-
> grammation aura lieu jeudi prochain dans la grande
> salle ? Merci.
> > Le comité se réunira jeudi pour examiner le budget et
> > décider.
> Cordialement,
"""


def test_mail():
    assert _kinds(MAIL)[:4] == [
        ("address", "De : A. Roux <a@b.org>"),
        ("address", "Envoyé : lundi 3 mai 2021 14:05"),
        ("address", "Objet :"),
        ("heading", "RE: Réunion"),
    ]
    assert _segments(MAIL)[4:] == [
        "Bonjour.",
        "Le 3 mai 2021, C. Petit <c@b.org> a écrit :",
        "Peux-tu me dire si la réunion du comité de programmation aura lieu jeudi prochain dans la grande salle ?",
        "Merci.",
        "Le comité se réunira jeudi pour examiner le budget et décider.",
        "Cordialement,",
    ]
    assert [line[:4] for line in document_from_text(MAIL, "m").text.splitlines()[-4:]] == [
        "Le 3",
        "> Pe",
        "> > ",
        "> Co",
    ]


DIVIDED = """\
Le comité a décidé de pour-
suivre les travaux, et le vice-
président a rappelé les pro\xad
grammes utiles de l'ad-
ministration, comme le veut l'
article 5.
"""


def test_divided_words_are_whole():
    assert document_from_text(DIVIDED, "page").text == (
        "Le comité a décidé de poursuivre\nles travaux, et le vice-président\na rappelé les programmes\n"
        "utiles de l'administration,\ncomme le veut l'article\n5.\n"
    )


PAGES = """\
Organisation du traité                       Document 2021/12

Le comité a examiné les propositions des délégations, et le groupe

                              3
\x0cOrganisation du traité                       Document 2021/12

de travail le suivra. Il
votera.

Il partira.
"""


def test_a_sentence_goes_over_the_page():
    document = document_from_text(PAGES, "page")
    assert [one.line for one in segment(document)] == [
        "Organisation du traité",
        "Document 2021/12",
        "Le comité a examiné les propositions des délégations, et le groupe de travail le suivra.",
        "Il votera.",
        "Organisation du traité",
        "Document 2021/12",
        "Il partira.",
    ]
    assert sorted(document.text.split()) == sorted(PAGES.split())


def test_cells_are_what_their_marks_say():
    text = "# Titre\net un texte.\n\n- [Un](a.md) | **Deux**\n- trois | 3 mai 2021 | Tél. : 02 707 41 11"
    assert _kinds(text) == [
        ("heading", "Titre"),
        ("paragraph", "et un texte."),
        ("bullet", "Un"),
        ("paragraph", "Deux"),
        ("bullet", "trois"),
        ("date-line", "3 mai 2021"),
        ("address", "Tél. : 02 707 41 11"),
    ]


def test_entities_are_characters_unless_they_are_marks():
    assert _segments("L&#39;&eacute;t&eacute;&nbsp;: R&amp;D, AT&T; &lt;b&gt; &amp;") == [
        "L'été\xa0: R&D, AT&T; &lt;b&gt; &"
    ]


@pytest.mark.parametrize(
    "text", ["&#38;lt;b&#38;gt; x", "&amp;lt;b", "&amp;#60;b", "&#x26;#x3C;b"], ids=["tag", "name", "number", "hex"]
)
def test_an_ampersand_makes_no_other_entity(text: str):
    assert _segments(text) == [text]


@pytest.mark.parametrize("text", ["[NDLR]: etc.", "[Date]: 3.5.2021", "[a]: p.ex."])
def test_a_note_is_no_link(text: str):
    assert _segments(text) == [text]
    assert _segments("[1]: Idem.") == ["Idem."]


@pytest.mark.parametrize("text", ["[a]: /b", "[a]: #b", "[a]: page.md", "[a]: <b c>", "[a]: www.b.org 'Titre'"])
def test_a_link_has_no_text(text: str):
    assert _segments(text) == []


def test_an_open_fence_hides_nothing():
    assert _segments("```\nUne phrase.\n\n~~~~~~\nUne autre.\n~~~~~~\n\n<!-- Et celle-ci.") == [
        "Une phrase.",
        "Une autre.",
        "<!-- Et celle-ci.",
    ]


MARKS = [
    "\n",
    "\n\n",
    "\r\n",
    "\f",
    " ",
    "  ",
    "      ",
    "\t",
    "|",
    " | ",
    "> ",
    ">",
    "-",
    "- ",
    "1.2 ",
    "....... 3",
    "```",
    "<!--",
    "-->",
    "<p>",
    "<b>",
    "</b>",
    "**",
    "_",
    "`",
    "[",
    "](b)",
    "]: b/c",
    "{#",
    "}",
    "&eacute;",
    "\xad",
    "De : ",
    "Objet : ",
    "a",
    "É",
    "mot",
    "pour-",
    "Fin.",
    "Un texte assez long pour une ligne entière, et",
]


@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
def test_offsets_hold_whatever_the_marks(text: str):
    document = document_from_text(text, "page")
    end = 0
    for one in segment(document):
        assert end <= one.start < one.end
        assert document.text[one.start : one.end] == one.text
        end = one.end
    assert rebuild(Bitext(document, tuple(Pair(one, one.text, one.text) for one in segment(document)))).split() == (
        document.text.split()
    )


@pytest.mark.parametrize(
    "unit",
    [
        "<!---->",
        "`",
        "\t",
        " ",
        "> ",
        "a\n  \n",
        "· ",
        "|",
        "-\n",
        "[a]: ",
        "&a",
        "\f",
        "a-\n> ",
        "**a",
        "a   b\n",
        "| `a` ",
    ],
)
def test_a_hostile_text_is_read_in_linear_time(unit: str):
    began = process_time()
    document_from_text("---\na: b\n" + unit * (100_000 // len(unit)) + "x", "page")
    assert process_time() - began < 6  # twenty times what is needed on an idle machine


@pytest.mark.parametrize(
    ("first", "unit", "last"),
    [
        ("[a]: ", "/", " x"),
        ("[a]: ", ".ab", " x"),
        ("1", " ", "x"),
        ("a", "a  ", "\n" + "b  " * 33_000),
        ("&amp;", "a", " x"),
    ],
)
def test_a_hostile_line_is_read_in_linear_time(first: str, unit: str, last: str):
    began = process_time()
    document_from_text(f"{first}{unit * (100_000 // len(unit))}{last}", "page")
    assert process_time() - began < 6
