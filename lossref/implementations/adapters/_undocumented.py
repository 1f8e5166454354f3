"""What no documentation says, and no library is judged by."""

from lossref.spec import Question
from lossref.values import flat, rows


def undirected(question: Question) -> str:
    """Why a question with a vector of zeros, which has no direction, is none."""
    vectors = (row for x in question.inputs.values() for row in rows(x))
    return "" if all(map(any, vectors)) else "its documentation does not say what the cosine of a vector of zeros is"


def fractional(question: Question) -> str:
    """Why a question with a label between 0 and 1 is none, where documentation has no such labels, or another formula for them."""
    return "" if {*flat(question.inputs["target"])} <= {0.0, 1.0} else "its documentation has this loss of labels 0 and 1"
