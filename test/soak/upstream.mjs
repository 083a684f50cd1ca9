// An OpenAI-compatible server that says what it is asked in capitals, a word a token: node upstream.mjs PORT
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 4;

createServer((request, response) => {
  if (request.method === "GET") return void send(response, {});
  let text = "";
  request.on("data", (part) => (text += part));
  request.on("end", () => void answer(request.url, JSON.parse(text || "{}"), response).catch(() => response.destroy()));
}).listen(Number(process.argv[2]), "127.0.0.1");

async function answer(path, body, response) {
  if (path.endsWith("/embeddings")) {
    const data = [{ object: "embedding", index: 0, embedding: [...body.input].map((letter) => letter.codePointAt(0)) }];
    return send(response, { object: "list", model: body.model, data, usage: { prompt_tokens: 3, total_tokens: 3 } });
  }
  const isChat = path.endsWith("/chat/completions");
  const words = (isChat ? body.messages.at(-1).content : body.prompt).toUpperCase().split(" ");
  const pieces = words.slice(0, body.max_tokens).map((word, i) => (i === 0 ? word : ` ${word}`));
  const head = { id: "up", object: isChat ? "chat.completion" : "text_completion", created: 1, model: body.model };
  const usage = { prompt_tokens: words.length, completion_tokens: pieces.length, total_tokens: words.length + pieces.length };
  const choice = (content, reason) => ({ index: 0, finish_reason: reason, ...content });
  if (!body.stream) {
    await sleep(PAUSE_MS * pieces.length);
    const content = isChat ? { message: { role: "assistant", content: pieces.join("") } } : { text: pieces.join("") };
    return send(response, { ...head, choices: [choice(content, "stop")], usage });
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const event = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  const part = (piece) => (isChat ? { delta: { content: piece } } : { text: piece });
  for (const piece of pieces) {
    event({ ...head, choices: [choice(part(piece), null)] });
    await sleep(PAUSE_MS);
    if (response.destroyed) return;
  }
  event({ ...head, choices: [choice(isChat ? { delta: {} } : { text: "" }, "stop")] });
  event({ ...head, choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function send(response, body) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
