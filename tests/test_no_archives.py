"""No archive and no pickle is read anywhere: a file of strangers is text."""

import ast
from pathlib import Path

import lossref


def test_no_archive_and_no_pickle_is_read():
    unsafe = {"pickle", "zipfile", "tarfile", "shelve", "marshal", "gzip", "bz2", "lzma", "zlib", "joblib", "dill"}
    for path in Path(lossref.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom) and ast.unparse(node) == "from joblib import Parallel, delayed":
                continue  # processes, and no files
            assert not {name.partition(".")[0] for name in names} & unsafe, path
            assert not (isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.load", "numpy.load", "torch.load")), path
