"""Ctrl-C at the moment in which Python forgets it: the day must end all the same."""

import signal
import subprocess
import sys

import pytest

LOST = """
import asyncio, signal, weakref
from wms.demo.interrupt import CtrlC

class Thing: pass

def lose():
    thing = Thing()
    gone = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    print("nobody noticed", flush=True)

async def day():
    lose()
    await asyncio.sleep(0)
    print("and never will", flush=True)

ctrl_c = CtrlC()
ctrl_c.check()
"""
BESIDE = """
lose()
ctrl_c.check()
print("and never will", flush=True)
"""
WITHIN = """
with ctrl_c.left_to_the_loop():
    asyncio.run(day())
"""


@pytest.mark.parametrize("where", [BESIDE, WITHIN], ids=["beside the loop", "within the loop"])
def test_what_python_forgets_is_remembered(where: str) -> None:
    child = subprocess.run([sys.executable, "-c", LOST + where], capture_output=True, text=True, check=False)
    assert child.stdout == "nobody noticed\n", child.stderr
    assert child.returncode == -signal.SIGINT
