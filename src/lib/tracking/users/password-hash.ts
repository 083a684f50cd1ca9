import { pbkdf2, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import { promisify } from "node:util";
import { MlflowError } from "../mlflow-error.js";

/** As werkzeug makes them by default, which hashes passwords for MLflow. */
const SCRYPT = { N: 32768, r: 8, p: 1 };
const SCRYPT_BYTES = 64;
const DIGEST_BYTES: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };
/** werkzeug 1 to 2.2 did not write how often it had hashed where that was its default. */
const DEFAULT_ITERATIONS = 260_000;
/** What a hash in a file may ask for: eight times what scrypt needs by default. */
const MOST_BYTES = 256 * 1024 * 1024;
const SALT_CHARS = 16;

const scryptOf = promisify<string, string, number, ScryptOptions, Buffer>(scrypt);
const pbkdf2Of = promisify(pbkdf2);

/** A hash that MLflow can check: scrypt:32768:8:1$SALT$HEX. It is computed outside of the event loop, in some 60 ms. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_CHARS / 2).toString("hex");
  const { N, r, p } = SCRYPT;
  const key = await derive(`scrypt:${N}:${r}:${p}`, password, salt);
  return `scrypt:${N}:${r}:${p}$${salt}$${key.toString("hex")}`;
}

/** Whether a password is the one of a hash by werkzeug: scrypt, or PBKDF2. Throws BAD_REQUEST for a hash of another kind. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const [method = "", salt = "", hex = ""] = hash.split("$");
  const expected = Buffer.from(hex, "hex");
  const found = await derive(method, password, salt);
  return found.length === expected.length && timingSafeEqual(found, expected);
}

async function derive(method: string, password: string, salt: string): Promise<Buffer> {
  const [name, ...parameters] = method.split(":");
  if (name === "scrypt") {
    const [N = SCRYPT.N, r = SCRYPT.r, p = SCRYPT.p] = parameters.map(Number);
    if (N * r * 128 <= MOST_BYTES) return scryptOf(password, salt, SCRYPT_BYTES, { N, r, p, maxmem: MOST_BYTES * 2 });
  }
  const [digest = "sha256", iterations = DEFAULT_ITERATIONS] = parameters;
  const bytes = DIGEST_BYTES[digest];
  if (name === "pbkdf2" && bytes !== undefined) return pbkdf2Of(password, salt, Number(iterations), bytes, digest);
  throw new MlflowError("BAD_REQUEST", `The password is kept as ${JSON.stringify(method.slice(0, 40))}, which cannot be checked here.`, {
    hint: "Set a new password: llmops mlflow users password NAME",
  });
}
