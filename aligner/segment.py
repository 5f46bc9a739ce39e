"""French sentence segmentation inside the blocks of a document.

A stop (`.`, `!`, `?`, `…`) ends a sentence when white space follows it and then something that may open a sentence.
What overrules that is written below as tables: asides opened in mid-sentence, numbers that belong to what follows
("1.", "Article 5."), abbreviations and initials. A colon or semicolon never ends a sentence, so that an enumeration
stays one unit for the translator. Where the signs contradict each other nothing is split: two sentences in one unit
cost a translator less than half a sentence in each of two.
"""

from __future__ import annotations

import re

from aligner.model import BlockKind, Document, Segment

# Kinds of block that are one unit whatever their punctuation.
WHOLE: frozenset[BlockKind] = frozenset(
    {
        BlockKind.HEADING,  # "Qui ? Pourquoi ?" is one title
        BlockKind.DATE_LINE,  # "Mise à jour : 23-Mar. 2005 11:49 OTAN Hebdo": its stops are abbreviations
        BlockKind.NAVIGATION,  # the label of one link
        BlockKind.CAPTION,  # a description and its credits, "Photo J. Dupont. OTAN", seldom sentences
        BlockKind.ADDRESS,  # "12, av. Foch. B.P. 7" is nobody's sentence
    }
)

# Never final: what they introduce always follows. Case counts: "MM." are gentlemen, "mm." millimetres.
NEVER_FINAL: frozenset[str] = frozenset(
    (
        "M MM Mr Mrs Ms Mme Mmes Mlle Mlles Dr Drs Pr Prs Mgr Mgrs St Ste Sts Stes Vve "
        "S.E S.Exc S.M S.A.R "  # styles: "S.E. M. Dupont"
        "c.-à-d c.à.d c-à-d p.ex ex Ex cf Cf i.e e.g ca env vs v"
    ).split()
)

# Not final before a number ("art. L. 123-4", "fig. IV"); elsewhere most are words or units ("l'art.", "le vol.").
BEFORE_NUMBER: frozenset[str] = frozenset(
    (
        "al art arts chap fig figs liv n no nos num par sect t tab tel tome tél vers vol "
        "janv fév févr avr juil juill sept oct nov déc lun mer jeu ven sam dim "
        "jan feb mar may jun jul aug sep dec "  # dates stamped by a server that speaks English
        "h f s"  # "18 h. 30", "f. 12", "s. 4"
    ).split()
)

# Not final before a number or a name; final before a word that clearly opens a sentence.
BEFORE_NAME: frozenset[str] = frozenset(
    (
        "adj amb cap cdt cne col gal gén hon lt maj prof rév sén sgt "
        "chr cl ph th wm "  # given names: "Ph. Dupont"
        "app apr arr av bd boul ch cie coll dir dép ed fasc fg imp impr p pl pp ref rte réf sté suppl trad univ "
        "éd édit éts"
    ).split()
)

_UPPER = "A-ZÀ-ÖØ-ÞŒŸ"
_BULLETS = "•◦○▪■●*–—-"

# Places to look at: the loop tries `_ASIDE` and `_STOP` there.
_MARK = re.compile(r"[.!?…(\[]")
# A parenthesis, which may hold another. An unclosed one is no aside, so that it cannot swallow the block.
_ASIDE = re.compile(r"\((?:[^()]++|\([^()]*+\))*\)|\[[^\[\]]*+\]")
_STOP = re.compile(
    r"""
    (?P<stop> [.!?…]++ (?: \s [.!?…]++ (?= [\s»”"')\]] ) )* )  # also "?!", "...", ". . ."
    (?P<closers> (?:
        \s*+ [»”]
      | ["'’)\]]
      | [¹²³⁰⁴-⁹]++ | \[\d{1,3}\] | \(\d{1,2}\)                 # a footnote's mark
    )* )
    """,
    re.VERBOSE,
)
_SPACED_QUOTE = re.compile(r'\s+"(?=\s)')
_OPENING = re.compile(
    rf"""
    \s++
    (?P<openers> (?: [(\[] \s? (?:…|\.\.\.) \s? [)\]] \s | [«“"'‘(\[#§@{_BULLETS}] \s*+ )* )
    (?P<word> [^\W_] \w*+ )
    """,
    re.VERBOSE,
)
_LIST_MARK = re.compile(rf"[{_BULLETS}]\s|[#@]")

# A "sentence" that consists of this announces or numbers what follows.
_LABEL = re.compile(
    r"""
    (?: [(•*–—-] \s* )?
    (?: (?: annexe | art(?:icle|\.) | chapitre | étape | figure | no | note | objectif | partie | phase | point
          | question | section | tableau | titre ) \s+ | [n§][°º]?\s* )?
    (?: n\.?b | p\.?-?s | \d{1,3} (?: er|re|e )? | (?-i: [IVXLC]+ ) | [a-z] | premier )
    (?: \.[\da-z]{1,3} )* (?: \s? (?: bis|ter ) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = re.compile(r"\d|[IVXLC]+(?![\w'’])|[A-Z]\.?[\s-]?\d")

# "J", "J.-P", "O.T.A.N", "Ph.D"
_INITIALS = re.compile(rf"(?:[{_UPPER}][a-zé]?\.[-‑]?)*[{_UPPER}]")
_ACRONYM = re.compile(rf"(?:[{_UPPER}]\.)+[{_UPPER}]")
# A letter that is no initial: "le plan B", "l'an 40 av. J.-C".
_FINAL_LETTER = re.compile(
    r"\b(?:(?:annexe|appendice|catégorie|classe|division|hépatite|option|plan|point|scénario|type|variante|vitamine|zone)"
    r"\s\w|(?:av\.|apr\.|avant|après)\s+J\.[-‑]?C)\Z",
    re.IGNORECASE,
)
_PARTICLE = re.compile(rf"(?:De la|Des|De|Du|La|Les|Le)\s+[{_UPPER}]|[DL]['’][{_UPPER}]")

# Words that open a sentence far more often than they begin a name.
_STARTER = re.compile(
    r"""
    (?: à | afin | ainsi | alors | après | aucune? | au | aussi | autres? | aux | avant | avec | beaucoup | bien
      | car | cela | celles? | celui | ce | cependant | certaine?s | ces | cette | cet | ceux | chacune? | chaque
      | chez | comme | comment | dans | de | depuis | des | deux | déjà | dès | donc | dont | du | durant | elles?
      | en | enfin | ensuite | entre | est | et | face | grâce | hier | ils? | jamais | je | la | les? | leurs?
      | lors | lorsque | mais | malgré | même | ni | non | nos | notre | nous | nulle? | néanmoins | on | or | ou
      | où | oui | outre | par | parmi | pendant | peu | plus | plusieurs | pour | pourquoi | pourtant | près | puis
      | puisque | quand | quant | que | quelles? | quels? | quelques | qui | quoi | rien | sa | sans | selon | ses
      | seule?s? | si | soit | son | sous | suivant | sur | surtout | tandis | tels? | telles? | toujours | tous
      | toutefois | toutes? | tout | trois | très | une? | vers | voici | voilà | vos | votre | vous | y | ça
      | étant
    ) (?! [\w'’.] )
    | (?: aujourd | c | d | j | jusqu | l | lorsqu | n | puisqu | qu | quelqu | s ) ['’]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BREAK = re.compile(r"""[\s'’«»“”"()/]""")
_WORD = re.compile(r"[\w-]{4,}")
_CONTEXT = 48  # characters before a stop that the rules look at: longer than any of the labels and letters above

# Small letters that open a sentence: "à" because French keyboards lack "À", a subject because of haste, "b)", "iv)".
_LOWER_STARTER = re.compile(r"(?:à|ce|ces|cette|elles?|ils?|je|nous|on|vous)\s|[cj]['’]|(?:[a-z]|[ivx]{2,4})\)\s")


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of one block's text, trimmed, in order; they cover every visible character.

    Line breaks are white space like any other. A closing quotation mark or footnote mark stays with its sentence.

    >>> text = "« Venez ! Tous ! » a dit M. J. Roy. C'était le 13 oct. 2023."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['« Venez !', 'Tous ! » a dit M. J. Roy.', "C'était le 13 oct. 2023."]
    """
    spans: list[tuple[int, int]] = []
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    at = counted = start
    quotes = 0
    while mark := _MARK.search(text, at, end):
        at = mark.start()
        if aside := _ASIDE.match(text, at, end):
            # A whole sentence in parentheses may be several; one inside a sentence is part of it.
            at = at + 1 if at == start else aside.end()
            continue
        stop = _STOP.match(text, at, end)
        if not stop:
            at = mark.end()
            continue
        at = stop.end()
        quotes += text.count('"', counted, at)
        counted = at
        if quotes % 2 and (quote := _SPACED_QUOTE.match(text, at, end)):
            at = quote.end()  # the second of two straight marks with spaces inside them, as « » have
        opening = _OPENING.match(text, at, end)
        if opening and _is_boundary(text[max(start, stop.start() - _CONTEXT) : stop.start()], stop, opening):
            spans.append((start, at))
            at = start = opening.start("openers")
    if start < end:
        spans.append((start, end))
    return tuple(spans)


def _is_boundary(before: str, stop: re.Match[str], opening: re.Match[str]) -> bool:
    """Whether a sentence ends at the stop; `before` is what it would be, or its last part, without the stop."""
    if not any(map(str.isalnum, before)):
        return False  # "… Et pourtant"
    text, at, full_stop = opening.string, opening.start("word"), stop["stop"] == "."
    small = text[at].islower() and not text[at + 1 : at + 2].isupper()  # "iPhone" and "eBay" may open a sentence
    if small and not (full_stop and (_LOWER_STARTER.match(text, at) or _LIST_MARK.match(opening["openers"]))):
        return False
    if not full_stop or stop["closers"]:
        # "Il possède... 30 francs": a pause rather than an end.
        return not (text[at].isdigit() and not opening["openers"] and stop["stop"].endswith(("…", "..")))
    return not (_LABEL.fullmatch(before) or _is_abbreviated(before, text, at, small=small))


def _is_abbreviated(before: str, text: str, at: int, *, small: bool) -> bool:
    """Whether the full stop after `before` marks an abbreviation that the text from `at` on continues."""
    word = _BREAK.split(before)[-1]
    folded = word.casefold() if len(word) > 1 else word  # "P." is Pierre and "p." a page
    before_number, before_name = folded in BEFORE_NUMBER, folded in BEFORE_NAME
    if word in NEVER_FINAL:
        return True
    if small:
        # Before a small letter a short word is too often an abbreviation that is not in the tables.
        return before_number or before_name or (bool(word) and not _WORD.fullmatch(word))
    if before_number:
        return bool(_NUMBER.match(text, at))
    if not (before_name or _INITIALS.fullmatch(word)) or _FINAL_LETTER.search(before):
        return False
    may_be_name = _PARTICLE.match(text, at) and not _ACRONYM.fullmatch(word)
    return bool(may_be_name or not _STARTER.match(text, at))


def segment(document: Document) -> tuple[Segment, ...]:
    """The segments of every block, numbered "s1", "s2"… through the document; a blank block has none."""
    segments: list[Segment] = []
    for block in document.blocks:
        spans = split_sentences(document.text[block.start : block.end])
        if block.kind in WHOLE and spans:
            spans = ((spans[0][0], spans[-1][1]),)
        for left, right in spans:
            start, end = block.start + left, block.start + right
            segments.append(Segment(f"s{len(segments) + 1}", document.text[start:end], start, end, block))
    return tuple(segments)
