"""examples/notebooks: every cell runs, from the first to the last, and shows what the text around it says."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "examples" / "notebooks"
SHOWN = {"judge_a_loss": ("differs at level B", "4.248354255291", "'value': 'B'")}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_it_runs(path):
    nbformat, nbclient, _ = (
        pytest.importorskip(name, reason=f"{name}, which running notebooks needs, is not installed")
        for name in ("nbformat", "nbclient", "ipykernel")
    )
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # what is committed was not run
    nbclient.NotebookClient(notebook, timeout=120).execute()
    shown = "".join(str(output) for cell in notebook.cells for output in cell.get("outputs", ()))
    for words in SHOWN[path.stem]:
        assert words in shown
