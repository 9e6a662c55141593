"""Fills a home with copies of its logins and with a month of requests, faster than a program could live it.

Usage: crowd.py HOME LOGINS REQUESTS NOW_MS
"""

import random
import sqlite3
import sys
import uuid
from pathlib import Path

HOUR = 3_600_000
DAY = 24 * HOUR
MODELS = ["claude-sonnet-5", "claude-haiku-4-5", "gpt-5.4-mini", "MiniMax-M3", "MiniMax-M2.7", "deepseek-v3.2"]


def main() -> None:
    home, logins, requests, now = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(1)
    # The checksum is of a file that nobody has written to since.
    Path(f"{home}/hermes.db.sum").unlink(missing_ok=True)
    store = sqlite3.connect(f"{home}/hermes.db")
    names = copy_logins(store, logins)
    keys = [row[0] for row in store.execute("SELECT id FROM client_key")]
    store.close()
    log = sqlite3.connect(f"{home}/log.db")
    log.execute("PRAGMA synchronous = OFF")
    log.executemany(
        f"INSERT INTO request_log ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
        made_requests(chance, names, keys, requests, now),
    )
    add_up(log, now)
    log.commit()
    log.close()


def copy_logins(store: sqlite3.Connection, wanted: int) -> list[tuple[str, str]]:
    """Copies every login with all that belongs to it, in turn, and gives ids and providers."""
    columns = {}
    for table in ["credential", "credential_secret", "credential_lease", "credential_health"]:
        cursor = store.execute(f"SELECT * FROM {table}")
        columns[table] = ([one[0] for one in cursor.description], cursor.fetchall())
    heads, patterns = columns["credential"]
    place = {name: at for at, name in enumerate(heads)}
    order = {}
    for pattern in patterns:
        provider = pattern[place["provider"]]
        order[provider] = max(order.get(provider, 0), pattern[place["priority"]] + 1)
    known = [(pattern[place["id"]], pattern[place["provider"]]) for pattern in patterns]
    rows = {table: [] for table in columns}
    for number in range(wanted - len(patterns)):
        pattern = list(patterns[number % len(patterns)])
        old, provider = pattern[place["id"]], pattern[place["provider"]]
        new = str(uuid.UUID(int=(uuid.UUID(old).int & ~0xFFFFFFFF) | (number + 1)))
        label = f"account-{number:05}"
        changed = {"id": new, "label": label, "label_key": label, "subject": label, "priority": order[provider]}
        order[provider] += 1
        for name, value in changed.items():
            pattern[place[name]] = value
        rows["credential"].append(pattern)
        for table in ["credential_secret", "credential_lease", "credential_health"]:
            at = columns[table][0].index("cred_id")
            rows[table] += [[*row[:at], new, *row[at + 1 :]] for row in columns[table][1] if row[at] == old]
        known.append((new, provider))
    for table, lines in rows.items():
        marks = ", ".join("?" * len(columns[table][0]))
        store.executemany(f"INSERT INTO {table} VALUES ({marks})", lines)
    store.execute("UPDATE counter SET value = value + 1 WHERE name = 'version'")
    store.execute(
        "INSERT OR REPLACE INTO credential_change SELECT id, (SELECT value FROM counter WHERE name = 'version') FROM credential"
    )
    store.commit()
    return known


COLUMNS = [
    "id", "at", "key_id", "cred_id", "provider", "model", "protocol", "status", "attempts", "first_byte_ms", "total_ms",
    "input", "cache_read", "cache_write", "output", "error", "held",
]


def made_requests(chance, logins, keys, count, now):
    """One row after the other, the oldest first; an id carries its time, as those of the program do."""
    step = 29 * DAY // count
    for number in range(count):
        at = now - (count - number) * step
        login, provider = logins[int(len(logins) * chance.random() ** 3)]
        failed = chance.random() < 0.02
        first = int(200 + 1500 * chance.random())
        yield (
            str(uuid.UUID(int=(at << 80) | (7 << 76) | (2 << 62) | number)),
            at,
            chance.choice(keys),
            login,
            provider,
            chance.choice(MODELS),
            "anthropic-messages",
            529 if failed else 200,
            2 if failed else 1,
            None if failed else first,
            first + int(9000 * chance.random()),
            None if failed else int(4000 * chance.random()),
            None if failed else int(20000 * chance.random()),
            None if failed else 0,
            None if failed else int(1500 * chance.random()),
            "upstream_status" if failed else None,
            None if failed else 300,
        )


def add_up(log: sqlite3.Connection, now: int) -> None:
    """The sums that the program would have kept."""
    log.create_function("slot", 1, slot, deterministic=True)
    for span, length in [("hour", HOUR), ("day", DAY)]:
        for dimension, column in [("credential", "cred_id"), ("key", "key_id"), ("model", "model")]:
            group = f"at - at % {length} AS bucket, coalesce({column}, '') AS name"
            log.execute(
                f"""INSERT OR REPLACE INTO usage_sum
                SELECT '{span}', '{dimension}', bucket, name, requests, failures, input, cache_read, cache_write, output, 0,
                    total.counts, coalesce(first.counts, '')
                FROM (SELECT {group}, count(*) AS requests, count(error) AS failures, coalesce(sum(input), 0) AS input,
                    coalesce(sum(cache_read), 0) AS cache_read, coalesce(sum(cache_write), 0) AS cache_write,
                    coalesce(sum(output), 0) AS output FROM request_log GROUP BY 1, 2)
                JOIN {latencies(group, "total_ms")} AS total USING (bucket, name)
                LEFT JOIN {latencies(group, "first_byte_ms")} AS first USING (bucket, name)"""
            )
    log.execute("DELETE FROM usage_rank")
    last = {"day": now - now % HOUR, "week": now - now % DAY, "month": now - now % DAY}
    for period, span, begin in [
        ("day", "hour", last["day"] - 23 * HOUR),
        ("week", "day", last["week"] - 6 * DAY),
        ("month", "day", last["month"] - 29 * DAY),
    ]:
        log.execute(
            """INSERT INTO usage_rank SELECT ?1, dimension, name, sum(requests), sum(failures), sum(input), sum(cache_read),
            sum(cache_write), sum(output), sum(reasoning) FROM usage_sum WHERE span = ?2 AND bucket >= ?3 GROUP BY dimension, name""",
            (period, span, begin),
        )
    log.execute("UPDATE usage_period SET day_last = ?, week_last = ?, month_last = ?", tuple(last.values()))


def slot(millis: int | None) -> int | None:
    """Where the program counts a latency: eight slots for each doubling."""
    if millis is None or millis < 8:
        return millis
    doubling = millis.bit_length() - 4
    return (doubling << 3) + (millis >> doubling)


def latencies(group: str, column: str) -> str:
    """A table of how they are spread in each group, as the program writes it."""
    return f"""(SELECT bucket, name, group_concat(slot || ':' || count, ' ') AS counts FROM
        (SELECT {group}, slot({column}) AS slot, count(*) AS count FROM request_log WHERE {column} IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) GROUP BY bucket, name)"""


main()
