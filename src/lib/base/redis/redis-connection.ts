import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { LlmopsError } from "../errors/llmops-error.js";

const COMMAND_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 2000;
const LONGEST_PAUSE_MS = 5000;

/** A Redis that may be away: commands then fail at once, and it is tried again in the background. */
export class RedisConnection {
  readonly client: Redis;
  private away = false;
  private readonly onChange: (message: string) => void;

  /**
   * Throws INVALID_ARGUMENT for what is not a redis:// URL. `onChange` hears once when it goes away and once when it is back; it is away
   * where a command is not answered within `commandTimeoutMs`.
   */
  constructor(url: string, onChange: (message: string) => void, { commandTimeoutMs = COMMAND_TIMEOUT_MS } = {}) {
    if (!URL.canParse(url) || !["redis:", "rediss:"].includes(new URL(url).protocol)) {
      throw new LlmopsError("INVALID_ARGUMENT", "The Redis URL is not valid.", { hint: "Write it like redis://127.0.0.1:6379." });
    }
    this.onChange = onChange;
    this.client = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: commandTimeoutMs,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(times, 10)),
    });
    this.client.on("error", (error: Error) => this.noteAway(error));
    this.client.on("close", () => this.noteAway(new Error("the connection was closed")));
    this.client.on("ready", () => this.noteBack());
  }

  /** Connects, but does not insist: what listens there may never answer. */
  async open(): Promise<void> {
    const tooLong = sleep(CONNECT_TIMEOUT_MS, undefined, { ref: false }).then(() => this.noteAway(new Error("no answer")));
    await Promise.race([this.client.connect().catch(() => undefined), tooLong]);
  }

  get isAway(): boolean {
    return this.client.status !== "ready";
  }

  /** What Redis answers, or undefined while it is away. */
  async ask<T>(work: (client: Redis) => Promise<T>): Promise<T | undefined> {
    if (this.isAway) return undefined;
    try {
      return await work(this.client);
    } catch (error) {
      this.noteAway(error as Error);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.client.removeAllListeners();
    this.client.on("error", () => undefined);
    this.client.disconnect();
  }

  private noteAway({ message }: Error): void {
    if (this.away) return;
    this.away = true;
    this.onChange(`Redis cannot be used (${message}); continuing without it.`);
  }

  private noteBack(): void {
    if (this.away) this.onChange("Redis is back.");
    this.away = false;
  }
}
