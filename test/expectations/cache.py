import threading


class Cache:
    def __init__(self, limit=10):
        self._lock = threading.RLock()
        self._items = {}
        self.limit = limit

    def put(self, key, value):
        with self._lock:
            self._evict()
            self._items[key] = value

    def get(self, key):
        if key not in self._items:
            return None
        return self._items[key]

    @property
    def size(self):
        return len(self._items)

    def _evict(self):
        while len(self._items) >= self.limit:
            self._items.popitem()
