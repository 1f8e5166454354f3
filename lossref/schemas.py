"""What a JSON Schema of ours has against a value: the keywords that our schemas use, read strictly, and one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from lossref import strictjson

Check: TypeAlias = Callable[[Any], str]  # nothing, or where in the value (".value[0]") and what is wrong there

REMARKS = {"$schema", "$comment", "title", "description", "definitions"}
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda x: isinstance(x, dict),
    "array": lambda x: isinstance(x, list),
    "string": lambda x: isinstance(x, str),
    "integer": lambda x: isinstance(x, int) and not isinstance(x, bool),
    "number": lambda x: isinstance(x, (int, float)) and not isinstance(x, bool),
    "boolean": lambda x: isinstance(x, bool),
    "null": lambda x: x is None,
}
SHOWN = 60  # characters of a key or a value in a sentence


def reader(schema: Mapping[str, Any], kind: str) -> Check:
    """A function that says what is wrong with a value of a kind, one of the schema's definitions; ValueError for a keyword unknown here."""
    known: dict[str, Check] = {}
    for name, rules in schema["definitions"].items():
        known[name] = _all(rules, known)

    def complaint(x: Any) -> str:
        try:
            found = known[kind](x)
        except RecursionError:
            return f"{kind} is nested too deep"
        return found and f"{kind}{found}"

    return complaint


def _all(rules: Mapping[str, Any], known: Mapping[str, Check]) -> Check:
    """Every keyword of a schema; those that name others are looked up when they are asked, for they may name themselves."""
    checks: list[Check] = []
    for word, given in rules.items():
        if word == "$ref":
            checks.append(_named(given.removeprefix("#/definitions/"), known))
        elif word == "anyOf":
            checks.append(_any([_all(other, known) for other in given], [_described(other) for other in given]))
        elif word == "properties":
            checks.append(_properties({name: _all(other, known) for name, other in given.items()}))
        elif word == "additionalProperties":
            checks.append(_others(set(rules.get("properties", ())), _all(given, known) if given else None))
        elif word == "items":
            checks.append(_items(_all(given, known)))
        elif word in SIMPLE:
            checks.append(SIMPLE[word](given))
        elif word not in REMARKS:
            raise ValueError(f"a schema with the keyword {word!r} is not read")
    if len(checks) == 1:
        return checks[0]
    return lambda x: next(filter(None, (check(x) for check in checks)), "")


def _named(name: str, known: Mapping[str, Check]) -> Check:
    return lambda x: known[name](x)


def _any(checks: list[Check], described: list[str]) -> Check:
    def check(x: Any) -> str:
        found = []
        for other in checks:
            if not (complaint := other(x)):
                return ""
            found.append(complaint)
        inside = [complaint for complaint in found if complaint[0] in ".["]
        return inside[0] if len(inside) == 1 else f" must be {' or '.join(dict.fromkeys(described))}"

    return check


def _described(rules: Mapping[str, Any]) -> str:
    if "$ref" in rules:
        return f"of kind {rules['$ref'].removeprefix('#/definitions/')}"
    kinds = rules.get("type", "one of a few words")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _properties(checks: Mapping[str, Check]) -> Check:
    def check(x: Any) -> str:
        if isinstance(x, dict):
            for name, y in x.items():
                if name in checks and (complaint := checks[name](y)):
                    return f".{name}{complaint}"
        return ""

    return check


def _others(named: set[str], allowed: Check | None) -> Check:
    """Of keys that are not named: nothing is allowed, or what a schema says."""

    def check(x: Any) -> str:
        if isinstance(x, dict):
            for name, y in x.items():
                if name not in named:
                    if allowed is None:
                        return f" has an unknown key {_shown(name)}"
                    if complaint := allowed(y):
                        return f".{strictjson.shown(name, SHOWN)}{complaint}"
        return ""

    return check


def _items(one: Check) -> Check:
    def check(x: Any) -> str:
        if isinstance(x, list):
            for i, y in enumerate(x):
                if complaint := one(y):
                    return f"[{i}]{complaint}"
        return ""

    return check


def _type(given: str | list[str]) -> Check:
    kinds = [given] if isinstance(given, str) else given
    tests = [TYPES[kind] for kind in kinds]
    sentence = f" must be {' or '.join(kinds)}"
    return lambda x: "" if any(test(x) for test in tests) else sentence


def _pattern(given: str) -> Check:
    found = re.compile(given.replace("$", r"\Z"))  # Python's $ lets a line end pass
    return lambda x: f" must match {given}" if isinstance(x, str) and not found.search(x) else ""


def _enum(given: list[Any]) -> Check:
    sentence = f" must be {_listed(given)}"
    return lambda x: "" if any(type(x) is type(y) and x == y for y in given) else sentence


def _bound(kind: str, measured: Callable[[Any], int], sentence: str, is_least: bool) -> Callable[[int], Check]:
    def made(bound: int) -> Check:
        def check(x: Any) -> str:
            fits = not TYPES[kind](x) or (measured(x) >= bound if is_least else measured(x) <= bound)
            return "" if fits else sentence.format(bound)

        return check

    return made


def _required(given: list[str]) -> Check:
    def check(x: Any) -> str:
        missing = next((name for name in given if isinstance(x, dict) and name not in x), None)
        return "" if missing is None else f" has no {missing}"

    return check


def _listed(words: list[Any]) -> str:
    return f"{'one of ' if len(words) > 1 else ''}{', '.join(map(repr, words))}"


def _shown(x: object) -> str:
    return repr(strictjson.shown(str(x), SHOWN))


SIMPLE: Mapping[str, Callable[[Any], Check]] = {
    "type": _type,
    "pattern": _pattern,
    "enum": _enum,
    "const": lambda given: _enum([given]),
    "required": _required,
    "minimum": _bound("number", lambda x: x, " must be {} or more", True),
    "maximum": _bound("number", lambda x: x, " must be {} or less", False),
    "minItems": _bound("array", len, " must have {} entries or more", True),
    "maxItems": _bound("array", len, " must have {} entries or fewer", False),
    "minProperties": _bound("object", len, " must have {} keys or more", True),
    "maxLength": _bound("string", len, " must have {} characters or fewer", False),
}
