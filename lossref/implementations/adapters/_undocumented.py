"""What no documentation says, and no library is judged by."""

from lossref.spec import Question
from lossref.values import rows


def undirected(question: Question) -> str:
    """Why a question with a vector of zeros, which has no direction, is none."""
    vectors = (row for x in question.inputs.values() for row in rows(x))
    return "" if all(map(any, vectors)) else "its documentation does not say what the cosine of a vector of zeros is"
