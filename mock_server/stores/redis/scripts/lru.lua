-- Shared by the scripts about a least-recently-used index. KEYS: used, weights, held.

local used, weights, held = KEYS[1], KEYS[2], KEYS[3]

-- prefix: what precedes the name in the key that goes with a member, '' for none.
local function delete(name, prefix)
  redis.call('DECRBY', held, redis.call('HGET', weights, name) or 0)
  redis.call('HDEL', weights, name)
  redis.call('ZREM', used, name)
  if prefix ~= '' then redis.call('UNLINK', prefix .. name) end
end

