-- Reads a world. ARGV: the known stamp, its base and how many images were made then, lifetime in milliseconds.
-- Returns the time and "same", or what `current` returns, with "other".

local known, base, made, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
record_time()
if redis.call('HEXISTS', KEYS[1], 'world') == 1 then
  redis.call('PEXPIRE', KEYS[1], lifetime)
  redis.call('PEXPIRE', KEYS[2], lifetime)
end
if stamp == known then return {now, 'same'} end
return current('other', base, made)
