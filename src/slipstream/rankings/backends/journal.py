"""What Redis counts later, and many views together: a journal, and how it is applied.

A command for many objects costs little more than one for one object, and most views are of a
few objects. So a view is only noted, and whoever needs more first applies what is noted, in
the same script. That is in Lua; these are pieces of `scripts`.
"""

from __future__ import annotations

from slipstream.rankings.windows import Window

__all__ = ["ADDED", "APPLY", "KEPT", "MOST_BYTES", "MOST_OBJECTS", "PASSED_OVER"]

#: Seconds for which Redis keeps a period that nobody new is seen in: until after it is over.
KEPT = {Window.HOUR: 10_800, Window.DAY: 259_200, Window.WEEK: 864_000, Window.MONTH: 2_937_600}
#: How much may be in the journal: to apply it takes 5 to 20 ms of a busy machine.
MOST_BYTES, MOST_OBJECTS = 250_000, 250

ADDED = """
local function added(one, other)
    local apart = math.min(math.abs(one - other), 60)
    return math.max(one, other) + math.log(1 + 2 ^ -apart) / math.log(2)
end
"""

# How many viewers a HyperLogLog passed over, of an object that has ``by`` now, ``new`` of them
# just added. Some who are new change no register: 1 of 200 among 256, 1 of 8 among 10,000. To ask
# for the whole number takes long, so it is done after 1 % more of changes only.
PASSED_OVER = """
local function passed_over(base, period, key, by, new)
    if by < 256 then return 0 end
    local step = math.floor(math.min(by, 11520) / 64)
    if math.floor(by / step) == math.floor((by - new) / step) then return 0 end
    local seen = redis.call('PFCOUNT', base .. ':h:' .. period .. ':' .. key)
    return math.max(seen + tonumber(redis.call('HGET', base .. ':o:' .. period, key) or 0) - by, 0)
end
"""

# Brings up to date what the journal tells of, in its order: views of the same periods together.
# It is deleted first, which is not refused where memory is full; and so neither is the rest.
#
# Who is new to all time is new to every period, and is only added. Of others it is asked, and
# who is not new to an hour is not new to the day, nor to what is longer: the registers of a
# HyperLogLog are at least those of any part of it.
APPLY = f"""
{ADDED}
{PASSED_OVER}
local windows = {{'hour', 'day', 'week', 'month'}}
local kept = {{{", ".join(map(str, KEPT.values()))}}}
local function add(hash, fields, numbers)
    local sums, all = redis.call('HMGET', hash, unpack(fields)), {{}}
    for i, field in ipairs(fields) do
        sums[i] = (sums[i] or 0) + numbers[i]
        all[2 * i - 1], all[2 * i] = field, sums[i]
    end
    redis.call('HSET', hash, unpack(all))
    return sums
end
local function add_views(base, period, kept, seen)
    local ranking = base .. ':z:' .. period
    local held, all = redis.call('ZMSCORE', ranking, unpack(seen.keys)), {{}}
    for i, key in ipairs(seen.keys) do
        all[2 * i - 1], all[2 * i] = tonumber(held[i] or 0) - seen.views[key], key
    end
    redis.call('ZADD', ranking, unpack(all))
    redis.call('EXPIRE', ranking, kept)
end
local function add_more(base, period, key, more)
    redis.call('HINCRBY', base .. ':p', 'u:' .. period .. ':' .. key, more)
    return redis.call('HINCRBY', base .. ':n:' .. period, key, more)
end
local function add_viewers(base, period, kept, seen, is_part)
    local keys, new, fields, numbers = {{}}, {{}}, {{}}, {{}}
    for _, key in ipairs(seen.keys) do
        local sketch, first, back = base .. ':h:' .. period .. ':' .. key, seen.first[key]
        for _, viewer in ipairs(seen.back[key] or {{}}) do
            if redis.call('PFADD', sketch, viewer) == 1 then
                back = back or {{}}
                back[#back + 1] = viewer
            end
        end
        if is_part then seen.back[key] = back end
        for i = 1, first and #first or 0, 1000 do
            redis.call('PFADD', sketch, unpack(first, i, math.min(i + 999, #first)))
        end
        if first or back then
            redis.call('EXPIRE', sketch, kept)
            keys[#keys + 1], new[#new + 1] = key, (first and #first or 0) + (back and #back or 0)
        end
        if back then
            fields[#fields + 1], numbers[#numbers + 1] = 'u:' .. period .. ':' .. key, #back
        end
    end
    if #keys == 0 then return end
    local by = add(base .. ':n:' .. period, keys, new)
    for i, key in ipairs(keys) do
        local more = passed_over(base, period, key, by[i], new[i])
        if more > 0 then
            add_more(base, period, key, more)
        end
        seen.most[key] = math.max(seen.most[key] or 0, by[i] + more)
    end
    redis.call('EXPIRE', base .. ':n:' .. period, kept)
    if #fields > 0 then add(base .. ':p', fields, numbers) end
end
local function add_all(base, since, seen)
    local starts, fields, numbers = {{string.match(since, '(.+);(.+);(.+);(.+)')}}, {{}}, {{}}
    for _, key in ipairs(seen.keys) do
        local rest = ':' .. starts[1] .. ':' .. key
        fields[#fields + 1], numbers[#numbers + 1] = 'v' .. rest, seen.views[key]
        if seen.first[key] then
            fields[#fields + 1], numbers[#numbers + 1] = 'f' .. rest, #seen.first[key]
        end
    end
    add(base .. ':p', fields, numbers)
    for n, window in ipairs(windows) do
        local period = window .. ':' .. starts[n]
        add_views(base, period, kept[n], seen)
        if next(seen.first) or next(seen.back) then
            add_viewers(base, period, kept[n], seen, n < 3)
        end
    end
    for key, by in pairs(seen.most) do
        if by >= 256 then
            -- Its HyperLogLog was looked at before, and that of all time is not yet due.
            local more = by - (redis.call('HGET', base .. ':n:all:0', key) or 0)
            if more > 0 then add_more(base, 'all:0', key, more) end
        end
    end
end
local function add_weights(base, weights)
    local ranking, keys, fields, ranked, pending = base .. ':z:trending:0', {{}}, {{}}, {{}}, {{}}
    for key in pairs(weights) do
        keys[#keys + 1], fields[#fields + 1] = key, 't:' .. key
    end
    local trend = redis.call('ZMSCORE', ranking, unpack(keys))
    local more = redis.call('HMGET', base .. ':p', unpack(fields))
    for i, key in ipairs(keys) do
        local weight = weights[key]
        ranked[2 * i - 1] = -(trend[i] and added(-tonumber(trend[i]), weight) or weight)
        ranked[2 * i], pending[2 * i - 1] = key, fields[i]
        pending[2 * i] = more[i] and added(tonumber(more[i]), weight) or weight
    end
    redis.call('ZADD', ranking, unpack(ranked))
    redis.call('HSET', base .. ':p', unpack(pending))
end
local function apply(base)
    local journal = redis.call('GET', base .. ':j')
    if not journal then return end
    redis.call('DEL', base .. ':j', base .. ':k')
    local weights, next, since, seen = {{}}, 0
    local starts, key, viewer, is_first, weight
    while next >= 0 do
        next, starts, key, viewer, is_first, weight = cmsgpack.unpack_limit(journal, 5, next)
        if starts ~= since then
            if seen then add_all(base, since, seen) end
            since, seen = starts, {{keys = {{}}}}
            for _, part in ipairs({{'views', 'known', 'first', 'back', 'most'}}) do
                seen[part] = {{}}
            end
        end
        if not seen.views[key] then
            seen.keys[#seen.keys + 1], seen.views[key], seen.known[key] = key, 0, {{}}
        end
        seen.views[key] = seen.views[key] + 1
        if viewer ~= '' and not seen.known[key][viewer] then
            seen.known[key][viewer] = true
            local viewers = is_first and seen.first or seen.back
            viewers[key] = viewers[key] or {{}}
            table.insert(viewers[key], viewer)
        end
        weight = tonumber(weight)
        weights[key] = weights[key] and added(weights[key], weight) or weight
    end
    add_all(base, since, seen)
    add_weights(base, weights)
end
"""
