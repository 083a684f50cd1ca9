import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface HubMirror {
  url: string;
  /** "METHOD path", in order. */
  requests: string[];
  /** Ranges of files that were sent whole, in order. */
  sentRanges: string[];
}

export interface HubOptions {
  /** By "owner/repo/file". */
  files: Record<string, Buffer>;
  /** The file of a tag, by "owner/repo:TAG"; "latest" where none is named. */
  tags?: Record<string, string>;
  token?: string;
  /** Files are elsewhere: their addresses lead there, without saying anything of them. */
  redirects?: boolean;
  /** Checksums that are not the files' own, by their paths. */
  checksums?: Record<string, string>;
  /** Breaks the connection after so many bytes of an answer, where it gives a number; hears the Range that was asked for. */
  breakAfter?: (range: string | undefined) => number | undefined;
}

/** A server with Hugging Face's manifests and files on a free port; closed when the test ends. */
export async function hubMirror(options: HubOptions): Promise<HubMirror> {
  const requests: string[] = [];
  const sentRanges: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://h").pathname);
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) return void end(response, 401);
    const [, repository, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(path) ?? [];
    if (repository !== undefined && tag !== undefined) {
      const rfilename = options.tags?.[`${repository}:${tag}`];
      return void end(response, rfilename === undefined ? 404 : 200, JSON.stringify({ ggufFile: { rfilename } }));
    }
    if (options.redirects && !path.startsWith("/cdn/")) {
      return void response
        .writeHead(302, { location: `/cdn${request.url}`, "content-length": 5, etag: `"${"1".repeat(64)}"` })
        .end("Found");
    }
    const [, owner, file] = /^(?:\/cdn)?\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(path) ?? [];
    const content = options.files[`${owner}/${file}`];
    if (!content) return void end(response, 404);
    response.on("finish", () => (request.headers.range === undefined ? undefined : sentRanges.push(request.headers.range)));
    sendFile(request, response, content, {
      sha256: options.checksums?.[`${owner}/${file}`] ?? createHash("sha256").update(content).digest("hex"),
      breakAfter: options.breakAfter?.(request.headers.range),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, sentRanges };
}

function end(response: ServerResponse, status: number, body = ""): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  { sha256, breakAfter }: { sha256: string; breakAfter: number | undefined },
): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from ?? 0);
  const stop = to ? Number(to) + 1 : content.length;
  const part = content.subarray(start, stop);
  response.writeHead(from === undefined ? 200 : 206, {
    "content-length": part.length,
    "accept-ranges": "bytes",
    "x-linked-size": content.length,
    "x-linked-etag": `"${sha256}"`,
    etag: `"${sha256}"`,
    ...(from !== undefined && { "content-range": `bytes ${start}-${stop - 1}/${content.length}` }),
  });
  if (request.method === "HEAD") response.end();
  else if (breakAfter === undefined || breakAfter >= part.length) response.end(part);
  else response.write(part.subarray(0, breakAfter), () => response.destroy());
}
