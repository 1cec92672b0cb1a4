-- Shared by the scripts about the journal. KEYS: entries, rings, tallied, held. ARGV begins with what precedes a world's
-- name in the keys of rings and of tallies.

local entries, rings, tallied, held = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ring, tally = ARGV[1], ARGV[2]

local function evict_oldest(world)
  local id = redis.call('LPOP', ring .. world)
  redis.call('DECRBY', held, redis.call('HSTRLEN', entries, id))
  redis.call('HDEL', entries, id)
  if redis.call('EXISTS', ring .. world) == 0 then redis.call('ZREM', rings, world) end
end

local function delete(world)
  for _ = 1, redis.call('LLEN', ring .. world) do evict_oldest(world) end
  redis.call('UNLINK', ring .. world, tally .. world)
  redis.call('ZREM', rings, world)
  redis.call('ZREM', tallied, world)
end

