-- Ends a membership.
--
-- KEYS: members (hash), times (sorted set)
-- ARGV: id of the connection
redis.call("HDEL", KEYS[1], ARGV[1])
redis.call("ZREM", KEYS[2], ARGV[1])
return 1
