-- Shared by the scripts about a world. KEYS: state, images.
--
-- Time is in microseconds, of Valkey's clock, but never before what a world has seen: after a failover to a machine
-- whose clock is behind, time stops in the world until that clock has caught up.

local STAMP_BYTES = 12
local MAX_STAMPS = 32 -- a process that asks after its own write finds it among as many later ones

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local found = redis.call('HMGET', KEYS[1], 'stamps', 'seen')
local stamps, seen = found[1] or '', tonumber(found[2] or 0)
local stamp = string.sub(stamps, 1, STAMP_BYTES)
if seen > now then now = seen end

local function with_stamp(new)
  return string.sub(new .. stamps, 1, STAMP_BYTES * MAX_STAMPS)
end

local function record_time()
  if stamps ~= '' and now > seen then redis.call('HSET', KEYS[1], 'seen', string.format('%.0f', now)) end
end

-- Returns the time, the word, the stamp and the base in one, the world without its images, and the images: those made
-- since `made` where the base is the same, else all.
local function current(word, base, made)
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

