"""A corpus of implementations, right and wrong, for tests and for the calibration of the grades: one file a family.

good       correct and componentwise stable, by another road than lossref's own code: graded B or better
framework  what the large libraries compute: correct, but tails may be lost, so grade C is expected and no mutant
textbook   wrong code that is written down as it stands: naive formulas, clips, added eps, conventions mixed up
broken     wrong code that is a slip or a trap: tails flushed, a sign turned beyond some logit, a few digits missing

All compute in the format of their inputs. A formula that ends in no adjective is right; each mutant changes one thing.
"""

from corpus import binary, categorical, divergence, embedding, function, margin, regression, regularisation
from corpus.record import Implementation

__all__ = ["IMPLEMENTATIONS", "Implementation"]

IMPLEMENTATIONS: tuple[Implementation, ...] = (
    *regression.RECORDS,
    *margin.RECORDS,
    *binary.RECORDS,
    *categorical.RECORDS,
    *divergence.RECORDS,
    *embedding.RECORDS,
    *regularisation.RECORDS,
    *function.RECORDS,
)
