-- Makes somebody a member of a channel for a while, or for a while longer.
--
-- KEYS: members (hash), times (sorted set)
-- ARGV: id of the connection, member, for how long in ms
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
redis.call("ZADD", KEYS[2], string.format("%.0f", now + tonumber(ARGV[3])), ARGV[1])
-- Without anybody who renews, all are gone by then.
redis.call("PEXPIRE", KEYS[1], ARGV[3])
redis.call("PEXPIRE", KEYS[2], ARGV[3])
return 1
