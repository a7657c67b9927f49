// Python sources that the protocol tests share.

/** A counter of which one method forgets the lock, in line `undoLine`. */
export const race = `import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0

    def add(self):
        with self._lock:
            self._count += 1

    def reset(self):
        with self._lock:
            self._count = 0

    def double(self):
        with self._lock:
            self._count *= 2

    def undo(self):
        self._count -= 1


def work(counter: Counter):
    threading.Thread(target=counter.add).start()
    threading.Thread(target=counter.undo).start()
`;

/** The line of the access without the lock, from 0. */
export const undoLine = 21;

/** A password hashed with MD5, in line `hashLine`: a finding of a rule in preview, and of no other. */
export const weakHash = `import hashlib


def store(database, name, password):
    digest = hashlib.md5(password.encode()).hexdigest()
    database.save(name, digest)
`;

/** The line of that hash, from 0. */
export const hashLine = 4;
