"""What a run must come out as, computed without the engine: the simulated trunk's published arithmetic (see
dialer/trunks/simulated.hpp) and the treatment retry_by_result.scxml written as a loop."""
import re

MASK = (1 << 64) - 1
CODES = {"Ok": 0, "GeneralError": 3, "SystemError": 4, "DialError": 41, "SwitchError": 43, "Busy": 6,
         "NoAnswer": 7, "AnswMachine": 9, "All_Trunks_Busy": 10, "SIT_Invalid_Num": 11,
         "SIT_Vacant": 12, "Fax": 17, "Abandoned": 21, "Dropped": 26, "Unknown": 28, "Silence": 32, "Answer": 33,
         "PagerDetected": 39, "WrongParty": 40, "DoNotCall": 51, "WrongNumber": 53}
TALKS = {"Answer", "AnswMachine", "Fax", "Silence", "PagerDetected", "WrongParty", "WrongNumber", "Abandoned", "Dropped"}


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & MASK
    return x ^ x >> 31


def fnv(text):
    hashed = 0xCBF29CE484222325
    for byte in text.encode():
        hashed = ((hashed ^ byte) * 0x100000001B3) & MASK
    return hashed


class Trunk:
    """A simulated trunk: ring and talk are inclusive ranges in ms, weights and rules in the order of the file."""

    def __init__(self, seed, ring, talk, weights, rules):
        self.seed, self.ring, self.talk, self.weights, self.rules = seed, ring, talk, weights, rules

    def draw(self, list_name, record_id, attempt, k):
        x = mix(self.seed)
        for part in (fnv(list_name), record_id & MASK, attempt & MASK, k):
            x = mix(x ^ part)
        return x

    def call(self, list_name, record_id, attempt, number):
        """(result, ring_ms, talk_ms)"""
        result = next((r for pattern, r in self.rules if re.search(pattern, number)), None)
        if result is None:
            drawn = self.draw(list_name, record_id, attempt, 1) * sum(self.weights.values()) >> 64
            for result, weight in self.weights.items():
                if drawn < weight:
                    break
                drawn -= weight
        ring = self.ring[0] + (self.draw(list_name, record_id, attempt, 2) * (self.ring[1] - self.ring[0] + 1) >> 64)
        talk = 0
        if result in TALKS:
            talk = self.talk[0] + (self.draw(list_name, record_id, attempt, 3) * (self.talk[1] - self.talk[0] + 1) >> 64)
        return result, ring, talk


def retry_by_result(trunk, list_name, chain, start_ms):
    """The attempts of one chain (a list of rows by chain_n) when no call ever waits:
    (record_id, attempt, started_ms, ended_ms, result)."""
    now, made = start_ms, []
    waits = {"Busy": (3, 60_000), "NoAnswer": (2, 600_000)}
    for row in chain:
        tries, attempt = 0, 0
        while True:
            tries, attempt = tries + 1, attempt + 1
            result, ring, talk = trunk.call(list_name, row["record_id"], attempt, row["contact_info"])
            made.append((row["record_id"], attempt, now, now + ring + talk, result))
            now += ring + talk
            if result in ("Answer", "Ok", "Unknown"):
                return made
            most, wait = waits.get(result, (0, 0))
            if tries >= most:
                break
            now += wait
    return made
