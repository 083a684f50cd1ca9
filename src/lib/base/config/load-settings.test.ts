import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { configTemplate } from "./config-template.js";
import { loadSettings } from "./load-settings.js";
import { SETTINGS } from "./settings.js";

function folderWith(yaml: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "llmops.yaml"), yaml);
  return folder;
}

describe("loadSettings", () => {
  it("takes flags before the environment before the file before defaults, and says which", () => {
    const folder = folderWith("server:\n  host: file\n  port: 1\n  queue: 7\n");
    const { settings, origins } = loadSettings({ folder, environment: { HOST: "env", PORT: "2" }, flags: { port: "3" } });
    expect(settings).toMatchObject({ "server.port": 3, "server.host": "env", "server.queue": 7, "server.timeout": 60 });
    expect(origins).toMatchObject({
      "server.port": "--port",
      "server.host": "HOST",
      "server.queue": `${join(folder, "llmops.yaml")}:4`,
      "server.timeout": "default",
    });
  });

  it("reads the sections and variables of the services it replaces", () => {
    const folder = folderWith(`
server: {host: 0.0.0.0, port: 8000, log_level: info}
monitoring: {prometheus_enabled: true, metrics_path: /prometheus, custom_metrics: true}
models: {default_model: m.gguf, default_version: v1.0, cache_size: 5}
security: {api_key_header: X-API-Key, rate_limit: 5/minute}
llm: {provider: self, temperature: 0.7, timeout_seconds: 30, max_tokens: 4096, retry_attempts: 3, batch_size: 10, self_hosted_url: "http://localhost:9000"}
`);
    const { settings } = loadSettings({
      folder,
      environment: { RATE_LIMIT: "5/minute,20ktokens/day", WEBAGENT_LLM_PROVIDER: "self", DEFAULT_VERSION: "v2" },
    });
    expect(settings).toMatchObject({
      "server.host": "0.0.0.0",
      "models.default_model": "m.gguf",
      "models.default_version": "v2",
      "models.slots": 10,
      "security.rate_limit": ["5/minute", "20ktokens/day"],
      "server.timeout": 30,
      "providers.temperature": 0.7,
      "providers.max_tokens": 4096,
      "providers.retry_attempts": 3,
      "providers.upstream": ["http://localhost:9000"],
    });
  });

  it("reads models and adapters by name, as a mapping or a list", () => {
    const folder = folderWith(
      "models:\n  named: {qa: qa.gguf, code: models:/code/Production}\n  adapters: [v1=lora.gguf, 'qa:v2=./lora:0.5']\n",
    );
    expect(loadSettings({ folder, environment: {} }).settings).toMatchObject({
      "models.named": ["qa=qa.gguf", "code=models:/code/Production"],
      "models.adapters": ["v1=lora.gguf", "qa:v2=./lora:0.5"],
    });
  });

  it.each([
    ["server:\n  prot: 1\n", 'llmops.yaml:2: unknown setting "server.prot".', 'Did you mean "server.port"?'],
    ["sever:\n  port: 1\n", 'llmops.yaml:1: unknown setting "sever".', 'Did you mean "server"?'],
    ["server:\n  port: 70000\n", "llmops.yaml:2: server.port is 70000; it must be a whole number from 0 to 65535.", ""],
    ["cache:\n  enabled: maybe\n", 'is "maybe"; it must be true or false.', ""],
    ["server: [1\n", "is not valid YAML", ""],
    ["- 1\n", "must consist of sections", ""],
    ["server:\n  timeout: 1\nllm:\n  timeout_seconds: 2\n", "sets the same setting as another key (server.timeout)", ""],
    ["providers:\n  define:\n    - name: a\n", "0.url", ""],
  ])("refuses %j, naming the place", async (yaml, message, hint) => {
    const error = await errorOf(() => loadSettings({ folder: folderWith(yaml), environment: {} }));
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain(message);
    expect(error.hint ?? "").toContain(hint);
  });

  it("names everything that is wrong at once, each with its line and key", async () => {
    const yaml = "scorerz: [exact]\nlimits:\n  rowz: 5\n  rows: -5\nserver:\n  prot: 1\n";
    const { message, hint } = await errorOf(() => loadSettings({ folder: folderWith(yaml), environment: { PORT: "x" } }));
    const lines = message.split("\n").map((line) => line.replace(/^.*llmops\.yaml/, ""));
    expect(lines).toEqual([
      ':1: unknown setting "scorerz". Did you mean "scorers"?',
      ':3: unknown setting "limits.rowz". Did you mean "limits.rows"?',
      ':6: unknown setting "server.prot". Did you mean "server.port"?',
      expect.stringContaining('PORT is "x"; it must be a whole number'),
      expect.stringContaining(":4: limits.rows is -5; it must be a whole number from 0."),
    ]);
    expect(hint).toContain("config check");
  });

  it("never repeats a secret that is wrong", async () => {
    const error = await errorOf(() => loadSettings({ folder: folderWith("cache:\n  redis_url: [hunter2]\n"), environment: {} }));
    expect(error.message).not.toContain("hunter2");
  });

  it("refuses a file that was named and is not there, but not the usual one", async () => {
    const folder = temporaryFolder();
    expect(loadSettings({ folder, environment: {} }).file).toBeUndefined();
    expect((await errorOf(() => loadSettings({ folder, environment: {}, file: "other.yaml" }))).message).toContain(
      "other.yaml cannot be read",
    );
  });
});

describe("configTemplate", () => {
  it("has every setting, and changes nothing until something is uncommented", () => {
    const folder = folderWith(configTemplate());
    expect(loadSettings({ folder, environment: {} }).settings).toEqual(
      loadSettings({ folder: temporaryFolder(), environment: {} }).settings,
    );
    const uncommented = configTemplate()
      .replace(/^  # (\w+:(?: .*)?)$/gm, "  $1")
      .replace(/^# (\w+:(?: \S.*)?)$/gm, (line, setting: string) => (setting.split(":")[0]! in SETTINGS ? setting : line))
      .replace(/^  define:\n/m, "");
    const document = parse(uncommented) as Record<string, Record<string, unknown> | null>;
    const places = Object.entries(document).flatMap(([section, keys]) =>
      section in SETTINGS ? [section] : Object.keys(keys ?? {}).map((key) => `${section}.${key}`),
    );
    expect(places.sort()).toEqual(
      Object.keys(SETTINGS)
        .filter((name) => name !== "providers.define")
        .sort(),
    );
    writeFileSync(join(folder, "llmops.yaml"), uncommented);
    expect(loadSettings({ folder, environment: {} }).settings["server.port"]).toBe(8080);
  });
});
