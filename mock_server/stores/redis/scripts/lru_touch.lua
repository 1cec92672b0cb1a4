-- Records that a member was used now, if it is there. KEYS: used. ARGV: name, now.

return redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])
