import zipfile
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from pnn_tasks.hillenbrand import SELECTION, TABLE, as_csv, read_distribution
from pnn_tasks.vowels import VOWELS, Vowels, by_speaker

import pnn_core as pnn

WOMEN = [f"w{n:02}" for n in range(1, 13)]
SPLITS = ("authors", "stratified", "speaker-disjoint")


def measured(token):
    """Return 15 plausible numbers; w01 saying /er/ has an unmeasured F1."""
    seed = int.from_bytes(token.encode(), "big")
    numbers = np.random.default_rng(seed).integers(300, 3000, 15)
    if token == "w01er":
        numbers[2] = 0
    return " ".join(map(str, numbers))


@pytest.fixture(scope="module")
def original():
    """A table in the format of vowdata.dat: prose, then tokens."""
    vowels = (*VOWELS, "eh")
    tokens = [w + vowel for vowel in vowels for w in ("m01", "b10", "g02", *WOMEN)]
    lines = "".join(f"{token} {measured(token)}\n" for token in tokens)
    return f"Vowel data (c)\nfilename dur f0 F1\n\n{lines}".encode()


@pytest.fixture(scope="module")
def selection():
    """A list of 70 tokens in the format of vowels_pnn7.csv; w01 to w02 are tested."""
    lines = ["index,token,vowel,label,split,split_position"]
    for index, woman in enumerate(WOMEN[1:11]):
        split = "test" if index < 2 else "train"
        lines += [
            f"{7 * index + label},{woman}{vowel},{vowel},{label},{split},{index}"
            for label, vowel in enumerate(VOWELS)
        ]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
def vowels(tmp_path, monkeypatch, original, selection):
    """Return a function that loads the task from small tables."""
    (tmp_path / "vowdata.dat").write_bytes(original)
    (tmp_path / "vowels_pnn7.csv").write_bytes(selection)
    table = replace(TABLE, sha256=sha256(as_csv(original)).hexdigest())
    monkeypatch.setattr(Vowels, "table", table)
    known = replace(SELECTION, sha256=sha256(selection).hexdigest())
    monkeypatch.setattr(Vowels, "selection", known)
    return lambda **settings: Vowels(
        data_dir=tmp_path, download=False, **settings
    ).load()


@pytest.fixture
def real():
    """Return a function that loads the real task, or skip."""

    def load(**settings):
        try:
            return Vowels(download=False, **settings).load()
        except pnn.TaskError as error:
            pytest.skip(f"set PNN_DATA_DIR to run this: {error}")

    return load


def examples(*parts):
    """Return the examples as a set of hashable rows."""
    return {
        (*row, label)
        for part in parts
        for row, label in zip(part.features.tolist(), part.labels, strict=True)
    }


def test_original_lines_become_the_csv_table():
    line = "w01ae 323 174 663 2012 2659 3691 669 2008 2671 671 1992 2659 685 1773 2680"
    header, row = as_csv(f"prose\n{line}\n".encode()).decode().splitlines()
    assert header.startswith("token,group,speaker,vowel,duration,f0,F1,F2,F3,F4,F1_20")
    assert row == f"w01ae,w,w01,ae,{line[6:].replace(' ', ',')}"


def test_table_is_read_from_the_archive_with_the_recordings(tmp_path, original):
    with zipfile.ZipFile(tmp_path / "h95-alldata.zip", "w") as archive:
        archive.writestr("vowdata.dat", original)
    assert read_distribution(tmp_path / "h95-alldata.zip") == as_csv(original)


def test_features_are_formants_over_their_maximum(vowels):
    splits = vowels()
    every = [splits.train, splits.validation, splits.test]
    features = np.concatenate([part.features for part in every])
    assert features.shape == (70, 12)
    assert features.dtype == np.float32
    assert (features.max(axis=0) == 1).all()
    raw = np.array([list(map(int, measured(f"w02{v}").split())) for v in VOWELS])
    ratios = raw[:, [2, 3, 4, *range(6, 15)]] / splits.test.features[:7]
    np.testing.assert_allclose(ratios, ratios[:1].repeat(7, 0), rtol=1e-6)


@pytest.mark.parametrize("split", SPLITS)
def test_splits_partition_the_tokens(vowels, split):
    splits = vowels(split=split)
    parts = splits.train, splits.validation, splits.test
    assert sum(map(len, parts)) == len(examples(*parts)) == 70


def test_authors_split_is_that_of_the_list(vowels):
    assert vowels().test.labels.tolist() == [0, 1, 2, 3, 4, 5, 6] * 2


@pytest.mark.parametrize("split", SPLITS[1:])
def test_split_seed_draws_the_test_set_and_seed_does_not(vowels, split):
    once, again, other = (
        examples(vowels(split=split, seed=seed, split_seed=drawn).test)
        for seed, drawn in ((0, 0), (1, 0), (0, 1))
    )
    assert once == again != other


def test_seed_draws_the_validation_set_and_split_seed_leaves_the_authors_split(vowels):
    once, again, other = (
        examples(vowels(seed=seed, split_seed=drawn).validation)
        for seed, drawn in ((0, 0), (0, 1), (1, 0))
    )
    assert once == again != other


def test_stratified_split_tests_each_vowel_alike(vowels):
    labels = vowels(split="stratified", split_seed=5).test.labels
    assert np.bincount(labels).tolist() == [2] * 7  # 70 * 49 / 259 = 13.2


@pytest.mark.parametrize("seed", range(5))
def test_no_woman_is_both_heard_and_tested(seed):
    women = np.repeat(WOMEN, 7)
    train, test = by_speaker(women, seed)
    assert set(women[train]) | set(women[test]) == set(WOMEN)
    assert not set(women[train]) & set(women[test])


def test_whole_women_are_tested_on_all_vowels(vowels):
    labels = vowels(split="speaker-disjoint").test.labels
    assert np.bincount(labels).tolist() == [2] * 7


@pytest.mark.parametrize("split", SPLITS[1:])
def test_drawn_tokens_are_women_measured_completely(vowels, split):
    splits = vowels(tokens="drawn", split=split)
    every = splits.train, splits.validation, splits.test
    labels = np.concatenate([part.labels for part in every])
    assert np.bincount(labels).tolist() == [11] * 7
    assert min(part.features.min() for part in every) > 0


def test_authors_split_of_drawn_tokens_is_refused():
    with pytest.raises(pnn.SettingError, match="drawn tokens need split"):
        Vowels(tokens="drawn")


def test_missing_list_names_the_way_without_it(vowels, tmp_path, places):
    (tmp_path / "vowels_pnn7.csv").unlink()
    with pytest.raises(pnn.TaskError, match='tokens = "drawn"'):
        vowels()
    assert vowels(tokens="drawn", split="stratified").classes == VOWELS


def test_real_authors_split_is_210_to_49(real):
    splits = real()
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (
        189,
        21,
        49,
    )
    assert np.bincount(splits.test.labels).tolist() == [8, 7, 6, 9, 4, 8, 7]


def test_real_stratified_split_tests_seven_of_each(real):
    splits = real(split="stratified", split_seed=4)
    assert np.bincount(splits.test.labels).tolist() == [7] * 7


def test_real_speaker_disjoint_test_set_is_near_49(real):
    """A woman has at most 7 tokens, so that the last one overshoots by at most 6."""
    sizes = [len(real(split="speaker-disjoint", split_seed=n).test) for n in range(20)]
    assert 49 <= min(sizes) <= max(sizes) <= 55


def test_real_drawn_tokens_are_37_of_each(real):
    splits = real(tokens="drawn", split="stratified")
    every = splits.train, splits.validation, splits.test
    labels = np.concatenate([part.labels for part in every])
    assert np.bincount(labels).tolist() == [37] * 7
