"""Seven vowels of American English, told apart by their formants."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

import pnn_core as pnn
from pnn_tasks.hillenbrand import FORMANTS, SELECTION, TABLE, rows
from pnn_tasks.search import SearchConfig, find

__all__ = ["VOWELS", "Vowels"]

VOWELS = ("ae", "ah", "aw", "uw", "er", "iy", "ih")
"""had, hod, hawed, who'd, heard, heed, hid; in the order of the authors' labels."""

TEST_SHARE = 49 / 259
"""Share of the authors' tokens that they tested on."""


class Vowels(pnn.Task):
    """Seven vowels spoken by women: 12 formant frequencies, 37 tokens of each vowel.

    F1 to F3 at steady state and at 20, 50 and 80 % of the duration, each divided by
    its maximum over all tokens. Selection: Wright et al., Deep physical neural
    networks trained with backpropagation, Nature 601, 549 (2022). Data: Hillenbrand
    et al., J. Acoust. Soc. Am. 97, 3099 (1995).

    The authors' split has women on both sides of it, and 49 test tokens are few:
    report mean and spread over many `split_seed`, beside a linear baseline.
    """

    name = "vowels"

    class Config(SearchConfig):
        """Settings of the vowels."""

        tokens: Literal["authors", "drawn"] = Field(
            "authors",
            description="The authors' 259 tokens, or as many drawn with split_seed "
            "from all that are measured completely.",
        )
        split: Literal["authors", "stratified", "speaker-disjoint"] = Field(
            "authors",
            description="Test on the authors' 49 tokens, on seven of each vowel, or on "
            "women who are not heard in training.",
        )
        split_seed: int = Field(0, ge=0, description="Seed of the test split.")

        @model_validator(mode="after")
        def _authors_split_needs_their_tokens(self) -> Vowels.Config:
            if self.split == "authors" and self.tokens == "drawn":
                raise ValueError(
                    "drawn tokens need split stratified or speaker-disjoint"
                )
            return self

    config: Config
    table: ClassVar = TABLE
    selection: ClassVar = SELECTION

    def load(self) -> pnn.Splits:
        """Find, verify and split the tokens."""
        table = {row["token"]: row for row in rows(find(self.table, self.config))}
        if self.config.tokens == "authors":
            listed = rows(find(self.selection, self.config))
            chosen = {row["token"]: row["split"] for row in listed}
        else:
            chosen = dict.fromkeys(drawn(table, self.config.split_seed), "")
        labels = np.array([VOWELS.index(token[3:]) for token in chosen], np.int64)
        hertz = np.array([[float(table[t][f]) for f in FORMANTS] for t in chosen])
        features = (hertz / hertz.max(axis=0)).astype(np.float32)

        if self.config.split == "authors":
            tested = np.array([split == "test" for split in chosen.values()])
            train, test = np.flatnonzero(~tested), np.flatnonzero(tested)
        elif self.config.split == "stratified":
            train, test = pnn.stratified(labels, TEST_SHARE, self.config.split_seed)
        else:
            speakers = np.array([token[:3] for token in chosen])
            train, test = by_speaker(speakers, self.config.split_seed)
        kept, held_out = pnn.stratified(
            labels[train], self.config.validation, self.config.seed
        )
        return pnn.Splits(
            train=pnn.Split(features[train[kept]], labels[train[kept]]),
            validation=pnn.Split(features[train[held_out]], labels[train[held_out]]),
            test=pnn.Split(features[test], labels[test]),
            classes=VOWELS,
        )


def drawn(table: dict[str, dict[str, str]], seed: int) -> list[str]:
    """Return tokens of women, as many of each vowel as the rarest vowel has.

    Only tokens whose 12 formants were all measured count: the table says 0 for a
    formant that was not. In the published table the rarest is /er/, with 37 tokens.
    """
    rng = np.random.default_rng(seed)
    measured = [
        [
            token
            for token, row in sorted(table.items())
            if row["group"] == "w"
            and row["vowel"] == vowel
            and all(float(row[formant]) > 0 for formant in FORMANTS)
        ]
        for vowel in VOWELS
    ]
    count = min(map(len, measured))
    return [str(t) for tokens in measured for t in rng.permutation(tokens)[:count]]


def by_speaker(
    speakers: NDArray[np.str_], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the indices of (training, test) tokens, which share no speaker.

    Speakers are held out in random order until the test share is reached.
    """
    names, counts = np.unique(speakers, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    before = np.cumsum(counts[order]) - counts[order]
    held_out = names[order][before < round(TEST_SHARE * len(speakers))]
    tested = np.isin(speakers, held_out)
    return np.flatnonzero(~tested), np.flatnonzero(tested)
