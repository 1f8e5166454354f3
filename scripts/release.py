"""Say what stands in the way of a release, and if nothing does build it: sdist and wheel, each tried in an environment of its own.

    python scripts/release.py --since v0.1.0         # what stands in the way; --since names the release before, if there was one
    python scripts/release.py --build dist           # then dist/*.whl and dist/*.tar.gz
    python scripts/release.py --build dist --unreleased       # to try what would be built, whatever stands in the way

It refuses a tree that is not committed, a golden set that is not pinned or not what its manifest says, an answer that is another than in
the release before and has no line in CHANGES.md, a missing licence, and changes without the version that they are of. It uploads nothing.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lossref import __version__, golden
from lossref.golden import roots

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--since", metavar="COMMIT", help="the release before: whose answers have changed needs a line in CHANGES.md")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="build there what would be uploaded, and try it")
    parser.add_argument("--unreleased", action="store_true", help="build in spite of what stands in the way: not to be uploaded")
    parser.add_argument("--root", type=Path, default=ROOT, metavar="FOLDER", help="the checkout (this one)")
    given = parser.parse_args()
    found = list(problems(given.root, given.since))
    for sentence in found:
        print(f"in the way: {sentence}")
    if found and not (given.build and given.unreleased):
        sys.exit(1)
    if given.build:
        for path in built(given.root, given.build):
            tried(path)
            print(path)
    else:
        print(f"nothing is in the way of lossref {__version__}")


def problems(root: Path, since: str | None) -> Iterator[str]:
    """A sentence for each thing that is not as it must be."""
    if dirty := _git(root, "status", "--porcelain").splitlines():
        yield f"{len(dirty)} files are not committed: {dirty[0][3:]} for one"
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name in settings["license-files"]:
        if not (root / name).is_file() or not (root / name).read_text(encoding="utf-8").strip():
            yield f"the licence {name} is missing"
    changes = (root / "CHANGES.md").read_text(encoding="utf-8")
    heading = next((line for line in changes.splitlines() if line.startswith("## ")), "## nothing")
    manifest = golden.manifest(root / "golden")
    if (wanted := f"## {__version__}, golden set {manifest['version']}") != heading:
        yield f"CHANGES.md begins with {heading[3:]!r}, and {wanted[3:]!r} is wanted"
    if manifest["version"] not in roots.ROOTS:
        yield f"golden set {manifest['version']} is not pinned in lossref/golden/roots.py"
    verified = subprocess.run([sys.executable, "-m", "lossref", "golden", "verify", str(root / "golden")], capture_output=True, text=True)
    if verified.returncode:
        yield f"the golden set is not what its manifest says: {(verified.stderr or verified.stdout).strip().splitlines()[-1]}"
    elif since:
        for name in unnamed(_differences(root, since), changes):
            yield f"an answer of {name} is another than in {since}, and CHANGES.md does not name it"


def unnamed(found: Iterable[Mapping[str, str]], changes: str) -> list[str]:
    """The losses some of whose answers changed or went, and that the changes do not name."""
    changed = {Path(change["file"]).name.partition(".")[0] for change in found if change["kind"] in ("answer", "removed")}
    return sorted(name for name in changed if not re.search(rf"\b{name}\b", changes))


def _differences(root: Path, since: str) -> list[dict[str, str]]:
    """What is another in the golden set than in that of a commit."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "-C", str(root), "archive", since, "golden"], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(folder, filter="data")
        command = [sys.executable, "-m", "lossref", "golden", "diff", f"{folder}/golden", str(root / "golden"), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"the golden set of {since} cannot be compared: {done.stderr.strip()}")
    found: list[dict[str, str]] = json.loads(done.stdout)["changes"]
    return found


def built(root: Path, folder: Path) -> list[Path]:
    """The sdist, and the wheel that is made of it."""
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(root)]
    if subprocess.run(command, check=False).returncode:
        sys.exit("it cannot be built (pip install build)")
    return sorted(folder.glob(f"lossref-{__version__}*"))


def tried(path: Path) -> None:
    """An archive installed in an environment of its own, where a check of SciPy comes to its verdict."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", str(path.resolve())], check=True)
        done = subprocess.run([python, "-m", "lossref", "check", "scipy", "--loss", "softplus"], capture_output=True, text=True, cwd=folder)
        if done.returncode or "conforms" not in done.stdout:
            sys.exit(f"{path.name}, installed, does not check SciPy: {done.stderr.strip() or done.stdout.strip()}")


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
