-- Deletes a world. ARGV: a new stamp, for how many milliseconds it stays, so that no write from before brings it back.

if stamp == '' then return 0 end
redis.call('HDEL', KEYS[1], 'world', 'base', 'made')
redis.call('UNLINK', KEYS[2])
redis.call('HSET', KEYS[1], 'stamps', with_stamp(ARGV[1]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
