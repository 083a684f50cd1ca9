// The alternative a Node developer writes first: node-llama-cpp's LlamaChatSession per request behind an HTTP server.
//   node bench/plain-server.mjs MODEL PORT SLOTS CONTEXT THREADS
import { createServer } from "node:http";
import { getLlama, LlamaChatSession, JinjaTemplateChatWrapper, LlamaLogLevel, TokenBias } from "node-llama-cpp";

const [path, port, slots, context, threads] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", maxThreads: Number(threads), logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: path });
const llamaContext = await model.createContext({ sequences: Number(slots), contextSize: Number(context), threads: Number(threads) });
const chatWrapper = new JinjaTemplateChatWrapper({ template: model.fileInfo.metadata.tokenizer.chat_template });
const noEnd = new TokenBias(model.tokenizer).set(model.tokens.eos, "never");
const free = Array.from({ length: Number(slots) }, () => llamaContext.getSequence());
const waiting = [];
const take = () => (free.length > 0 ? Promise.resolve(free.pop()) : new Promise((resolve) => waiting.push(resolve)));
const give = (sequence) => (waiting.length > 0 ? waiting.shift()(sequence) : free.push(sequence));

createServer(async (request, response) => {
  if (request.url === "/health") return response.end("{}");
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  const sequence = await take();
  const session = new LlamaChatSession({ contextSequence: sequence, chatWrapper, autoDisposeSequence: false });
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (data) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  let tokens = 0;
  const history = body.messages.slice(0, -1).map((m) => ({ type: m.role, text: m.content }));
  if (history.length > 0) session.setChatHistory(history);
  await session.prompt(body.messages.at(-1).content, {
    maxTokens: body.max_tokens,
    temperature: body.temperature,
    topK: body.top_k,
    topP: body.top_p,
    minP: body.min_p,
    seed: body.seed,
    tokenBias: noEnd,
    onToken: (list) => (tokens += list.length),
    onTextChunk: (text) => send({ choices: [{ index: 0, delta: { content: text } }] }),
  });
  send({ choices: [], usage: { prompt_tokens: 0, completion_tokens: tokens } });
  response.end("data: [DONE]\n\n");
  session.dispose({ disposeSequence: false });
  give(sequence);
}).listen(Number(port), "127.0.0.1");
