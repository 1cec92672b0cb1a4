-- Sends one kind of request, each with the next token, counts every status, and prints one line of JSON at the end.
--   wrk ... -s load.lua URL -- METHOD FIRST TOKENS [BODY]
-- The tokens are bench-00000 and so on, beginning with number FIRST.
local requests, turn, threads = {}, 0, {}
statuses = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local tokens = tonumber(args[3])
  turn = tonumber(args[2]) % tokens
  for number = 0, tokens - 1 do
    local headers = { ["Authorization"] = string.format("Bearer bench-%05d", number) }
    if args[4] then headers["Content-Type"] = "application/json" end
    requests[number + 1] = wrk.format(args[1], nil, headers, args[4])
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function response(status)
  local name = tostring(status)
  statuses[name] = (statuses[name] or 0) + 1
end

function done(summary)
  local total = {}
  for _, thread in ipairs(threads) do
    for name, count in pairs(thread:get("statuses")) do
      total[name] = (total[name] or 0) + count
    end
  end
  local counts = {}
  for name, count in pairs(total) do
    table.insert(counts, string.format('"%s": %d', name, count))
  end
  local errors = summary.errors
  io.write(string.format(
    'BENCH {"requests": %d, "microseconds": %d, "statuses": {%s}, "socket_errors": %d}\n',
    summary.requests, summary.duration, table.concat(counts, ", "),
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
