-- Members of an index or of the journal are deleted one by one when they were not used for a lifetime. The keys live for
-- two or three, so that they never go first, and are extended only now and then.
local function extend_keys(lifetime)
  if redis.call('PTTL', KEYS[1]) < lifetime * 2 then
    for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lifetime * 3) end
  end
end

