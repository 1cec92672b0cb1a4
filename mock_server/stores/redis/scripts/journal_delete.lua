-- Deletes what the journal has of a world. ARGV from the third: the world, none for all.

local worlds = {ARGV[3]}
if #ARGV < 3 then worlds = redis.call('ZRANGE', tallied, 0, -1) end
for _, world in ipairs(worlds) do delete(world) end
