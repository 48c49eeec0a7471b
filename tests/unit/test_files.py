"""Files from outside: regular ones of bounded size are read, all else is refused in one phrase."""

import io
import os
import pickle
import socket
import zipfile

import numpy as np
import pytest

from sim.files import Unfit, arrays_of, opened_zip, read_bytes, read_json, read_text, regular

pytestmark = pytest.mark.unit


def says(error: pytest.ExceptionInfo[Unfit]) -> str:
    return error.value.strerror or ""


def test_a_regular_file_and_a_link_to_one_are_read(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfV\xc3\xa4nn\xc3\xa4s")
    (tmp_path / "b").symlink_to("a")
    assert read_text(tmp_path / "b") == "Vännäs"
    assert read_bytes(tmp_path / "a", 11) == read_bytes(tmp_path / "b", 12)
    assert regular(tmp_path / "a")
    assert not regular(tmp_path / "b")


def test_a_pipe_a_folder_a_device_and_a_socket_are_not(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    at = socket.socket(socket.AF_UNIX)
    at.bind(str(tmp_path / "socket"))
    for name, kind in (("pipe", "is a pipe"), (".", "is a folder"), ("/dev/zero", "is a device")):
        with pytest.raises(Unfit) as error:
            read_bytes(tmp_path / name)
        assert says(error) == f"{kind}, a regular file needed"
    with pytest.raises(OSError, match="No such device or address"):
        read_bytes(tmp_path / "socket")
    at.close()


def test_a_circle_of_links_and_a_nul_in_the_name_are_told(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match=r"[Tt]oo many levels"):
        read_bytes(tmp_path / "a")
    with pytest.raises(Unfit, match="no name of a file"):
        read_bytes(str(tmp_path) + "\0x")


def test_the_bound_stands_in_the_error(tmp_path):
    (tmp_path / "large").write_bytes(b"12345678901")
    with pytest.raises(Unfit, match="11 bytes given, at most 10 bytes read"):
        read_bytes(tmp_path / "large", 10)


def test_a_file_that_states_no_size_is_bounded_too(tmp_path, monkeypatch):
    (tmp_path / "grows").write_bytes(b"12345678901")
    empty = os.stat_result((0o100600, *[0] * 9))
    monkeypatch.setattr("sim.files.os.fstat", lambda handle: empty)
    with pytest.raises(Unfit, match="more than 10 bytes given"):
        read_bytes(tmp_path / "grows", 10)


def test_text_that_is_not_utf8_is_told_with_its_line(tmp_path):
    (tmp_path / "a").write_bytes(b"a\nb\xe4\n")
    with pytest.raises(Unfit, match="line 2: not UTF-8 text"):
        read_text(tmp_path / "a")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "line 1: not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5000, "too many digits"),
        ("", "not JSON"),
    ],
)
def test_what_is_no_json_is_told(tmp_path, text, told):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Unfit, match=told):
        read_json(tmp_path / "a.json")


def packed(**arrays) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def test_arrays_come_back():
    found = arrays_of(packed(a=np.arange(3), b=np.array("text")), "x.npz")
    assert found["a"].tolist() == [0, 1, 2]
    assert str(found["b"]) == "text"


def test_a_packed_file_that_unpacks_to_more_than_the_bound_is_refused():
    content = packed(a=np.zeros(10_000_000))
    assert len(content) < 200_000
    with pytest.raises(Unfit, match="unpacks to 80 MB, at most 10 MB read"):
        arrays_of(content, "x.npz", 10_000_000)
    with pytest.raises(Unfit, match="3 members given, at most 2 read"):
        opened_zip(packed(a=1, b=2, c=3), "x.npz", members=2)


def test_objects_are_never_unpickled():
    with pytest.raises(Unfit, match="not an array"):
        arrays_of(packed(a=np.array([{}], dtype=object)), "x.npz")


def test_a_head_that_promises_more_than_there_is_takes_no_memory():
    content = io.BytesIO()
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("a.npy", head.getvalue())
    with pytest.raises(Unfit, match="cut short"):
        arrays_of(content.getvalue(), "x.npz")


def test_damaged_bytes_are_told_wherever_they_stand():
    whole = packed(a=np.arange(50), b=np.arange(9.0))
    for at in range(0, len(whole), 3):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        try:
            arrays_of(bytes(broken), "x.npz")
        except Unfit:
            continue
    with pytest.raises(Unfit):
        arrays_of(whole[:-30], "x.npz")


def test_the_refusal_travels_between_processes():
    error = pickle.loads(pickle.dumps(Unfit("a.csv", "not UTF-8 text", 3)))
    assert str(error) == "a.csv, line 3: not UTF-8 text"
