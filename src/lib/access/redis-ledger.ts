import type { Redis } from "ioredis";
import type { RedisConnection } from "../redis/redis-connection.js";
import { checkAmounts, type Booking, type Ledger, type Verdict } from "./ledger.js";

const PREFIX = "llmops:limit:";

/** Looks at all buckets, then books all or none; one script, so no other server comes between. States: used, left of the window, its end. */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local states = {}
local refused = 0
for i, key in ipairs(KEYS) do
  local used = tonumber(redis.call('GET', key) or '0')
  local ttl = redis.call('PTTL', key)
  if ttl < 0 then ttl = tonumber(ARGV[3 * i]) end
  states[3 * i - 2] = tostring(used)
  states[3 * i - 1] = ttl
  states[3 * i] = tostring(now + ttl)
  if used + tonumber(ARGV[3 * i - 2]) > tonumber(ARGV[3 * i - 1]) + 1e-9 then return {i, unpack(states)} end
end
for i, key in ipairs(KEYS) do
  local used = redis.call('INCRBYFLOAT', key, ARGV[3 * i - 2])
  if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[3 * i]) end
  states[3 * i - 2] = tostring(used)
end
return {0, unpack(states)}
`;

/** Only corrects what is still in the window it was booked in: windows of one key end at least a second apart. */
const CORRECT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
  local ttl = redis.call('PTTL', key)
  if ttl > 0 and math.abs(now + ttl - tonumber(ARGV[2 * i])) < 500 then
    local used = tonumber(redis.call('INCRBYFLOAT', key, ARGV[2 * i - 1]))
    if used < 0 then redis.call('SET', key, '0', 'PX', ttl) end
  end
end
return {0}
`;

/** What was booked in Redis, and when the windows of it end by its clock. */
interface Booked {
  bookings: readonly Booking[];
  keys: readonly string[];
  ends: readonly number[];
}

/** Counts in a Redis that several servers share; in `instead` while it is away. */
export class RedisLedger implements Ledger {
  private readonly connection: RedisConnection;
  private readonly instead: Ledger;

  constructor(connection: RedisConnection, instead: Ledger) {
    this.connection = connection;
    this.instead = instead;
  }

  async reserve(bookings: readonly Booking[]): Promise<Verdict> {
    checkAmounts(bookings.map(({ amount }) => amount));
    const keys = bookings.map(({ bucket }) => PREFIX + bucket);
    const values = bookings.flatMap(({ amount, limit, windowMs }) => [amount, limit, windowMs]);
    const answer = await this.connection.ask((client) => run(client, RESERVE, keys, values));
    if (!answer) return this.instead.reserve(bookings);
    const [refused = 0, ...rest] = answer.map(Number);
    const states = bookings.map(({ windowMs }, i) => ({ used: rest[3 * i] ?? 0, resetMs: rest[3 * i + 1] ?? windowMs }));
    if (refused !== 0) return { refused: refused - 1, states, correct: async () => undefined };
    const ends = bookings.map((_, i) => rest[3 * i + 2] ?? 0);
    return { refused: undefined, states, correct: (amounts) => this.correct({ bookings, keys, ends }, amounts) };
  }

  async close(): Promise<void> {
    await this.instead.close();
  }

  /** Corrects in Redis what was reserved there. Where it is away by now the whole reservation stays booked until its window ends. */
  private async correct({ bookings, keys, ends }: Booked, amounts: readonly number[]): Promise<void> {
    checkAmounts(amounts);
    const values = bookings.flatMap(({ amount }, i) => [(amounts[i] ?? 0) - amount, ends[i] ?? 0]);
    if (bookings.every((_, i) => values[2 * i] === 0)) return;
    await this.connection.ask((client) => run(client, CORRECT, keys, values));
  }
}

async function run(client: Redis, script: string, keys: readonly string[], values: readonly number[]): Promise<(string | number)[]> {
  const answer = await client.eval(script, keys.length, ...keys, ...values);
  return Array.isArray(answer) ? (answer as (string | number)[]) : [];
}
