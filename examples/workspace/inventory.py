"""Stock of a shop, kept in memory and shared by all request threads."""

import http.server
import threading


class Inventory:
    def __init__(self, stock):
        self._lock = threading.Lock()
        self._stock = dict(stock)
        self._reserved = {}
        self._sweeper = threading.Thread(target=self._sweep, daemon=True)
        self._stopped = threading.Event()

    def start(self):
        self._sweeper.start()

    def stop(self):
        self._stopped.set()
        self._sweeper.join()

    def available(self, item):
        with self._lock:
            return self._stock.get(item, 0) - self._reserved.get(item, 0)

    def reserve(self, item, count):
        with self._lock:
            free = self._stock.get(item, 0) - self._reserved.get(item, 0)
            if free < count:
                return False
            self._reserved[item] = self._reserved.get(item, 0) + count
            return True

    def sell(self, item, count):
        with self._lock:
            self._stock[item] -= count
            self._reserved[item] -= count

    def restock(self, item, count):
        self._stock[item] = self._stock.get(item, 0) + count

    def _sweep(self):
        while not self._stopped.wait(60):
            with self._lock:
                for item, count in list(self._reserved.items()):
                    if count == 0:
                        del self._reserved[item]
                for item, count in list(self._stock.items()):
                    if count == 0:
                        del self._stock[item]


INVENTORY = Inventory({})


class Till(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        _, action, item = self.path.split("/", 2)
        if action == "sell":
            INVENTORY.sell(item, 1)
        elif action == "restock":
            INVENTORY.restock(item, 1)
        self.send_response(204)
        self.end_headers()
