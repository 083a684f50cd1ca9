import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ArtifactFiles, ByteRange, FileFacts } from "../artifact-store.js";

/** A file of an artifact folder, from its root. */
export interface Place {
  uri: string;
  path: string;
}

/** Answers with a file, or a range of it; the headers are sent only with that. A client that has this version already is told so. */
export async function answerFile(
  artifacts: ArtifactFiles,
  { uri, path }: Place,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  headers: Readonly<Record<string, string>>,
): Promise<FastifyReply> {
  const facts = await artifacts.describe(uri, path);
  const size = facts.sizeBytes;
  const known = { etag: etagOf(facts), "last-modified": new Date(facts.modifiedMs).toUTCString() };
  void reply.headers({ "cross-origin-resource-policy": "same-origin", "accept-ranges": "bytes" });
  if (isKnown(request, known)) return reply.headers(known).status(304).send();
  const range = isOfThisVersion(request, known) ? rangeIn(request.headers.range, size) : undefined;
  if (range === "none") {
    const message = `The range ${request.headers.range} has no byte of '${path}', which has ${size}.`;
    void reply.status(416).header("content-range", `bytes */${size}`);
    return reply.type("application/json").send({ error_code: "INVALID_PARAMETER_VALUE", message });
  }
  const length = range ? range.last - range.first + 1 : size;
  const content = request.method === "HEAD" ? Readable.from("") : await artifacts.read(uri, path, { facts, ...(range && { range }) });
  if (range) void reply.status(206).header("content-range", `bytes ${range.first}-${range.last}/${size}`);
  return reply.headers({ ...known, ...headers, "content-length": length }).send(content);
}

function etagOf({ version }: FileFacts): string {
  return `"${createHash("sha256").update(version).digest("hex").slice(0, 32)}"`;
}

type Known = Readonly<Record<"etag" | "last-modified", string>>;

/** RFC 9110, 13.2.2: dates count only where no tags are named. */
function isKnown({ headers }: FastifyRequest, known: Known): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined) return tags === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === known.etag);
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return since >= Date.parse(known["last-modified"]);
}

/** RFC 9110, 13.1.5: a range of another version would be joined to what the client has of the one before. */
function isOfThisVersion({ headers }: FastifyRequest, known: Known): boolean {
  const condition = headers["if-range"];
  return condition === undefined || condition === known.etag || condition === known["last-modified"];
}

/** The range that is asked for, "none" where the file has no byte of it. RFC 9110, 14.2: what is not valid, or several, are as none. */
function rangeIn(asked: string | undefined, size: number): ByteRange | "none" | undefined {
  const [, first = "", last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(asked ?? "") ?? [];
  if (first === "") return last === "" ? undefined : within({ first: Math.max(0, size - Number(last)), last: size - 1 }, size);
  if (last === "") return within({ first: Number(first), last: size - 1 }, size);
  return Number(first) > Number(last) ? undefined : within({ first: Number(first), last: Math.min(Number(last), size - 1) }, size);
}

function within(range: ByteRange, size: number): ByteRange | "none" {
  return range.first < size ? range : "none";
}
