"""A function that does nothing, with the store's client."""

import functions_framework
from flask import Request
from google.cloud import firestore

client = firestore.Client()


@functions_framework.http
def empty(_: Request) -> str:
    return ""
