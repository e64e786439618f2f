"""What browsers get is the program of the repository: TypeScript's compiler makes the same of both."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from parley.faces.web.static import FOLDER
from parley.faces.web.uncommented import uncommented
from tests.running import ROOT

TSC = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
NODE = Path(sys.executable).with_name("node")


def compiled(folder: Path, out: Path) -> dict[str, str]:
    """Every script below a folder as the compiler writes it, without comments."""
    options = ("--allowJs", "--noCheck", "--removeComments", "--target", "esnext", "--module", "esnext")
    files = [str(path) for path in sorted(folder.rglob("*.js"))]
    outcome = subprocess.run(
        [NODE, TSC, *options, "--rootDir", str(folder), "--outDir", str(out), *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*.js")}


def test_scripts_without_comments_are_the_same_programs(tmp_path: Path) -> None:
    for path in FOLDER.rglob("*.js"):
        sent = tmp_path / "sent" / path.relative_to(FOLDER)
        sent.parent.mkdir(parents=True, exist_ok=True)
        source = path.read_text()
        sent.write_text(uncommented(source, ".js"))
        assert sent.read_text().count("\n") == source.count("\n"), f"{path.name}: a place is another one"
    ours, theirs = compiled(FOLDER, tmp_path / "a"), compiled(tmp_path / "sent", tmp_path / "b")
    assert len(ours) > 60
    assert ours == theirs


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("a; // why\nb;", "a;\nb;"),
        ("/** doc */\nf();", "\nf();"),
        ("  /* two\n  lines */\n  x;", "\n\n  x;"),
        ("s = 'no // comment'; /x\\/\\/y/.test(s);", "s = 'no // comment'; /x\\/\\/y/.test(s);"),
        ("t = `http://a.example/* not */`;", "t = `http://a.example/* not */`;"),
    ],
)
def test_comments_go_and_nothing_else(source: str, sent: str) -> None:
    assert uncommented(source, ".js") == sent


def test_sheets_lose_theirs_and_nothing_else() -> None:
    assert uncommented("a { b: c !important; } /* why */", ".css") == "a { b: c !important; }"
    for path in FOLDER.rglob("*.css"):
        source = path.read_text()
        bare = re.sub(r"[ \t]*/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), source, flags=re.DOTALL)
        assert uncommented(source, ".css") == bare, path.name


def test_other_files_stay_as_they_are() -> None:
    assert uncommented("<!-- a --> // b", ".html") == "<!-- a --> // b"
