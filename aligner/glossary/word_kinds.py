"""Which words make up a term, as far as that can be told without a tagger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.matching import is_acronym

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aligner.matching import Language, Word

#: Words that may begin and end a term, words that may stand inside, words that may not.
CONTENT, LINK, BARRIER = range(3)

#: Function words, without accents, that stand inside terms: "droit de la mer", "law of the sea".
LINKS: dict[Language, frozenset[str]] = {
    "fr": frozenset("de d du des a au aux la le les l et en sur pour par contre sans avec entre".split()),
    "en": frozenset("of the and for in on to against with without by between at from a an".split()),
}
#: Inside a phrase a determiner follows a link, as in "droit de la mer". After a content word it begins an object, and
#: the content word is a verb ("prie le Secrétaire"), as is a participle before "par" ("créé par").
DETERMINERS = frozenset("le la les l the a an".split())
#: What is no term's part as an adjective, but is with a capital in names such as "Nouvelle-Zélande", "New York".
IN_NAMES = frozenset("New Great First Second Nouveau Nouvelle Nouvelles Grand Grande Premier Bonne Bon Good".split())
#: Words that are part of no term, though some are adjectives or nouns elsewhere. Months and days are names, but
#: nobody keeps them in a glossary; nor what merely points ("susmentionné", "above") or counts ("several").
NOT_IN_TERMS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "un une ce cet cette ces c se s son sa ses leur leurs mon ma mes notre nos votre vos mien sien "
        "je j tu il elle on nous vous ils elles me m te t lui eux y en moi toi soi celui celle ceux celles ceci cela "
        "ca qui que qu quoi dont ou quel quelle quels quelles lequel laquelle lesquels lesquelles auquel auxquels "
        "duquel ne n ni pas plus moins point jamais rien non oui si tres trop peu assez tant tellement aussi autant "
        "encore deja toujours souvent parfois ainsi alors donc car mais or puis ensuite enfin cependant toutefois "
        "neanmoins pourtant lorsque lorsqu quand comme comment pourquoi parce puisque puisqu quoique quoiqu afin "
        "dans vers chez sous apres avant depuis pendant durant lors des selon suivant malgre sauf parmi outre hors "
        "jusque jusqu voici voila concernant notamment egalement particulierement surtout seulement "
        "tout toute tous toutes autre autres meme memes aucun aucune chaque plusieurs certain certains certaine "
        "certaines tel telle tels telles quelque quelques divers diverses differents differentes nombreux nombreuses "
        "etre est sont etait etaient ete etant sera seront serait soit soient fut avoir a ont avait avaient eu ayant "
        "aura auront aurait ait aient faire fait font faisant faite faits peut peuvent pouvait pourrait pourraient "
        "doit doivent devrait devraient devait faut va vont vise visant afin vue vu mettre mis mise prendre pris "
        "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante soixante cent "
        "cents mille premier premiere dernier derniere "
        "janv fevr avr juil sept sep oct nov dec of and "
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre "
        "lundi mardi mercredi jeudi vendredi samedi dimanche "
        "present presente presentes susmentionne susmentionnee susmentionnes ci dessus dessous suivante suivants "
        "precedent precedente annee annees an ans jour jours mois fois cas cadre compte egard titre sein lieu effet "
        "exemple occasion ensemble nombre partie part facon maniere sorte ordre suite grand grande nouveau nouvelle "
        "nouveaux nouvelles bon bonne mieux tard tot ici aujourd hui etc m mme mm page voir chose gens besoin mesure "
        "chapitre paragraphe alinea article annexe point b c e f g h i j k o p r u v w x z ii iii iv vi vii".split()
    ),
    "en": frozenset(
        "this that these those it its he she they them their his her we us our you your i me my one ones who whom "
        "which what whose where when why how not no nor yes if then than so such as but or yet also too very much "
        "many more most less least few several some any all each every both either neither other others another same "
        "only even just still already always often never again however therefore thus hence moreover furthermore "
        "is are was were be been being am has have had having do does did doing done will would shall should can could "
        "may might must ought into onto upon within under over after before since during until till through "
        "throughout about above below among amongst across along towards toward via per despite except regarding "
        "concerning including included according well made make makes making take takes taken taking give given "
        "there here now later ago up down out off while because although though unless whereas whether "
        "two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety hundred "
        "thousand million first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth twentieth "
        "thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth last next "
        "jan feb mar apr jun jul aug sept sep oct nov dec "
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday "
        "present following above mentioned particular especially particularly order view new good great part number "
        "year years day days month months time times case way example regard account respect case chapter paragraph "
        "article annex section page behalf thing things need needs etc mr mrs ms s t "
        "b c d e f g h j k l m n o p r u v w x z ii iii iv vi vii".split()
    ),
}
#: Endings that only a verb's forms have; a lemma with such a form in the text is a verb's.
_VERB_ENDINGS = ("ant", "aient", "ait", "ons", "ez", "era", "eront", "erait", "irent", "erent")
_INFINITIVES = ("er", "ir", "re")
#: Of a verb's forms, participles may stand in a term ("force armée"), but not the present one.
_PARTICIPLES = tuple("é ée és ées i ie is ies it ite its ites u ue us ues".split())
_PASSIVES = ("é", "ée", "és", "ées")
#: Infinitives that are nouns as well.
_NOUNS_TOO = frozenset("pouvoir devoir savoir avenir souvenir dejeuner diner loisir plaisir".split())


def kind_of(word: Word, language: Language, verbs: frozenset[str]) -> int:
    """Tell what a word may be in a term; `verbs` are the lemmas that are not nouns."""
    if is_acronym(word.exact) or word.exact in IN_NAMES:
        return CONTENT
    spellings = {word.lemma, word.lower}
    if spellings & LINKS[language]:
        return LINK
    finite = word.lemma in verbs and not (word.lower != word.lemma and word.lower.endswith(_PARTICIPLES))
    ordinal = word.lemma.endswith("ieme")
    if spellings & NOT_IN_TERMS[language] or not word.exact.isalpha() or finite or ordinal:
        return BARRIER
    return CONTENT


def verbs_in(read: Iterable[Word]) -> frozenset[str]:
    """The lemmas that some form in the texts shows to be a verb's."""
    forms = {(word.lower, word.lemma) for word in read}
    return (
        frozenset(
            base
            for lower, base in forms
            if base.endswith(_INFINITIVES) and lower.endswith(_VERB_ENDINGS) and lower != base
        )
        - _NOUNS_TOO
    )


def parted(before: str, kind: int, word: str) -> bool:
    """Whether two words, the first one of some kind, are of no one term though nothing stands between them."""
    if kind == CONTENT:
        return word in DETERMINERS or (word == "par" and before.endswith(_PASSIVES))
    return before == "en" and word.endswith("ant")
