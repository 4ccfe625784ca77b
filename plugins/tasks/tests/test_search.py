import pooch
import pytest
from pnn_tasks.idx import decode
from pnn_tasks.search import SearchConfig, cache, find

import pnn_core as pnn

ORDER = ("data_dir", "environment", "debian", "cache")
OTHER = bytes([0, 0, 8, 1, 0, 0, 0, 3, 9, 9, 9])


@pytest.mark.parametrize("place", ORDER)
def test_copy_is_found_in_each_place(places, config, labels, put, place):
    put(getattr(places, place))
    assert decode(find(labels(), config)).tolist() == [5, 0, 4]


def test_places_come_in_order(places, config, labels, put, caplog):
    paths = [put(getattr(places, place), OTHER) for place in ORDER]
    with pytest.raises(pnn.TaskError):
        find(labels(), config)
    assert [record.args[0] for record in caplog.records] == paths


def test_search_ends_at_the_first_intact_copy(places, config, labels, put, caplog):
    put(places.data_dir)
    for place in ORDER[1:]:
        put(getattr(places, place), OTHER)
    find(labels(), config)
    assert not caplog.records


def test_own_subfolder_comes_before_the_folder(places, config, labels, put, caplog):
    put(places.data_dir)
    put(places.data_dir, OTHER, folder=".")
    find(labels(), config)
    assert not caplog.records


@pytest.mark.parametrize("damage", [{"content": OTHER}, {"cut": 20}, {"cut": 0}])
def test_damaged_copy_is_reported_and_passed_over(
    places, config, labels, put, caplog, damage
):
    damaged = put(places.data_dir, **damage)
    put(places.environment)
    assert decode(find(labels(), config)).tolist() == [5, 0, 4]
    assert f"Passed over {damaged}" in caplog.text


def test_error_names_every_place_its_failure_and_the_way_out(
    places, config, labels, put
):
    other = put(places.environment, OTHER)
    cut = put(places.cache, cut=20)
    with pytest.raises(pnn.TaskError) as caught:
        find(labels("http://127.0.0.1:9"), config)
    first, *tried, advice = str(caught.value).splitlines()
    assert labels().sha256 in first
    assert tried[0] == (
        f"    data_dir: nothing in {places.data_dir / 'digits'} or {places.data_dir}"
    )
    assert tried[1].startswith(f"    PNN_DATA_DIR: {other}: its content has sha256")
    assert tried[2].startswith("    Debian's data sets: nothing in")
    assert tried[3].startswith(f"    cache: {cut}: unreadable, EOFError")
    assert tried[4] == "    download: turned off by download = false"
    assert advice == "  Ask for the labels."


def test_unset_places_are_said_to_be_unset(places, labels, monkeypatch):
    monkeypatch.delenv("PNN_DATA_DIR")
    with pytest.raises(pnn.TaskError) as caught:
        find(labels(), SearchConfig())
    assert "    data_dir: not set\n    PNN_DATA_DIR: not set\n" in str(caught.value)
    assert "    download: no public mirror is known\n" in str(caught.value)


def test_cache_is_that_of_pooch():
    assert cache() == pooch.os_cache("pnn")
