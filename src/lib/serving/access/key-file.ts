import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { withFileLock } from "../../base/files/file-lock.js";
import { PRIVATE, writeWhole } from "../../base/files/write-whole.js";
import { parseLimit } from "./limit.js";
import { DEFAULT_SCOPES, SCOPES, type Scope } from "./scopes.js";
import { makeFolder } from "../../base/files/make-folder.js";

export const storedKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the key, in hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
  limits: z.array(z.string()),
  max_parallel: z.number().int().min(1).nullable(),
  /** Absent in files from before there were scopes. */
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .default(() => [...DEFAULT_SCOPES]),
});
const fileSchema = z.object({ schema: z.literal("llmops.keys/1"), keys: z.array(storedKeySchema) });

export type StoredKey = z.output<typeof storedKeySchema>;

/** The keys of a file, none where there is no file. Throws CONFIG_INVALID for one that is not a file of keys. */
export function readKeyFile(path: string): StoredKey[] {
  const text = keyFileText(path);
  return text === undefined ? [] : parseKeyFile(path, text);
}

/** What is in the file; undefined where there is none. Throws CONFIG_INVALID for one that cannot be read. */
export function keyFileText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw broken(path, messageOf(error));
  }
}

/** The keys in the text of a file. Throws CONFIG_INVALID for one that is not a file of keys. */
export function parseKeyFile(path: string, text: string): StoredKey[] {
  try {
    const { keys } = fileSchema.parse(JSON.parse(text));
    for (const { limits } of keys) limits.forEach(parseLimit);
    return keys;
  } catch (error) {
    throw broken(path, error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : messageOf(error));
  }
}

const LONGEST_KEY_NAME = 100;

export interface NewKey {
  name: string;
  limits: string[];
  maxParallel: number | null;
  scopes?: readonly Scope[];
}

/** Makes a key and adds it to the file. The key itself is only in what this returns. Throws INVALID_ARGUMENT for a name that is taken. */
export async function createKey(
  path: string,
  { name, limits, maxParallel, scopes = DEFAULT_SCOPES }: NewKey,
): Promise<{ key: string; stored: StoredKey }> {
  checkName(name);
  const key = `llmops-${randomBytes(32).toString("base64url")}`;
  const stored: StoredKey = {
    id: randomBytes(4).toString("hex"),
    name,
    hash: digestOf(key).toString("hex"),
    created_at: new Date().toISOString(),
    revoked_at: null,
    limits,
    max_parallel: maxParallel,
    scopes: [...scopes],
  };
  await changeKeys(path, (keys) => {
    if (!keys.some((one) => one.name === name && one.revoked_at === null)) return [...keys, stored];
    throw new LlmopsError("INVALID_ARGUMENT", `A key named "${name}" already exists.`, {
      hint: "Choose another name, or revoke that key.",
    });
  });
  return { key, stored };
}

/** Throws INVALID_ARGUMENT for a name that logs and labels could not show. */
function checkName(name: string): void {
  const isShown = name.trim() !== "" && !/\p{C}/u.test(name) && name.length <= LONGEST_KEY_NAME;
  if (isShown) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${JSON.stringify(name.slice(0, LONGEST_KEY_NAME))} cannot be the name of a key.`, {
    hint: `Give 1 to ${LONGEST_KEY_NAME} visible characters, as in: llmops keys create alice`,
  });
}

/** Revokes the key of that name or id; running servers notice within a second. Throws INVALID_ARGUMENT where there is none. */
export async function revokeKey(path: string, nameOrId: string): Promise<StoredKey> {
  const revokedAt = new Date().toISOString();
  const keys = await changeKeys(path, (before) => {
    const found = before.find((key) => key.revoked_at === null && (key.name === nameOrId || key.id === nameOrId));
    if (!found) throw unknownKey(nameOrId, before);
    return before.map((key) => (key === found ? { ...found, revoked_at: revokedAt } : key));
  });
  return keys.find((key) => key.revoked_at === revokedAt && (key.name === nameOrId || key.id === nameOrId)) as StoredKey;
}

function unknownKey(nameOrId: string, keys: readonly StoredKey[]): LlmopsError {
  const names = keys.filter((key) => key.revoked_at === null).map((key) => key.name);
  return new LlmopsError("INVALID_ARGUMENT", `No API key is named "${nameOrId}".`, {
    hint: names.length > 0 ? `Keys: ${names.join(", ")}.` : "No API keys exist; create one with `llmops keys create NAME`.",
  });
}

/** Reads, changes and writes the file while no other process does: of changes at once none is lost. Returns the keys as they are now. */
async function changeKeys(path: string, change: (keys: readonly StoredKey[]) => StoredKey[]): Promise<StoredKey[]> {
  makeFolder(dirname(path), PRIVATE.folderMode);
  return withFileLock(`${path}.lock`, () => {
    const keys = change(readKeyFile(path));
    writeWhole(path, `${JSON.stringify({ schema: "llmops.keys/1", keys }, null, 2)}\n`, PRIVATE);
    return keys;
  });
}

/** Keys have 256 random bits, so a fast hash is enough: there is nothing to guess. */
export function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function broken(path: string, why: string): LlmopsError {
  return new LlmopsError("CONFIG_INVALID", `${path} is not a valid key file: ${why}.`, {
    hint: "Fix or remove it; `llmops keys create` writes a new one.",
  });
}
