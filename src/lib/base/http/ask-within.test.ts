import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askWithin } from "./ask-within.js";

const ask = (server: Server, body: Buffer | string, signal = new AbortController().signal): Promise<IncomingMessage> =>
  askWithin(server, { path: "/there?x=1", headers: { "x-name": "value" }, body, remoteAddress: "192.0.2.7", signal });

describe("a request that a server makes of itself", () => {
  it("arrives as it would from outside, and is answered", async () => {
    const server = createServer((request, response) => {
      const { method, url, headers, socket } = request;
      response.writeHead(201, { "x-answer": "yes" }).end(JSON.stringify([method, url, headers["x-name"], socket.remoteAddress]));
    });
    const answer = await ask(server, "{}");
    expect([answer.statusCode, answer.headers["x-answer"]]).toEqual([201, "yes"]);
    expect(JSON.parse(await text(answer))).toEqual(["POST", "/there?x=1", "value", "192.0.2.7"]);
  });

  it("carries bodies of any size both ways", async () => {
    const server = createServer((request, response) => void request.pipe(response));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 300_000 }), async (size) => {
        const body = Buffer.alloc(size, "abcdefg");
        const parts: Buffer[] = [];
        for await (const part of await ask(server, body)) parts.push(part as Buffer);
        expect(Buffer.concat(parts).equals(body)).toBe(true);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it("is answered no faster than the answer is read", async () => {
    const block = Buffer.alloc(16_384);
    let written = 0;
    const write: RequestListener = (_request, response) => {
      const more = () => {
        while (written < 1000) {
          written++;
          if (!response.write(block)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    };
    const answer = await ask(createServer(write), "");
    for (let turns = 0; turns < 100; turns++) await setImmediate();
    expect(written).toBeLessThan(50);
    let bytes = 0;
    for await (const part of answer) bytes += (part as Buffer).length;
    expect(bytes).toBe(1000 * block.length);
  });

  it("tells the server that it is aborted, before the answer and in the middle of it", async () => {
    const closed: string[] = [];
    const server = createServer(({ headers }, response) => {
      response.on("close", () => closed.push(`${String(response.writableFinished)} ${headers["content-length"]}`));
      if (headers["content-length"] === "2") response.write("begun");
    });
    const before = new AbortController();
    const waiting = ask(server, "1", before.signal);
    await setImmediate();
    before.abort();
    await expect(waiting).rejects.toThrow(/abort/);
    const during = new AbortController();
    const answer = await ask(server, "22", during.signal);
    during.abort();
    await expect(text(answer)).rejects.toThrow(/abort/);
    await expect.poll(() => closed).toEqual(["false 1", "false 2"]);
  });

  it("breaks off where the server does", async () => {
    const server = createServer((_request, response) => {
      response.write("begun");
      response.destroy();
    });
    await expect(ask(server, "").then(text)).rejects.toThrow();
  });
});
