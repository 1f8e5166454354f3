"""lossref plot: a picture of the errors along the inputs."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest


def told(folder, *typed, ends=0, path=None):
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else os.environ
    done = subprocess.run([sys.executable, "-m", "lossref", "plot", *typed], capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode == ends, done.stderr
    return done.stdout + done.stderr


def test_a_picture_is_drawn_and_the_same_again(tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    asked = ("softplus", "--implementation", "scipy", "--implementation", "lossref")
    assert told(tmp_path, *asked) == "softplus.svg\n"
    first = (tmp_path / "softplus.svg").read_bytes()
    drawing = ElementTree.fromstring(first)
    words = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert words[0] == "softplus"
    assert [word.partition(" ")[0] for word in words if ", " in word] == ["value,", "value,", "gradient,", "Hessian,"]
    assert b"var(" not in first  # which not every reader of SVG knows
    assert told(tmp_path, *asked, "--to", "again.svg") == "again.svg\n"
    assert (tmp_path / "again.svg").read_bytes() == first
    told(tmp_path, *asked, "--to", "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_drawn_can_be_had_as_json(tmp_path):
    found = json.loads(told(tmp_path, "huber", "--implementation", "lossref", "--json"))
    (profiles,) = found["profiles"].values()
    assert list(profiles) == ["value", "gradient", "hessian"]
    assert all(len(pair) == 2 for profile in profiles.values() for pair in profile)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("huber", "--implementation", "lossref", "--to", "x.gif"), "--to must end in .svg or .png, and is x.gif"),
        (("hubert", "--implementation", "lossref"), "did you mean huber"),
        (("huber", "--implementation", "nobody"), "nobody"),
        (("huber",), "--implementation"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(typed, sentence, tmp_path):
    assert sentence in told(tmp_path, *typed, ends=2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("missing", "kind"), [("matplotlib", "png"), ("jinja2", "svg"), ("jinja2", "png")])
def test_without_what_draws_it_says_what_to_install(missing, kind, tmp_path):
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError(name={missing!r})")
    said = told(tmp_path, "huber", "--implementation", "lossref", "--to", f"huber.{kind}", ends=2, path=tmp_path)
    assert said == "lossref: lossref plot needs jinja2, and matplotlib for a .png: pip install 'lossref[plot]'\n"
