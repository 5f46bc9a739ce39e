"""The command line, a tiny model for the tests of engines, and a browser for those of the pages, where there is one."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow; how long an example takes says nothing of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

CommandLine = Callable[..., tuple[int, str, str]]
FRENCH = Path(__file__).parent / "cases" / "french.txt"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A translation memory and converted models of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALIGNER_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Run the command line in this process: (exit code, stdout, stderr)."""
    from aligner import cli  # noqa: PLC0415 (most tests do without)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aligner", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        code = stopped.value.code
        return (code if isinstance(code, int) else 0), said.out, said.err

    return call


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Marian model of random weights; it seldom ends a sentence, so it meets the caps."""
    import sentencepiece  # noqa: PLC0415 (tests of pages do without these three)
    import torch  # noqa: PLC0415
    from transformers import MarianConfig, MarianMTModel  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("tiny")
    for side in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(FRENCH.read_text(encoding="utf-8").splitlines()),
            model_prefix=str(folder / side),
            vocab_size=90,
            hard_vocab_limit=False,
            minloglevel=2,
        )
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    pieces = sentencepiece.SentencePieceProcessor(str(folder / "source.spm"))
    words = [piece for piece in map(pieces.id_to_piece, range(len(pieces))) if piece not in {"<s>", "</s>", "<unk>"}]
    vocabulary = {word: place for place, word in enumerate(["</s>", "<unk>", *words, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    torch.manual_seed(5)
    config = MarianConfig(
        vocab_size=len(vocabulary),
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=80,
        init_std=0.6,
        activation_function="swish",
        pad_token_id=vocabulary["<pad>"],
        decoder_start_token_id=vocabulary["<pad>"],
        eos_token_id=0,
        forced_eos_token_id=None,
    )
    model = MarianMTModel(config)
    model.final_logits_bias[0, 0] = 1.5
    model.final_logits_bias[0, vocabulary["<pad>"]] = -20  # as training has it
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Torch with one thread, as the engine's workers have it; more only get in each other's way here."""
    import torch  # noqa: PLC0415

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (the test extra)")
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium at /usr/bin/chromium (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def watched(browser):
    """Open pages of which nothing may be refused by the policy, or thrown; gives an opener and what was fetched."""
    trouble, requests, contexts = [], [], []

    def open_page(url, context=None, **options):
        if context is None:
            context = browser.new_context(viewport={"width": 1400, "height": 900}, **options)
            contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: requests.append(request.url))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"
        )
        page.goto(url)
        return page

    yield open_page, requests
    for context in contexts:
        context.close()
    assert trouble == []
