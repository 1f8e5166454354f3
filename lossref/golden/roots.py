"""The root hash of each version of the golden set: whatever claims to be one of them has its root.

While a version was in the making its root moved; the last one, that of the version, stands here. A new one is added with its release.
"""

UNVERSIONED = "0.0.0"  # what a set claims that is not of all losses and no others: nothing, so that it may have any root
ROOTS = {
    "1.0.0": "c4dcedf9c0925ac51db3b4d5f8c741d6d912c81110956479967093d82dd1e1e3",
    "1.1.0": "8ded38261979f77f40a1e1b11bafcd58365148138c5650521dd7dcbbda0438ee",
    "1.1.1": "b768106dfe7624eda776b93e2c2c7c33fd096abb45a1a611d22048c2758f8ea6",
    "1.2.0": "f7f3a2e613a2cca9f31471272a924403053ed7957af5f7621e69d3b6d85702af",
    "2.0.0": "b6027003ae0313782f2aa21429463d61d2c259bf6c78afd3c5a0d01f3934fc77",
    "2.0.1": "60a1eb46303bc047f423d8d30f65f023364047d5315e8191a3cc00252f57fc80",
    "2.0.2": "25fc9b6296e985e6dceeb8dc624493f52e5e930347254bf22ed427bb36c10368",
}


def complaint(version: str, root: str) -> str:
    """What is wrong with a set of this version and root; empty where nothing is, or where the version is not pinned yet."""
    pinned = ROOTS.get(version, root)
    return f"it claims to be golden set {version}, whose root is {pinned[:12]}..., and has root {root[:12]}..." if pinned != root else ""
