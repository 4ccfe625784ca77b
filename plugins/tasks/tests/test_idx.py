import numpy as np
import pytest
from pnn_tasks.datafile import DamagedError, Form
from pnn_tasks.idx import decode, encode, npz_member


def test_header_states_type_and_big_endian_sizes():
    header = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 1, 44])
    assert encode(np.zeros((2, 300), np.uint8)) == header + bytes(600)


def test_decode_inverts_encode():
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(decode(encode(array)), array)


def test_npz_array_has_the_content_of_its_idx_file(tmp_path):
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    np.savez_compressed(tmp_path / "a.npz", images=array)
    assert npz_member("images")(tmp_path / "a.npz") == encode(array)


@pytest.mark.parametrize(
    "array", [np.array([{}], dtype=object), np.zeros(3)], ids=["pickle", "float64"]
)
def test_npz_array_that_is_not_bytes_is_refused(tmp_path, array):
    np.savez(tmp_path / "a.npz", images=array)
    with pytest.raises(DamagedError, match="unreadable, ValueError"):
        Form("a.npz", npz_member("images")).checked(tmp_path / "a.npz", "0" * 64)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 cut", b"not a zip"])
def test_file_that_is_not_an_npz_is_damaged(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DamagedError, match="unreadable"):
        Form("a.npz", npz_member("images")).checked(tmp_path / "a.npz", "0" * 64)


def test_npz_without_the_array_is_damaged(tmp_path):
    np.savez(tmp_path / "a.npz", labels=np.zeros(3, np.uint8))
    with pytest.raises(DamagedError, match="images"):
        Form("a.npz", npz_member("images")).checked(tmp_path / "a.npz", "0" * 64)
