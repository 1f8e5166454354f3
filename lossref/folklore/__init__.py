"""Known-bad formulas: what texts print or invite, as runnable code, each with the smallest input that shows it wrong."""

from lossref.folklore import binary, categorical, clipped, distributions, logits, margin, reductions, sigmoid, softmax, training
from lossref.folklore.record import Folklore

_THEMES = (binary, categorical, clipped, distributions, logits, margin, reductions, sigmoid, softmax, training)

FOLKLORE: tuple[Folklore, ...] = tuple(sorted((record for theme in _THEMES for record in theme.FOLKLORE), key=lambda r: r.id))
