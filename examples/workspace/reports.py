"""Builds reports on request. The command takes only what the table of kinds allows."""

import os
import subprocess

from flask import Flask, abort, request

app = Flask(__name__)
KINDS = {"daily", "weekly"}


@app.get("/report")
def report():
    kind = request.args.get("kind", "daily")
    if kind not in KINDS:
        abort(400)
    return subprocess.check_output(["make-report", kind])


@app.get("/ping")
def ping():
    host = request.args["host"]
    os.system("ping -c 1 " + host)
    return "ok"
