"""Unpacking: what an honest archive gives, and that a hostile one gives nothing at all."""

import bz2
import gzip
import io
import os
import random
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from audio_debias.errors import InputError
from audio_debias.fetching import unpack as unpacking
from audio_debias.fetching.unpack import gunzip, unpack

FILES = {
    "corpus/partitions/split01_train.csv": b"a\nb\n",
    "corpus/audio/000/a.ogg": bytes(range(256)) * 40,
    "corpus/audio/000/b [x].ogg": b"",
    "corpus/é.txt": b"accent",
}
MAKERS = ["zip", "tar", "tar.gz"]


def make(path: Path, files, folders=()) -> Path:
    """Write an archive whose kind is the suffix of `path`; `files` are (name, bytes) pairs."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in folders:
                archive.writestr(name.rstrip("/") + "/", b"")
            for name, data in files:
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
            for name in folders:
                info = tarfile.TarInfo(name)
                info.type = tarfile.DIRTYPE
                archive.addfile(info)
            for name, data in files:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return path


def make_tar(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w") as archive:
        for member in members:
            archive.addfile(member)
    return path


def assert_refused(archive: Path, match: str, **options) -> None:
    """Refused in one line, with nothing left in or beside the folder."""
    around = archive.parent
    (around / "place").mkdir(exist_ok=True)
    before = sorted(around.rglob("*"))
    with pytest.raises(InputError, match=match) as refusal:
        unpack(archive, around / "place" / "out", **options)
    assert "\n" not in str(refusal.value)
    assert str(archive) in str(refusal.value)
    assert sorted(around.rglob("*")) == before


@pytest.mark.parametrize("kind", MAKERS)
def test_gives_the_files_sorted_with_their_bytes(tmp_path, kind):
    archive = make(tmp_path / f"a.{kind}", FILES.items(), folders=["corpus", "corpus/empty"])
    files = unpack(archive, tmp_path / "out")
    assert [str(path.relative_to(tmp_path / "out")) for path in files] == sorted(FILES)
    assert {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in files} == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{kind}", "out"]


@pytest.mark.parametrize("kind", MAKERS)
def test_unpacks_the_selected_members_alone(tmp_path, kind):
    archive = make(tmp_path / f"a.{kind}", FILES.items())
    files = unpack(archive, tmp_path / "out", members=["*.csv", "corpus/audio/*/a.ogg"])
    assert [path.name for path in files] == ["a.ogg", "split01_train.csv"]
    assert sorted(path for path in (tmp_path / "out").rglob("*.*")) == files


def test_a_pattern_that_matches_nothing_is_refused(tmp_path):
    archive = make(tmp_path / "a.zip", FILES.items())
    assert_refused(archive, r"nothing matches \['\*\.mp3'\]", members=["*.csv", "*.mp3"])


def test_writes_into_an_empty_folder_but_not_into_a_full_one(tmp_path):
    archive = make(tmp_path / "a.zip", FILES.items())
    (tmp_path / "out").mkdir()
    unpack(archive, tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"
    unpack(archive, tmp_path / "out", replace=True)
    assert not (tmp_path / "out" / "mine.txt").exists()


def test_a_failed_replacement_keeps_the_old_folder(tmp_path):
    unpack(make(tmp_path / "a.zip", FILES.items()), tmp_path / "out")
    bad = make(tmp_path / "b.zip", [("fine.txt", b""), ("../bad.txt", b"")])
    with pytest.raises(InputError):
        unpack(bad, tmp_path / "out", replace=True)
    assert (tmp_path / "out" / "corpus" / "é.txt").read_bytes() == b"accent"


def test_permissions_are_those_of_new_files(tmp_path):
    info = tarfile.TarInfo("run.sh")
    info.mode = 0o6777
    (file,) = unpack(make_tar(tmp_path / "a.tar", info), tmp_path / "out")
    assert not file.stat().st_mode & 0o7133


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "fine/../../evil.txt",
        "fine/..",
        "/evil.txt",
        "//evil.txt",
        "..\\evil.txt",
        "C:\\evil.txt",
        "C:evil.txt",
        "\\\\server\\share\\evil.txt",
    ],
)
@pytest.mark.parametrize("members", [None, ["fine.txt"]])
def test_names_that_lead_out_are_refused(tmp_path, kind, name, members):
    archive = make(tmp_path / f"a.{kind}", [("fine.txt", b"fine"), (name, b"evil")])
    assert_refused(archive, "leads out of the folder", members=members)


@pytest.mark.parametrize("kind", MAKERS)
def test_folders_that_lead_out_are_refused(tmp_path, kind):
    archive = make(tmp_path / f"a.{kind}", [("fine.txt", b"fine")], folders=["../evil"])
    assert_refused(archive, "leads out of the folder")


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "fine.txt"])
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_in_a_tar_are_refused(tmp_path, target, kind):
    fine, link = tarfile.TarInfo("fine.txt"), tarfile.TarInfo("link")
    link.type, link.linkname = kind, target
    assert_refused(make_tar(tmp_path / "a.tar", fine, link), "'link', which is a link")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_in_a_tar_are_refused(tmp_path, kind):
    device = tarfile.TarInfo("null")
    device.type = kind
    assert_refused(make_tar(tmp_path / "a.tar", device), "a device")


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o010644])
def test_links_and_devices_in_a_zip_are_refused(tmp_path, mode):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")
    assert_refused(tmp_path / "a.zip", "'link', which is a link or a device")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("second", ["a/b.txt", "a//b.txt", "./a/b.txt", "a/./b.txt"])
def test_duplicate_names_are_refused(tmp_path, kind, second):
    archive = make(tmp_path / f"a.{kind}", [("a/b.txt", b"1"), (second, b"2")])
    assert_refused(archive, "'a/b.txt' twice")


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a")])
def test_a_file_that_is_also_a_folder_is_refused(tmp_path, kind, names):
    archive = make(tmp_path / f"a.{kind}", [(name, b"") for name in names])
    assert_refused(archive, "cannot be unpacked")


@pytest.mark.parametrize("kind", MAKERS)
def test_too_many_members_are_refused(tmp_path, kind):
    archive = make(tmp_path / f"a.{kind}", [(f"{i}.txt", b"") for i in range(6)])
    assert len(unpack(archive, tmp_path / "enough", max_members=6)) == 6
    (tmp_path / "hostile").mkdir()
    os.rename(archive, tmp_path / "hostile" / archive.name)
    assert_refused(tmp_path / "hostile" / archive.name, "more than 5 members", max_members=5)


@pytest.mark.parametrize("kind", MAKERS)
def test_more_bytes_than_allowed_are_refused(tmp_path, kind):
    files = [("a", bytes(3000)), ("b", bytes(3000))]
    assert_refused(make(tmp_path / f"a.{kind}", files), "unpacks to more than", max_bytes=5000)


def zeros_deflated(n_mebibytes: int) -> bytes:
    """A raw deflate stream of that many MiB of zeros, of a thousandth of its size."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    unit = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return unit * n_mebibytes + compressor.flush(zlib.Z_FINISH)


def zip_around(deflated: bytes, claimed_size: int) -> bytes:
    """A zip of one member that claims `claimed_size` bytes, whatever the stream holds."""
    name = b"bomb.bin"
    common = struct.pack(
        "<HHHHHIIIHH", 20, 0, 8, 0, 0x21, 0, len(deflated), claimed_size, len(name), 0
    )
    local = b"PK\3\4" + common + name + deflated
    central = b"PK\1\2" + struct.pack("<H", 20) + common
    central += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, 0) + name
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def gzip_around(deflated: bytes) -> bytes:
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated + bytes(8)


def tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


TEN_GB = 10 * 1024


@pytest.mark.parametrize("claimed_size", [100, 3_000_000_000])
def test_ten_gigabyte_zip_bomb_is_refused(tmp_path, claimed_size):
    (tmp_path / "bomb.zip").write_bytes(zip_around(zeros_deflated(TEN_GB), claimed_size))
    assert (tmp_path / "bomb.zip").stat().st_size < 2e7
    assert_refused(tmp_path / "bomb.zip", "unpacks to more than|cannot be unpacked")


def test_zip_of_many_names_for_one_bomb_is_refused(tmp_path):
    """Overlapping members: each is harmless, together they are not."""
    one = zip_around(zeros_deflated(60), 60 << 20)
    local = one[: one.index(b"PK\1\2")]
    record = one[one.index(b"PK\1\2") : one.index(b"PK\5\6")]
    central = b"".join(record.replace(b"bomb.bin", b"bom%05d" % i) for i in range(200))
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 200, 200, len(central), len(local), 0)
    (tmp_path / "bomb.zip").write_bytes(local + central + end)
    assert_refused(tmp_path / "bomb.zip", "unpacks to more than|cannot be unpacked")


def test_zip_methods_that_decompress_without_bound_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("bomb.bin", bytes(10_000_000))
    assert_refused(tmp_path / "a.zip", "neither stored nor deflated")


def test_ten_gigabyte_tar_bomb_is_refused_by_its_header(tmp_path):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    header = compressor.compress(tar_header("bomb.bin", 10 << 30))
    header += compressor.flush(zlib.Z_FULL_FLUSH)
    (tmp_path / "bomb.tar.gz").write_bytes(gzip_around(header + zeros_deflated(TEN_GB)))
    assert_refused(tmp_path / "bomb.tar.gz", "unpacks to more than")


@pytest.mark.parametrize("members", [None, ["fine.txt"]])
def test_bomb_behind_the_end_of_a_tar_is_refused_while_it_streams(tmp_path, members):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = compressor.compress(tar_header("fine.txt", 0)) + compressor.flush(zlib.Z_FULL_FLUSH)
    (tmp_path / "bomb.tar.gz").write_bytes(gzip_around(start + zeros_deflated(TEN_GB)))
    assert_refused(tmp_path / "bomb.tar.gz", "unpacks to more than", members=members, max_ratio=10)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_bomb_in_a_header_is_refused_before_it_fills_the_memory(tmp_path, kind):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    header = compressor.compress(tar_header("long", 10 << 30, kind))
    header += compressor.flush(zlib.Z_FULL_FLUSH)
    (tmp_path / "bomb.tar.gz").write_bytes(gzip_around(header + zeros_deflated(TEN_GB)))
    assert_refused(tmp_path / "bomb.tar.gz", "holds a header of")


def test_sparse_tar_bomb_is_refused(tmp_path):
    header = bytearray(tar_header("sparse", 0, tarfile.GNUTYPE_SPARSE))
    header[483:495] = tarfile.itn(10 << 30, 12, tarfile.GNU_FORMAT)
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "a.tar").write_bytes(bytes(header) + bytes(1024))
    assert_refused(tmp_path / "a.tar", "sparse")


def test_negative_size_in_a_tar_is_refused(tmp_path):
    (tmp_path / "a.tar").write_bytes(tar_header("minus", -512) * 2 + bytes(1024))
    assert_refused(tmp_path / "a.tar", "of -512 bytes")


def test_encrypted_zip_is_refused(tmp_path):
    data = bytearray(zip_around(zeros_deflated(1), 1 << 20))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert_refused(tmp_path / "a.zip", "encrypted")


@pytest.mark.parametrize(
    "content", [b"<!doctype html><html>", b"PK\3\4", b"\x1f\x8b", b"x" * 2000, bytes(100)]
)
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    assert_refused(tmp_path / "a.zip", "cannot be unpacked")


def test_an_empty_archive_is_refused(tmp_path):
    (tmp_path / "a.zip").touch()
    assert_refused(tmp_path / "a.zip", "is empty")


def test_a_missing_archive_is_refused(tmp_path):
    assert_refused(tmp_path / "none.zip", "no such file")


@pytest.mark.parametrize("kind", MAKERS)
def test_a_cut_archive_is_refused_wherever_it_is_cut(tmp_path, kind):
    """A tar only ends at its mark of zeros: what follows it is padding, free to be cut."""
    whole = make(tmp_path / f"a.{kind}", FILES.items()).read_bytes()
    end = len(whole) if kind != "tar" else len(whole.rstrip(b"\0")) // 512 * 512 + 512
    (tmp_path / "hostile").mkdir()
    for cut in random.Random(0).sample(range(end), 40):
        (tmp_path / "hostile" / "a").write_bytes(whole[:cut])
        assert_refused(tmp_path / "hostile" / "a", "cannot be unpacked|is empty")


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_damaged_archive_gives_the_true_bytes_or_nothing(tmp_path, kind):
    """Both kinds carry checksums of their data (zip none of its names, so content is compared)."""
    whole = make(tmp_path / f"a.{kind}", FILES.items()).read_bytes()
    rng, refusals = random.Random(1), []
    for trial in range(150):
        damaged = bytearray(whole)
        for _ in range(rng.choice((1, 1, 5))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            files = unpack(tmp_path / "damaged", tmp_path / "place" / str(trial))
        except InputError as refusal:
            refusals.append(str(refusal))
        else:
            assert {path.read_bytes() for path in files} <= set(FILES.values())
    assert refusals
    assert not any("\n" in refusal for refusal in refusals)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{kind}", "damaged", "place"]


def test_a_full_disk_is_said_so(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(unpacking, "_copy", full)
    archive = make(tmp_path / "a.zip", FILES.items())
    with pytest.raises(InputError, match="the disk is full"):
        unpack(archive, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [archive]


def test_gunzip_gives_the_bytes(tmp_path):
    (tmp_path / "w.h5.gz").write_bytes(gzip.compress(b"weights" * 100))
    assert gunzip(tmp_path / "w.h5.gz", tmp_path / "w.h5").read_bytes() == b"weights" * 100


@pytest.mark.parametrize(
    "content",
    [
        gzip_around(zeros_deflated(TEN_GB)),
        gzip.compress(b"weights" * 100)[:-4],
        gzip.compress(b"weights")[:-8] + bytes(8),
        bz2.compress(b"weights"),
        b"",
    ],
    ids=["bomb", "cut", "wrong checksum", "bzip2", "empty"],
)
def test_gunzip_refuses_bombs_and_broken_files(tmp_path, content):
    (tmp_path / "w.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"w\.gz"):
        gunzip(tmp_path / "w.gz", tmp_path / "w", max_ratio=10)
    assert [path.name for path in tmp_path.iterdir()] == ["w.gz"]


@pytest.mark.parametrize("name", ["a\nb.txt", "a\x1b[2J.txt", "a\x7f", "caf\udce9.txt"])
def test_names_that_are_not_utf8_or_hold_control_characters_are_refused(tmp_path, name):
    member = tarfile.TarInfo(name)
    assert_refused(make_tar(tmp_path / "a.tar", member), "not UTF-8 or has control characters")


@pytest.mark.parametrize("kind", ["link", "file", "folder"])
def test_what_lies_where_an_archive_is_unpacked_is_not_followed(tmp_path, kind):
    archive, elsewhere = tmp_path / "a.tar", tmp_path / "elsewhere"
    make_tar(archive, tarfile.TarInfo("inside.txt"))
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    beside = tmp_path / ".out.unpacking"
    if kind == "link":
        beside.symlink_to(elsewhere, target_is_directory=True)
    elif kind == "file":
        beside.write_text("old")
    else:
        beside.mkdir()
        (beside / "stale.txt").write_text("old")
    assert unpack(archive, tmp_path / "out") == [tmp_path / "out/inside.txt"]
    assert [path.name for path in elsewhere.iterdir()] == ["mine.txt"]
    assert not (tmp_path / "out").is_symlink()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["inside.txt"]
