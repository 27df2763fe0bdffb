"""generate_province from the command line."""

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from pasi.province import write_province
from tests.province.conftest import TODAY


@pytest.mark.parametrize("students", ["0", "-3", "many", "99999999999"])
def test_a_number_that_is_none_ends_with_status_2(students, tmp_path, capsys):
    with pytest.raises(SystemExit) as exit_of:
        execute_from_command_line(
            ["manage.py", "generate_province", f"--students={students}", f"--directory={tmp_path}"]
        )
    assert exit_of.value.code == 2
    assert "--students" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_it_writes_what_write_province_writes_and_names_the_files(settings, tmp_path, capsys):
    settings.PASI_TODAY = TODAY
    by_command, by_function = tmp_path / "a" / "b", tmp_path / "c"
    call_command("generate_province", students=80, seed=5, directory=by_command)
    write_province(by_function, 80, 5, TODAY)
    for path in by_function.iterdir():
        assert (by_command / path.name).read_bytes() == path.read_bytes(), path.name
    said = capsys.readouterr()
    assert "80  " + str(by_command / "students.csv") in said.out
    assert "80 of 80 students" in said.err


def test_a_directory_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="file"):
        call_command("generate_province", students=5, directory=tmp_path / "file")
