"""The steps of a life: one line of JSON on the standard output for each, with how long it took and what was wrong."""

import json
import sys
import time
import traceback
from contextlib import contextmanager

PATIENCE_S = 90
# What a user has at home, for guests to let them in.
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOsqjuqVIF590VubCWo8lq72rWbtlQpBR3XrqDReioua mia@laptop"


@contextmanager
def step(name):
    """Does what is within under this name. What goes wrong is told, and the life goes on."""
    start = time.monotonic()
    problem = None
    try:
        yield
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        problem = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno}: {where.line})"
    print(json.dumps({"step": name, "milliseconds": (time.monotonic() - start) * 1000, "problem": problem}), flush=True)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r}, where {expected!r} was expected")


def contains(collection, member):
    if member not in collection:
        raise AssertionError(f"{member!r} is not in {collection!r}")


def eventually(look, expected):
    """Looks until what is seen is as expected, and returns it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = look()
        if seen == expected:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"still {seen!r}, where {expected!r} was expected")
        time.sleep(0.2)


def refused(act, kind):
    """Does what must be refused by an exception of this kind."""
    try:
        act()
    except kind:
        return
    raise AssertionError(f"this should have raised {kind.__name__}")


def not_born(name):
    """There is nothing to go on with."""
    sys.exit(f"{name} could not be created")
