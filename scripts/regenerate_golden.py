"""Recompute every golden file, byte for byte: the same as `lossref golden generate`, with the same options."""

import sys

from lossref.cli import main

if __name__ == "__main__":
    sys.exit(main(["golden", "generate", *sys.argv[1:]]))
