-- Appends an entry. ARGV from the third: the world, lifetime in milliseconds, id and entry, "" for none, how many entries
-- of a world, bytes and worlds there may be; then what is counted, and by how much.

local world, lifetime, id, entry = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local max_entries, max_bytes, max_worlds = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local written = string.format('%.0f', now)
for place = 10, #ARGV, 2 do redis.call('HINCRBY', tally .. world, ARGV[place], ARGV[place + 1]) end
redis.call('PEXPIRE', tally .. world, lifetime * 3)
local new = redis.call('ZADD', tallied, written, world)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', tallied, '-inf', now - lifetime * 1000)) do delete(old) end
while new == 1 and redis.call('ZCARD', tallied) > max_worlds do delete(redis.call('ZRANGE', tallied, 0, 0)[1]) end
if id ~= '' then
  redis.call('HSET', entries, id, entry)
  redis.call('ZADD', rings, written, world)
  for _ = max_entries + 1, redis.call('RPUSH', ring .. world, id) do evict_oldest(world) end
  redis.call('PEXPIRE', ring .. world, lifetime * 3)
  local total = redis.call('INCRBY', held, #entry)
  while total > max_bytes do
    evict_oldest(redis.call('ZRANGE', rings, 0, 0)[1])
    total = tonumber(redis.call('GET', held))
  end
end
extend_keys(lifetime)
