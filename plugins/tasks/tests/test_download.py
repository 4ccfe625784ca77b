import gzip
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pnn_tasks.idx import decode
from pnn_tasks.search import SearchConfig, find

import pnn_core as pnn

NOBODY = "http://127.0.0.1:9"
"""The discard port of this computer, where nobody listens."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def mirror(tmp_path):
    """Serve a folder on the loopback interface."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=folder)
    ) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_downloaded_file_is_kept_in_the_cache(places, labels, put, mirror):
    folder, url = mirror
    put(folder, folder=".")
    first = find(labels(url), SearchConfig())
    assert [path.name for path in places.cache.rglob("*.*")] == ["labels.gz"]
    assert find(labels(NOBODY), SearchConfig()) == first
    assert decode(first).tolist() == [5, 0, 4]


def test_damaged_cached_copy_is_replaced(places, labels, put, mirror):
    folder, url = mirror
    put(folder, folder=".")
    cached = put(places.cache, cut=20)
    content = find(labels(url), SearchConfig())
    assert gzip.decompress(cached.read_bytes()) == content


def test_next_mirror_is_asked_when_one_is_out_of_reach(places, labels, put, mirror):
    folder, url = mirror
    put(folder, folder=".")
    assert decode(find(labels(NOBODY, url), SearchConfig())).tolist() == [5, 0, 4]


def test_wrong_content_never_enters_the_cache(places, labels, put, mirror):
    folder, url = mirror
    put(folder, bytes(11), folder=".")
    with pytest.raises(pnn.TaskError, match="gz: its content has sha256"):
        find(labels(url), SearchConfig())
    assert not [path for path in places.cache.rglob("*") if path.is_file()]


def test_absent_file_is_told_with_its_address(places, labels, mirror):
    _, url = mirror
    with pytest.raises(pnn.TaskError, match=f"download: {url}/labels.gz: 404"):
        find(labels(url), SearchConfig())


def test_unreachable_mirror_is_told_with_the_way_out(places, labels):
    with pytest.raises(pnn.TaskError) as caught:
        find(labels(NOBODY), SearchConfig())
    assert f"download: {NOBODY}/labels.gz: " in str(caught.value)
    assert str(caught.value).endswith("  Ask for the labels.")


def test_cache_that_cannot_be_written_is_told(places, labels, put, mirror):
    folder, url = mirror
    put(folder, folder=".")
    places.cache.write_text("a file where the folder should be")
    with pytest.raises(pnn.TaskError, match=f"download: {url}/labels.gz: "):
        find(labels(url), SearchConfig())
