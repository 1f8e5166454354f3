"""python -m lossref"""

import sys

from lossref.cli import main

sys.exit(main())
