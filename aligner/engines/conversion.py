"""Marian models converted for CTranslate2: once a model, into the user's cache."""

from __future__ import annotations

import secrets
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

from filelock import FileLock

from aligner.errors import ConversionError, ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transformers import MarianMTModel

#: Change it with what a conversion makes of the same model.
VERSION = 1
#: What is added to the logarithm of the odds of padding, which is no word; finite, as float16 must hold it.
NEVER = -1e4
#: What a converted model follows from, beside the weights.
READ = ("config.json", "vocab.json", "tokenizer_config.json", "alignment.json")


def converted(folder: Path, weights_sha256: str, cache: Path) -> Path:
    """Give the directory of a model's int8 copy for CTranslate2, converting it when it is not in the cache.

    It appears whole or not at all, and one process converts while others wait. Raises ModelError for a model that
    cannot be converted.
    """
    files = (folder / name for name in READ)
    about = b"\0".join(file.read_bytes() for file in files if file.exists())
    copy = cache / sha256(f"{VERSION} {weights_sha256}".encode() + about).hexdigest()[:32]
    if copy.exists():
        return copy
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(copy.with_suffix(".lock")):
            if not copy.exists():
                _convert(folder, copy)
    except OSError as error:
        remedy = "set ALIGNER_HOME to a folder that can be written, or use --engine transformers"
        raise ModelError(f"the converted model cannot be kept: {error.strerror}", remedy, path=cache) from error
    return copy


def _convert(source: Path, copy: Path) -> None:
    for stale in copy.parent.glob(f"{copy.name}.*.tmp"):  # of a process that was killed; we hold the lock
        shutil.rmtree(stale, ignore_errors=True)
    draft = copy.with_suffix(f".{secrets.token_hex(4)}.tmp")
    draft.mkdir()
    try:
        _specify(source, draft)
        draft.replace(copy)
    except (ValueError, KeyError, NotImplementedError, RuntimeError) as error:
        problem = f"CTranslate2 cannot hold it ({error})"
        raise ConversionError(problem, "use --engine transformers", path=source) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _specify(source: Path, target: Path) -> None:
    """Write CTranslate2's copy of a model.

    CTranslate2's own loader of Marian models drops the padding's embedding and begins with zeros. That is right for
    models converted from Marian, where it is zero; in those trained with transformers it is learnt. So the model is
    read as the BART that it is but for its positions, and padding is kept and never said.
    """
    import torch  # noqa: PLC0415 (a conversion is made once; later runs do without torch)
    from ctranslate2.converters.transformers import BartLoader  # noqa: PLC0415

    from aligner.engines.alignment import alignment_heads  # noqa: PLC0415
    from aligner.engines.tokens import END, UNKNOWN, Tokenizer  # noqa: PLC0415
    from aligner.engines.transformers_ import load_model  # noqa: PLC0415

    model, tokenizer = load_model(source, torch.float32), Tokenizer(source)
    if tokenizer.target_vocabulary is not tokenizer.vocabulary:
        raise ConversionError("it has two vocabularies", "use --engine transformers", path=source)
    config, heads = model.config, alignment_heads(source, model.config)
    config.normalize_before = config.normalize_embedding = False
    with torch.no_grad():
        model.final_logits_bias[0, config.pad_token_id] = NEVER
        layer, count = _gather_heads(model, heads)
    loader = BartLoader()
    specification = loader.get_model_spec(model)
    specification.decoder.alignment_layer = specification.decoder.alignment_layer.dtype.type(layer)
    specification.decoder.alignment_heads = specification.decoder.alignment_heads.dtype.type(count)
    tokens = sorted(tokenizer.vocabulary, key=tokenizer.vocabulary.__getitem__)
    loader.set_vocabulary(specification, tokens)
    specification.config.bos_token = specification.config.eos_token = END
    specification.config.unk_token = UNKNOWN
    specification.config.decoder_start_token = tokens[config.decoder_start_token_id]
    specification.validate()
    specification.optimize(quantization="int8")
    specification.save(str(target))


def _gather_heads(model: MarianMTModel, heads: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Make the heads that align the first of their layer, which are those whose attention CTranslate2 can return.

    Return the layer and their number. The model says the same: its output layer's columns go with the heads. Of heads
    in several layers only those in the first one's layer are taken.
    """
    layer = heads[0][0]
    chosen = [head for of_layer, head in heads if of_layer == layer]
    attention = model.model.decoder.layers[layer].encoder_attn
    count = model.config.decoder_attention_heads
    order = [*chosen, *(head for head in range(count) if head not in chosen)]
    for part in (attention.q_proj, attention.k_proj, attention.v_proj):
        part.weight.copy_(part.weight.unflatten(0, (count, -1))[order].flatten(0, 1))
        part.bias.copy_(part.bias.unflatten(0, (count, -1))[order].flatten(0, 1))
    attention.out_proj.weight.copy_(attention.out_proj.weight.unflatten(1, (count, -1))[:, order].flatten(1, 2))
    return layer, len(chosen)
