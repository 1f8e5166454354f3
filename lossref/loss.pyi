"""Every loss of the catalogue as a function. Written by scripts/write_stubs.py from the loss files: change those."""

from collections.abc import Callable
from typing import Any, Literal, ParamSpec, Protocol

from numpy.typing import ArrayLike

from lossref.ask import Answer

_P = ParamSpec("_P")
_Reduction = Literal["none", "sum", "mean"]
_Denominator = Literal["weights", "kept", "count", "batch"]
_Empty = Literal["nan", "zero"]
_Smoothing = Literal["all", "others"]
_Format = Literal["float64", "float32", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn"]

class _Flat(Protocol[_P]):
    """A loss with its slopes, and its exact answers."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Any: ...
    def gradient(self, *args: _P.args, **kwargs: _P.kwargs) -> Any: ...
    def value_and_gradient(self, *args: _P.args, **kwargs: _P.kwargs) -> tuple[Any, Any]: ...
    oracle: Callable[..., Answer]

class _Curved(_Flat[_P], Protocol[_P]):
    """A loss that has a Hessian too."""

    def hessian(self, *args: _P.args, **kwargs: _P.kwargs) -> Any: ...

def _flat(function: Callable[_P, Any]) -> _Flat[_P]: ...
def _curved(function: Callable[_P, Any]) -> _Curved[_P]: ...

@_curved
def binary_cross_entropy(
    probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, pos_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", mask: ArrayLike | None = None, target_form: Literal["probability", "sign"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Binary cross-entropy on a probability, also called log loss.

        L(p, y) = -y log p - (1 - y) log(1 - p),      0 log 0 = 0

    probabilities  p, probability of class 1, in [0, 1]
    target         y, probability of class 1, in [0, 1]; hard labels are its two ends
    Nothing is clipped: a certain and wrong prediction costs infinity. At p = 0 and p = 1 the gradient is its limit from inside.
    """

@_curved
def cross_entropy_lambda(
    prediction: ArrayLike, target: ArrayLike, exposure: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, pos_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", mask: ArrayLike | None = None, target_form: Literal["probability", "sign"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cross-entropy of an event that a rate brings about in the course of an exposure: LightGBM's other parametrisation.

        L(f, y, w) = -y log(1 - exp(-w h)) + (1 - y) w h,      h = log(1 + exp f)

    prediction  f, any real; h is the rate of the event
    target      y, the probability of the event, in [0, 1]
    exposure    w, above 0: how long, or how many times, the event could come; LightGBM takes the weight of an example for it
    The event comes with probability p = 1 - exp(-w h). With w = 1 that is the sigmoid of f, and the loss that of `sigmoid_cross_entropy`;
    with any other w it is not a loss times a weight.
    """

@_curved
def multilabel_soft_margin(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    target_form: Literal["probability", "sign"] | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Multilabel soft margin loss: the mean over the labels of binary cross-entropies on logits.

        L(z, y) = -1/K sum_j (y_j log s(z_j) + (1 - y_j) log s(-z_j)),      s(z) = 1 / (1 + exp(-z)),      dL/dz_j = (s(z_j) - y_j) / K

    logits   z, log-odds of each of K labels along the last axis, any real
    target   y, the probability of each label, in [0, 1]; hard labels are its two ends
    One example has K labels, of which any number may hold: a mean of calls divides by the examples, this mean by the labels. Each term is
    `sigmoid_cross_entropy`. CatBoost's MultiLogloss is the same.
    """

@_flat
def poly_binary_cross_entropy(
    logits: ArrayLike, target: ArrayLike, epsilon: ArrayLike = 2.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, pos_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", mask: ArrayLike | None = None, target_form: Literal["probability", "sign"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Poly-1 binary cross-entropy: sigmoid cross-entropy, and a multiple of what the label's probability lacks to 1.

        L(z, y) = log(1 + exp z) - y z + epsilon (1 - p_t),      p_t = y s(z) + (1 - y) s(-z),      s(z) = 1 / (1 + exp(-z))

    logits   z, log-odds of class 1, any real
    target   y, probability of class 1, in [0, 1]
    epsilon  the first coefficient of log p's expansion in 1 - p is moved by it, at least -1; 2 by default, as in timm
    Both terms are affine in y, so that a soft label costs what labels of 0 and 1 cost in its proportion. For an epsilon of -1 the loss
    of a right prediction begins with half the square of 1 - p_t. Of several classes it is `poly_cross_entropy`.
    """

@_curved
def sigmoid_cross_entropy(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, pos_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", mask: ArrayLike | None = None, target_form: Literal["probability", "sign"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Sigmoid cross-entropy: binary cross-entropy on a logit.

        L(z, y) = log(1 + exp z) - y z = -y log s(z) - (1 - y) log s(-z),      s(z) = 1 / (1 + exp(-z))

    logits   z, log-odds of class 1, any real
    target   y, probability of class 1, in [0, 1]; hard labels are its two ends
    The logarithm is natural and nothing is clipped, so L(z, 1) -> 0 only as z -> +inf.
    """

@_flat
def sigmoid_focal_cross_entropy(
    logits: ArrayLike, target: ArrayLike, gamma: ArrayLike = 2.0, alpha: ArrayLike = 0.25,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    target_form: Literal["probability", "sign"] | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Sigmoid focal cross-entropy: cross-entropy of a logit, weighted down where the prediction is right.

        L(z, y) = a_t (1 - p_t)^gamma (-y log s(z) - (1 - y) log s(-z)),      s(z) = 1 / (1 + exp(-z))
        p_t = y s(z) + (1 - y) s(-z),      a_t = y alpha + (1 - y) (1 - alpha)

    logits  z, log-odds of class 1, any real
    target  y, probability of class 1, in [0, 1]
    gamma   how fast what is right stops counting, at least 0; 2 by default
    alpha   the weight of class 1, in [0, 1]; 0.25 by default
    Lin et al. have hard labels; soft ones mix p_t and a_t as fvcore and torchvision do, so that the loss is not affine in y. Libraries can
    leave a_t out: that is twice the loss at alpha = 1/2. CatBoost and segmentation-models have other forms for soft labels.
    """

@_curved
def zlpr(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Zero-bounded log-sum-exp loss of several labels (ZLPR): labels that hold are to score above 0, and all others below.

        L(z, y) = log(1 + sum_{j: y_j = 0} exp z_j) + log(1 + sum_{j: y_j = 1} exp(-z_j))

    logits  z, one score for each of K labels along the last axis, any real
    target  y, 1 for each label that holds and 0 for each that does not
    Any number of labels may hold; an empty sum costs log 1 = 0. With one label that holds it bounds a softmax cross-entropy from above,
    and it is a binary cross-entropy where K = 1. The slopes are shares of a softmax with a 0 among its logits, negative for what holds.
    """

@_curved
def adaptive_softmax(
    logits: ArrayLike, head: ArrayLike, group: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cross-entropy of a tree of two softmaxes: a head chooses a group of classes, and a softmax within the group chooses the class.

        L(z, h, g, y) = log(sum_j exp h_j) - h_{g_y} + log(sum_{j: g_j = g_y} exp z_j) - z_y

    logits  z, one for each class along the last axis, any real; only those of the target's group count
    head    h, a logit for each group, any real
    group   g, the index of the group that each class is in, counted from 0
    target  y, the index of the true class, counted from 0
    A group of one class costs what the head says: such are the frequent words of adaptive softmax, the shortlist, and its clusters are the
    groups of several. With one group the loss is that of `softmax_cross_entropy`. PyTorch makes both kinds of logits of a hidden vector.
    """

@_curved
def categorical_cross_entropy(
    probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Categorical cross-entropy of probabilities.

        L(p, t) = -sum_j t_j log p_j,      0 log 0 = 0,      dL/dp_j = -t_j / p_j

    probabilities  p, the model's distribution along the last axis
    target         t, one-hot rows, soft labels or counts, at least 0, of any sum
    The logarithm is natural; nothing is clipped, so p_j = 0 < t_j costs infinity. The gradient's entries are free (no
    projection on the simplex): a class with t_j = 0 has slope 0.
    """

@_flat
def categorical_focal_cross_entropy(
    logits: ArrayLike, target: ArrayLike, gamma: ArrayLike = 2.0, alpha: ArrayLike = 0.25,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Categorical focal cross-entropy: softmax cross-entropy on logits, weighted down where the prediction is right.

        L(z, y) = -alpha (1 - p_y)^gamma log p_y,      p = softmax(z)
        dL/dz_j = alpha (1 - p_y)^gamma (1 + gamma p_y c / (1 - p_y)) (p_j - [j = y]),      c = -log p_y

    logits  z, one for each class along the last axis, any real
    target  y, the index of the true class, counted from 0
    gamma   how fast what is right stops counting, at least 0; 2 by default
    alpha   the weight of every class, above 0; 0.25 by default
    Weights that differ by class are those of a call. With gamma = 0 it is alpha times `softmax_cross_entropy`; with two classes it is the
    sigmoid form on the difference of their logits, but for its alpha. With one class the loss is 0.
    """

@_flat
def generalized_cross_entropy(
    logits: ArrayLike, target: ArrayLike, q: ArrayLike = 0.7,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Generalised cross-entropy, on logits: between cross-entropy, for q = 0, and what the target's probability lacks to 1, for q = 1.

        L(z, y) = (1 - p_y^q) / q,      p = softmax(z),      dL/dz_j = p_y^q (p_j - [j = y])

    logits  z, one for each class along the last axis, any real
    target  y, the index of the true class, counted from 0
    q       how little a wrong label counts, in [0, 1]; 0 means the limit, cross-entropy; 0.7 by default, as in the paper
    Examples with a small p_y, which may be mislabelled, pull less than they do in cross-entropy, by p_y^q. Keras has 0.5 for a default,
    and takes probabilities, on which the slope is infinite at 0. As printed the loss of a right prediction is 0: of 1 - p_y nothing is
    left below 1e-16.
    """

@_flat
def linear_cross_entropy(
    hidden: ArrayLike, weight: ArrayLike, bias: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cross-entropy of linear scores, a classifier's last layer and its loss in one, of a batch that shares the layer.

        L(X, W, b, y) = 1/n sum_i [log(sum_j exp z_ij) - z_{i y_i}],      z_ij = sum_d X_id W_jd + b_j

    hidden  X, n rows of d features, any real numbers; one example is such a batch
    weight  W, a row of d for each of k classes
    bias    b, a number for each class; zeros where a layer has none
    target  y, the index of the true class of each row, counted from 0
    The slopes in W and b are sums over the batch, that in X is each row's own. Libraries fuse both steps so that the scores, n k numbers,
    need never be there at once; `softmax_cross_entropy` is the loss of scores that are.
    """

@_flat
def negative_log_likelihood(
    log_probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Negative log-likelihood of log-probabilities, with an integer target.

        L(l, y) = -l_y,      dL/dl_j = -[j = y]

    log_probabilities  l, logarithms of probabilities along the last axis, each at most 0 (not probabilities, not scores)
    target             y, the index of the true class, counted from 0
    Nothing is normalised: that exp l sums to 1 is the caller's business. A probability of 0 is -inf here and costs infinity.
    """

@_curved
def one_vs_all_logistic(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """One-vs-all logistic loss: of each class, whether it is the true one, a sigmoid cross-entropy.

        L(z, y) = sum_j log(1 + exp z_j) - z_y,      dL/dz_j = s(z_j) - [j = y],      s(z) = 1 / (1 + exp(-z))

    logits  z, log-odds of each class against all others along the last axis, any real
    target  y, the index of the true class, counted from 0
    No class rules out another, so that a common offset counts, which a softmax has no part of. LightGBM takes the slopes of this sum
    for its trees (multiclassova), and CatBoost's MultiClassOneVsAll divides it by the number of classes.
    """

@_flat
def poly_cross_entropy(
    logits: ArrayLike, target: ArrayLike, epsilon: ArrayLike = 2.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Poly-1 cross-entropy: softmax cross-entropy on logits, and a multiple of what the target's probability lacks to 1.

        L(z, y) = -log p_y + epsilon (1 - p_y),      p = softmax(z),      dL/dz_j = (1 + epsilon p_y) (p_j - [j = y])

    logits   z, one for each class along the last axis, any real
    target   y, the index of the true class, counted from 0
    epsilon  the first coefficient of log p's expansion in 1 - p is moved by it, at least -1; 2 by default
    Leng et al. take 2 for images and -1 for boxes; below -1 a right prediction would cost less than nothing. rax and TensorFlow Ranking
    have 1 by default. With one class the loss is 0.
    """

@_curved
def soft_target_cross_entropy(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Softmax cross-entropy on logits, with a target weight for every class.

        L(z, t) = S log(sum_j exp z_j) - sum_j t_j z_j,      S = sum_j t_j,      dL/dz_j = S p_j - t_j,      p = softmax(z)

    logits   z, one for each class along the last axis, any real
    target   t, one-hot rows, soft labels or counts, at least 0, of any sum
    The gradient is p - t only where S = 1; nothing is rescaled. With an index for target it is `softmax_cross_entropy`.
    """

@_curved
def softmax_cross_entropy(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", ignore_index: int | None = None, mask: ArrayLike | None = None,
    target_form: Literal["index", "one_hot", "soft"] | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Softmax cross-entropy on logits, with an integer target.

        L(z, y) = log(sum_j exp z_j) - z_y,      dL/dz_j = p_j - [j = y],      p = softmax(z)

    logits   z, one for each class along the last axis, any real
    target   y, the index of the true class, counted from 0
    The logarithm is natural, and adding a constant to every logit changes nothing. With one class the loss is 0.
    """

@_curved
def sparse_categorical_cross_entropy(
    probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, label_smoothing: float = 0.0,
    smoothing: _Smoothing = "all", ignore_index: int | None = None, mask: ArrayLike | None = None,
    target_form: Literal["index", "one_hot", "soft"] | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cross-entropy of probabilities, with an integer target: minus the logarithm of the true class's probability.

        L(p, y) = -log p_y,      dL/dp_j = -[j = y] / p_y

    probabilities  p, the model's distribution along the last axis (not logits, not logarithms)
    target         y, the index of the true class, counted from 0
    The logarithm is natural; nothing is clipped, so p_y = 0 costs infinity. The gradient's entries are free (no projection on the
    simplex). With a row of weights for target it is `categorical_cross_entropy`.
    """

@_flat
def ciou(
    corner: ArrayLike, opposite: ArrayLike, target_corner: ArrayLike, target_opposite: ArrayLike, trade_off: ArrayLike,
    eps: ArrayLike = 1e-07,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Complete IoU (CIoU) of two boxes: what they share, how far their centres are apart, and how differently long their sides are.

        L = 1 - I / (U + e) + r^2 / (c^2 + e) + a v,      v = (4 / pi^2) (arctan(w' / h') - arctan(w / h))^2

    corner           one corner of the predicted box, along the last axis: x, y in the plane, any real
    opposite         the corner opposite to it, any real
    target_corner    one corner of the true box, any real
    target_opposite  the corner opposite to it, any real
    trade_off        a, a number through which no slope goes, in [0, 1]
    eps              e, above 0; 1e-7 by default
    I, U, r and c are those of DIoU; w and h are the first and the last side of the predicted box, w' and h' the true one's. Code takes
    a = v / (1 - I / (U + e) + v + e) and no slope of it, which no finite difference sees: so a is an argument. The arctangent is a right
    angle for a height of 0, and 0 here for a box without either side, where code has NaN. Where ends of both meet, the loss has a corner.
    """

@_flat
def diou(
    corner: ArrayLike, opposite: ArrayLike, target_corner: ArrayLike, target_opposite: ArrayLike, eps: ArrayLike = 1e-07,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Distance-IoU (DIoU) of two boxes: what they share, and how far their centres are apart beside the box around both.

        L = 1 - I / (U + e) + r^2 / (c^2 + e)

    corner           one corner of the predicted box, along the last axis: x, y in the plane, any real
    opposite         the corner opposite to it, any real
    target_corner    one corner of the true box, any real
    target_opposite  the corner opposite to it, any real
    eps              e, above 0; 1e-7 by default
    I is the volume (in the plane the area) of what both boxes share and U that of both together; r is the distance of their centres, and
    c the diagonal of their hull, the smallest box around both. e is added to volumes and to a square alike, as torchvision does; the
    paper has none. A box may be given by either pair of its corners; libraries want the lower one, x1, y1, first. Where ends of both
    boxes meet, the loss has a corner.
    """

@_flat
def giou(
    corner: ArrayLike, opposite: ArrayLike, target_corner: ArrayLike, target_opposite: ArrayLike, eps: ArrayLike = 1e-07,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Generalised intersection over union (GIoU) of two boxes, as a loss: boxes that share nothing still pull at each other.

        L = 1 - I / (U + e) + (H - U) / (H + e)

    corner           one corner of the predicted box, along the last axis: x, y in the plane, any real
    opposite         the corner opposite to it, any real
    target_corner    one corner of the true box, any real
    target_opposite  the corner opposite to it, any real
    eps              e, above 0; 1e-7 by default
    I is the volume of what both boxes share, U that of both together, H that of their hull, the smallest box around both: in the plane
    areas, along one axis lengths. The paper has no eps, and nothing to say of two boxes without volume: here they cost 1, or 2 where
    their hull is large. A box may be given by either pair of its corners, as in the paper; libraries want the lower one, x1, y1, first.
    Where ends of both boxes meet, the loss has a corner.
    """

@_curved
def cross_entropy(
    probabilities: ArrayLike, target: ArrayLike, base: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    upstream: ArrayLike | None = None, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cross-entropy of a model distribution relative to a true one.

        H(t, q) = -sum_j t_j log_b q_j,      0 log 0 = 0,      dH/dq_j = -t_j / (q_j log b)

    probabilities  q, the model's distribution along the last axis
    target         t, the true distribution along the last axis
    base           b, of the logarithm: 2 gives bits, 10 bans; 1, the default, stands for the natural logarithm (nats)
    H(t, q) = H(t) + KL(t || q), so H(t, t) is the entropy of t, which is 0 for a certain t only. The gradient's entries are free.
    """

@_curved
def entropy(
    probabilities: ArrayLike, base: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Entropy of a distribution.

        H(p) = -sum_j p_j log_b p_j,      0 log 0 = 0,      dH/dp_j = -(log p_j + 1) / log b

    probabilities  p, a distribution along the last axis
    base           b, of the logarithm: 2 gives bits, 10 bans; 1, the default, stands for the natural logarithm (nats)
    H is concave, 0 for a certain outcome and log_b n at most. The gradient's entries are free; at p_j = 0 it is +infinity.
    """

@_curved
def gaussian_kl(
    mean: ArrayLike, log_variance: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Kullback-Leibler divergence of a Gaussian with independent entries from the standard one: what a variational autoencoder pays.

        L(m, v) = 1/2 sum_k (m_k^2 + exp v_k - 1 - v_k),      dL/dm_k = m_k,      dL/dv_k = (exp v_k - 1) / 2

    mean          m, along the last axis, any real numbers
    log_variance  v, the logarithms of the variances, any real numbers
    The sum is over the entries of one example. exp v - 1 - v is v^2 / 2 where a variance is next to 1, and cancels as it is printed.
    """

@_curved
def generalized_kl(
    rates: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Generalised Kullback-Leibler divergence of rates from counts: the I-divergence, which fits numbers of any sum.

        L(q, t) = sum_j (t_j log(t_j / q_j) - t_j + q_j),      0 log 0 = 0,      dL/dq_j = 1 - t_j / q_j

    rates   q, the model's expectations along the last axis, at least 0, of any sum
    target  t, counts, weights or probabilities along the last axis, at least 0
    Each term is at least 0, and 0 only for t_j = q_j. It is half a Poisson deviance, and of distributions the plain divergence with another
    gradient. As printed the terms of close numbers cancel: of 1 and 1 + 1e-9 nothing is left. q_j = 0 < t_j costs infinity.
    """

@_curved
def jensen_shannon(
    probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    upstream: ArrayLike | None = None, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Jensen-Shannon divergence of two distributions: how far, on average, each is from their mean.

        L(q, t) = (sum_j q_j log(q_j / m_j) + sum_j t_j log(t_j / m_j)) / 2,      m = (q + t) / 2,      0 log 0 = 0

    probabilities  q, one distribution along the last axis, the model's say
    target         t, the other one along the last axis
    The logarithm is natural; the divergence is at most log 2, and symmetric. Its root is a distance, which SciPy calls jensenshannon. The
    gradient is log(q_j / m_j) / 2, free of the simplex: where q_j is 0 and t_j is not it is -infinity. As printed the terms of close
    distributions cancel, and what is left may be below 0, whose root is NaN.
    """

@_curved
def k3(
    log_probability: ArrayLike, reference: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """The estimator k3 of a divergence, from one sample: what GRPO penalises a policy with that leaves its reference.

        L(l) = exp d - 1 - d,      d = l0 - l,      dL/dl = 1 - exp d

    log_probability  l, that of a token (or an answer) under the policy that drew it, any real
    reference        l0, its log-probability under the frozen reference, any real
    Its mean over samples of the policy is the divergence KL(policy || reference); at least 0, unlike d itself. Two terms of it cancel
    where the policy is next to its reference: the loss is d^2 / 2 there. That its slope is that of a mean is a matter of its own.
    """

@_curved
def kl_divergence(
    probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    upstream: ArrayLike | None = None, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Kullback-Leibler divergence of a model's probabilities from target probabilities.

        L(q, t) = sum_j (t_j log t_j - t_j log q_j),      0 log 0 = 0,      dL/dq_j = -t_j / q_j

    probabilities  q, the model's distribution along the last axis
    target         t, the true distribution along the last axis
    The logarithm is natural and nothing is clipped: q_j = 0 < t_j costs infinity. The gradient's entries are free (no
    projection on the simplex). Rounded distributions miss the sum 1 by a little, so the law is L >= sum t - sum q.
    """

@_flat
def kl_divergence_from_log_probabilities(
    log_probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    upstream: ArrayLike | None = None, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Kullback-Leibler divergence of a model's log-probabilities from target probabilities.

        L(l, t) = sum_j (t_j log t_j - t_j l_j),      0 log 0 = 0,      dL/dl_j = -t_j

    log_probabilities  l, logarithms of the model's probabilities along the last axis (not probabilities, not scores)
    target             t, the true distribution along the last axis
    With exp l it is `kl_divergence`. Nothing is normalised: that exp l sums to 1 is the caller's business. l_j = -inf costs
    infinity where t_j is above 0, and nothing where t_j is 0.
    """

@_flat
def kl_divergence_of_log_probabilities(
    log_probabilities: ArrayLike, log_target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Kullback-Leibler divergence of a model's log-probabilities from the true log-probabilities: both sides in logarithms.

        L(l, u) = sum_j exp(u_j) (u_j - l_j),      dL/dl_j = -exp(u_j)

    log_probabilities  l, logarithms of the model's probabilities along the last axis (not probabilities, not scores)
    log_target         u, logarithms of the true probabilities along the last axis
    With exp u it is `kl_divergence_from_log_probabilities`, with exp l as well `kl_divergence`: what distillation makes of a teacher's
    log_softmax. Nothing is normalised. u_j = -inf costs nothing, whatever l_j is; l_j = -inf costs infinity elsewhere.
    """

@_flat
def total_variation_distance(
    probabilities: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    upstream: ArrayLike | None = None, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Total variation distance of two distributions: the most by which they differ about any event.

        L(q, t) = 1/2 sum_j |q_j - t_j|,      dL/dq_j = sign(q_j - t_j) / 2

    probabilities  q, one distribution along the last axis, the model's say
    target         t, the other one along the last axis
    It is in [0, 1], symmetric, and half the distance in the 1-norm. Where q_j = t_j there is a corner: every slope in [-1/2, 1/2] is right.
    This code returns 0 there, and so does Liger. The gradient's entries are free (no projection on the simplex).
    """

@_flat
def am_softmax(
    cosines: ArrayLike, target: ArrayLike, margin: ArrayLike = 0.35, scale: ArrayLike = 30.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Additive-margin softmax (CosFace): softmax cross-entropy of scaled cosines, the target's made smaller by a margin.

        L(c, y) = log(sum_j exp z_j) - z_y,      z_y = s (c_y - m),      z_j = s c_j  for j != y

    cosines  c, of the angles between an embedding and the vector of each class, along the last axis, in [-1, 1]
    target   y, the index of the true class, counted from 0
    margin   m, taken from the target's cosine; 0.35 by default
    scale    s, above 0; 30 by default
    The gradient is in the cosines; how they are normalised, and what an embedding of norm 0 is, lies outside.
    """

@_flat
def arcface(
    cosines: ArrayLike, target: ArrayLike, margin: ArrayLike = 0.5, scale: ArrayLike = 64.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """ArcFace: softmax cross-entropy of scaled cosines, the target's angle made larger by a margin.

        L(c, y) = log(sum_j exp z_j) - z_y,      z_y = s cos(arccos(c_y) + m),      z_j = s c_j  for j != y

    cosines  c, of the angles between an embedding and the vector of each class, along the last axis, in [-1, 1]
    target   y, the index of the true class, counted from 0
    margin   m, an angle in radians, above 0 and below pi; 0.5 by default
    scale    s, above 0; 64 by default
    Past an angle of pi - m the slope of the cosine turns round and drives the embedding away from its class (libraries switch
    to curves of their own there). At exact alignment, c_y = 1, the slope in c_y is -infinity, at c_y = -1 +infinity.
    """

@_curved
def circle(
    positive: ArrayLike, negative: ArrayLike, gamma: ArrayLike = 80.0, margin: ArrayLike = 0.4,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Circle loss of one anchor: each cosine within its class is to exceed every other, and is pulled by how far it is off.

        L(p, n) = log(1 + sum_j exp(g a_j (n_j - m)) sum_i exp(-g b_i (p_i - 1 + m)))
        a_j = max(0, n_j + m),      b_i = max(0, 1 + m - p_i)

    positive  p, the cosines of the anchor to those of its class, in [-1, 1]
    negative  n, its cosines to the others, in [-1, 1]
    gamma     g, the scale, above 0; 80 by default
    margin    m, at least 0; 0.4 by default
    The weights a and b have slopes here, as in Keras; the paper and pytorch-metric-learning take them for constants. So every exponent is
    g times a difference of two squares, n_j^2 - m^2 or (1 - p_i)^2 - m^2, and 0 where n_j is below -m. At n_j = -m it has a corner: this
    code returns 0 there. What belongs to an anchor and what does not is chosen before: neither is empty.
    """

@_curved
def contrastive(
    distance: ArrayLike, target: ArrayLike, margin: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Contrastive loss of a distance: alike things are to be close, others at least a margin apart.

        L(d, y) = y d^2 + (1 - y) max(0, m - d)^2

    distance  d, between two embeddings, at least 0
    target    y, 1 for things that belong together and 0 for others; soft labels in [0, 1] mix the two terms
    margin    m, the distance from which others cost nothing, above 0; 1 by default
    No option of a call smooths or weighs these labels: next to 1 they would keep too little of 1 - y. Hadsell, Chopra and LeCun halve the
    loss and call 1 what is not alike; sentence-transformers halves it too. pytorch-metric-learning squares nothing. At d = 0 the
    slope is that of d itself, not that of the embeddings: a norm has a corner there.
    """

@_flat
def cosine_distance(
    first: ArrayLike, second: ArrayLike, at_zero: ArrayLike = 0.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cosine distance of two vectors: 1 less the cosine of their angle.

        L(a, b) = 1 - c,      c = sum_k a_k b_k / (|a| |b|),      dL/da = -(b / |b| - c a / |a|) / |a|

    first    a, a vector along the last axis, any real numbers
    second   b, any real numbers
    at_zero  what stands for c where a vector is zero and has no direction, in [-1, 1], with slope 0; 0 by default
    L is from 0 to 2, and half the square of the distance between the two directions. Keras has -c for a loss (1 less). Libraries add an
    eps to squares or lengths: torch bounds lengths by 1e-8, Keras by 1e-12 in their squares, optax has an eps of 0 unless one is given.
    """

@_flat
def cosine_embedding(
    first: ArrayLike, second: ArrayLike, target: ArrayLike, margin: ArrayLike = 0.0, at_zero: ArrayLike = 0.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cosine embedding loss: two vectors are to point the same way, or to stay apart by an angle.

        L(a, b, 1) = 1 - c,      L(a, b, -1) = max(0, c - m),      c = sum_k a_k b_k / (|a| |b|)

    first    a, a vector along the last axis, any real numbers
    second   b, any real numbers
    target   1 for vectors that belong together, -1 for others
    margin   m, the cosine above which others cost something, in [-1, 1]; 0 by default
    at_zero  what stands for c where a vector is zero and has no direction, in [-1, 1], with slope 0; 0 by default
    The loss does not see how long the vectors are. Libraries add an eps to the squares or to the lengths.
    """

@_flat
def hinge_embedding(
    prediction: ArrayLike, target: ArrayLike, margin: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Hinge embedding loss: things that belong together cost their distance, others what theirs lacks to a margin.

        L(x, 1) = x,      L(x, -1) = max(0, m - x)

    prediction  x, a distance as a rule, but any real
    target      1 for things that belong together, -1 for others
    margin      m, the distance from which others cost nothing, any real; 1 by default
    Nothing is squared (`contrastive` squares) and x is not checked: below 0 what belongs together costs less than nothing. At x = m the
    loss of others has a corner: every slope between -1 and 0 is right there. This code returns 0.
    """

@_curved
def multi_similarity(
    positive: ArrayLike, negative: ArrayLike, alpha: ArrayLike = 2.0, beta: ArrayLike = 50.0, base: ArrayLike = 0.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Multi-similarity loss of one anchor: those of its class are to be more similar to it than a base, and all others less.

        L(p, n) = 1/a log(1 + sum_i exp(-a (p_i - l))) + 1/b log(1 + sum_j exp(b (n_j - l)))

    positive  p, the similarities of the anchor to those of its class, any real: cosines lie in [-1, 1]
    negative  n, its similarities to the others
    alpha     a, above 0; 2 by default
    beta      b, above 0; 50 by default
    base      l, any real; 0.5 by default
    The paper mines pairs first and takes the mean over all anchors; what is mined away is not among these. Both logarithms have a 1 beside
    their sums, so that pairs which are right cost next to nothing. `zlpr` is the same with a = b = 1 and l = 0.
    """

@_flat
def n_pairs(
    anchor: ArrayLike, positive: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """N-pairs loss: of n classes with one pair each, every anchor is to agree with its own positive, and with no other's.

        L(a, p) = 1/n sum_i log(1 + sum_{k != i} exp(a_i p_k - a_i p_i))

    anchor    a, one embedding of each of n classes: n vectors of any real numbers; one example is such a batch
    positive  p, another embedding of each
    It is the softmax cross-entropy of all dot products with those of the pairs for its truth. Vectors are not normalised, and nothing
    bounds the products: the penalty of their squared lengths that the paper adds (`l2_penalty`) is left out. One pair alone costs 0.
    """

@_flat
def ntxent(
    first: ArrayLike, second: ArrayLike, temperature: ArrayLike = 0.1, at_zero: ArrayLike = 0.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """NT-Xent, the contrastive loss of SimCLR: of all embeddings in a batch, each is to point the way of its own other view.

        L(a, b) = 1/(2 n) sum_i log(1 + sum_k exp((c_ik - c_ip) / T)),      c_ik = x_i x_k / (|x_i| |x_k|)

    first        a, one view of n things: n vectors of any real numbers; one example is such a batch
    second       b, the other view of each
    temperature  T, above 0; 0.1 by default
    at_zero      what stands for c where a vector is zero and has no direction, in [-1, 1], with slope 0; 0 by default
    x are all 2n vectors, p is i's other view, k all but i and p: it is -log of p's share in the softmax of c_ik / T over all but i
    itself. The mean is over both views. Libraries add an eps to the lengths; with one pair the loss is 0.
    """

@_flat
def supervised_contrastive(
    positive: ArrayLike, negative: ArrayLike, temperature: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Supervised contrastive loss (SupCon) of one anchor: each of its class is to have a large share among all others.

        L(p, n) = -1/P sum_i log(exp(p_i / T) / D),      D = sum_i exp(p_i / T) + sum_j exp(n_j / T)

    positive     p, the cosines of the anchor to the P others of its class, in [-1, 1]
    negative     n, its cosines to those of other classes, in [-1, 1]
    temperature  T, above 0; 0.1 by default
    It is softmax cross-entropy on all cosines over T with 1 / P for each of the class: at best log P, not 0. The mean stands outside of the
    logarithm, the form that its authors call better. Their code multiplies by T over a second temperature, which pytorch-metric-learning
    does not; that means over the anchors whose loss is not 0. What belongs to an anchor is chosen before: neither is empty.
    """

@_flat
def triplet_margin(
    anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, margin: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Triplet margin loss: an anchor is to lie nearer to its positive than to its negative, by a margin.

        L(a, p, n) = max(0, |a - p| - |a - n| + m),      |x| = sqrt(sum_k x_k^2)

    anchor    a, a vector along the last axis, any real numbers
    positive  p, of the anchor's class
    negative  n, of another class
    margin    m, above 0; 1 by default
    Distances are not squared (FaceNet squares them) and nothing is added to them: libraries add an eps to each difference, or under
    the root. At a distance of 0 the norm has a corner.
    """

@_curved
def gamma(
    log_mean: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Gamma loss: the part of a gamma negative log-likelihood that its mean has, from the logarithm of the mean.

        L(z, y) = z + y exp(-z)

    log_mean  z, the logarithm of the expected target, any real
    target    y, above 0
    The shape is 1, and what does not depend on the mean is left out, so the loss may be negative: half the deviance is this less
    log y + 1. The gradient is 1 - y exp(-z), the second derivative y exp(-z).
    """

@_curved
def inverse_gaussian(
    mean: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Inverse Gaussian deviance: the square of the residual, relative to the target and to the square of the mean.

        L(m, y) = (y - m)^2 / (y m^2)

    mean    m, the expected target, above 0
    target  y, above 0: waiting times, say
    It is the part of twice an inverse Gaussian negative log-likelihood that the mean has, and the unit deviance of a power of 3
    (`tweedie` ends at 2). Beyond 3/2 y it is not convex: the slope is 2 (m - y) / m^3, the second derivative 2 (3 y - 2 m) / m^4. As
    printed m^2 vanishes below 1e-162, and the power below 1e-81.
    """

@_curved
def negative_binomial(
    log_mean: ArrayLike, target: ArrayLike, dispersion: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Negative binomial loss: the part of an overdispersed count's negative log-likelihood that its mean has, from the mean's logarithm.

        L(z, y) = log(1 + a exp(z)) / a + y log(1 + exp(-z) / a)

    log_mean    z, the logarithm of the expected count, any real
    target      y, the count, at least 0; it need not be whole
    dispersion  a, above 0: the variance is m + a m^2 for a mean m; 1 by default
    The logarithms of gamma functions are left out, for the mean has no part in them. All terms are at least 0. For ever less dispersion
    the slope, (exp(z) - y) / (1 + a exp(z)), becomes `poisson`'s, and the loss that one less y log a. statsmodels calls a alpha.
    """

@_curved
def poisson(
    log_rate: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Poisson negative log-likelihood of a count, from the logarithm of its rate.

        L(z, y) = exp(z) - y z

    log_rate  z, the logarithm of the expected count, any real
    target    y, the count, at least 0; it need not be whole
    The constant log y! is left out, so the loss may be negative; half the deviance is this plus y log y - y. The gradient is
    exp(z) - y, the second derivative exp(z). From the rate itself it is `poisson_from_rate`.
    """

@_curved
def poisson_from_rate(
    rate: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Poisson negative log-likelihood of a count, from the rate itself.

        L(r, y) = r - y log r,      0 log 0 = 0

    rate    r, the expected count, at least 0
    target  y, the count, at least 0; it need not be whole
    The constant log y! is left out, so the loss may be negative. Nothing is added to the rate (libraries add an eps): events at a rate of
    0 cost infinity, and no event costs the rate. The gradient is 1 - y / r. From the logarithm of the rate it is `poisson`.
    """

@_curved
def student_t(
    prediction: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0, freedom: ArrayLike = 4.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Student's t negative log-likelihood of a residual: half its square near 0, and n + 1 times its logarithm far off.

        L(f, y) = (n + 1)/2 log(1 + (r / c)^2 / n),      r = f - y

    prediction  f, the location of the distribution, any real
    target      y, any real
    scale       c, of the distribution, above 0; 1 by default
    freedom     n, its degrees of freedom, above 0; 4 by default, as in statsmodels
    What does not depend on f is left out, so that a perfect prediction costs 0. For n = 1 it is a Cauchy distribution's, and for ever
    more degrees of freedom half the square of r / c; `cauchy` is 2/3 of it for n = 2. statsmodels has c^2 n / 2 for (n + 1) / 2, which
    makes the second derivative at 0 be 1. The slope, (n + 1) r / (n c^2 + r^2), falls again beyond sqrt(n) c, and the loss is not
    convex.
    """

@_curved
def tweedie(
    log_mean: ArrayLike, target: ArrayLike, power: ArrayLike = 1.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Tweedie loss: the part of a compound Poisson-gamma negative log-likelihood that its mean has, from the logarithm of the mean.

        L(z, y) = exp((2 - p) z) / (2 - p) - y exp((1 - p) z) / (1 - p)

    log_mean  z, the logarithm of the expected target, any real
    target    y, at least 0: sums of claims, say, many of which are 0
    power     p, of the mean to which the variance is proportional, in [1, 2]; 1.5 by default
    What does not depend on the mean is left out, so the loss jumps to its ends: exp(z) - y z, `poisson`, for p = 1, and z + y exp(-z),
    `gamma`, for p = 2. Half the deviance is this plus y^(2 - p) / ((1 - p) (2 - p)). The slope is exp((2 - p) z) - y exp((1 - p) z).
    """

@_curved
def expm1(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Exponential less 1, which keeps its digits for small x.

        f(x) = exp x - 1,      df/dx = exp x

    x  any real
    exp x rounds to 1 for small x, and the difference to 0. Generalised cross-entropies, ELU and log(1 - exp x) are made of it.
    """

@_flat
def log1mexp(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logarithm of 1 - exp x: the log-probability of what did not happen.

        f(x) = log(1 - exp x),      df/dx = -exp x / (1 - exp x)

    x  a log-probability, at most 0 (some libraries take -x)
    Two forms share the work: log(-expm1 x) next to 0, where 1 - exp x cancels, and log1p(-exp x) far out, where it rounds to 1.
    """

@_curved
def log1p(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logarithm of 1 + x, which keeps its digits for small x.

        f(x) = log(1 + x),      df/dx = 1 / (1 + x)

    x  at least -1; f(-1) is -infinity
    1 + x rounds to 1 for small x, and its logarithm to 0: every cross-entropy of a confident model ends in this function.
    """

@_flat
def log_sigmoid(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logarithm of the logistic sigmoid.

        f(x) = log(1 / (1 + exp(-x))),      df/dx = 1 / (1 + exp x)

    x  any real
    The logarithm of a sigmoid that has rounded to 1 is 0, of one that has rounded to 0 it is -inf; the function is neither.
    """

@_flat
def log_softmax(
    x: ArrayLike, index: ArrayLike,
    *, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """One component of the logarithm of the softmax.

        f_i(x) = log(exp x_i / sum_j exp x_j),      df_i/dx_j = [i = j] - p_j,      p = softmax(x)

    x      a vector along the last axis, any real
    index  i, the component that is asked for, counted from 0
    It is minus the loss `softmax_cross_entropy`. `lossref.functions.log_softmax` gives all components at once, along any axis.
    """

@_flat
def logit(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logit: the logarithm of the odds, the inverse of the logistic sigmoid.

        f(x) = log(x / (1 - x)),      df/dx = 1 / (x (1 - x))

    x  a probability, in [0, 1]
    Next to 1/2 the odds are next to 1, whose logarithm must be made of their difference, (2 x - 1) / (1 - x); of 0 it is -infinity.
    """

@_flat
def logmeanexp(x: ArrayLike, *, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logarithm of a mean of exponentials: the log-likelihood of a mixture of equal shares, the value of an importance-weighted bound.

        f(x) = log(1/n sum_j exp x_j),      df/dx_j = softmax(x)_j

    x  a vector along the last axis, any real, n numbers
    It is logsumexp less log n, and between the mean and the largest entry: of equal entries it is that entry, to the last bit.
    """

@_flat
def logsumexp(x: ArrayLike, *, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logarithm of a sum of exponentials, the smooth maximum.

        f(x) = log(sum_j exp x_j),      df/dx_j = softmax(x)_j

    x  a vector along the last axis, any real
    Where x holds log-probabilities f is nearly 0, a small difference of larger numbers: there rounding x itself moves it.
    """

@_flat
def relu(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Rectified linear unit.

        f(x) = max(0, x),      df/dx = 0  for x < 0,  1  for x > 0

    x  any real
    At 0 there is a corner: every slope between 0 and 1 is right there. This code returns 0, as most libraries do.
    """

@_flat
def sigmoid(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Logistic sigmoid.

        s(x) = 1 / (1 + exp(-x)),      ds/dx = s(x) s(-x)

    x  any real
    1 - s(x) is s(-x), and must be computed so: s(x) rounds to 1 from 36.74 on, while s(-x) lives to the last subnormal.
    """

@_flat
def softmax(
    x: ArrayLike, index: ArrayLike,
    *, class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """One component of the softmax.

        p_i(x) = exp x_i / sum_j exp x_j,      dp_i/dx_j = p_i ([i = j] - p_j)

    x      a vector along the last axis, any real
    index  i, the component that is asked for, counted from 0
    The gradient is row i of the Jacobian. `lossref.functions.softmax` gives all components at once, along any axis.
    """

@_curved
def softplus(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Softplus, the smooth maximum of 0 and x.

        f(x) = log(1 + exp x),      df/dx = 1 / (1 + exp(-x))

    x  any real
    There is no threshold beyond which it is x: it exceeds x by exp(-x), which at 20 is 2e-9.
    """

@_flat
def tanh(x: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """Hyperbolic tangent.

        f(x) = (exp x - exp(-x)) / (exp x + exp(-x)),      df/dx = 1 - tanh(x)^2 = 4 / (exp x + exp(-x))^2

    x  any real
    1 - tanh(x)^2 is 0 in float64 from 19 on, where the slope still has all its digits: 7e-35 at 40.
    """

@_flat
def xlog1py(x: ArrayLike, y: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """x log(1 + y), with 0 log 0 = 0: the term of which the likelihoods of what did not happen are made.

        f(x, y) = x log(1 + y),      df/dx = log(1 + y),      df/dy = x / (1 + y)

    x  any real, a weight
    y  at least -1: less a probability, say
    For x = 0 the value is 0 whatever y is. The gradient is in x; a small y keeps its digits, which 1 + y would round away.
    """

@_flat
def xlogy(x: ArrayLike, y: ArrayLike, *, dtype: _Format = "float64", exact: bool = True, out: Any = None) -> Any:
    """x log y, with 0 log 0 = 0: the term of which entropies are made.

        f(x, y) = x log y,      df/dx = log y,      df/dy = x / y

    x  any real, a weight
    y  at least 0, a probability, say
    For x = 0 the value is 0 whatever y is. The gradient is in x; log y next to y = 1 keeps its digits, for y is exact.
    """

@_flat
def categorical_hinge(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Categorical hinge loss: the true class's score is to lead every other, and 0, by 1.

        L(s, y) = max(0, 1 + max(0, max_{j != y} s_j) - s_y)

    scores  s, one for each class along the last axis, any real
    target  y, the index of the true class, counted from 0
    Keras masks the true class by multiplying its score with 0, and so has a rival with a score of 0: with all scores below 0 it is not
    `multiclass_hinge`, and adding a constant to every score changes it. With one class it is a hinge. Where the best rival is 0, two
    rivals tie or the margin is met exactly, the loss has a corner: this code takes the 0, the first rival, and no slope.
    """

@_curved
def exponential(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Exponential loss, of AdaBoost.

        L(f, y) = exp(-y f)

    prediction  f, a score, any real
    target      y, -1 or 1 (not 0 or 1)
    One outlier decides: float64 overflows where -y f passes 709.78. The gradient is -y L, the second derivative L.
    """

@_flat
def hamming(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Hamming loss: the share of labels that are wrong.

        L(f, y) = 1/K |{j: f_j != y_j}|

    prediction  f, the predicted number of each of K labels along the last axis, any real: 0 and 1, or a class
    target      y, the true number of each label, any real
    Equality is exact: the predictions are what somebody decided on, not scores. With K = 1 it is `zero_one`. The slope is 0 wherever there
    is one (at f_j = y_j the loss jumps, and has none); this code returns 0 everywhere, so nothing can be trained on it.
    """

@_flat
def hinge(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Hinge loss.

        L(f, y) = max(0, 1 - y f)

    prediction  f, a score, any real
    target      y, -1 or 1 (not 0 or 1)
    At y f = 1 the loss has a corner: every slope between -y and 0 is right there. This code returns 0.
    """

@_curved
def logistic(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Logistic loss in margin form.

        L(f, y) = log(1 + exp(-y f))

    prediction  f, a score (log-odds of the label 1), any real
    target      y, -1 or 1; with labels 0 and 1 it is `sigmoid_cross_entropy`
    The logarithm is natural. L is -log P(y | f) of logistic regression.
    """

@_flat
def margin_ranking(
    first: ArrayLike, second: ArrayLike, target: ArrayLike, margin: ArrayLike = 0.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Margin ranking loss: of two scores the one that the label names is to be larger, by a margin.

        L(a, b, y) = max(0, m - y (a - b)),      dL/da = -dL/db = -y  where that is above 0

    first   a, a score, any real
    second  b, the other score, any real
    target  y, 1 where the first is to be the larger one, -1 where the second is
    margin  m, by how much, any real; 0 by default
    With m = 0 equal scores lie at the corner of the loss, and so does everything where a margin is met exactly: every slope between 0 and
    the full one is right there. This code returns 0.
    """

@_curved
def modified_huber(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Modified Huber loss: a squared hinge whose square turns into a line on the wrong side.

        L(f, y) = max(0, 1 - y f)^2  if y f >= -1,  -4 y f  otherwise

    prediction  f, a score, any real
    target      y, -1 or 1 (not 0 or 1)
    Far on the wrong side the slope is -4 y and no more, so an outlier counts as in a hinge. The gradient is continuous; only the second
    derivative jumps, from 2 to 0, at both ends of the square. It is no Huber loss of a residual, and its line is four times as steep.
    """

@_curved
def multi_margin(
    scores: ArrayLike, target: ArrayLike, margin: ArrayLike = 1.0, power: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Multiclass hinge loss of Weston and Watkins: the true class's score is to lead each other by a margin.

        L(s, y) = 1/K sum_{j != y} max(0, m - s_y + s_j)^p

    scores  s, one for each of K classes along the last axis, any real
    target  y, the index of the true class, counted from 0
    margin  m, how far the true class is to lead, at least 0; 1 by default
    power   p, 1 (by default) or 2
    Every rival that is too close counts (with Crammer and Singer only the best: `multiclass_hinge`). Weston and Watkins divide by nothing,
    and textbooks by the K - 1 rivals; libraries divide by K. Where a margin is met exactly the loss has a corner for p = 1; this code
    returns 0 there. With p = 2 only the second derivative jumps.
    """

@_flat
def multiclass_hinge(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Multiclass hinge loss of Crammer and Singer: the true class's score is to lead every other by 1.

        L(s, y) = max_j (s_j + 1 - [j = y]) - s_y

    scores  s, one for each class along the last axis, any real
    target  y, the index of the true class, counted from 0
    That is 1 + the best rival's score - s_y, or 0 where the true class leads by 1 (Weston and Watkins add all rivals). With one class there
    is no rival, and the loss is 0. Where two rivals tie, or the margin is met exactly, the loss has a corner: this code takes the first
    rival, and 0.
    """

@_flat
def multiclass_perceptron(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Multiclass perceptron loss: what the true class's score lacks to the best one.

        L(s, y) = max_j s_j - s_y

    scores  s, one for each class along the last axis, any real
    target  y, the index of the true class, counted from 0
    It is `multiclass_hinge` without a margin: 0 wherever the true class leads. Where it ties with the best rival, as with all scores 0 that
    every model starts from, or where two rivals tie, the loss has a corner. This code returns 0, and takes the first rival.
    """

@_curved
def multiclass_sparsemax(
    logits: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, class_weight: ArrayLike | None = None, ignore_index: int | None = None,
    mask: ArrayLike | None = None, target_form: Literal["index", "one_hot"] | None = None, upstream: ArrayLike | None = None,
    class_axis: int = -1, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Sparsemax loss of several classes: its slopes are sparsemax probabilities less the label's, as softmax's are of cross-entropy.

        L(z, y) = 1/2 sum_{j in S} (z_j^2 - s^2) + 1/2 - z_y,      s = (sum_{j in S} z_j - 1) / |S|,      dL/dz_j = p_j - [j = y]

    logits  z, scores along the last axis, any real
    target  y, a class index
    s is the threshold for which p_j = max(0, z_j - s) sum to 1, S the classes above it: p is the nearest point of the simplex to z. Where
    y leads all others by 1 the loss is 0, and beyond a lead of others by 1 it is a line. Gradients are continuous, second derivatives
    jump where a class enters S. Of two classes it is `sparsemax` of their difference.
    """

@_flat
def multilabel_margin(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Multilabel margin loss: every label that holds is to lead every label that does not by 1.

        L(s, y) = 1/K sum_{j: y_j = 1} sum_{i: y_i = 0} max(0, 1 - (s_j - s_i))

    scores  s, one for each of K labels along the last axis, any real
    target  y, 1 for each label that holds and 0 for each that does not
    Any number of labels may hold; with all of them or none there is no pair, and the loss is 0. It divides by the K labels, not by the
    pairs. PyTorch takes the indices of the labels that hold, and -1 after the last. Where a margin is met exactly the loss has a corner:
    this code returns 0 there.
    """

@_flat
def perceptron(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Perceptron loss.

        L(f, y) = max(0, -y f)

    prediction  f, a score, any real
    target      y, -1 or 1 (not 0 or 1)
    At f = 0, where every model that starts from zero is, the loss has a corner: every slope between -y and 0 is right there.
    This code returns 0.
    """

@_curved
def sparsemax(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Sparsemax loss of two classes: a hinge whose corner is a parabola, and the loss that makes sparsemax probabilities right.

        L(f, y) = 0  if y f >= 1,    (1 - y f)^2 / 4  if -1 < y f < 1,    -y f  if y f <= -1

    prediction  f, a score, any real
    target      y, -1 or 1 (not 0 or 1)
    It is max(0, x) made smooth as log(1 + exp x) is, for x = -y f, but 0 and x itself from -1 and 1 on. The gradient is continuous,
    -y (1 - y f) / 2 between the ends; only the second derivative jumps, between 0 and 1/2. `huber`'s parabola lies around 0, this at 1.
    """

@_curved
def squared_hinge(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Squared hinge loss.

        L(f, y) = max(0, 1 - y f)^2

    prediction  f, a score, any real
    target      y, -1 or 1 (not 0 or 1)
    No factor 1/2: the gradient is -2 y max(0, 1 - y f), and continuous; only the second derivative jumps, from 2 to 0.
    """

@_flat
def thresholded_zero_one(
    prediction: ArrayLike, target: ArrayLike, threshold: ArrayLike = 0.5, at_threshold: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Zero-one loss with a threshold: 1 for a prediction that is too far off, 0 for a close one.

        L(f, y) = 1  if |f - y| > T,    0  if |f - y| < T,    B  if |f - y| = T

    prediction    f, any real
    target        y, any real
    threshold     T, above 0; 1/2 by default
    at_threshold  B, what a prediction exactly T away costs: 1 (by default) or 0
    The difference is that of the numbers given, not of the decimals they came from: 0.3 - 0.1 is below 0.2 in float64. The
    slope is 0 wherever there is one (at |f - y| = T the loss jumps, and has none); this code returns 0 everywhere.
    """

@_flat
def zero_one(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Zero-one loss: 1 for a wrong prediction, 0 for a right one.

        L(f, y) = 0  if f = y,  1  otherwise

    prediction  f, the predicted class as a number, any real
    target      y, the true class as a number, any real
    Equality is exact: the prediction is a class that somebody decided on, not a score. The slope is 0 wherever there is one
    (at f = y the loss jumps, and has none); this code returns 0 everywhere, so nothing can be trained on it.
    """

@_curved
def apo(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Anchored preference optimisation (APO-zero) of a pair: the chosen answer is to gain on its reference, the rejected one to lose.

        L(c, r) = s(-beta (c - c0)) + s(beta (r - r0)),      s(x) = 1 / (1 + exp(-x))
        dL/dc = -beta s(a) s(-a),      a = beta (c - c0)

    chosen              c, log-probability of the preferred answer under the policy, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
    reference_rejected  r0, that of the other answer, any real
    beta                above 0; 0.1 by default
    The first term is 1 - s(a), and TRL and Liger compute it so. Each term alone, as TRL's KTO has it, is `kto` at the reference point 0.
    APO-down, s(a) + s(b - a) with b = beta (r - r0), lets the chosen answer lose, if less than the other one: another loss.
    """

@_curved
def bradley_terry(
    chosen: ArrayLike, rejected: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Bradley-Terry loss of a pair: the answer that was chosen is to have the higher reward.

        L(c, r) = log(1 + exp(r - c)) = -log s(c - r),      s(x) = 1 / (1 + exp(-x)),      dL/dc = -s(r - c) = -dL/dr

    chosen    c, the reward (score, rating) of the one preferred, any real
    rejected  r, that of the other, any real
    Natural logarithm. It is RankNet's loss of one pair, and the logistic loss of the difference. TRL can take a margin off c - r.
    """

@_curved
def cpo(
    chosen: ArrayLike, rejected: ArrayLike, beta: ArrayLike = 0.1, nll_weight: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Contrastive preference optimisation (CPO) of a pair: the chosen answer is to be the likelier one, and likely; no reference.

        L(c, r) = log(1 + exp(-x)) - w c,      x = beta (c - r),      s(x) = 1 / (1 + exp(-x)),      dL/dc = -beta s(-x) - w

    chosen      c, log-probability of the preferred answer under the policy, summed over its tokens, at most 0
    rejected    r, that of the other answer, at most 0
    beta        above 0; 0.1 by default
    nll_weight  w, of the negative log-likelihood of the chosen answer, at least 0; 1 by default (TRL: cpo_alpha)
    TRL and Liger average the second term over the tokens of a batch, and take sums in the first: the paper sums in both. Without it this
    is `dpo` without a reference; with means and a margin it is `simpo`.
    """

@_curved
def dft(
    log_probability: ArrayLike, detached: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Dynamic fine-tuning (DFT) of a token: the log loss, weighted by the token's own probability, which is taken for a number.

        L(l) = -exp(l0) l,      dL/dl = -exp l0

    log_probability  l, that of the token under the policy, at most 0
    detached         l0, the same log-probability as a number through which no slope goes, at most 0
    Code takes l0 = l: then L is -p log p, and its slope in l is -p, not -p (1 + l). A finite difference of the value says otherwise, and
    so l0 is an argument of its own. Against the plain log loss, an improbable token pulls less.
    """

@_curved
def dpo(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Direct preference optimisation (DPO) of a pair: the chosen answer is to gain more on its reference than the rejected one.

        L(c, r) = log(1 + exp(-x)) = -log s(x),      x = beta ((c - c0) - (r - r0)),      s(x) = 1 / (1 + exp(-x)),      dL/dc = -beta s(-x)

    chosen              c, log-probability of the preferred answer under the policy, summed over its tokens, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
    reference_rejected  r0, that of the other answer, any real
    beta                above 0; 0.1 by default
    It is `bradley_terry` of the rewards beta (c - c0) and beta (r - r0). Sums over tokens (TRL's sigmoid, Liger) or means over them (TRL's
    sigmoid_norm): that is the caller's business. Without a reference c0 and r0 are 0. Labels that may be wrong have losses of their own.
    """

@_curved
def ipo(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Identity preference optimisation (IPO) of a pair: the chosen answer is to gain a fixed amount more than the rejected one, no further.

        L(c, r) = (h - 1 / (2 beta))^2,      h = (c - c0) - (r - r0),      dL/dc = 2 (h - 1 / (2 beta)) = -dL/dr

    chosen              c, log-probability of the preferred answer under the policy, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
    reference_rejected  r0, that of the other answer, any real
    beta                above 0; 0.1 by default (the paper calls it tau)
    The paper sums log-probabilities over tokens; TRL's DPOTrainer takes their means here, its CPOTrainer neither means nor a reference.
    """

@_curved
def kto(
    log_probability: ArrayLike, target: ArrayLike, reference: ArrayLike, divergence: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, target_form: Literal["sign", "binary"] | None = None,
    upstream: ArrayLike | None = None, dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Kahneman-Tversky optimisation (KTO) of one answer: a good one is to gain more on its reference than average, a bad one less.

        L(l) = 1 - s(y beta (l - l0 - z)) = s(-y beta (l - l0 - z)),      s(x) = 1 / (1 + exp(-x))

    log_probability  l, that of an answer under the policy, summed over its tokens, any real
    target           y, 1 for a desirable answer and -1 for an undesirable one
    reference        l0, log-probability of the answer under the frozen reference, any real
    divergence       z, the reference point: an estimate of the policy's divergence from its reference, which has no slope; any real
    beta             above 0; 0.1 by default
    The paper's lambda_D and lambda_U are weights of examples. TRL and Liger estimate z from mismatched answers, and cut it at 0 below.
    """

@_curved
def margin_mse(
    positive: ArrayLike, negative: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Margin MSE: a student's scores of a relevant and of an irrelevant passage are to differ by what a teacher's differ by.

        L(p, n, y) = (p - n - y)^2,      dL/dp = 2 (p - n - y) = -dL/dn

    positive  p, the student's score of the relevant passage, any real
    negative  n, that of the irrelevant one, any real
    target    y, the teacher's score of the relevant passage less that of the irrelevant one, any real
    Sentence Transformers takes y as it is, or the teacher's two scores. With several irrelevant passages it is the mean over them.
    """

@_curved
def nca_pref(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Noise contrastive alignment (NCA) of a pair: the chosen answer is to be told from noise, and both are to stay near their reference.

        L(c, r) = l(a) + l(-a) / 2 + l(-b) / 2,      l(x) = log(1 + exp(-x)),      a = beta (c - c0),      b = beta (r - r0)

    chosen              c, log-probability of the preferred answer under the policy, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
    reference_rejected  r0, that of the other answer, any real
    beta                above 0; 0.1 by default
    dL/dc = beta (s(a) / 2 - s(-a)), which is 0 where a is log 2: more is too much. It is what TRL and Liger call nca_pair; the paper's
    loss of K answers with rewards is a larger one.
    """

@_curved
def ppo_clip(
    log_probability: ArrayLike, reference: ArrayLike, advantage: ArrayLike, low: ArrayLike = 0.2, high: ArrayLike = 0.2,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Clipped surrogate of proximal policy optimisation (PPO), as GRPO, DAPO and RLOO take it for each token.

        L(l) = -min(p A, clip(p, 1 - low, 1 + high) A),      p = exp(l - l0),      dL/dl = -p A where the minimum is the first

    log_probability  l, that of a token under the policy, any real
    reference        l0, its log-probability under the policy that drew it, any real
    advantage        A, how much better than expected its answer was, any real
    low              how far the ratio p may fall below 1, in [0, 1]; 0.2 by default
    high             how far it may rise above 1, at least 0; 0.2 by default (DAPO: 0.28)
    Where A > 0 this is -A min(p, 1 + high), where A < 0 it is -A max(p, 1 - low): what would be gained beyond is given up. At an end every
    slope between 0 and the full one is right; this code returns 0. TRL also cuts p from above for A < 0, where it is told to. Which mean
    over tokens is taken (GRPO: of each answer first; BNPO, DAPO: of all tokens) is the caller's business.
    """

@_curved
def robust_dpo(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    flipped: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Direct preference optimisation where some labels are known to be wrong: what DPO would be with the right ones, on average.

        L(c, r) = ((1 - e) l(x) - e l(-x)) / (1 - 2 e),      l(x) = log(1 + exp(-x)),      x = beta ((c - c0) - (r - r0))

    chosen              c, log-probability of the preferred answer under the policy, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
    reference_rejected  r0, that of the other answer, any real
    beta                above 0; 0.1 by default
    flipped             e, the share of labels that are wrong, from 0 (then it is DPO) to 7/16; 0.1 by default. TRL: label_smoothing
    It is l(x) - e x / (1 - 2 e): without end below 0 for what is ahead, where no slope vanishes. TRL and Liger have it so.
    """

@_curved
def simpo(
    chosen: ArrayLike, rejected: ArrayLike, beta: ArrayLike = 2.0, margin: ArrayLike = 0.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Simple preference optimisation (SimPO) of a pair: no reference, log-probabilities a token, and a margin to lead by.

        L(c, r) = log(1 + exp(-x)) = -log s(x),      x = beta (c - r) - m,      s(x) = 1 / (1 + exp(-x)),      dL/dc = -beta s(-x) = -dL/dr

    chosen    c, mean log-probability of a token of the preferred answer, any real
    rejected  r, that of the other answer, any real
    beta      above 0; 2 by default
    margin    m, what the chosen reward is to lead by (the paper's gamma), any real; 1/2 by default
    Means over tokens, not sums, are the caller's business. TRL and Liger default to beta = 0.1, which is small for means; TRL takes
    m / beta off the difference before it multiplies. CPO is the same without a margin, of sums.
    """

@_flat
def slic(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Hinge loss of a preference (SLiC): the chosen answer is to gain more on its reference than the rejected one, by 1 / beta.

        L(c, r) = max(0, 1 - x),      x = beta ((c - c0) - (r - r0))

    chosen              c, log-probability of the preferred answer under the policy, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real; 0 for no reference
    reference_rejected  r0, that of the other answer, any real; 0 for no reference
    beta                above 0; 0.1 by default
    This is the hinge of TRL's DPO and of Liger; SLiC-HF has max(0, m - (c - r)), no reference and a margin m: that is m times this with
    beta = 1 / m. Where the margin is met exactly the loss has a corner: this code returns 0.
    """

@_curved
def sppo(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Self-play preference optimisation (SPPO) with hard labels: the chosen answer is to gain 1 / (2 beta), the rejected one to lose that.

        L(c, r) = (c - c0 - h)^2 + (r - r0 + h)^2,      h = 1 / (2 beta),      dL/dc = 2 (c - c0 - h),      dL/dr = 2 (r - r0 + h)

    chosen              c, log-probability of the preferred answer under the policy, any real
    rejected            r, that of the other answer, any real
    reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
    reference_rejected  r0, that of the other answer, any real
    beta                above 0; 0.1 by default
    The paper's eta is 1 / beta, and its aim eta (P - 1/2), P the probability to be preferred: 1 and 0 here. `ipo` has one aim for the pair.
    """

@_flat
def coverage(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Coverage error: how far down the list of labels, best score first, one has to go for all that hold.

        L(s, y) = max_{j: y_j = 1} |{i: s_i >= s_j}|

    scores  s, one for each of K labels along the last axis, any real
    target  y, 1 for each label that holds and 0 for each that does not
    Equal scores are all counted, as in scikit-learn; where no label holds the loss is 0. The least is the number of labels that hold,
    not 0 (Zhang and Zhou count from 0: 1 less). The slope is 0 wherever there is one (where two scores tie the loss may jump, and has
    none); this code returns 0 everywhere, so nothing can be trained on it.
    """

@_flat
def group_quantile(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """GroupQuantile, a quantile loss of a query's documents, when what all predictions of it are off by alike is taken off.

        L(f, y) = 1/n sum_i max(t d_i, (t - 1) d_i) = 1/(2 n) sum_i |d_i|,      d_i = r_i - 1/n sum_j r_j,      r_i = y_i - f_i

    prediction  f, scores of the n documents of a query, any real; one query is one example
    target      y, how relevant each is, any real
    The quantile t in [0, 1] drops out: deviations from a mean sum to 0, so that what is above weighs as much as what is below, and the
    loss is half the mean absolute deviation. CatBoost trains by other slopes than its own, -t or 1 - t, which take the mean for a number,
    and by 0 within 1e-6 of it. Where a residual is the mean the loss has a corner; this code returns that residual's slope as 0 there.
    """

@_flat
def label_ranking(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Label ranking loss: the share of pairs of a label that holds and one that does not, which are in the wrong order.

        L(s, y) = 1/(|P| |N|) sum_{j in P} sum_{i in N} [s_j <= s_i],      P = {j: y_j = 1},      N = {i: y_i = 0}

    scores  s, one for each of K labels along the last axis, any real
    target  y, 1 for each label that holds and 0 for each that does not
    Equal scores are in the wrong order, as in scikit-learn. With all labels or none there is no pair, and the loss is 0. But for ties,
    which count a half there, it is 1 less the area under the ROC curve of one example. The slope is 0 wherever there is one (where a pair
    ties the loss jumps, and has none); this code returns 0 everywhere, so nothing can be trained on it.
    """

@_curved
def lambdarank(
    scores: ArrayLike, target: ArrayLike, rank: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """LambdaRank's loss of a list: of two items the better one is to score higher, and matters by what their exchange does to NDCG.

        L(s, y, r) = sum_{i, j: y_i > y_j} w_ij log(1 + exp(-(s_i - s_j))),
        w_ij = (2^y_i - 2^y_j) |1 / log2(2 + r_i) - 1 / log2(2 + r_j)| / N,      N = sum_k (2^y_(k) - 1) / log2(2 + k)

    scores  s, one for each of K items along the last axis, any real
    target  y, the grade of each item, 0 to 4
    rank    r, how many items stand before each when the list is sorted by scores, from 0 on; no slope goes through it
    N is the discounted gain of the best order, y_(k) the k-th highest grade from 0 on: w_ij is by how much NDCG changes when both items
    change places. Items of one grade or one rank make no pair. The ranks are an argument, so that value and slopes belong together and
    ties are the caller's: libraries sort by the scores, and take the ranks for numbers. XGBoost and LightGBM divide a weight by the
    distance of the scores, and all by their sum, unless told not to, and count pairs with an item among the first of the ranks alone.
    """

@_curved
def listmle(
    scores: ArrayLike, rank: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """ListMLE: of all items that are left, each time the one that stands next is to be drawn, in the order that is wanted.

        L(s, r) = sum_i [log(sum_{j: r_j >= r_i} exp s_j) - s_i]

    scores  s, one for each of K items along the last axis, any real
    rank    r, where each item stands in the order that is wanted, from 0 for the first on
    It is -log of the probability of the order under the model of Plackett and Luce. Items of one rank are drawn from the same rest, each
    of them still in it (Breslow's ties, see `cox`); libraries take their grades and break ties at random, so to ask them no two ranks may
    be alike. The sum is not divided. PListMLE weighs its terms, which no reduction can: it is not asked.
    """

@_flat
def pairwise_hinge(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Pairwise hinge loss of a list (ranking SVM): of two items of different grades the better one is to lead by 1.

        L(s, y) = sum_{i, j: y_i > y_j} max(0, 1 - (s_i - s_j))

    scores  s, one for each of K items along the last axis, any real
    target  y, the grade of each item, 0 to 4: only their order counts
    Items of one grade make no pair, and a list without pairs costs 0. The sum is not divided; Rax divides by the pairs. `multilabel_margin`
    is the same of two grades, over K. Where a lead is exactly 1 the loss has a corner: this code returns 0 there.
    """

@_curved
def pairwise_logistic(
    scores: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Pairwise logistic loss of a list (RankNet): of two items of different grades the better one is to score higher.

        L(s, y) = sum_{i, j: y_i > y_j} log(1 + exp(-(s_i - s_j)))

    scores  s, one for each of K items along the last axis, any real
    target  y, the grade of each item, 0 to 4: only their order counts
    Items of one grade make no pair, and a list without pairs costs 0. The sum is not divided: Rax and CatBoost divide by the pairs, and
    XGBoost and TF-Ranking may weigh each pair. One pair is a `bradley_terry` loss.
    """

@_curved
def query_cross_entropy(
    scores: ArrayLike, target: ArrayLike, shift: ArrayLike, alpha: ArrayLike = 0.95,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """QueryCrossEntropy of a query's documents: sigmoid cross-entropy, and the same when the query's own offset is added to all scores.

        L(s, y, b) = 1/n sum_i [(1 - a) l(s_i, y_i) + a l(s_i + b, y_i)],      l(z, y) = log(1 + exp z) - y z

    scores  s, log-odds of the n documents of a query, any real; one query is one example
    target  y, the probability that each is wanted (say, clicked), in [0, 1]
    shift   b, the offset, any real; no slope goes through it
    alpha   a, how much the second term counts, in [0, 1]; 0.95 by default, as in CatBoost
    In training b is the offset that is best for the query: the sum of s(s_i + b) is that of y_i, where the slope in b is 0, so that no
    slope needs to go through it. It has no closed form, and libraries find it by some Newton steps: so it is an argument. Where all y are
    0, or all are 1, there is no best offset; CatBoost leaves it out.
    """

@_flat
def query_rmse(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """QueryRMSE, the root mean squared error of a query's documents, when what all predictions of it are off by alike is taken off.

        L(f, y) = sqrt(1/n sum_i (r_i - r)^2) = sqrt(1/n sum_i r_i^2 - r^2),      r_i = f_i - y_i,      r = 1/n sum_i r_i

    prediction  f, scores of the n documents of a query, any real; one query is one example
    target      y, how relevant each is, any real
    It is the standard deviation of the residuals, and as `root_mean_squared_error` at the offset that is best for the query: the scores
    of one query need only be right beside one another. CatBoost takes the root of the mean over all documents of several queries. Where
    all residuals are equal the loss has a corner, as a norm has; this code returns 0 there.
    """

@_curved
def yetirank(
    scores: ArrayLike, target: ArrayLike, rank: ArrayLike, decay: ArrayLike = 0.85,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """YetiRank's loss of a list in one sampled order: of two neighbours in it the better item is to score higher.

        L(s, y, r) = sum_{i, j: y_i > y_j, |r_i - r_j| = 1} c^min(r_i, r_j) (y_i - y_j) log(1 + exp(-(s_i - s_j)))

    scores  s, one for each of K items along the last axis, any real
    target  y, the grade of each item, 0 to 4
    rank    r, how many items stand before each in the sampled order, from 0 on; no slope goes through it
    decay   c, how fast pairs further down matter less, in [0, 1]; 0.85 by default, as in CatBoost
    The order is that of scores with noise. It is drawn, and so an argument: a loss of given ranks is a number, and what trains is its mean
    over orders. CatBoost draws ten, and multiplies weights by 0.15; its other modes weigh pairs as `lambdarank` does. Items that are
    no neighbours, or of one grade, make no pair.
    """

@_flat
def absolute_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Absolute error.

        L(f, y) = |f - y|

    prediction  f, any real
    target      y, any real
    At f = y the loss has a corner: every slope in [-1, 1] is right there. This code returns 0.
    """

@_flat
def absolute_percentage_error(
    prediction: ArrayLike, target: ArrayLike, floor: ArrayLike = 2.220446049250313e-16,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Absolute percentage error: the absolute error as a share of the target, with a floor under the target's size.

        L(f, y) = |f - y| / max(|y|, floor)

    prediction  f, any real
    target      y, any real
    floor       the least denominator, above 0; 2^-52 by default, the eps of float64, as scikit-learn has it
    A share, not multiplied by 100. Floors differ: 2^-52, 1e-7 (Keras, in percent), or 1 (boosted trees), and at y = 0 so does the loss,
    from |f| to 4.5e15 |f|. At f = y there is a corner: every slope from -1 to 1, over the denominator, is right. This code returns 0.
    """

@_curved
def cauchy(
    prediction: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Cauchy loss, also called Lorentzian: half the square of r / c near 0, twice its logarithm far off.

        L(f, y) = log(1 + (r / c)^2 / 2),      r = f - y

    prediction  f, any real
    target      y, any real
    scale       c, the size of residual at which the square gives way, above 0; 1 by default
    As in Barron's general loss (alpha = 0) and kornia; a Cauchy distribution's likelihood and SciPy's least_squares have (r / c)^2 without
    the half. Far outliers hardly count: the slope, 2 r / (2 c^2 + r^2), falls again beyond sqrt(2) c, and the loss is not convex.
    """

@_flat
def epsilon_insensitive(
    prediction: ArrayLike, target: ArrayLike, epsilon: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Epsilon-insensitive loss of support vector regression: the absolute error beyond a tube in which nothing costs.

        L(f, y) = max(0, |f - y| - epsilon)

    prediction  f, any real
    target      y, any real
    epsilon     half the width of the tube, at least 0; 0.1 by default
    At the tube's wall the loss has a corner: every slope between 0 and the sign of f - y is right there. This code returns 0.
    """

@_curved
def expectile(
    prediction: ArrayLike, target: ArrayLike, tau: ArrayLike = 0.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Expectile loss: a squared error that weighs residuals of either sign differently; its least mean is at an expectile of the targets.

        L(f, y) = tau r^2  if r > 0,  (1 - tau) r^2  otherwise,      r = y - f

    prediction  f, any real
    target      y, any real
    tau         the expectile, in [0, 1]; 1/2 by default
    The residual is y - f, as for quantiles: tau is what a prediction that is too low costs. No factor 2, so at tau = 1/2 this is half the
    squared error. The second derivative is 2 tau or 2 (1 - tau), and jumps at f = y; the slope does not.
    """

@_curved
def fair(
    prediction: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Fair loss: half the squared error near 0, a line of slope c far off, and smooth between them.

        L(f, y) = c^2 (|r| / c - log(1 + |r| / c)),      r = f - y

    prediction  f, any real
    target      y, any real
    scale       c, the size of residual at which the square turns into a line, above 0; 1 by default
    As printed the loss of a small residual cancels: of 1e-9 nothing is left of 5e-19. The line is approached slowly, with a logarithm. The
    slope is r / (1 + |r| / c), the second derivative 1 / (1 + |r| / c)^2.
    """

@_curved
def gaussian_nll(
    prediction: ArrayLike, target: ArrayLike, variance: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Gaussian negative log-likelihood: a mean and a variance are predicted.

        L(f, y, v) = (log v + (f - y)^2 / v) / 2

    prediction  f, the mean, any real
    target      y, any real
    variance    v, above 0
    The constant log(2 pi) / 2 is left out, as libraries do unless asked for it. They also floor the variance (torch at 1e-6), which is
    their convention, as is the slope of what is floored. With v = 1 this is half the squared error.
    """

@_curved
def geman_mcclure(
    prediction: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Geman-McClure loss: half the square of r / c near 0, and 2 far off, which it approaches as 1 / r^2 vanishes.

        L(f, y) = 2 (r / c)^2 / ((r / c)^2 + 4),      r = f - y

    prediction  f, any real
    target      y, any real
    scale       c, the size of residual at which the square gives way, above 0; 1 by default
    As in Barron's general loss (alpha = -2) and kornia; Geman and McClure have r^2 / (r^2 + c^2), which is half of this one with 2 c
    for c. Far outliers hardly count: the slope, 16 r c^2 / (r^2 + 4 c^2)^2, falls again beyond 2 c / sqrt(3), and the loss is not
    convex.
    """

@_curved
def half_squared_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Half the squared error.

        L(f, y) = (f - y)^2 / 2

    prediction  f, any real
    target      y, any real
    The factor 1/2 makes the gradient f - y and the second derivative 1; without it the loss is `squared_error`.
    """

@_curved
def huber(
    prediction: ArrayLike, target: ArrayLike, delta: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Huber loss.

        L(f, y) = r^2 / 2  if |r| <= delta,  delta (|r| - delta / 2)  otherwise,      r = f - y

    prediction  f, any real
    target      y, any real
    delta       where the square turns into a line, above 0; 1 by default
    The slope r is clipped to [-delta, delta] and is continuous; only the second derivative jumps, from 1 to 0.
    """

@_curved
def log_cosh(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Log-cosh loss: half the squared error near 0, the absolute error less log 2 far off.

        L(f, y) = log((exp r + exp(-r)) / 2),      r = f - y

    prediction  f, any real
    target      y, any real
    The slope is tanh r, the second derivative 1 - tanh(r)^2; neither is 0 but by underflow. Libraries write r + softplus(-2r) - log 2
    or logaddexp(r, -r) - log 2, whose terms cancel near 0: the value of 1e-9 comes out as 0, or as some ulps of log 2.
    """

@_curved
def loglin_quantile(
    log_prediction: ArrayLike, target: ArrayLike, tau: ArrayLike = 0.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Quantile loss of a prediction that is given by its logarithm, and so is above 0.

        L(a, y) = max(tau r, (tau - 1) r),      r = y - exp a,      dL/da = -tau exp a  if r > 0,  (1 - tau) exp a  if r < 0

    log_prediction  a, any real
    target          y, any real
    tau             the quantile, in [0, 1]; 1/2 by default
    It is `quantile` of exp a; as a quantile of log y is the logarithm of that quantile of y, `quantile` of a and log y has the same
    optimum and another loss. It is not convex in a. At exp a = y there is a corner: every slope in [-tau y, (1 - tau) y] is right. This
    code returns 0.
    """

@_flat
def lq(
    prediction: ArrayLike, target: ArrayLike, power: ArrayLike = 1.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """L_q loss: the absolute error to a power, between the absolute and the squared error, or beyond.

        L(f, y) = |r|^q,      dL/df = q |r|^(q - 1) sign(r),      r = f - y

    prediction  f, any real
    target      y, any real
    power       q, at least 1; 3/2 by default
    No root is taken: a norm is the root of a sum of them. For q = 1 the loss has a corner at r = 0, where every slope in [-1, 1] is right
    and this code returns 0. Second derivatives are left out: they are infinite at r = 0 for 1 < q < 2. CatBoost has some for q >= 2 alone.
    """

@_flat
def max_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Maximum error of a batch: the largest absolute residual.

        L(f, y) = max_i |f_i - y_i|

    prediction  f, n numbers, any real; one example is such a batch
    target      y, as many, any real
    The slope is the residual's sign where it is largest, and 0 elsewhere. Where several are largest, or all are 0, the loss has a
    corner: the slope in each may be anything from 0 to its sign, or from -1 to 1. This code shares 1 equally among those that tie, and
    0 has no sign.
    """

@_flat
def median_absolute_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Median absolute error of a batch: half of the absolute residuals are larger, and how much larger does not count.

        L(f, y) = median_i |f_i - y_i|

    prediction  f, n numbers, any real; one example is such a batch
    target      y, as many, any real
    Of an even number of residuals it is the mean of the two in the middle, as the field has it. The slope is the sign of the residual in
    the middle, or half of both signs, and 0 elsewhere. Where several tie in the middle, or a residual there is 0, the loss has a corner:
    this code gives the slope to the first of those that tie, and 0 has no sign.
    """

@_curved
def pseudo_huber(
    prediction: ArrayLike, target: ArrayLike, delta: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Pseudo-Huber loss: half the squared error near 0, a line of slope delta far off, and smooth between them.

        L(f, y) = delta^2 (sqrt(1 + (r / delta)^2) - 1),      r = f - y

    prediction  f, any real
    target      y, any real
    delta       the size of residual at which the square turns into a line, above 0; 1 by default
    As printed the loss of a residual below 1e-8 delta is 0, and a residual above 1e154 delta overflows; the loss is r^2 / (1 + sqrt(...)).
    Without delta^2 and the -1 it is the Charbonnier loss. The second derivative is (1 + (r / delta)^2)^(-3/2).
    """

@_flat
def quantile(
    prediction: ArrayLike, target: ArrayLike, tau: ArrayLike = 0.5,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Quantile loss, also called pinball loss: its least mean is at a quantile of the targets.

        L(f, y) = max(tau r, (tau - 1) r),      r = y - f

    prediction  f, any real
    target      y, any real
    tau         the quantile, in [0, 1]; 1/2 by default
    The residual is y - f, as texts on quantiles have it: tau is what a prediction that is too low costs a unit, 1 - tau one too high.
    At tau = 1/2 this is half the absolute error. At f = y there is a corner: every slope in [-tau, 1 - tau] is right. This code returns 0.
    """

@_curved
def root_mean_squared_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Root mean squared error of a batch.

        L(f, y) = sqrt(1/n sum_i (f_i - y_i)^2),      dL/df_i = (f_i - y_i) / (n L)

    prediction  f, n numbers, any real; one example is such a batch
    target      y, as many, any real
    It has the least in common with `squared_error`, whose mean it is the root of, and the same minimum. As printed squares of residuals
    above 1e154 overflow, and those of residuals below 1e-162 vanish. Where all predictions are perfect the loss has a corner, as a norm
    has: every slope up to 1 / sqrt(n) is right there. This code returns 0.
    """

@_curved
def smooth_l1(
    prediction: ArrayLike, target: ArrayLike, beta: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Smooth L1 loss: the absolute error with its corner rounded off by a parabola.

        L(f, y) = r^2 / (2 beta)  if |r| < beta,  |r| - beta / 2  otherwise,      r = f - y

    prediction  f, any real
    target      y, any real
    beta        where the square turns into a line, at least 0; 1 by default
    This is the Huber loss of delta = beta divided by beta: the line has slope 1 whatever beta is. With beta = 0 it is the absolute error,
    corner included: every slope in [-1, 1] is right at f = y, and this code returns 0. The second derivative jumps from 1 / beta to 0.
    """

@_curved
def squared_epsilon_insensitive(
    prediction: ArrayLike, target: ArrayLike, epsilon: ArrayLike = 0.1,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Squared epsilon-insensitive loss: the squared error beyond a tube in which nothing costs.

        L(f, y) = max(0, |f - y| - epsilon)^2

    prediction  f, any real
    target      y, any real
    epsilon     half the width of the tube, at least 0; 0.1 by default
    No factor 1/2: the gradient is 2 (|f - y| - epsilon) towards the tube, and continuous; only the second derivative jumps, from 0 to 2.
    """

@_curved
def squared_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Squared error.

        L(f, y) = (f - y)^2

    prediction  f, any real
    target      y, any real
    No factor 1/2: the gradient is 2 (f - y) and the second derivative is 2.
    """

@_curved
def squared_logarithmic_error(
    prediction: ArrayLike, target: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Squared logarithmic error: the squared error of log(1 + x), so that ratios count and not differences.

        L(f, y) = (log(1 + f) - log(1 + y))^2

    prediction  f, above -1
    target      y, above -1
    No factor 1/2. Libraries write log(1 + x) where log1p(x) keeps the digits of small numbers, and some replace predictions below 0, or
    below -1 + 1e-6, by that number. It is not convex: with d the difference of the logarithms, the second derivative is
    2 (1 - d) / (1 + f)^2, negative for d > 1.
    """

@_curved
def welsch(
    prediction: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Welsch loss, also called Leclerc's: half the square of r / c near 0, and 1 far off, whatever the residual.

        L(f, y) = 1 - exp(-(r / c)^2 / 2),      r = f - y

    prediction  f, any real
    target      y, any real
    scale       c, the size of residual at which the square gives way, above 0; 1 by default
    As in Barron's general loss (alpha = -infinity) and kornia; Holland and Welsch have c^2 / 2 times it, and (r / c)^2 without the half
    in the exponent. Far outliers do not count: the slope, r / c^2 exp(-(r / c)^2 / 2), vanishes beyond some scales, and the loss is not
    convex.
    """

@_curved
def l2_penalty(
    weights: ArrayLike, strength: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """L2 penalty, or weight decay: what structural risk adds to the loss.

        L(w) = (s / 2) sum_j w_j^2,      dL/dw_j = s w_j

    weights   w, the parameters that are penalised, along the last axis
    strength  s (often called lambda), above 0; 1 by default
    With the factor 1/2 the gradient is s w, what optimisers call weight decay; without it (Keras, ridge regression) it is 2 s w.
    """

@_flat
def z_loss(
    logits: ArrayLike, strength: ArrayLike = 0.0001,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Z-loss: the penalty that keeps the normaliser of a softmax near 1, added to cross-entropy where language models are trained.

        L(z) = s log(sum_j exp z_j)^2,      dL/dz_j = 2 s log(sum_k exp z_k) p_j,      p = softmax(z)

    logits    z, one for each class along the last axis, any real
    strength  s, above 0; 1e-4 by default, as in PaLM
    It is 0 where the exponentials of the logits sum to 1, so that they are log-probabilities; there the logarithm is a small difference
    of larger numbers. Liger calls s lse_square_scale; in its cross-entropy the penalty has no class weights, and its mean is over the
    examples that count.
    """

@_flat
def dice(
    probabilities: ArrayLike, target: ArrayLike, smooth_nr: ArrayLike = 1.0, smooth_dr: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    target_form: Literal["probability", "sign"] | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Soft Dice loss of a map of probabilities: 1 less twice what it shares with the true map, over what the two have.

        L(p, t) = 1 - (2 sum p t + a) / (sum p + sum t + b),      sums over all pixels

    probabilities  p, that of each pixel to belong to the object, in [0, 1]; one map is one example
    target         t, 1 where the object is and 0 elsewhere, or soft labels in [0, 1]
    smooth_nr      a, at least 0; 1 by default
    smooth_dr      b, above 0; 1 by default
    Two empty maps cost 1 - a / b: 0 in MONAI (a = b = 1e-5) and optax (a = b = 2), 1 in Keras (a = 0, b = 1e-7) and kornia (a = 0,
    b = 1e-8); b = 0 has no limit there. segmentation-models has no a and a denominator of at least 1e-7; V-Net squares its terms.
    """

@_flat
def generalized_dice(
    probabilities: ArrayLike, target: ArrayLike, smooth_nr: ArrayLike = 1e-05, smooth_dr: ArrayLike = 1e-05, eps: ArrayLike = 1e-07,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    target_form: Literal["probability", "sign"] | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Generalised Dice loss of maps of several classes: each class counts by the square of how rare it is among the labels.

        L(p, t) = 1 - (2 sum_c w_c sum p t + a) / (sum_c w_c (sum p + sum t) + b),      w_c = 1 / ((sum t)^2 + e)

    probabilities  p, for each class a row of probabilities of pixels to belong to it, in [0, 1]; one set of maps is one example
    target         t, 1 where the class is and 0 elsewhere, or soft labels in [0, 1]
    smooth_nr      a, at least 0; 1e-5 by default
    smooth_dr      b, above 0; 1e-5 by default
    eps            e, above 0; 1e-7 by default
    Sums are over the pixels of a class. The paper has neither of a, b and e, and then nothing to say of a class that no pixel has. MONAI
    gives such a class the largest weight of the others and has a = b = 1e-5. optax has e = 1e-7 but averages the Dice losses of the
    classes, each times its weight: another loss. The weights have no slope in p.
    """

@_flat
def jaccard(
    probabilities: ArrayLike, target: ArrayLike, smooth_nr: ArrayLike = 1.0, smooth_dr: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    target_form: Literal["probability", "sign"] | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Soft Jaccard loss of a map of probabilities: 1 less what it shares with the true map over what is in either (IoU loss).

        L(p, t) = 1 - (sum p t + a) / (sum p + sum t - sum p t + b),      sums over all pixels

    probabilities  p, that of each pixel to belong to the object, in [0, 1]; one map is one example
    target         t, 1 where the object is and 0 elsewhere, or soft labels in [0, 1]
    smooth_nr      a, at least 0; 1 by default
    smooth_dr      b, above 0; 1 by default
    Of hard maps, with a = b = 0, J and Dice's D obey 1 - D = (1 - J) / (1 + J). MONAI has a = b = 1e-5, segmentation-models no a and a
    denominator of at least 1e-7. Equal soft maps cost something, for p^2 is less than p.
    """

@_flat
def tversky(
    probabilities: ArrayLike, target: ArrayLike, alpha: ArrayLike = 0.5, beta: ArrayLike = 0.5, smooth_nr: ArrayLike = 0.0,
    smooth_dr: ArrayLike = 1e-07,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, label_smoothing: float = 0.0, smoothing: _Smoothing = "all", mask: ArrayLike | None = None,
    target_form: Literal["probability", "sign"] | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Tversky loss of a map of probabilities: a soft overlap in which false alarms and misses have weights of their own.

        L(p, t) = 1 - (TP + a) / (TP + alpha FP + beta FN + b),      TP = sum p t,      FP = sum p (1 - t),      FN = sum t (1 - p)

    probabilities  p, that of each pixel to belong to the object, in [0, 1]; one map is one example, and sums are over all pixels
    target         t, 1 where the object is and 0 elsewhere, or soft labels in [0, 1]
    alpha          weight of false positives, at least 0; 1/2 by default
    beta           weight of false negatives, at least 0; 1/2 by default
    smooth_nr      a, at least 0; 0 by default
    smooth_dr      b, above 0; 1e-7 by default
    With alpha = beta = 1/2 it is `dice` of 2 a and 2 b, with alpha = beta = 1 `jaccard`. a and b are 0 and 1e-7 in Keras, 0 and 1e-8 in
    kornia, 1e-5 in MONAI, 1 in optax. Keras documents alpha as here, and multiplies false negatives by it.
    """

@_flat
def ctc(
    log_probabilities: ArrayLike, target: ArrayLike, blank: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Connectionist temporal classification: how unlikely it is that steps, each of one class or of none, spell a row of labels.

        L(l, y) = -log sum_a prod_t exp l_{t a_t},      the sum over all alignments a of y with the steps

    log_probabilities  l, a row for each step with a logarithm for each class
    target             y, the labels; a blank among them is none, so that rows of several lengths are filled up with blanks
    blank              the class that stands for no label, counted from 0 like all; the first one in most libraries
    An alignment has one class a step, and spells what is left after a class that repeats the one before it, and then all blanks, are
    taken out: y itself. So equal labels in a row need a blank between them, and with too few steps there is no alignment: the loss is
    infinite (PyTorch: inf, or 0 if asked for; optax and Keras: about 100000), and this code returns a slope of 0. All steps count.
    Nothing is normalised: that each row of exp l sums to 1 is the caller's business. optax and Keras take logits and do it themselves,
    and PyTorch's slopes are those of its logits too, exp l less the share of the alignments, whatever l was made of.
    """

@_curved
def aft(
    prediction: ArrayLike, target: ArrayLike, censoring: ArrayLike, span: ArrayLike, scale: ArrayLike = 1.0,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, dtype: _Format = "float64",
    exact: bool = True, out: Any = None,
) -> Any:
    """Accelerated failure time with a logistic distribution: -log of how likely what is known of a time is, of which a median is predicted.

        L(f, y, c, w) = -log s'(z)  if c = 0,  log(1 + exp z)  if c = 1,  log(1 + exp(-z))  if c = 2,  -log(s(u) - s(z))  if c = 3
        z = (log y - f) / b,      u = (log(y + w) - f) / b,      s(x) = 1 / (1 + exp(-x)),      s' = s (1 - s)

    prediction  f, the logarithm of the median of the time, any real
    target      y, a time above 0
    censoring   c, 0 where the event came at y, 1 later than y (right-censored), 2 before y (left-censored), 3 from y to y + w (interval)
    span       w, above 0; only intervals have one
    scale       b, above 0; 1 by default
    The logarithm of the time has a logistic distribution around f. With c = 0 it is the density of z: log b + log y, by which the density
    of the time differs, are constants, left out. XGBoost and CatBoost take two ends, the second infinite where there is none, and have a
    normal and an extreme-value distribution too; XGBoost keeps the likelihood above 1e-12 and the gradient within 15.
    """

@_curved
def cox(
    log_hazard: ArrayLike, event: ArrayLike, time: ArrayLike,
    *, reduction: _Reduction = "none", denominator: _Denominator | float = "weights", empty: _Empty = "nan",
    sample_weight: ArrayLike | None = None, mask: ArrayLike | None = None, upstream: ArrayLike | None = None, class_axis: int = -1,
    dtype: _Format = "float64", exact: bool = True, out: Any = None,
) -> Any:
    """Cox's partial likelihood with Breslow's ties: of all who were at risk when an event came, the one it came to had the highest hazard.

        L(f, e, t) = sum_{i: e_i = 1} [log(sum_{j: t_j >= t_i} exp f_j) - f_i]

    log_hazard  f, of each subject of a cohort along the last axis, any real; one example is a cohort
    event       e, 1 where the event came at that time and 0 where the subject was lost from sight (censored)
    time        t, the rank of the time when that was among all times of the cohort, from 0 on; equal times share a rank
    Whoever has the same time is at risk, itself and all tied ones in full: Efron's ties count them less. A cohort without events costs 0.
    The sum is not divided: XGBoost's metric and pycox divide by the number of events. XGBoost and CatBoost take a negative time where
    there is no event. Without ties or censoring this is ListMLE's likelihood of the order of the times.
    """
