"""Run with: python examples/fused_softmax_cross_entropy.py

A fused softmax cross-entropy, as kernels for language models are written, in plain torch: logits are read in blocks with a running
maximum and sum, and the slope is made together with the value. Three versions of it, and the grades of each. Needs torch.
"""

import torch

import lossref

BLOCK = 128


def usual(z, top, total, target):
    """As it is usually written: lse - z, and p - 1 at the target."""
    lse, rows = top + total.log(), torch.arange(len(z))
    slope = (z - lse[:, None]).exp()
    slope[rows, target] -= 1
    return lse - z[rows, target], slope


def mended(z, top, total, target):
    """What meets is not subtracted: the classes beside the target are summed apart from it."""
    rows = torch.arange(len(z))
    shares = (z - top[:, None]).exp()
    own = shares[rows, target]
    shares[rows, target] = 0
    rest = shares.sum(-1)
    slope = shares / (rest + own)[:, None]
    slope[rows, target] = -rest / (rest + own)
    value = torch.where(own >= rest, (rest / own).log1p(), top - z[rows, target] + (rest + own).log())
    return value, slope


def fused(ends, work=None):
    """A loss of tensors that computes in the format `work`, or in that of the logits, and answers in that of the logits."""

    class Fused(torch.autograd.Function):
        @staticmethod
        def forward(context, logits, target):
            z = logits.to(work or logits.dtype)
            top = torch.full(z.shape[:1], -torch.inf, dtype=z.dtype)
            total = torch.zeros_like(top)
            for block in z.split(BLOCK, dim=-1):
                above = torch.maximum(top, block.amax(-1))
                total = total * (top - above).exp() + (block - above[:, None]).exp().sum(-1)
                top = above
            value, slope = ends(z, top, total, target)
            context.save_for_backward(slope)
            return value.to(logits.dtype)

        @staticmethod
        def backward(context, upstream):
            (slope,) = context.saved_tensors
            return (upstream[:, None] * slope).to(upstream.dtype), None

    return lambda logits, target: Fused.apply(logits, target)


VERSIONS = {
    "in the format itself": fused(usual),
    "in float32": fused(usual, torch.float32),
    "in float32, mended": fused(mended, torch.float32),
}


def main():
    for title, version in VERSIONS.items():
        for form in ("bfloat16", "float32"):
            parts = lossref.check(version, "softmax_cross_entropy", format=form, framework="torch").data["losses"][0]["parts"]
            print(f"{title}, {form}: " + ", ".join(f"{part} {parts[part]['grade']}, {parts[part]['lost']} lost" for part in parts))


if __name__ == "__main__":
    main()
