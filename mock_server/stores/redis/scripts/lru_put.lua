-- Puts a member, used now, and evicts others if there is no room. ARGV: name, weight, now, lifetime in milliseconds,
-- how many members and how much weight there may be, prefix. Returns the evicted names, least recently used first.

local name, weight, now, lifetime = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local max_members, max_weight, prefix = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local total = redis.call('INCRBY', held, weight - (redis.call('HGET', weights, name) or 0))
redis.call('HSET', weights, name, weight)
redis.call('ZADD', used, now, name)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', used, '-inf', now - lifetime * 1000)) do delete(old, prefix) end
local count, evicted = redis.call('ZCARD', used), {}
while count > 1 and (count > max_members or total > max_weight) do
  local oldest = redis.call('ZRANGE', used, 0, 0)[1]
  delete(oldest, prefix)
  evicted[#evicted + 1] = oldest
  count, total = count - 1, tonumber(redis.call('GET', held))
end
extend_keys(lifetime)
return evicted
