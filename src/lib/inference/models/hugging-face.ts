import { request } from "undici";
import { z } from "zod";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";

/** Where models come from: Hugging Face, or a mirror of it. */
export interface Hub {
  /** Without a slash at its end. */
  endpoint: string;
  token: string | undefined;
}

/** A file of a repository there. */
export interface HubFile {
  /** "owner/repo". */
  repository: string;
  /** Its path in the repository. */
  name: string;
  sizeBytes: number | undefined;
  /** In hex; undefined where the server does not say. */
  sha256: string | undefined;
}

const REFERENCE = /^(?:hf:(?:\/\/)?|huggingface:(?:\/\/)?)([\w.-]+)\/([\w.-]+)(?::([\w.-]+)|\/(.+\.gguf))?$/i;
const FILE = /^[\w.()+-][\w .()+-]*(?:\/[\w.()+-][\w .()+-]*)*\.gguf$/i;
const manifestSchema = z.looseObject({ ggufFile: z.looseObject({ rfilename: z.string() }) });
const REDIRECTS = [301, 302, 303, 307, 308];

/** What an hf: reference names; undefined for one that is not complete. */
export function parseHubReference(
  reference: string,
): { owner: string; repo: string; quant?: string | undefined; file?: string | undefined } | undefined {
  const [, owner, repo, quant, file] = REFERENCE.exec(reference) ?? [];
  return owner === undefined || repo === undefined ? undefined : { owner, repo, quant, file };
}

/** True for hf: references. */
export function isHubReference(text: string): boolean {
  return /^(hf|huggingface):/i.test(text);
}

/**
 * The file that hf:owner/repo, hf:owner/repo:QUANT or hf:owner/repo/file.gguf names, with what the server says of it. Protocol: the
 * manifests that Hugging Face has for llama.cpp, and the headers of its files (X-Linked-Size, X-Linked-ETag). Throws INVALID_ARGUMENT,
 * MODEL_NOT_FOUND, UNAUTHORIZED, ENDPOINT_UNREACHABLE or ENDPOINT_ERROR.
 */
export async function findHubFile(reference: string, hub: Hub, signal: AbortSignal): Promise<HubFile> {
  const parts = parseHubReference(reference);
  if (!parts) {
    throw new LlmopsError("INVALID_ARGUMENT", `${reference} is not the name of a model on Hugging Face.`, {
      hint: "Write hf:owner/repo, hf:owner/repo:Q4_K_M, or hf:owner/repo/file.gguf.",
    });
  }
  const repository = `${parts.owner}/${parts.repo}`;
  const name = parts.file ?? (await chooseFile(repository, parts.quant ?? "latest", { hub, signal }));
  if (!FILE.test(name) || name.split("/").some((part) => /^\.+$/.test(part))) {
    throw new LlmopsError("MODEL_INVALID", `${repository} has ${JSON.stringify(name)}, which is not the name of a GGUF file.`);
  }
  return describeHubFile(repository, name, { hub, signal });
}

interface Asking {
  hub: Hub;
  signal: AbortSignal;
}

/** Size and checksum of a file. Throws as `findHubFile` does. */
export async function describeHubFile(repository: string, name: string, asking: Asking): Promise<HubFile> {
  const { status, headers } = await ask("HEAD", `${repository}/resolve/main/${name.split("/").map(encodeURIComponent).join("/")}`, asking);
  const header = (key: string) => {
    const value = headers[key];
    return typeof value === "string" ? value : undefined;
  };
  // length and tag of an answer that only leads elsewhere are its own, not the file's
  const own = (key: string) => (status < 300 ? header(key) : undefined);
  const size = header("x-linked-size") ?? own("content-length");
  const [sha256] = /[0-9a-f]{64}/.exec(header("x-linked-etag") ?? own("etag") ?? "") ?? [];
  return { repository, name, sizeBytes: size === undefined ? undefined : Number(size), sha256 };
}

async function chooseFile(repository: string, quant: string, asking: Asking): Promise<string> {
  const { text } = await ask("GET", `v2/${repository}/manifests/${quant}`, asking);
  const result = manifestSchema.safeParse(parse(text));
  if (result.success) return result.data.ggufFile.rfilename;
  throw new LlmopsError("MODEL_NOT_FOUND", `${repository} has no GGUF file${quant === "latest" ? "" : ` of ${quant}`}.`, {
    hint: "Name one of its files: hf:owner/repo/file.gguf; to convert a model without GGUF files, use llmops models convert.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function ask(
  method: "GET" | "HEAD",
  path: string,
  { hub, signal }: Asking,
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
  const { endpoint, token } = hub;
  try {
    const { statusCode, headers, body } = await request(`${endpoint}/${path}`, {
      ...{ method, signal },
      // the manifest names its GGUF file only to llama.cpp
      headers: { "user-agent": "llama-cpp", ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    });
    const text = await body.text();
    if (statusCode < 300 || REDIRECTS.includes(statusCode)) return { status: statusCode, headers, text };
    throw refused(statusCode, path, hub);
  } catch (cause) {
    if (cause instanceof LlmopsError || signal.aborted) throw cause;
    throw new LlmopsError("ENDPOINT_UNREACHABLE", `${endpoint} could not be reached: ${messageOf(cause)}.`, {
      hint: "Check the network, or set HF_ENDPOINT to a mirror. To load a local GGUF file, pass its path.",
      cause,
    });
  }
}

function refused(status: number, path: string, { endpoint, token }: Hub): LlmopsError {
  if (status === 401 || status === 403) {
    const hint =
      token === undefined ? "Set HF_TOKEN to a token that has access to it." : "The token in HF_TOKEN has no access to it: ask its owner.";
    return new LlmopsError("UNAUTHORIZED", `${endpoint}/${path} is not open to everybody (${status}), or does not exist.`, { hint });
  }
  if (status === 404 || status === 400) {
    return new LlmopsError("MODEL_NOT_FOUND", `${endpoint} has nothing at ${path}.`, {
      hint: "Check the names of the owner, repository, and file.",
    });
  }
  return new LlmopsError("ENDPOINT_ERROR", `${endpoint} answered ${status} for ${path}.`, { hint: "Try again later." });
}
