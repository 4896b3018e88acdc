"""A job's log starts with its inputs and ends with its seconds or its error."""

import os
import sys

import pytest

from audio_debias.errors import InputError
from audio_debias.files import replacing
from audio_debias.jobs.log import job


def test_a_log_starts_with_the_inputs_and_ends_with_the_seconds(tmp_path):
    with job(tmp_path / "log", corpus="irmas") as log:
        log.info("clips: %d", 3)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[0].endswith("corpus: irmas")
    assert "done in" in lines[-1]


def test_bad_input_ends_the_process_with_one_line(tmp_path, capfd):
    with pytest.raises(SystemExit) as caught, job(tmp_path / "log"):
        raise InputError("clips.csv: path: missing; add the column")
    assert caught.value.code == 1
    assert capfd.readouterr().err == "error: clips.csv: path: missing; add the column\n"
    assert (tmp_path / "log").read_text().rstrip().endswith("add the column")


def test_progress_goes_to_both_and_the_noise_of_compiled_libraries_to_the_log(tmp_path, capfd):
    with job(tmp_path / "log"):
        print("halfway", file=sys.stderr)
        os.write(2, b"cuda: none\n")
    assert capfd.readouterr().err == "halfway\n"
    log = (tmp_path / "log").read_text()
    assert "halfway" in log
    assert "cuda: none" in log


def test_a_fault_leaves_its_traceback_in_the_log(tmp_path):
    with pytest.raises(ZeroDivisionError), job(tmp_path / "log"):
        _ = 1 / 0
    assert "Traceback" in (tmp_path / "log").read_text()


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")

    def write():
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert target.read_text() == "old"


def test_a_warning_reaches_the_terminal_too(tmp_path, capfd):
    with job(tmp_path / "x.log") as log:
        log.info("only in the log")
        log.warning("warning: look here")
    assert capfd.readouterr().err == "warning: look here\n"
    assert "warning: look here" in (tmp_path / "x.log").read_text()
