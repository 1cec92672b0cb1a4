"""What Valkey does in one step. Each script touches keys of one hash slot only.

Time is in microseconds, of Valkey's clock, but never before what a world has seen already: after a failover to a
machine whose clock is behind, time stands still in it until that clock has caught up.
"""

import hashlib

from .line import Command

STAMP_BYTES = 12
_STAMPS = 32
"""How many writes of a world are remembered: what asks after its own write finds it among as many later ones."""

SCRIPTS: dict[str, str] = {}
"""The scripts by their SHA-1."""


class Script:
    """A script, called by its SHA-1. Server sends the whole text where that is not known."""

    def __init__(self, source: str) -> None:
        self._sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
        SCRIPTS[self._sha] = source

    def __call__(self, keys: tuple[str, ...], *arguments: str | bytes | int) -> Command:
        """Return the command that runs it."""
        return ("EVALSHA", self._sha, len(keys), *keys, *arguments)


_ALWAYS = "#!lua flags=allow-oom\n"  # also with its memory full: it takes none, or gives some back

_STATE = f"""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local found = redis.call('HMGET', KEYS[1], 'stamps', 'seen')
local stamps, seen = found[1] or '', tonumber(found[2] or 0)
local stamp = string.sub(stamps, 1, {STAMP_BYTES})
if seen > now then now = seen end
local function stamped(fresh)
  return string.sub(fresh .. stamps, 1, {STAMP_BYTES * _STAMPS})
end
local function see()
  if stamps ~= '' and now > seen then redis.call('HSET', KEYS[1], 'seen', string.format('%.0f', now)) end
end
"""

_TOLD = """
local function told(word, base, made)
  local there = redis.call('HMGET', KEYS[1], 'world', 'base', 'made')
  local world, root, total = there[1], there[2], tonumber(there[3] or 0)
  local images = {}
  if root ~= base then
    images = redis.call('LRANGE', KEYS[2], 0, -1)
  elseif total > made then
    images = redis.call('LRANGE', KEYS[2], 0, total - made - 1)
  end
  return {now, word, stamp .. (root or ''), world, images}
end
"""

READ = Script(
    f"""{_ALWAYS}{_STATE}{_TOLD}
local known, base, made, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
see()
if redis.call('HEXISTS', KEYS[1], 'world') == 1 then
  redis.call('PEXPIRE', KEYS[1], lifetime)
  redis.call('PEXPIRE', KEYS[2], lifetime)
end
if stamp == known then return {{now, 'same'}} end
return told('other', base, made)
"""
)
"""KEYS: state, images. ARGV: the stamp that is known, the base and how many images were made as far as is known,
lifetime. Returns the time and "same"; or "other", the stamp and the base in one, the world, and the images: those that
came since where the base is the known one, else all.
"""

WRITE = Script(
    f"""{_STATE}{_TOLD}
local before, base, made, fresh, world, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
if stamp == before then
  if ARGV[7] == 'all' then
    redis.call('DEL', KEYS[2])
    redis.call('HSET', KEYS[1], 'base', fresh)
  end
  for place = 10, #ARGV do redis.call('LPUSH', KEYS[2], ARGV[place]) end
  if #ARGV >= 10 then redis.call('LTRIM', KEYS[2], 0, ARGV[9] - 1) end
  redis.call('HSET', KEYS[1], 'world', world, 'made', ARGV[8])
  redis.call('HSET', KEYS[1], 'stamps', stamped(fresh), 'seen', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], lifetime)
  redis.call('PEXPIRE', KEYS[2], lifetime)
  return {{now, 'done'}}
end
if string.find(stamps, fresh, 1, true) then return {{now, 'done'}} end
see()
local complete = #stamps < {STAMP_BYTES * _STAMPS} or string.find(stamps, before, 1, true)
return told(complete and 'late' or 'unknown', base, made)
"""
)
"""KEYS: state, images. ARGV: the stamp that must be there, the base and how many images were made then; the fresh
stamp, the world without its images, lifetime; "all" where the images are all that there are to be, "more" where they
come before the others; how many were made by now, how many are kept, and the images, oldest first. Returns the time
and "done", also where it was done before; or "late" and what READ returns; or "unknown", where so much has happened
since that nobody can tell whether it was done.
"""

DROP = Script(
    f"""{_ALWAYS}{_STATE}
if stamp == '' then return 0 end
redis.call('HDEL', KEYS[1], 'world', 'base', 'made')
redis.call('UNLINK', KEYS[2])
redis.call('HSET', KEYS[1], 'stamps', stamped(ARGV[1]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
)
"""KEYS: state, images. ARGV: a fresh stamp, for how long it is remembered that nothing from before may be written."""

# What is in a ledger or in the journal is struck out, one by one, when it was not used for a lifetime. Its keys live
# for two or three, so that they are never gone before; to let a key live longer is written down only now and then.
_KEEP = """
if redis.call('PTTL', KEYS[1]) < lifetime * 2 then
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lifetime * 3) end
end"""

_LEDGER = """
local used, weights, held = KEYS[1], KEYS[2], KEYS[3]
local function strike(name, prefix)
  redis.call('DECRBY', held, redis.call('HGET', weights, name) or 0)
  redis.call('HDEL', weights, name)
  redis.call('ZREM', used, name)
  if prefix ~= '' then redis.call('UNLINK', prefix .. name) end
end
"""

WEIGH = Script(
    f"""{_LEDGER}
local name, weight, now, lifetime = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local most, capacity, prefix = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local total = redis.call('INCRBY', held, weight - (redis.call('HGET', weights, name) or 0))
redis.call('HSET', weights, name, weight)
redis.call('ZADD', used, now, name)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', used, '-inf', now - lifetime * 1000)) do strike(old, prefix) end
local count, gone = redis.call('ZCARD', used), {{}}
while count > 1 and (count > most or total > capacity) do
  local oldest = redis.call('ZRANGE', used, 0, 0)[1]
  strike(oldest, prefix)
  gone[#gone + 1] = oldest
  count, total = count - 1, tonumber(redis.call('GET', held))
end
{_KEEP}
return gone
"""
)
"""KEYS: of a ledger. ARGV: name, weight, now, lifetime, how many there may be, how heavy all may be, what precedes the
name in the key of what is let go with it, "" for nothing. Returns the names let go, the one longest not used first.
"""

TOUCH = Script(f"{_ALWAYS}return redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])\n")
"""KEYS: the first of a ledger. ARGV: name, now."""

STRIKE = Script(f"{_ALWAYS}{_LEDGER}strike(ARGV[1], ARGV[2])\n")
"""KEYS: of a ledger. ARGV: name, and as above."""

_JOURNAL = """
local entries, rings, tallied, held = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ring, tally = ARGV[1], ARGV[2]
local function lose(world)
  local id = redis.call('LPOP', ring .. world)
  redis.call('DECRBY', held, redis.call('HSTRLEN', entries, id))
  redis.call('HDEL', entries, id)
  if redis.call('EXISTS', ring .. world) == 0 then redis.call('ZREM', rings, world) end
end
local function forget(world)
  for _ = 1, redis.call('LLEN', ring .. world) do lose(world) end
  redis.call('UNLINK', ring .. world, tally .. world)
  redis.call('ZREM', rings, world)
  redis.call('ZREM', tallied, world)
end
"""

APPEND = Script(
    f"""{_JOURNAL}
local world, lifetime, id, entry = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local capacity, most_bytes, most_worlds = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local written = string.format('%.0f', now)
for place = 10, #ARGV, 2 do redis.call('HINCRBY', tally .. world, ARGV[place], ARGV[place + 1]) end
redis.call('PEXPIRE', tally .. world, lifetime * 3)
local fresh = redis.call('ZADD', tallied, written, world)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', tallied, '-inf', now - lifetime * 1000)) do forget(old) end
while fresh == 1 and redis.call('ZCARD', tallied) > most_worlds do forget(redis.call('ZRANGE', tallied, 0, 0)[1]) end
if id ~= '' then
  redis.call('HSET', entries, id, entry)
  redis.call('ZADD', rings, written, world)
  for _ = capacity + 1, redis.call('RPUSH', ring .. world, id) do lose(world) end
  redis.call('PEXPIRE', ring .. world, lifetime * 3)
  local total = redis.call('INCRBY', held, #entry)
  while total > most_bytes do
    lose(redis.call('ZRANGE', rings, 0, 0)[1])
    total = tonumber(redis.call('GET', held))
  end
end
{_KEEP}
"""
)
"""KEYS: of the journal. ARGV: what precedes a world's name in the keys of rings and of tallies, the world, lifetime, id
and entry, "" for none, how many entries of a world and bytes and worlds there may be, then what is counted, how often.
"""

FORGET = Script(
    f"""{_ALWAYS}{_JOURNAL}
local worlds = {{ARGV[3]}}
if #ARGV < 3 then worlds = redis.call('ZRANGE', tallied, 0, -1) end
for _, world in ipairs(worlds) do forget(world) end
"""
)
"""KEYS: of the journal. ARGV: as above, the world, none for all."""
