#!/usr/bin/env python3
"""Prints who sent most in the last hours, and the free space of the service; needs nothing but Python 3.9.

    LOOKBACK_URL=http://127.0.0.1:8005 LOOKBACK_TOKEN=lb_... python3 top_talkers.py 'protocols == http' --hours 24
"""
import argparse
import datetime
import json
import os
import sys
import time
import urllib.error
import urllib.request

QUERY = """
query Top($expression: String, $timeRange: TimeRange, $size: Int!) {
  aggregate(expression: $expression, timeRange: $timeRange) {
    count
    terms(field: "ip.src", metric: BYTES, size: $size) { buckets { key sessions value } otherValue }
  }
}
"""


class LookbackError(Exception):
    """An error that the service answered; `code` is stable."""

    def __init__(self, error):
        super().__init__(error["message"])
        extensions = error.get("extensions", error)
        self.code = extensions.get("code", "INTERNAL")
        self.retryable = extensions.get("retryable", False)
        self.wait_seconds = extensions.get("details", {}).get("retryAfterSeconds", 1)


def ask(url, token, query, variables):
    """The data of an answer. Raises LookbackError."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/graphql", body, headers), timeout=90) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as refusal:
        answer = json.load(refusal)
    if "error" in answer:
        raise LookbackError(answer["error"])
    if answer.get("errors"):
        raise LookbackError(answer["errors"][0])
    return answer["data"]


def patiently(url, token, query, variables, attempts=4):
    """The same, tried again when the service says that it may help."""
    for attempt in range(attempts):
        try:
            return ask(url, token, query, variables)
        except LookbackError as error:
            if not error.retryable or attempt == attempts - 1:
                raise
            time.sleep(error.wait_seconds)
    raise AssertionError("attempts is at least 1")


def main():
    arguments = argparse.ArgumentParser(description="Prints who sent most.")
    arguments.add_argument("expression", nargs="?", default="", help="search expression; left out: every session")
    arguments.add_argument("--hours", type=float, help="only the last hours; left out: all time")
    arguments.add_argument("--size", type=int, default=10, help="rows to print")
    given = arguments.parse_args()
    time_range = None
    if given.hours is not None:
        start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=given.hours)
        time_range = {"start": start.isoformat(timespec="seconds")}
    variables = {"expression": given.expression, "timeRange": time_range, "size": given.size}
    try:
        found = patiently(os.environ["LOOKBACK_URL"].rstrip("/"), os.environ["LOOKBACK_TOKEN"], QUERY, variables)["aggregate"]
    except KeyError as missing:
        sys.exit(f"set {missing.args[0]}")
    except LookbackError as error:
        sys.exit(f"error {error.code}: {error}")
    for bucket in found["terms"]["buckets"]:
        print(f"{bucket['key']:<40} {int(bucket['value']):>16,} bytes  {int(bucket['sessions']):>10,} sessions")
    print(f"{int(found['count']):,} sessions match")


if __name__ == "__main__":
    main()
