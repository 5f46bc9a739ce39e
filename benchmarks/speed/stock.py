"""Make a model of the size of opus-mt-fr-en that says what the bundled one says, to be measured where there is no hub.

Every feature, head and hidden unit of the bundled model is there twice, and weights that read them are halved, so that
sums and layer norms are what they were (Net2Net; Chen et al., 2016). Four decoder layers that add nothing follow its
two; their first layer norm evens out what little the lengths of its outputs differ by. The vocabulary is filled up with
pieces that are never said. It has 75 million parameters instead of 9, and costs what a stock model costs.
"""

from __future__ import annotations

import json
import shutil
import warnings
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file
from transformers import MarianMTModel, MarianTokenizer
from transformers.utils import logging

from aligner.engines.registry import DEFAULT_MODEL, WEIGHTS, resolve

if TYPE_CHECKING:
    from pathlib import Path

#: Of opus-mt-fr-en; its width, 512, and inner width, 2048, are twice those of the bundled model.
VOCABULARY, LAYERS = 59_514, 6
_SIZES = {"decoder_layers": LAYERS, "vocab_size": VOCABULARY, "decoder_vocab_size": VOCABULARY}
#: The logit of what is never said.
NEVER = -1e4
SENTENCES = [
    "Les ministres de la Défense se sont réunis à Bruxelles.",
    "Ils ont examiné la situation au Kosovo et en Afghanistan.",
    "La prochaine réunion aura lieu en juin.",
    "Le Secrétaire général a rencontré le président de la République à Paris pour parler de coopération.",
]


def make(folder: Path) -> None:
    """Write the model into a new folder; raises RuntimeError where it does not say what the bundled one says."""
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message=".*sacremoses")
    bundled = resolve(DEFAULT_MODEL).path
    shutil.copytree(bundled, folder)
    tokenizer = MarianTokenizer.from_pretrained(bundled)
    model, said = _loaded(bundled, tokenizer)
    save_file(_widened(model, *_norm(model, tokenizer, said)), folder / WEIGHTS, {"format": "pt"})
    doubled = ["d_model", "encoder_attention_heads", "decoder_attention_heads", "encoder_ffn_dim", "decoder_ffn_dim"]
    _change(folder / "config.json", lambda config: {name: 2 * config[name] for name in doubled} | _SIZES)
    _change(folder / "vocab.json", lambda pieces: {f"<never {at}>": at for at in range(len(pieces), VOCABULARY)})
    if not torch.equal(_loaded(folder, tokenizer)[1], said):
        raise RuntimeError("the wide model does not say what the bundled one says")


def _change(path: Path, changes) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | changes(content), ensure_ascii=False), encoding="utf-8")


def _loaded(path: Path, tokenizer: MarianTokenizer) -> tuple[MarianMTModel, torch.Tensor]:
    """Load a model, and have it say the sentences."""
    model = MarianMTModel.from_pretrained(path, dtype=torch.float32, use_safetensors=True)
    inputs = tokenizer(SENTENCES, return_tensors="pt", padding=True)
    return model, model.generate(**inputs, num_beams=4, max_new_tokens=64)


@torch.no_grad()
def _norm(model: MarianMTModel, tokenizer: MarianTokenizer, said: torch.Tensor) -> tuple[float, float]:
    """The mean and the standard deviation over features of what the last decoder layer says, on average over tokens."""
    inputs = tokenizer(SENTENCES, return_tensors="pt", padding=True)
    outputs = model.model(**inputs, decoder_input_ids=said).last_hidden_state[said != tokenizer.pad_token_id]
    return outputs.mean(-1).mean().item(), outputs.std(-1, correction=0).mean().item()


@torch.no_grad()
def _widened(model: MarianMTModel, mean: float, deviation: float) -> dict[str, torch.Tensor]:
    """The parameters of the wide model, by name."""
    narrow, wide = model.state_dict(), {}
    for name, weights in narrow.items():
        if ".layers." in name:
            wide[name] = weights.repeat(2) if weights.ndim == 1 else weights.repeat(2, 2) / 2
    last = f"model.decoder.layers.{model.config.decoder_layers - 1}."
    for name in [name for name in wide if name.startswith(last)]:
        idle = wide[name]
        if "layer_norm" in name:
            idle = torch.full_like(idle, deviation if name.endswith("weight") else mean)
        elif "out_proj" in name or "fc2" in name:
            idle = torch.zeros_like(idle)
        for layer in range(model.config.decoder_layers, LAYERS):
            wide[f"model.decoder.layers.{layer}.{name.removeprefix(last)}"] = idle.clone()
    # Embeddings are scaled by the root of the width, and read at the end what they write at the beginning.
    for end in ("weight", "bias"):
        wide[f"model.decoder.layers.{LAYERS - 1}.final_layer_norm.{end}"] /= 2**0.5
    embeddings, bias = torch.zeros(VOCABULARY, 2 * model.config.d_model), torch.full((1, VOCABULARY), NEVER)
    embeddings[: model.config.vocab_size] = narrow["model.shared.weight"].repeat(1, 2) / 2**0.5
    bias[:, : model.config.vocab_size] = narrow["final_logits_bias"]
    wide |= {"model.shared.weight": embeddings, "final_logits_bias": bias}
    for side in ("encoder", "decoder"):
        wide[f"model.{side}.embed_positions.weight"] = narrow[f"model.{side}.embed_positions.weight"].repeat(1, 2)
    return {name: weights.half().contiguous() for name, weights in wide.items()}
