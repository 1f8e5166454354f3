"""Formulas as MathML: every one of the catalogue says there, and in that order, what its docstring says."""

import re
from xml.etree import ElementTree

import pytest

from lossref.report import mathml

SUMS = {"∑": "sum", "∏": "prod"}
TEXTS = {letter: name for name, letter in mathml.GREEK.items()} | SUMS
TEXTS |= {"−": "-", "≠": "!=", "≤": "<=", "≥": ">=", "∈": " in ", "′": "'", mathml.APPLY: "", mathml.TIMES: " ", mathml.COMMA: ""}
ADDED, FACTORS = {"+", "−"}, {"+", "−", mathml.TIMES}


def read_back(element):
    """The text of MathML: with brackets where the layout means them, with spaces between factors, and beside words and sums."""
    inside = list(element)
    if element.tag == "mfrac":
        return bracketed(inside[0], ADDED) + "/" + bracketed(inside[1], FACTORS)
    if element.tag in ("msub", "munder", "msup", "msubsup"):
        base, low = inside[:2] if element.tag != "msup" else (inside[0], None)
        high = inside[-1] if element.tag in ("msup", "msubsup") else None
        return read_back(base).strip() + below(low) + above(high) + (" " if base.text in SUMS else "")
    if element.tag == "msqrt":
        return f"sqrt({''.join(map(read_back, inside))})"
    if element.tag == "mtable":
        return ", ".join(" ".join(map(read_back, row)) for row in inside)
    if inside:
        cases = inside[0].text == "{" and inside[1].tag == "mtable"
        return "".join(map(read_back, inside[cases:]))
    if element.tag == "mspace" or (element.text == mathml.APPLY and element.get("rspace")):
        return " "
    return TEXTS.get(element.text, element.text.replace("\u00a0", " ")) + (" " if element.text in SUMS else "")


def bracketed(element, joined_by):
    """What the layout holds together, in brackets where one of some operators joins its pieces."""
    loose = element.tag == "mrow" and element[0].text not in mathml.CLOSING and any(piece.text in joined_by for piece in element)
    return f"({read_back(element)})" if loose else read_back(element)


def below(element):
    if element is None or element.tag == "mn":  # c0
        return "" if element is None else element.text
    letters = element.tag == "mi" or any(piece.text == mathml.COMMA for piece in element)
    return f"_{read_back(element)}" if letters or element[0].text == "(" else f"_{{{read_back(element)}}}"


def above(element):
    if element is None or element.text == "′":
        return "" if element is None else "'"
    return "^" + bracketed(element, ADDED)


def canonical(text):
    """The text of a docstring with no other spaces than those that `read_back` has."""
    return re.sub(r" ?(!=|[<>]=|[-+/=<>,:]) ?", r"\1", re.sub(r"\s+", " ", text)).strip()


def test_the_mathml_of_a_loss_reads_as_its_docstring(loss):
    formulas = mathml.parts(loss.documentation)[1]
    found = [[piece for piece in line if piece.tag == "math"] for line in ElementTree.fromstring(mathml.block(formulas))]
    written = [formula.strip() for formula in re.split(r",      |,?\n", formulas)]
    assert [canonical("".join(map(read_back, pieces))) for pieces in found] == [canonical(formula) for formula in written]


def shown(formula):
    """What is inside of `math`, @ for the application of a function and * for a product, and without attributes that make room."""
    text = re.sub('<math [^>]*>|</math>|<wbr />', "", mathml.math(formula))
    text = re.sub(' (?:rspace|form|displaystyle)="[^"]*"', "", text).replace("\u00a0", " ").replace(mathml.COMMA, "comma")
    return text.replace(f"<mo>{mathml.APPLY}</mo>", "@").replace(f"<mo>{mathml.TIMES}</mo>", "*")


EXPECTED = {
    "b c / (d + e)": "<mfrac><mrow><mi>b</mi>*<mi>c</mi></mrow><mrow><mi>d</mi><mo>+</mo><mi>e</mi></mrow></mfrac>",
    "1/n sum_i x_i": "<mfrac><mn>1</mn><mi>n</mi></mfrac>*<munder><mo>∑</mo><mi>i</mi></munder><msub><mi>x</mi><mi>i</mi></msub>",
    "-log p_y": "<mo>−</mo><mi>log</mi>@<msub><mi>p</mi><mi>y</mi></msub>",
    "l(x)": "<mi>l</mi>@<mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>",
    "l (x)": "<mi>l</mi>*<mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>",
    "|b| |c|": "<mrow><mo>|</mo><mi>b</mi><mo>|</mo></mrow>*<mrow><mo>|</mo><mi>c</mi><mo>|</mo></mrow>",
    "sqrt(b + 1)": "<msqrt><mi>b</mi><mo>+</mo><mn>1</mn></msqrt>",
    "c^(q - 1)": "<msup><mi>c</mi><mrow><mi>q</mi><mo>−</mo><mn>1</mn></mrow></msup>",
    "p_y^q": "<msubsup><mi>p</mi><mi>y</mi><mi>q</mi></msubsup>",
    "c0 tau": "<msub><mi>c</mi><mn>0</mn></msub>*<mi>τ</mi>",
    "z_ij": "<msub><mi>z</mi><mrow><mi>i</mi><mo>comma</mo><mi>j</mi></mrow></msub>",
    "dL/dz": "<mfrac><mrow><mi>d</mi><mi>L</mi></mrow><mrow><mi>d</mi><mi>z</mi></mrow></mfrac>",
    "1  for b != c": '<mn>1</mn><mspace width="1em" /><mtext>for </mtext><mi>b</mi><mo>≠</mo><mi>c</mi>',
    "1  if b < 0,  2  otherwise": "<mrow><mo>{</mo><mtable>"
    "<mtr><mtd><mn>1</mn></mtd><mtd><mtext>if </mtext><mi>b</mi><mo>&lt;</mo><mn>0</mn></mtd></mtr>"
    "<mtr><mtd><mn>2</mn></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>",
}  # fmt: skip


@pytest.mark.parametrize("formula", EXPECTED)
def test_what_is_written_has_the_layout_that_it_means(formula):
    assert shown(f"a = {formula}") == f"<mi>a</mi><mo>=</mo>{EXPECTED[formula]}"


def test_a_formula_breaks_before_what_joins_its_terms():
    pieces = mathml.math("a = -b + (c - d) = 1/n sum_i x_i - e").split("<wbr />")
    assert [re.sub("<[^>]*>", "", piece).replace(mathml.TIMES, "") for piece in pieces] == ["a", "=−b", "+(c−d)", "=1n∑ixi", "−e"]
    assert [re.search('form="(.*?)"', piece)[1] for piece in pieces[1:]] == ["infix"] * 4


def test_words_alone_are_a_remark():
    assert shown("sums over all pixels") == "<mtext>sums over all pixels</mtext>"


REFUSED = {
    "a = b / c d": "what it is that divides needs brackets: 'd' of 'a = b / c d'",
    "a = b / c / d": "what it is that divides needs brackets",
    "a = lgo(b)": "'lgo' is no name that formulas have",
    "a = (b": r"\) is missing",
    "a = |b": r"\| is missing",
    "a = b +": "a number, a name or a bracket is missing: ''",
    "a = b)": r"what it means is not clear: '\)'",
    "a = 1  if b < 0,  2": "a case has no condition: ''",
    "(a": r"\) is missing",
    "a = b ! c": "' ! c' is not in the notation of formulas",
}


@pytest.mark.parametrize("formula", REFUSED)
def test_what_is_not_in_the_notation_is_refused(formula):
    with pytest.raises(mathml.FormulaError, match=REFUSED[formula]):
        mathml.math(formula)
