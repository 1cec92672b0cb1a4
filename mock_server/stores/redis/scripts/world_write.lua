-- Writes a world if it still has the stamp `before`. ARGV: that stamp, its base and how many images were made then; the
-- new stamp, the world without its images, lifetime in milliseconds; "all" if the images replace those there are,
-- "more" if they precede them; how many were made by now, how many are kept, and the images, oldest first.
-- Returns the time and "done", also if the same write was done before; or what `current` returns, with "late"; or
-- with "unknown", if too many writes followed to know the outcome.

local before, base, made, new, world, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
if stamp == before then
  if ARGV[7] == 'all' then
    redis.call('DEL', KEYS[2])
    redis.call('HSET', KEYS[1], 'base', new)
  end
  for place = 10, #ARGV do redis.call('LPUSH', KEYS[2], ARGV[place]) end
  if #ARGV >= 10 then redis.call('LTRIM', KEYS[2], 0, ARGV[9] - 1) end
  redis.call('HSET', KEYS[1], 'world', world, 'made', ARGV[8])
  redis.call('HSET', KEYS[1], 'stamps', with_stamp(new), 'seen', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], lifetime)
  redis.call('PEXPIRE', KEYS[2], lifetime)
  return {now, 'done'}
end
if string.find(stamps, new, 1, true) then return {now, 'done'} end
record_time()
local complete = #stamps < STAMP_BYTES * MAX_STAMPS or string.find(stamps, before, 1, true)
return current(complete and 'late' or 'unknown', base, made)
