-- Take calls out of every window of an account, or out of none.
--
-- KEYS[1]  the account's hash: when each window started, in microseconds, and how many calls it has taken
-- ARGV[1]  the time in microseconds; empty: the server's own, which is the same for all who ask
-- ARGV[2]  how many calls: 1, or 0 to see whether one would be taken
-- ARGV[3]  the first window's limit, ARGV[4] its length in microseconds; then the next window's, and so on
--
-- Returns 1 where a call was or would be taken, else 0; then each window's calls, and the microseconds until it ends.

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local taken, windows, free, longest = tonumber(ARGV[2]), {}, true, 0
for i = 3, #ARGV, 2 do
  local limit, length = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local fields = { 'start:' .. ARGV[i + 1], 'calls:' .. ARGV[i + 1] }
  local stored = redis.call('HMGET', KEYS[1], fields[1], fields[2])
  local start, calls = tonumber(stored[1]), tonumber(stored[2])
  -- A start that lies a whole window ahead is of a clock that was set back since.
  if not start or now >= start + length or now <= start - length then
    start, calls = now, 0
  end
  free = free and calls < limit
  longest = math.max(longest, length)
  windows[#windows + 1] = { fields = fields, start = start, calls = calls, length = length }
end

local answer = { free and 1 or 0 }
for _, window in ipairs(windows) do
  if free and taken > 0 then
    window.calls = window.calls + taken
    redis.call('HSET', KEYS[1], window.fields[1], window.start, window.fields[2], window.calls)
  end
  answer[#answer + 1] = window.calls
  answer[#answer + 1] = window.start + window.length - now
end
if free and taken > 0 then
  redis.call('PEXPIRE', KEYS[1], math.ceil(longest / 1000))
end
return answer
