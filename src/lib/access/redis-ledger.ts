import type { Redis } from "ioredis";
import type { RedisConnection } from "../redis/redis-connection.js";
import type { Booking, Ledger, Verdict } from "./ledger.js";

const PREFIX = "llmops:limit:";

/** Looks at all buckets, then books all or none; one script, so no other server comes between. */
const RESERVE = `
local states = {}
for i, key in ipairs(KEYS) do
  local used = tonumber(redis.call('GET', key) or '0')
  local ttl = redis.call('PTTL', key)
  if ttl < 0 then ttl = tonumber(ARGV[3 * i]) end
  states[2 * i - 1] = tostring(used)
  states[2 * i] = ttl
  if used + tonumber(ARGV[3 * i - 2]) > tonumber(ARGV[3 * i - 1]) + 1e-9 then return {i, unpack(states)} end
end
for i, key in ipairs(KEYS) do
  local used = redis.call('INCRBYFLOAT', key, ARGV[3 * i - 2])
  if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[3 * i]) end
  states[2 * i - 1] = tostring(used)
end
return {0, unpack(states)}
`;

/** Only corrects what is still in its window: one that ended has forgotten the reservation too. */
const ADJUST = `
for i, key in ipairs(KEYS) do
  local ttl = redis.call('PTTL', key)
  if ttl > 0 then
    local used = tonumber(redis.call('INCRBYFLOAT', key, ARGV[i]))
    if used < 0 then redis.call('SET', key, '0', 'PX', ttl) end
  end
end
return 0
`;

/** Counts in a Redis that several servers share; in `instead` while it is away. */
export class RedisLedger implements Ledger {
  private readonly connection: RedisConnection;
  private readonly instead: Ledger;

  constructor(connection: RedisConnection, instead: Ledger) {
    this.connection = connection;
    this.instead = instead;
  }

  async reserve(bookings: readonly Booking[]): Promise<Verdict> {
    const keys = bookings.map(({ bucket }) => PREFIX + bucket);
    const values = bookings.flatMap(({ amount, limit, windowMs }) => [amount, limit, windowMs]);
    const answer = await this.connection.ask((client) => run(client, RESERVE, keys, values));
    if (!answer) return this.instead.reserve(bookings);
    const [refused = 0, ...rest] = answer.map(Number);
    const states = bookings.map(({ windowMs }, i) => ({ used: rest[2 * i] ?? 0, resetMs: rest[2 * i + 1] ?? windowMs }));
    return { refused: refused === 0 ? undefined : refused - 1, states };
  }

  async adjust(bookings: readonly Booking[]): Promise<void> {
    const keys = bookings.map(({ bucket }) => PREFIX + bucket);
    const answer = await this.connection.ask((client) =>
      run(
        client,
        ADJUST,
        keys,
        bookings.map(({ amount }) => amount),
      ),
    );
    if (answer === undefined) await this.instead.adjust(bookings);
  }

  async close(): Promise<void> {
    await this.instead.close();
  }
}

async function run(client: Redis, script: string, keys: readonly string[], values: readonly number[]): Promise<(string | number)[]> {
  const answer = await client.eval(script, keys.length, ...keys, ...values);
  return Array.isArray(answer) ? (answer as (string | number)[]) : [];
}
