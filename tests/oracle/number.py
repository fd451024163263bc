#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares number.c with libphonenumber (Debian's python3-phonenumbers) on random and edge numbers.

usage: number.py ORACLE [COUNT]      ORACLE is tests/oracle/number_oracle.c, built

Prints how many agreed and how many differed, by class; exits with 1 when one differs in a way that is
not one of the classes below.  They are:
  emergency    we refuse emergency numbers, libphonenumber calls some possible
  long         we refuse more than E.164's 15 digits
  rewritten    a country whose national numbers are rewritten by more than a prefix (Argentina's 15,
               Brazil's carrier codes, six digits in the Bahamas meaning 242...): write these with a +
  prefixed     we refuse a number that begins with what is dialled before national numbers when none of that
               country does (+1 1512555010, a digit short), and keep it where some do; libphonenumber counts
               digits only, and drops it unless the number is in service with it
  plus         libphonenumber reads what is dialled before a country code even behind a + (+0044...)
  unassigned   libphonenumber knows no country or kind, as the number is not in service; by prefix we
               name one all the same
"""
import collections
import random
import subprocess
import sys

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType, ValidationResult

KINDS = {PhoneNumberType.PREMIUM_RATE: "premium", PhoneNumberType.TOLL_FREE: "toll-free"}
TYPES = [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE,
         PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.VOIP]


def inputs(count):
    """(country, text) pairs: examples of every kind and country, written in every usual way, and their mutations."""
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for region in regions:
        for kind in TYPES:
            number = phonenumbers.example_number_for_type(region, kind)
            if not number:
                continue
            for style in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL):
                yield region, phonenumbers.format_number(number, style)
            yield "US", phonenumbers.format_number(number, PhoneNumberFormat.E164)
            yield region, phonenumbers.national_significant_number(number)
    for code in range(1, 1000):
        yield "US", f"+{code}23456789"
    for _ in range(count):
        region = random.choice(regions)
        way = random.randrange(5)
        if way == 0:
            yield region, "+" + "".join(random.choice("0123456789") for _ in range(random.randint(3, 17)))
        elif way == 1:
            code = phonenumbers.country_code_for_region(region)
            length = random.choice(PhoneMetadata.metadata_for_region(region).general_desc.possible_length)
            yield "US", f"+{code}" + "".join(random.choice("0123456789") for _ in range(length))
        elif way == 2:
            yield "US", "+1" + "".join(random.choice("0123456789") for _ in range(10))
        else:
            number = phonenumbers.example_number_for_type(region, random.choice(TYPES))
            if not number:
                continue
            text = phonenumbers.format_number(number, PhoneNumberFormat.E164 if way == 3 else
                                              PhoneNumberFormat.NATIONAL)
            at = random.randrange(len(text))
            if text[at].isdigit():
                text = text[:at] + random.choice("0123456789") + text[at + 1:]
            yield region, text


def peer(region, text):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return number


def rewritten(region):
    m = PhoneMetadata.metadata_for_region(region)
    return m.national_prefix_for_parsing != m.national_prefix or not m.international_prefix.isdigit()


def national(number):
    return phonenumbers.national_significant_number(number)


def compare(region, text, ours):
    """None when they agree, else the class of the difference; "" is none of the classes."""
    theirs = peer(region, text)
    if ours.startswith("refused"):
        if theirs is None:
            return None
        if "emergency" in ours:
            return "emergency"
        if len(phonenumbers.format_number(theirs, PhoneNumberFormat.E164)) > 16:
            return "long"
        if text.startswith("+0"):
            return "plus"
        owner = phonenumbers.region_code_for_country_code(theirs.country_code)
        trunk = PhoneMetadata.metadata_for_region(owner).national_prefix if owner != "001" else None
        if trunk and national(theirs).startswith(trunk) and not phonenumbers.is_valid_number(theirs):
            return "prefixed"
        return "rewritten" if rewritten(region) or (owner != "001" and rewritten(owner)) else ""
    e164, country, kind = ours.split()[:3]
    owner = phonenumbers.region_code_for_country_code(int(theirs.country_code)) if theirs else None
    if theirs is None or phonenumbers.format_number(theirs, PhoneNumberFormat.E164) != e164:
        if theirs and not phonenumbers.is_valid_number(theirs) and e164.endswith(national(theirs)):
            return "prefixed"
        by_plus = text.startswith("+") and theirs is None
        owner = owner or (phonenumbers.region_code_for_number(phonenumbers.parse(e164)) if by_plus else None) or region
        return "rewritten" if rewritten(region) or (owner != "001" and rewritten(owner)) else ""
    valid = phonenumbers.is_valid_number(theirs)
    if country != (phonenumbers.region_code_for_number(theirs) or owner):
        return "" if valid else "unassigned"
    if kind != KINDS.get(phonenumbers.number_type(theirs), "ordinary"):
        return "" if valid else "unassigned"
    return None


def main():
    random.seed(20261123)
    pairs = list(inputs(int(sys.argv[2]) if len(sys.argv) > 2 else 20000))
    lines = "".join(f"{region} {text}\n" for region, text in pairs)
    answers = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(answers) == len(pairs)
    found = collections.Counter()
    for (region, text), ours in zip(pairs, answers):
        difference = compare(region, text, ours)
        found[difference] += 1
        if difference == "":
            print(f"{region} {text}: ours {ours}; libphonenumber's {peer(region, text)}")
    print(f"{len(pairs)} numbers: {found.pop(None)} agree; " +
          ", ".join(f"{n} {what or 'WRONG'}" for what, n in sorted(found.items())))
    print(f"{len(pairs) - found['']} passed, {found['']} failed")
    sys.exit(1 if found[""] else 0)


if __name__ == "__main__":
    main()
