"""Signs users in against the directory."""

import logging

import requests

LOG = logging.getLogger(__name__)


class SignInFailed(Exception):
    pass


def sign_in(user, password):
    LOG.info("Signing in %s", user)
    answer = requests.post(
        "https://directory.example/sign-in",
        json={"user": user, "password": password},
        timeout=5,
    )
    if answer.status_code != 200:
        LOG.warning("Sign-in of %s with password %s was refused", user, password)
        raise SignInFailed(user)
    return answer.json()["session"]
