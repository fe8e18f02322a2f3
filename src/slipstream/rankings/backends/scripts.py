"""What Redis does by itself, each in one round trip: scripts in Lua.

All keys of a kind begin with ``{prefix:kind}``, in braces, so that they are in one slot of
a cluster, and scripts may touch them all:

====================================  ==========================================================
``…:z:<window>:<starts>``             ranking: minus the views of each object (sorted set)
``…:z:trending:0``                    ranking: minus the logarithm of each weight
``…:n:<window>:<starts>``             how many viewers each object had (hash)
``…:h:<window>:<starts>:<key>``       who they were (HyperLogLog)
``…:o:<window>:<starts>``             how many of them the HyperLogLog does not know (hash)
``…:s:<key>:<viewer>``                when that viewer was last counted, for ``once_per``
``…:g:<key>``                         when that object was forgotten
``…:j``                               views that the rankings do not have yet, one after the other
``…:k``                               the objects that these are of (set)
``…:p``                               what the database does not have yet (hash)
``…:b``                               the same, cut off to be written to the database, with an id
``…:d``                               the id of the last batch that the database has
``…:c:<client>``                      the number of the last call of a client
``…:f``                               who flushes: only what that one sends is carried out
``…:ready``                           there while the rankings hold what the database holds
``…:w``                               there while somebody sees to that
====================================  ==========================================================

Scores are negative, so that the most come first and ties go by key. The pending hash has
``v:<hour>:<key>`` views, ``f:<hour>:<key>`` viewers who are new to all time,
``u:<window>:<starts>:<key>`` others who are new to a period, ``t:<key>`` the logarithm of the
weight; longer windows are added up from hours when it is written.

A view changes only what it answers, views and viewers of all time, and goes to the journal. Who
reads anything else, or flushes, first applies the journal, in the same script; so does a view
when the journal is full. Most views are of a few objects, so that many are applied at once.

A client numbers its calls, and a call that is not later than its last is refused. So whoever
does not know whether a call was carried out can ask, and at the same time see to it that it
never will be: the number is then kept as ``-(last + 1)``, and the client does not come back.
A flusher's calls are refused when another has begun: a Redis that stood still may carry them
out long after they were given up.

Where memory is full, Redis refuses the first command of a script that may need more, and none
after one that changed something. So `RECORD` is carried out as a whole or not at all, and the
scripts that are needed to make room begin with one that needs none.

Answers begin with the state of the rankings: 1 they are ready, 0 they are not, -1 somebody
sees to it. Needs Redis 6.2.
"""

from __future__ import annotations

from slipstream.rankings.backends.journal import (
    APPLY,
    KEPT,
    MOST_BYTES,
    MOST_OBJECTS,
    PASSED_OVER,
)

__all__ = [
    "BEGIN",
    "CLEAR",
    "CUT",
    "DROP",
    "FORGET",
    "IS_LATE",
    "KEPT",
    "LATE",
    "READY",
    "RECORD",
    "RESTORE",
    "SETTLE",
    "TOP",
    "TOTALS",
]

#: The field of what is pending that says that views older than an hour are among it.
LATE = "late"
# A month, for the number of a client's last call and for what is forgotten.
_LONG = 2_592_000
_BUSY = 1_000  # milliseconds after the last sign of who fills the rankings

_STATE = """
local function state(base)
    if redis.call('EXISTS', base .. ':ready') == 1 then return 1 end
    return -redis.call('EXISTS', base .. ':w')
end
"""
_MINE = """
if redis.call('GET', KEYS[1] .. ':f') ~= ARGV[1] then
    return redis.error_reply('LATE another flusher has begun')
end
"""

# Functions where they are needed, since to make one takes as long as a small command.
_IS_AGAIN = """
local function is_again(key, viewer, once, at)
    local seen = base .. ':s:' .. key .. ':' .. viewer
    if call('SET', seen, at, 'PX', once, 'NX') then return false end
    if math.abs(tonumber(at) - tonumber(call('GET', seen))) < once then
        local forgotten = call('GET', base .. ':g:' .. key)
        if not forgotten then return true end
        local now = call('TIME')
        local noted = now[1] * 1000 + math.floor(now[2] / 1000) - once + call('PTTL', seen)
        if noted > tonumber(forgotten) then return true end
    end
    call('SET', seen, at, 'PX', once)
    return false
end
"""
# ARGV: client, number, whether a view is older than an hour, then for each view: key, viewer or "",
# once_per in ms, at in ms, exponent, and the beginnings of its hour, day, week and month. Answers:
# state, then for each, after all of them, views, viewers and whether it counted.
#
# Kept right away is what is answered, views and viewers of all time. The rest goes to the journal.
RECORD = f"""
{_STATE}
local call, base = redis.call, KEYS[1]
local client = base .. ':c:' .. ARGV[1]
local last = call('SET', client, ARGV[2], 'EX', '{_LONG}', 'GET')
if last and (tonumber(last) < 0 or tonumber(ARGV[2]) <= tonumber(last)) then
    call('SET', client, last, 'KEEPTTL')
    return redis.error_reply('LATE')
end
local ranking, number = base .. ':z:all:0', base .. ':n:all:0'
if ARGV[3] == '1' then call('HSET', base .. ':p', '{LATE}', 1) end
local views, viewers, counted, waiting, objects = {{}}, {{}}, {{}}, 0, 0
for i = 4, #ARGV, 6 do
    local key, viewer, once, is_counted = ARGV[i], ARGV[i + 1], ARGV[i + 2], true
    if viewer ~= '' and once ~= '0' then
{_IS_AGAIN}
        is_counted = not is_again(key, viewer, tonumber(once), ARGV[i + 3])
    end
    if is_counted then
        local is_first = viewer ~= '' and call('PFADD', base .. ':h:all:0:' .. key, viewer) == 1
        if is_first then
            local by = call('HINCRBY', number, key, '1')
            if by >= 256 then
{PASSED_OVER}
                local more = passed_over(base, 'all:0', key, by, 1)
                if more > 0 then
                    by = call('HINCRBY', number, key, more)
                    call('HINCRBY', base .. ':p', 'u:all:0:' .. key, more)
                end
            end
            viewers[key] = by
        end
        counted[i], views[key] = 1, -call('ZINCRBY', ranking, '-1', key)
        local entry = cmsgpack.pack(ARGV[i + 5], key, viewer, is_first, ARGV[i + 4])
        waiting = call('APPEND', base .. ':j', entry)
        if call('SADD', base .. ':k', key) == 1 then objects = call('SCARD', base .. ':k') end
    end
end
if waiting >= {MOST_BYTES} or objects >= {MOST_OBJECTS} then
{APPLY}
    apply(base)
end
local answer = {{state(base)}}
for i = 4, #ARGV, 6 do
    local key, n = ARGV[i], #answer
    views[key] = views[key] or -(call('ZSCORE', ranking, key) or 0)
    viewers[key] = viewers[key] or tonumber(call('HGET', number, key) or 0)
    answer[n + 1], answer[n + 2], answer[n + 3] = views[key], viewers[key], counted[i] or 0
end
return answer
"""

# Answers whether views older than an hour are pending.
IS_LATE = f"""
local base = KEYS[1]
return redis.call('HEXISTS', base .. ':p', '{LATE}') + redis.call('HEXISTS', base .. ':b', '{LATE}')
"""

# ARGV: period, keys. Answers: state, whether the period is there, then views and viewers.
TOTALS = f"""
{APPLY}
{_STATE}
local base, period = KEYS[1], ARGV[1]
if period ~= 'all:0' then apply(base) end
local scores, numbers = base .. ':z:' .. period, base .. ':n:' .. period
local answer = {{state(base), redis.call('EXISTS', scores)}}
for i = 2, #ARGV do
    answer[#answer + 1] = -tonumber(redis.call('ZSCORE', scores, ARGV[i]) or 0)
    answer[#answer + 1] = tonumber(redis.call('HGET', numbers, ARGV[i]) or 0)
end
return answer
"""

# ARGV: period, first and last place; or period, key. Answers: state, whether the period is there,
# then keys and scores; or the place.
TOP = f"""
{APPLY}
{_STATE}
local base, ranking = KEYS[1], KEYS[1] .. ':z:' .. ARGV[1]
if ARGV[1] ~= 'all:0' then apply(base) end
local found
if #ARGV == 2 then
    found = redis.call('ZRANK', ranking, ARGV[2])
else
    found = redis.call('ZRANGE', ranking, ARGV[2], ARGV[3], 'WITHSCORES')
end
return {{state(base), redis.call('EXISTS', ranking), found}}
"""

# ARGV: who flushes, the id of the last batch that the database has, or "" if that is not sure
# yet. Drops that batch. Answers: state, the id of the last batch that was dropped here: another one
# if Redis has gone back in time, or belongs to another database; if it was emptied, the one given.
BEGIN = f"""
{_STATE}
local base = KEYS[1]
redis.call('DEL', base .. ':f')
redis.call('SET', base .. ':f', ARGV[1])
if ARGV[2] ~= '' then
    if redis.call('HGET', base .. ':b', '#') == ARGV[2] then
        redis.call('DEL', base .. ':b')
        redis.call('SET', base .. ':d', ARGV[2])
    end
    redis.call('SET', base .. ':d', ARGV[2], 'NX')
end
local now = state(base)
if now ~= 1 then redis.call('SET', base .. ':w', 1, 'PX', {_BUSY}) end
return {{now, redis.call('GET', base .. ':d')}}
"""

# ARGV: who flushes, the id of the last batch that the database has, or "", periods. Forgets the
# rankings of those periods; with an id also what is pending, which the database may have.
CLEAR = f"""
{_MINE}
local base = KEYS[1]
redis.call('DEL', base .. ':ready')
redis.call('SET', base .. ':w', 1, 'PX', {_BUSY})
for i = 3, #ARGV do
    local period = ARGV[i]
    redis.call('UNLINK', base .. ':z:' .. period, base .. ':n:' .. period, base .. ':o:' .. period)
end
if ARGV[2] ~= '' then
    redis.call('UNLINK', base .. ':j', base .. ':k', base .. ':p', base .. ':b')
    redis.call('SET', base .. ':d', ARGV[2])
end
"""

# ARGV: who flushes. Answers: who cut it off, this time or before, and the fields; or nothing.
CUT = f"""
{APPLY}
local base = KEYS[1]
if redis.call('EXISTS', base .. ':b') == 0 then
    apply(base)
    if redis.call('EXISTS', base .. ':p') == 0 then return false end
    redis.call('RENAME', base .. ':p', base .. ':b')
    redis.call('HSET', base .. ':b', '#', ARGV[1])
end
return redis.call('HGETALL', base .. ':b')
"""

# ARGV: an id. What is cut off under it is in the database.
DROP = """
local base = KEYS[1]
if redis.call('HGET', base .. ':b', '#') == ARGV[1] then
    redis.call('DEL', base .. ':b')
    redis.call('SET', base .. ':d', ARGV[1])
end
"""

# ARGV: client, number. Answers whether that call was carried out; if not, it never will be.
SETTLE = f"""
local client = KEYS[1] .. ':c:' .. ARGV[1]
local last = tonumber(redis.call('GET', client) or 0)
if last < 0 then
    last = -last - 1
else
    redis.call('DEL', client)
    redis.call('SET', client, -(last + 1), 'EX', {_LONG})
end
return last >= tonumber(ARGV[2]) and 1 or 0
"""

# ARGV: who flushes, the batch that the database has, window, its beginning, its end, seconds to
# keep it or 0, then key, views, viewers and score as the database has them. What the database
# does not have comes on top.
RESTORE = f"""
{_MINE}
{APPLY}
redis.call('PEXPIRE', KEYS[1] .. ':w', {_BUSY})
apply(KEYS[1])
local base, window, period = KEYS[1], ARGV[3], ARGV[3] .. ':' .. ARGV[4]
local first, beyond, kept = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local views, viewers, weights = {{}}, {{}}, {{}}
local function take(fields)
    for i = 1, #fields, 2 do
        local what, rest = string.match(fields[i], '^(.):(.*)$')
        local value = tonumber(fields[i + 1])
        if what == 'v' or what == 'f' then
            local hour, key = string.match(rest, '^(%-?%d+):(.*)$')
            if tonumber(hour) >= first and tonumber(hour) < beyond then
                local numbers = what == 'v' and views or viewers
                numbers[key] = (numbers[key] or 0) + value
            end
        elseif what == 'u' and string.sub(rest, 1, #period + 1) == period .. ':' then
            local key = string.sub(rest, #period + 2)
            viewers[key] = (viewers[key] or 0) + value
        elseif what == 't' then
            weights[rest] = weights[rest] and added(weights[rest], value) or value
        end
    end
end
take(redis.call('HGETALL', base .. ':p'))
if redis.call('HGET', base .. ':b', '#') ~= ARGV[2] then
    take(redis.call('HGETALL', base .. ':b'))
end
local ranking, number = base .. ':z:' .. period, base .. ':n:' .. period
local unknown = base .. ':o:' .. period
for i = 7, #ARGV, 4 do
    local key, score = ARGV[i], tonumber(ARGV[i + 3])
    if window == 'trending' then
        if weights[key] then score = added(score, weights[key]) end
        redis.call('ZADD', ranking, -score, key)
    else
        redis.call('ZADD', ranking, -(tonumber(ARGV[i + 1]) + (views[key] or 0)), key)
        local by = tonumber(ARGV[i + 2]) + (viewers[key] or 0)
        redis.call('HSET', number, key, by)
        by = by - redis.call('PFCOUNT', base .. ':h:' .. period .. ':' .. key)
        redis.call('HSET', unknown, key, by)
    end
end
if kept > 0 then
    redis.call('EXPIRE', ranking, kept)
    redis.call('EXPIRE', number, kept)
    redis.call('EXPIRE', unknown, kept)
end
"""

# ARGV: who flushes. The rankings hold what the database holds.
READY = f"""
{_MINE}
redis.call('DEL', KEYS[1] .. ':w')
redis.call('SET', KEYS[1] .. ':ready', 1)
"""

# ARGV: how many periods, the periods, keys: of objects that are gone.
FORGET = f"""
{APPLY}
apply(KEYS[1])
local base, number = KEYS[1], tonumber(ARGV[1])
local now, gone = redis.call('TIME'), {{}}
for j = number + 2, #ARGV do
    gone[ARGV[j]] = true
    local at = now[1] * 1000 + math.floor(now[2] / 1000)
    redis.call('DEL', base .. ':g:' .. ARGV[j])
    redis.call('SET', base .. ':g:' .. ARGV[j], at, 'EX', {_LONG})
    for i = 2, number + 1 do
        redis.call('ZREM', base .. ':z:' .. ARGV[i], ARGV[j])
        redis.call('HDEL', base .. ':n:' .. ARGV[i], ARGV[j])
        redis.call('HDEL', base .. ':o:' .. ARGV[i], ARGV[j])
        redis.call('DEL', base .. ':h:' .. ARGV[i] .. ':' .. ARGV[j])
    end
end
for _, field in ipairs(redis.call('HKEYS', base .. ':p')) do
    local key = string.match(field, '^[vf]:[^:]*:(.*)$') or string.match(field, '^t:(.*)$')
        or string.match(field, '^u:[^:]*:[^:]*:(.*)$')
    if key and gone[key] then redis.call('HDEL', base .. ':p', field) end
end
"""
