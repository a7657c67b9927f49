import contextlib
import functools
import threading

from oslo_concurrency import lockutils

_big = threading.Lock()
_ready = threading.Condition(_big)


def locked(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        with _big:
            return fn(*args, **kwargs)

    return wrapper


@contextlib.contextmanager
def holding(name):
    with lockutils.lock(f'volume-{name}'):
        yield name


@locked
def notify():
    _ready.notify()


def attempt(job):
    if not _big.acquire(timeout=3):
        return False
    try:
        job()
    finally:
        _big.release()
    return True


def stacked(names):
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(holding(name))
        attempt(notify)


def drain(queue):
    while True:
        _big.acquire()
        if not queue:
            break
        queue.pop()
        _big.release()
    _big.release()
