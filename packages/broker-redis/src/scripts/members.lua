-- Gives a channel's members, without those whose time is over because their hub has died.
--
-- KEYS: members (hash), times (sorted set)
local time = redis.call("TIME")
local now = string.format("%.0f", time[1] * 1000 + math.floor(time[2] / 1000))
local gone = redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", now)
-- So many at a time as Lua can pass on.
for first = 1, #gone, 1000 do
  local part = { unpack(gone, first, math.min(first + 999, #gone)) }
  redis.call("HDEL", KEYS[1], unpack(part))
  redis.call("ZREM", KEYS[2], unpack(part))
end
return redis.call("HVALS", KEYS[1])
