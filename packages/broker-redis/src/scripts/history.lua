-- Reads a part of a channel's log, and has a channel without one begin one. Gives the epoch, the newest offset and the
-- stream's entries.
--
-- KEYS: position (hash), log (stream)
-- ARGV: epoch for a new log, position's time in ms, entries at most (-1: all), first id, last id, "1" for newest first
local epoch = redis.call("HGET", KEYS[1], "e")
if not epoch then
  redis.call("DEL", KEYS[2])
  epoch = ARGV[1]
  redis.call("HSET", KEYS[1], "e", epoch, "o", "0")
end
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[2]) then redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
local offset = redis.call("HGET", KEYS[1], "o") or "0"

local limit = tonumber(ARGV[3])
if limit == 0 then return { epoch, offset, {} } end
local range = { "XRANGE", KEYS[2], ARGV[4], ARGV[5] }
if ARGV[6] == "1" then range = { "XREVRANGE", KEYS[2], ARGV[5], ARGV[4] } end
if limit > 0 then
  range[5] = "COUNT"
  range[6] = ARGV[3]
end
return { epoch, offset, redis.call(unpack(range)) }
