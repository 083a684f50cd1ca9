import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { RedisConnection } from "../../base/redis/redis-connection.js";
import { checkAmounts, type Booking, type Ledger, type BookingOutcome } from "./ledger.js";
import { Retries } from "./retries.js";

const PREFIX = "llmops:limit:";
const OPEN_PREFIX = "llmops:open:";

/**
 * Looks at all buckets, then books all or none; one script, so no other server comes between. The last key is the reservation's own: it
 * says when the windows end it was booked in, and is there already where this came before or was cancelled. What is not an amount is spent.
 * Returns who refused, then for each bucket what is used and what is left of its window.
 */
const RESERVE = `
local open = KEYS[#KEYS]
if redis.call('EXISTS', open) == 1 then return {} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local states, ends, refused, longest = {}, {}, 0, 0
for i = 1, #KEYS - 1 do
  local amount, limit, window = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local value = redis.pcall('GET', KEYS[i])
  local used = 0
  if value then used = type(value) == 'string' and tonumber(value) or nil end
  local isSpent = not (used and used >= 0 and used < math.huge)
  local ttl = redis.call('PTTL', KEYS[i])
  if ttl < 0 then
    if ttl == -1 then redis.call('PEXPIRE', KEYS[i], window) end
    ttl = window
  end
  states[2 * i - 1] = isSpent and ARGV[3 * i - 1] or tostring(used)
  states[2 * i] = ttl
  ends[i] = string.format('%.0f', now + ttl)
  if window > longest then longest = window end
  if refused == 0 and (isSpent or used + amount > limit + 1e-9) then refused = i end
end
if refused > 0 then return {refused, unpack(states)} end
for i = 1, #KEYS - 1 do
  states[2 * i - 1] = redis.call('INCRBYFLOAT', KEYS[i], ARGV[3 * i - 2])
  if redis.call('PTTL', KEYS[i]) < 0 then redis.call('PEXPIRE', KEYS[i], ARGV[3 * i]) end
end
redis.call('SET', open, table.concat(ends, ' '), 'PX', math.max(1, longest))
return {0, unpack(states)}
`;

/**
 * Corrects a reservation that is open, once, in the windows it was booked in: those of one key end at least a second apart. With a last
 * value above 0 one that is not there is kept from coming later, for so many milliseconds.
 */
const CORRECT = `
local open = KEYS[#KEYS]
local ends = redis.call('GET', open)
local voidMs = tonumber(ARGV[#KEYS])
if not ends and voidMs > 0 then redis.call('SET', open, 'void', 'PX', voidMs) end
if not ends or ends == 'void' then return {0} end
redis.call('DEL', open)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local i = 0
for windowEnd in string.gmatch(ends, '%S+') do
  i = i + 1
  local ttl = redis.call('PTTL', KEYS[i])
  local value = redis.pcall('GET', KEYS[i])
  local isAmount = type(value) == 'string' and tonumber(value)
  if isAmount and ttl > 0 and math.abs(now + ttl - tonumber(windowEnd)) < 500 then
    local used = tonumber(redis.call('INCRBYFLOAT', KEYS[i], ARGV[i]))
    if used < 0 then redis.call('SET', KEYS[i], '0', 'PX', ttl) end
  end
end
return {0}
`;

/** Counts in a Redis that several servers share; in `instead` while it is away. */
export class RedisLedger implements Ledger {
  private readonly connection: RedisConnection;
  private readonly instead: Ledger;
  /** What Redis has not heard yet. */
  private readonly retries = new Retries();

  constructor(connection: RedisConnection, instead: Ledger) {
    this.connection = connection;
    this.instead = instead;
  }

  async reserve(bookings: readonly Booking[]): Promise<BookingOutcome> {
    checkAmounts(bookings.map(({ amount }) => amount));
    if (this.connection.isAway) return this.instead.reserve(bookings);
    const keys = [...bookings.map(({ bucket }) => PREFIX + bucket), OPEN_PREFIX + randomUUID()];
    const values = bookings.flatMap(({ amount, limit, windowMs }) => [amount, limit, windowMs]);
    const answer = await this.connection.ask((client) => run(client, RESERVE, keys, values));
    if (!answer || answer.length === 0) {
      // it may have been booked all the same
      void this.correct(bookings, keys, { amounts: bookings.map(() => 0), isCancelled: true });
      return this.instead.reserve(bookings);
    }
    const [refused = 0, ...rest] = answer.map(Number);
    const states = bookings.map(({ windowMs }, i) => ({ used: rest[2 * i] ?? 0, resetMs: rest[2 * i + 1] ?? windowMs }));
    if (refused !== 0) return { refused: refused - 1, states, correct: async () => undefined };
    return { refused: undefined, states, correct: (amounts) => this.correct(bookings, keys, { amounts }) };
  }

  /** Tells Redis what it has not heard, where it can be reached. */
  async close(): Promise<void> {
    await this.retries.close();
    await this.instead.close();
  }

  /** Corrects in Redis what was reserved there. While it is away that waits until it is back or the window is over. */
  private async correct(
    bookings: readonly Booking[],
    keys: readonly string[],
    { amounts, isCancelled = false }: Correction,
  ): Promise<void> {
    checkAmounts(amounts);
    const longestMs = Math.max(1, ...bookings.map(({ windowMs }) => windowMs));
    const values = [...bookings.map(({ amount }, i) => (amounts[i] ?? 0) - amount), isCancelled ? longestMs : 0];
    const attempt = async () => (await this.connection.ask((client) => run(client, CORRECT, keys, values))) !== undefined;
    await this.retries.attempt(attempt, longestMs);
  }
}

interface Correction {
  amounts: readonly number[];
  isCancelled?: boolean;
}

async function run(client: Redis, script: string, keys: readonly string[], values: readonly number[]): Promise<(string | number)[]> {
  const answer = await client.eval(script, keys.length, ...keys, ...values);
  return Array.isArray(answer) ? (answer as (string | number)[]) : [];
}
