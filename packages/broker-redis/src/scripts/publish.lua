-- Publishes, once for each idempotency key: takes the next place in the channel's log, if it keeps one, joins the log and
-- tells all hubs, in one step. Gives the epoch, the offset ("" and 0 without a log) and whether it was there already.
--
-- KEYS: position (hash), log (stream), result of the idempotency key
-- ARGV: publication, epoch for a new log, size (0: no log), log's time in ms, position's time in ms,
--       result's time in ms (0: no key), topic, command that publishes
local resultMs = tonumber(ARGV[6])
if resultMs > 0 then
  local known = redis.call("HMGET", KEYS[3], "e", "o")
  if known[1] then return { known[1], known[2], 1 } end
end

local epoch, offset = "", "0"
if tonumber(ARGV[3]) > 0 then
  epoch = redis.call("HGET", KEYS[1], "e")
  if not epoch then
    -- A log without its position is nobody's.
    redis.call("DEL", KEYS[2])
    epoch = ARGV[2]
    redis.call("HSET", KEYS[1], "e", epoch)
  end
  offset = string.format("%.0f", redis.call("HINCRBY", KEYS[1], "o", 1))
  if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[5]) then redis.call("PEXPIRE", KEYS[1], ARGV[5]) end
  redis.call("XADD", KEYS[2], "MAXLEN", ARGV[3], offset .. "-0", "p", ARGV[1])
  redis.call("PEXPIRE", KEYS[2], ARGV[4])
end

if resultMs > 0 then
  redis.call("HSET", KEYS[3], "e", epoch, "o", offset)
  redis.call("PEXPIRE", KEYS[3], ARGV[6])
end
redis.call(ARGV[8], ARGV[7], "p" .. offset .. ":" .. epoch .. ":" .. ARGV[1])
return { epoch, offset, 0 }
