// node-llama-cpp starts a process before each load, to see whether its binary runs here. Tests load hundreds of models: once that process
// has passed in this one, for a kind of card, the next are answered what it said.
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const PASSED = Symbol.for("llmops.tested-library");

/**
 * From now on this process tries the library's binary once for each kind of card; not even once where another process left in `folder`
 * that it passed. Further calls change nothing.
 */
export function tryLibraryOnce(folder = process.env.TESTED_LIBRARY_DIR ?? "") {
  if (globalThis[PASSED] !== undefined) return;
  globalThis[PASSED] = folder === "" ? new Set() : new Marks(folder);
  const { fork } = childProcess;
  childProcess.fork = (path, ...rest) => (/testBindingBinary\.js$/.test(path) ? new Trial(() => fork(path, ...rest)) : fork(path, ...rest));
  syncBuiltinESMExports();
}

/** A set whose members are files. */
class Marks {
  constructor(folder) {
    this.folder = folder;
  }

  has(name) {
    return existsSync(`${this.folder}/${name}`);
  }

  add(name) {
    writeFileSync(`${this.folder}/${name}`, "");
  }
}

/** Speaks as the process does: ready, loaded, done, exit. It is started where its answer is not known. */
class Trial extends EventEmitter {
  exitCode = null;
  killed = false;
  #process;

  constructor(start) {
    super();
    this.start = start;
    setImmediate(() => this.emit("message", { type: "ready" }));
  }

  send(message) {
    if (message.type !== "start") return this.#process === undefined ? this.#answer(message) : this.#process.send(message);
    this.card = String(message.gpu);
    return globalThis[PASSED].has(this.card) ? this.#answer(message) : this.#run(message);
  }

  kill(signal) {
    this.killed = true;
    return this.#process?.kill(signal) ?? true;
  }

  #answer({ type }) {
    if (type === "exit") this.exitCode = 0;
    const said = { start: "loaded", test: "done" }[type];
    setImmediate(() => (said === undefined ? this.emit("exit", 0) : this.emit("message", { type: said })));
    return true;
  }

  #run(message) {
    this.#process = this.start();
    this.#process.on("message", (said) => (said.type === "ready" ? this.#process.send(message) : this.emit("message", said)));
    this.#process.on("exit", (code) => {
      this.exitCode = code;
      if (code === 0) globalThis[PASSED].add(this.card);
      this.emit("exit", code);
    });
    return true;
  }
}
