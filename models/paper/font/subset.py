"""Cuts a face of Noto Serif SC down to an encoding: subset.py SOURCE TARGET gbk|gb2312.

Needs Debian's python3-fonttools. Hints and layout tables go too: a PDF uses none.
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont


def encodable(encoding):
    """The characters of the basic plane that the encoding can write."""
    found = set()
    for point in range(0x80, 0x10000):
        try:
            chr(point).encode(encoding)
        except UnicodeEncodeError:
            continue
        found.add(point)
    return found


source, target, encoding = sys.argv[1:]
options = Options()
options.layout_features = []
options.hinting = False
options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
options.notdef_outline = True
options.recalc_timestamp = False
options.drop_tables += ["vmtx", "vhea", "BASE", "GSUB", "GPOS", "GDEF", "STAT"]
# Latin letters, dashes, the ideographic zero, the box for what is missing, signs of
# units, ratio, and numbers in circles, in case the encoding lacks one of them.
extra = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2460, 0x2474)}
extra |= {0x2013, 0x2014, 0x2022, 0x2025, 0x2103, 0x2236, 0x25A1, 0x3007, 0x33A1}
font = TTFont(source, recalcTimestamp=False)
subsetter = Subsetter(options)
subsetter.populate(unicodes=encodable(encoding) | extra)
subsetter.subset(font)
font.save(target)
