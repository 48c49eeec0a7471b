"""The cache of compiled code is private to its owner: what somebody else could have put there is not run."""

import os
from pathlib import Path

import pytest

from sim import code_cache
from sim.code_cache import cache_directory, get, put

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(code_cache, "_private", set())
    monkeypatch.setattr(code_cache, "_instead", {})
    monkeypatch.setenv("NARVARD_CACHE", "")  # what is set meanwhile goes again
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_directory_and_files_are_made_for_their_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "a" / "cache"))
    directory = cache_directory()
    assert directory == tmp_path / "a" / "cache"
    put(directory / "x.code", b"code")
    assert (mode(directory), mode(directory / "x.code")) == (0o700, 0o600)
    assert get(directory / "x.code") == b"code"


def told(caplog) -> str:
    return " ".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("bits", [0o770, 0o707, 0o777])
def test_a_named_directory_that_others_may_write_to_is_left_alone(bits, tmp_path, monkeypatch, caplog):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(bits)
    monkeypatch.setenv("NARVARD_CACHE", str(shared))
    directory = cache_directory()
    assert directory != shared
    assert mode(directory) == 0o700
    assert "others may write to it, and their code would be run here; chmod 700 closes it" in told(caplog)
    assert os.environ["NARVARD_CACHE"] == str(directory)  # workers use it too
    assert cache_directory() == directory
    assert mode(shared) == bits


def test_the_users_own_directory_is_closed_to_others(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "narvard").mkdir()
    (tmp_path / "narvard").chmod(0o775)
    assert cache_directory() == tmp_path / "narvard"
    assert mode(tmp_path / "narvard") == 0o700


def test_a_directory_of_somebody_else_is_left_alone(tmp_path, monkeypatch, caplog):
    (tmp_path / "theirs").mkdir()
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "theirs"))
    monkeypatch.setattr(code_cache, "_trusted", lambda: (4242, 4242))
    assert cache_directory() != tmp_path / "theirs"
    assert f"belongs to user {os.geteuid()}, whose code would be run here" in told(caplog)


def test_a_directory_below_one_that_anybody_may_write_to_is_left_alone(tmp_path, monkeypatch, caplog):
    (tmp_path / "open" / "cache").mkdir(parents=True, mode=0o700)
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "open" / "cache"))
    assert cache_directory() != tmp_path / "open" / "cache"
    assert "who could put another there" in told(caplog)
    (tmp_path / "open").chmod(0o1777)  # as /tmp is: nobody takes away what is another's
    monkeypatch.setattr(code_cache, "_instead", {})
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "open" / "cache"))
    assert cache_directory() == tmp_path / "open" / "cache"


def test_a_file_that_may_be_somebody_elses_is_not_believed(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "cache"))
    path = cache_directory() / "x.code"
    put(path, b"code")
    path.chmod(0o660)
    assert get(path) is None
    path.chmod(0o644)
    assert get(path) == b"code"
    (path.parent / "link.code").symlink_to(path)
    assert get(path.parent / "link.code") is None
    os.mkfifo(path.parent / "pipe.code")
    assert get(path.parent / "pipe.code") is None
    monkeypatch.setattr(code_cache, "_trusted", lambda: (4242, 4242))
    assert get(path) is None
    assert "may be somebody else's, and is made again" in told(caplog)


@pytest.mark.parametrize("home", ["/proc/none", "relative", "/dev/null"])
def test_without_a_home_code_is_kept_for_the_process_only(home, monkeypatch, caplog):
    monkeypatch.setenv("HOME", home)
    directory = cache_directory()
    assert directory.name.startswith("narvard-")
    assert mode(directory) == 0o700
    assert "compiled code is kept for this process only" in told(caplog)


def test_a_user_without_an_entry_has_none_either(monkeypatch, caplog):
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    assert cache_directory().name.startswith("narvard-")
    assert "no home directory, and NARVARD_CACHE names no other" in told(caplog)
