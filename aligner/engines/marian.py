"""One-token steps of a Marian decoder, laid out for beam search.

It computes what transformers' MarianDecoder computes, from the same weights, and is faster since it knows that its
caller is a beam search: the beams of a sentence share their cross-attention, caches live in storage that is allocated
once, and finished sentences leave the batch. Imported with torch, so only by what loads a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor
    from transformers import MarianMTModel
    from transformers.models.marian.modeling_marian import MarianDecoderLayer

#: The vocabulary is padded to a multiple of this: matrix products are half as fast again on even sizes, and the
#: search takes its maxima over blocks of it.
BLOCK = 64


class Decoder:
    """The decoder's weights: projections of one input fused, the output layer padded and never giving padding."""

    def __init__(self, model: MarianMTModel) -> None:
        config: Any = model.config
        decoder: Any = model.model.decoder
        self.width: int = config.d_model
        self.heads: int = config.decoder_attention_heads
        self.start: int = config.decoder_start_token_id
        self.end: int = config.eos_token_id
        self.embeddings, self.scale = decoder.embed_tokens.weight, decoder.embed_scale
        self.positions = decoder.embed_positions.weight
        self.layers = [_Layer(layer) for layer in decoder.layers]
        rows = model.lm_head.weight.shape[0]
        self.vocabulary = -(-rows // BLOCK) * BLOCK
        # Held transposed, since a step's product with few rows is a tenth faster that way.
        self.head = model.lm_head.weight.new_zeros(self.width, self.vocabulary)
        self.head[:, :rows] = model.lm_head.weight.t()
        self.bias = self.head.new_full((self.vocabulary,), -torch.inf)
        self.bias[:rows] = model.final_logits_bias[0]
        self.bias[config.pad_token_id] = -torch.inf

    def force(self, states: Tensor, mask: Tensor, tokens: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        """Read whole translations in one pass, as in training.

        `wanted` are translations, sentences × length, and `tokens` the same, one later, after the start token. Return
        the log-probabilities of what is wanted, sentences × length, and where each was looked for: layers × sentences
        × heads × length × source length.
        """
        said = functional.embedding(tokens, self.embeddings) * self.scale + self.positions[: tokens.shape[1]]
        seen = []
        for layer in self.layers:
            query, key, value = (self._by_head(part) for part in layer.query_key_value(said).chunk(3, -1))
            own = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            said = layer.own_norm(said + layer.own_output(own.transpose(1, 2).flatten(2)))
            query = self._by_head(layer.query(said))
            key, value = (self._by_head(part) for part in layer.key_value(states).chunk(2, -1))
            weights = torch.softmax(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + mask, -1)
            seen.append(weights)
            said = layer.cross_norm(said + layer.cross_output((weights @ value).transpose(1, 2).flatten(2)))
            said = layer.norm(said + layer.narrow(layer.activation(layer.widen(said))))
        logits = (said @ self.head + self.bias).float()
        log_probs = logits.gather(-1, wanted[..., None])[..., 0] - logits.logsumexp(-1)
        return log_probs, torch.stack(seen)

    def _by_head(self, vectors: Tensor) -> Tensor:
        return vectors.view(*vectors.shape[:2], self.heads, -1).transpose(1, 2)


class _Layer:
    def __init__(self, layer: MarianDecoderLayer) -> None:
        own, cross = layer.self_attn, layer.encoder_attn
        self.query_key_value = _fused(own.q_proj, own.k_proj, own.v_proj)
        self.own_output, self.own_norm = own.out_proj, layer.self_attn_layer_norm
        self.query, self.key_value = cross.q_proj, _fused(cross.k_proj, cross.v_proj)
        self.cross_output, self.cross_norm = cross.out_proj, layer.encoder_attn_layer_norm
        self.widen, self.activation, self.narrow = layer.fc1, layer.activation_fn, layer.fc2
        self.norm = layer.final_layer_norm


def _fused(*parts: nn.Linear) -> nn.Linear:
    fused = nn.Linear(parts[0].in_features, sum(part.out_features for part in parts), device="meta")
    fused.weight = nn.Parameter(torch.cat([part.weight for part in parts]), requires_grad=False)
    fused.bias = nn.Parameter(torch.cat([part.bias for part in parts]), requires_grad=False)
    return fused


class Beams:
    """A batch being decoded: `beam` rows a sentence, and what the decoder remembers of each.

    `states` are the encoder's, sentences × source length × width, and `mask` is added to attention weights:
    sentences × 1 × 1 × source length, 0 or -inf. At most `longest` steps can be made. `watched`, as (layer, head), are
    the heads whose mean `attention` is kept, rows × source length, of the last step.
    """

    def __init__(
        self,
        decoder: Decoder,
        states: Tensor,
        mask: Tensor,
        beam: int,
        longest: int,
        watched: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._decoder, self._beam, self._length = decoder, beam, 0
        self._watched, self.attention = watched, states.new_zeros(0)
        sentences, source, width = states.shape
        heads = decoder.heads
        split = (sentences, source, 2, heads, width // heads)
        self._cross = [
            layer.key_value(states).view(split).permute(2, 0, 3, 1, 4).contiguous() for layer in decoder.layers
        ]
        self._mask = mask.expand(sentences, heads, 1, source).contiguous()
        rows = sentences * beam
        # One spare for all layers: a reordered cache is written to the spare, and its old place is the next spare.
        self._caches = [states.new_empty(longest * 2 * rows * width) for _ in decoder.layers]
        self._spare = torch.empty_like(self._caches[0])
        self._logits = states.new_empty(rows, decoder.vocabulary)
        self._log_probs = torch.empty_like(self._logits, dtype=torch.float32)

    def step(self, tokens: Tensor) -> Tensor:
        """Give every row its next token; return the log-probabilities of the one after, rows × padded vocabulary.

        The result is overwritten by the next step.
        """
        decoder = self._decoder
        states = functional.embedding(tokens, decoder.embeddings) * decoder.scale + decoder.positions[self._length]
        seen = []
        for place, (layer, cache, cross) in enumerate(zip(decoder.layers, self._caches, self._cross, strict=True)):
            states = layer.own_norm(states + layer.own_output(self._look_back(layer, cache, states)))
            found, weights = self._look_across(layer, cross, states)
            seen += [weights[:, head] for of_layer, head in self._watched if of_layer == place]
            states = layer.cross_norm(states + layer.cross_output(found))
            states = layer.norm(states + layer.narrow(layer.activation(layer.widen(states))))
        if seen:
            self.attention = torch.stack(seen).mean(0).flatten(0, 1)
        self._length += 1
        logits = torch.addmm(decoder.bias, states, decoder.head, out=self._logits[: len(tokens)])
        return torch.log_softmax(logits, -1, dtype=torch.float32, out=self._log_probs[: len(tokens)])

    def _look_back(self, layer: _Layer, cache: Tensor, states: Tensor) -> Tensor:
        rows, width = states.shape
        heads, steps = self._decoder.heads, self._length + 1
        query, new = layer.query_key_value(states).split((width, 2 * width), -1)
        kept = cache[: steps * 2 * rows * width].view(steps, 2, rows, width)
        kept[-1] = new.view(rows, 2, width).transpose(0, 1)
        keys, values = (kept[:, part].view(steps, rows * heads, -1) for part in (0, 1))
        query = query.reshape(rows * heads, 1, -1) * (width // heads) ** -0.5
        weights = torch.softmax(torch.bmm(query, keys.permute(1, 2, 0)), -1)
        return torch.bmm(weights, values.transpose(0, 1)).view(rows, width)

    def _look_across(self, layer: _Layer, cross: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """Return what was found, rows × width, and the weights: sentences × heads × beam × source length."""
        rows, width = states.shape
        heads, beam = self._decoder.heads, self._beam
        keys, values = cross.flatten(1, 2)
        # The beams of a sentence ask the same keys, as if they were positions of one query.
        query = layer.query(states).view(rows // beam, beam, heads, -1).transpose(1, 2).reshape(len(keys), beam, -1)
        scale = (width // heads) ** -0.5
        weights = torch.softmax(torch.baddbmm(self._mask.flatten(0, 1), query, keys.transpose(1, 2), alpha=scale), -1)
        found = torch.bmm(weights, values).view(rows // beam, heads, beam, -1)
        return found.transpose(1, 2).reshape(rows, width), weights.view(rows // beam, heads, beam, -1)

    def select(self, rows: Tensor, sentences: Tensor | None) -> None:
        """Go on with these rows, in this order; `sentences`, when given, are those that they are left of."""
        width, kept = self._decoder.width, self._length * 2
        before = len(self._cross[0][0]) * self._beam
        for place, cache in enumerate(self._caches):
            old = cache[: kept * before * width].view(kept, before, width)
            torch.index_select(old, 1, rows, out=self._spare[: kept * len(rows) * width].view(kept, len(rows), width))
            self._caches[place], self._spare = self._spare, cache
        if sentences is not None:
            self._cross = [cross.index_select(1, sentences) for cross in self._cross]
            self._mask = self._mask.index_select(0, sentences)
