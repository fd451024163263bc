#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes core/number_table.c from libphonenumber's and the CLDR's facts; run by the maintainer only.

Needs Debian's python3-phonenumbers (country codes, lengths, prefixes, emergency numbers) and
python3-babel (currencies).  The patterns of libphonenumber are regular expressions; here they are
reduced to digit prefixes, so that the program needs a sorted table and no matcher.

usage: build-aux/number-table.py > core/number_table.c
"""
import functools
import re
import sys

import babel
import babel.numbers
import phonenumbers
from phonenumbers import PhoneMetadata

try:
    from re import _parser as sre_parse
except ImportError:
    import sre_parse

LONGEST = 15   # E.164, digits in all
DENSE = 8      # a prefix with this many of the ten digits behind it taken is taken whole ("900[2-9]")
DEEPEST = 7    # national digits after which a prefix is claimed whole

# --- regular expressions over digits, as nested tuples: ("s", digits), ("c", a, b), ("a", a, b) ---
EMPTY, END = ("0",), ("1",)


def cat(a, b):
    if a == EMPTY or b == EMPTY:
        return EMPTY
    if a == END:
        return b
    if b == END:
        return a
    if a[0] == "c":
        return ("c", a[1], cat(a[2], b))
    return ("c", a, b)


def alt(a, b):
    if a == EMPTY or a == b:
        return b
    if b == EMPTY:
        return a
    parts = set()
    for x in (a, b):
        parts |= x[1] if x[0] == "a" else {x}
    return ("a", frozenset(parts))


def digits_of(items):
    taken = set()
    for op, arg in items:
        op = str(op)
        if op == "LITERAL":
            taken.add(int(chr(arg)))
        elif op == "RANGE":
            taken |= set(range(int(chr(arg[0])), int(chr(arg[1])) + 1))
        elif op == "CATEGORY":
            taken |= set(range(10))
        else:
            raise ValueError(op)
    return frozenset(taken)


def convert(parsed):
    out = END
    for op, arg in reversed(list(parsed)):
        op = str(op)
        if op == "LITERAL":
            one = ("s", frozenset({int(chr(arg))}))
        elif op == "IN":
            one = ("s", digits_of(arg))
        elif op == "BRANCH":
            one = EMPTY
            for branch in arg[1]:
                one = alt(one, convert(branch))
        elif op == "SUBPATTERN":
            one = convert(arg[-1])
        elif op == "MAX_REPEAT":
            low, high, body = arg
            body = convert(body)
            one = END
            for i in range(min(int(high), LONGEST)):
                one = cat(body, one) if i >= int(high) - int(low) else alt(END, cat(body, one))
        elif op == "AT":
            one = END
        else:
            raise ValueError(op)
        out = cat(one, out)
    return out


def read(pattern):
    return convert(sre_parse.parse(pattern)) if pattern else EMPTY


@functools.lru_cache(None)
def ends(r):
    if r[0] == "c":
        return ends(r[1]) and ends(r[2])
    if r[0] == "a":
        return any(ends(x) for x in r[1])
    return r == END


@functools.lru_cache(None)
def after(r, digit):
    """What may follow once `digit` was read."""
    if r[0] == "s":
        return END if digit in r[1] else EMPTY
    if r[0] == "c":
        out = cat(after(r[1], digit), r[2])
        return alt(out, after(r[2], digit)) if ends(r[1]) else out
    if r[0] == "a":
        out = EMPTY
        for x in r[1]:
            out = alt(out, after(x, digit))
        return out
    return EMPTY


@functools.lru_cache(None)
def lengths(r):
    if r == EMPTY:
        return frozenset()
    if r == END:
        return frozenset({0})
    if r[0] == "s":
        return frozenset({1})
    if r[0] == "a":
        return frozenset().union(*(lengths(x) for x in r[1]))
    return frozenset(a + b for a in lengths(r[1]) for b in lengths(r[2]))


ANYTHING = convert(sre_parse.parse(r"\d{0,15}"))


@functools.lru_cache(None)
def full(r, length):
    """Are all numbers of this length in it?"""
    if length == 0:
        return ends(r)
    nexts = {after(r, d) for d in range(10)}
    return all(length - 1 in lengths(n) for n in nexts) and all(full(n, length - 1) for n in nexts)


def claims(classes, length, rest_of_them):
    """[(prefix, class)]: who owns which numbers of this length; classes in order of precedence.
    What belongs to `rest_of_them` only is not listed."""
    out = []

    def walk(prefix, rest):
        left = length - len(prefix)
        alive = []
        for i, r in rest:
            if left in lengths(r) and not any(r == q for _, q in alive):
                alive.append((i, r))
                if full(r, left):
                    break
        if not alive or all(i == rest_of_them for i, _ in alive):
            return
        if len(prefix) >= DEEPEST or left == 0 or (len(alive) == 1 and full(alive[0][1], left)):
            if alive[0][0] != rest_of_them:
                out.append((prefix, alive[0][0]))
            return
        if len(alive) == 1 and prefix:
            taken = [d for d in range(10) if left - 1 in lengths(after(alive[0][1], d))]
            if len(taken) >= DENSE:
                out.append((prefix, alive[0][0]))
                return
        for d in range(10):
            walk(prefix + str(d), [(i, after(r, d)) for i, r in alive])

    walk("", list(enumerate(classes)))
    return out


# --- libphonenumber's facts ---
PREMIUM, TOLL_FREE = ["premium_rate"], ["toll_free"]
OTHERS = ["shared_cost", "voip", "personal_number", "pager", "uan", "voicemail", "fixed_line", "mobile"]


def union(metadatas, types):
    out = EMPTY
    for m in metadatas:
        for t in types:
            desc = getattr(m, t)
            if desc and desc.national_number_pattern:
                out = alt(out, read(desc.national_number_pattern))
    return out


def possible(m, code):
    return [n for n in m.general_desc.possible_length if 0 < n <= LONGEST - len(str(code))]


def idd(m):
    for p in (m.preferred_international_prefix, m.international_prefix):
        if p:
            p = p.replace("~", "")
            if p.isdigit():
                return p
    return ""


def emergency(region):
    """Its emergency numbers; x stands for any digit."""
    short = PhoneMetadata.short_metadata_for_region(region)
    if not short or not short.emergency or not short.emergency.national_number_pattern:
        return []
    r = read(short.emergency.national_number_pattern)
    found = []

    def walk(prefix, rest):
        if ends(rest):
            found.append(prefix)
        nexts = [after(rest, d) for d in range(10)]
        if nexts[0] != EMPTY and all(n == nexts[0] for n in nexts):
            walk(prefix + "x", nexts[0])
            return
        for d in range(10):
            if nexts[d] != EMPTY:
                walk(prefix + str(d), nexts[d])

    walk("", r)
    return found


def currency(region):
    names = babel.numbers.get_territory_currencies(region)
    return names[0] if names else "USD"


def mask(numbers):
    out = 0
    for n in numbers:
        out |= 1 << n
    return out


def fold(found):
    """{(prefix, what): mask of lengths} from [(prefix, what, length)]."""
    out = {}
    for prefix, what, length in found:
        out[prefix, what] = out.get((prefix, what), 0) | 1 << length
    return out


def main():
    codes, areas, kinds, regions = [], [], [], []
    for code, names in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        geographic = names[0] != "001"
        if geographic:
            metas = [PhoneMetadata.metadata_for_region(n) for n in names]
        else:
            metas = [PhoneMetadata.metadata_for_nongeo_region(code)]
        sizes = possible(metas[0], code)
        digits = str(code)
        codes.append((code, names[0], mask(n + len(digits) for n in sizes)))
        for length in sizes:
            if geographic and len(metas) > 1:
                classes = []
                for m in metas:
                    if m.leading_digits:
                        classes.append(cat(read(m.leading_digits), ANYTHING))
                    else:
                        classes.append(union([m], PREMIUM + TOLL_FREE + OTHERS))
                for prefix, i in claims(classes, length, 0):
                    areas.append((digits + prefix, names[i], length + len(digits)))
            classes = [union(metas, PREMIUM), union(metas, TOLL_FREE), union(metas, OTHERS)]
            for prefix, i in claims(classes, length, 2):
                kinds.append((digits + prefix, i, length + len(digits)))
        if geographic:
            for name, m in zip(names, metas):
                trunk = m.national_prefix or ""
                assert trunk.isdigit() or not trunk, trunk
                starts = read(m.general_desc.national_number_pattern)
                for d in trunk:
                    starts = after(starts, int(d))
                alike = mask(d for d in range(10) if trunk and after(starts, d) != EMPTY)
                regions.append((name, code, trunk, alike, idd(m), " ".join(emergency(name)), currency(name)))
    areas, kinds = fold(areas), fold(kinds)
    out = sys.stdout.write
    out(f"""/* SPDX-License-Identifier: MIT */
/*
 * Facts about telephone numbers; written by build-aux/number-table.py, not by hand.
 *
 * From libphonenumber {phonenumbers.__version__} (Debian's python3-phonenumbers; Apache-2.0), reduced to digit prefixes, and
 * currencies from the Unicode CLDR in Babel {babel.__version__}.  Read by number.c only.
 */
#include "core/number_private.h"

""")
    out("/* clang-format off */\nconst struct number_code number_codes[] = {\n")
    for code, name, sizes in codes:
        out(f'\t{{ {code}, "{name}", 0x{sizes:x} }},\n')
    out("};\n\nconst struct number_region number_regions[] = {\n")
    for name, code, trunk, alike, abroad, sos, money in sorted(regions):
        out(f'\t{{ "{name}", {code}, "{trunk}", 0x{alike:x}, "{abroad}", "{money}", "{sos}" }},\n')
    out("};\n\nconst struct number_area number_areas[] = {\n")
    for (prefix, name), sizes in sorted(areas.items(), key=lambda a: (int(a[0][0]), a[0][1])):
        out(f'\t{{ {prefix}, 0x{sizes:x}, "{name}" }},\n')
    out("};\n\nconst struct number_range number_ranges[] = {\n")
    for (prefix, i), sizes in sorted(kinds.items(), key=lambda k: (int(k[0][0]), k[0][1])):
        out(f'\t{{ {prefix}, 0x{sizes:x}, {("NM_NUMBER_PREMIUM", "NM_NUMBER_TOLL_FREE")[i]} }},\n')
    out("};\n")
    for what in ("codes", "regions", "areas", "ranges"):
        out(f"\nconst size_t number_{what}_count = sizeof number_{what} / sizeof number_{what}[0];")
    out("\n")


if __name__ == "__main__":
    main()
