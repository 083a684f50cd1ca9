import { LRUCache } from "lru-cache";
import type { JsonObject } from "../../../inference/openai/json-object.js";

/** A response with what it answers. */
export interface KeptResponse {
  response: JsonObject;
  /** The items of its own input, each with an id, in order. */
  input: readonly JsonObject[];
}

export interface KeptBounds {
  most: number;
  mostBytes: number;
}

/** A conversation of some hundred turns is about a megabyte. */
const BOUNDS: KeptBounds = { most: 10_000, mostBytes: 64 * 1024 * 1024 };

/**
 * Responses in memory, for whoever asked for them: the ones used last, within bounds. Using one also uses those it continues, so that
 * they outlive it.
 */
export class KeptResponses {
  private readonly kept: LRUCache<string, KeptResponse>;
  /** The responses that items belong to, by owner and id of the item. */
  private readonly ofItem = new Map<string, string>();

  constructor({ most, mostBytes }: KeptBounds = BOUNDS) {
    this.kept = new LRUCache<string, KeptResponse>({
      max: most,
      maxSize: mostBytes,
      sizeCalculation: ({ response, input }) => 2 * (JSON.stringify(response).length + JSON.stringify(input).length),
      dispose: (kept, key) => this.forgetItems(kept, key),
    });
  }

  /** Keeps a response for its owner. One that is larger than all there is room for is not kept. */
  keep(owner: string, kept: KeptResponse): void {
    const key = keyOf(owner, idOf(kept.response));
    this.kept.set(key, kept);
    if (!this.kept.has(key)) return;
    for (const item of itemsOf(kept)) this.ofItem.set(keyOf(owner, idOf(item)), key);
    this.conversation(owner, idOf(kept.response));
  }

  /** A response of this owner; undefined where there is none, or no more. */
  find(owner: string, id: string): KeptResponse | undefined {
    this.conversation(owner, id);
    return this.kept.peek(keyOf(owner, id));
  }

  /** A response with all it continues, the first one first; undefined where one of them is missing. */
  conversation(owner: string, id: string): KeptResponse[] | undefined {
    const turns: KeptResponse[] = [];
    for (let next: unknown = id; typeof next === "string"; next = turns[0]?.response["previous_response_id"]) {
      const kept = this.kept.get(keyOf(owner, next));
      if (!kept) return undefined;
      turns.unshift(kept);
    }
    return turns;
  }

  /** An item of this owner's, of any response that is kept. */
  findItem(owner: string, id: string): JsonObject | undefined {
    const key = this.ofItem.get(keyOf(owner, id));
    const kept = key === undefined ? undefined : this.kept.get(key);
    return kept && itemsOf(kept).find((item) => item["id"] === id);
  }

  /** Forgets a response; false where there is none. */
  delete(owner: string, id: string): boolean {
    return this.kept.delete(keyOf(owner, id));
  }

  /** An item that a later response has too stays known by that. */
  private forgetItems(kept: KeptResponse, key: string): void {
    for (const item of itemsOf(kept)) {
      const itemKey = keyOf(ownerOf(key), idOf(item));
      if (this.ofItem.get(itemKey) === key) this.ofItem.delete(itemKey);
    }
  }
}

function itemsOf({ response, input }: KeptResponse): JsonObject[] {
  return [...input, ...(response["output"] as JsonObject[])];
}

function idOf({ id }: JsonObject): string {
  return String(id);
}

function keyOf(owner: string, id: string): string {
  return `${owner}\n${id}`;
}

function ownerOf(key: string): string {
  return key.slice(0, key.indexOf("\n"));
}
