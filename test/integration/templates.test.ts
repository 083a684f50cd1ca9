import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { loadSettings } from "../../src/lib/base/config/load-settings.js";
import { grafanaDashboard } from "../../src/lib/operations/monitor/grafana-dashboard.js";
import { readAlertFile } from "../../src/lib/operations/monitor/alert-rules.js";
import { KIND_NAMES, renderKinds, variablesOf, type KindName } from "../../src/lib/operations/scaffold/template-kinds.js";
import { completeVariables, VARIABLES, type Variables } from "../../src/lib/operations/scaffold/variables.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

const require = createRequire(import.meta.url);

/** Renders a kind into a folder. */
function render(kind: KindName, given: Partial<Variables> = {}): { folder: string; text: (path: string) => string; paths: string[] } {
  const folder = temporaryFolder();
  const files = renderKinds([kind], completeVariables(given));
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const text = (path: string) => files.find((file) => file.path === path)?.content ?? "";
  return { folder, text, paths: files.map(({ path }) => path) };
}

/** A value other than the default for every variable that is a number or a name. */
const OTHER: Partial<Variables> = {
  name: "qa",
  namespace: "models",
  port: "9000",
  replicas: "3",
  gpus: "2",
  memory: "16Gi",
  model: "/models/m.gguf",
};

describe("templates", () => {
  it("fill every gap, have no variable nobody uses, and only YAML and JSON that can be read", () => {
    const used = new Set(variablesOf(KIND_NAMES));
    expect(Object.keys(VARIABLES).filter((name) => !used.has(name as keyof Variables))).toEqual([]);
    for (const given of [{}, OTHER]) {
      for (const { path, content } of renderKinds(KIND_NAMES, completeVariables(given))) {
        expect(content, path).not.toMatch(/<%|undefined|\[object /);
        expect(content.length, path).toBeGreaterThan(50);
        if (/\.ya?ml$/.test(path))
          expect(
            parseAllDocuments(content).flatMap((document) => ("errors" in document ? document.errors : [])),
            path,
          ).toEqual([]);
        if (path.endsWith(".json")) expect(() => JSON.parse(content) as unknown, path).not.toThrow();
      }
    }
  });

  it("of compose follow the compose specification, and keep secrets and ports at home", () => {
    const { text } = render("compose", OTHER);
    const document = parse(text("compose.yaml"), { merge: true }) as {
      services: Record<string, { profiles: string[]; ports?: string[]; image?: string }>;
    };
    // of a linter that keeps up with the specification
    const path = join(dirname(require.resolve("dclint/package.json")), "schemas", "compose.schema.json");
    const schema = { ...(JSON.parse(readFileSync(path, "utf8")) as object), $schema: "http://json-schema.org/draft-07/schema#" };
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    expect(validate(document) ? [] : validate.errors).toEqual([]);
    const { services } = document;
    expect([...new Set(Object.values(services).flatMap(({ profiles }) => profiles))].sort()).toEqual([
      "cpu",
      "gpu",
      "mlflow",
      "monitoring",
      "redis",
    ]);
    for (const { ports = [] } of Object.values(services)) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    const images = Object.values(services).flatMap(({ image }) => image ?? []);
    expect(images.filter((image) => !image.includes(":") || (image.endsWith(":latest") && image !== "llmops:latest"))).toEqual([]);
    const named = [...text("compose.yaml").matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    for (const name of named) expect(text(".env.example"), name).toContain(`${name}=`);
  });

  it("of Kubernetes are what its API takes", () => {
    const { text, paths } = render("kubernetes", OTHER);
    const groups: Record<string, string> = {
      v1: "kubernetes-models/v1",
      "apps/v1": "kubernetes-models/apps/v1",
      "autoscaling/v2": "kubernetes-models/autoscaling/v2",
      "policy/v1": "kubernetes-models/policy/v1",
      "batch/v1": "kubernetes-models/batch/v1",
      "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
    };
    type Model = new (manifest: object) => { validate: () => void };
    const seen: string[] = [];
    for (const path of paths.filter((one) => !one.includes("kustomization"))) {
      for (const document of parseAllDocuments(text(path))) {
        const manifest = document.toJS() as {
          apiVersion: string;
          kind: string;
          metadata: { namespace: string };
          spec: Record<string, unknown>;
        };
        expect(manifest.metadata.namespace, `${path} ${manifest.kind}`).toBe("models");
        seen.push(manifest.kind);
        if (manifest.kind === "RayService") {
          checkRayService(manifest.spec as unknown as RayServiceSpec);
          continue;
        }
        const module = require(groups[manifest.apiVersion] ?? "") as Record<string, Model>;
        const Kind = module[manifest.kind] as Model;
        expect(() => new Kind(manifest).validate(), `${path} ${manifest.kind}`).not.toThrow();
      }
    }
    for (const kind of [
      "Deployment",
      "Service",
      "HorizontalPodAutoscaler",
      "PodDisruptionBudget",
      "Secret",
      "PersistentVolumeClaim",
      "ServiceMonitor",
      "RayService",
    ]) {
      expect(seen).toContain(kind);
    }
    const { resources } = parse(text("kubernetes/kustomization.yaml")) as { resources: string[] };
    for (const resource of resources) expect(paths).toContain(`kubernetes/${resource}`);
  });

  it("of Kubernetes are refused by the same check where they are wrong", () => {
    const { Deployment } = require("kubernetes-models/apps/v1") as { Deployment: new (manifest: object) => { validate: () => void } };
    const { text } = render("kubernetes");
    const manifest = parseAllDocuments(text("kubernetes/llmops.yaml"))
      .map((document) => document.toJS() as { kind: string; spec: { replicas: unknown } })
      .find(({ kind }) => kind === "Deployment");
    expect(() => new Deployment({ ...manifest, spec: { ...manifest?.spec, replicas: "two" } }).validate()).toThrow("replicas");
  });

  it("of Docker pass a linter, run as nobody special, and tell their health", () => {
    const lint = require("dockerfilelint") as { run: (folder: string, text: string) => { title: string; line: number }[] };
    const { text, folder } = render("docker", OTHER);
    expect(lint.run(folder, text("Dockerfile")).map(({ title, line }) => `${line}: ${title}`)).toEqual([]);
    expect(lint.run(folder, "FROM node\nRUN apt-get install x\n").length).toBeGreaterThan(1);
    expect(text("Dockerfile")).toMatch(/^USER node$/m);
    expect(text("Dockerfile")).toMatch(/^HEALTHCHECK/m);
    expect(text("Dockerfile").match(/^FROM/gm)).toHaveLength(2);
  });

  it.skipIf(lacks("promtool"))("of Prometheus are taken by promtool, and every panel of Grafana by its parser", () => {
    const { folder } = render("prometheus", { scrape_key: "no" });
    const checked = spawnSync("promtool", ["check", "config", "prometheus.yml"], { cwd: join(folder, "prometheus"), encoding: "utf8" });
    expect(`${checked.stdout}${checked.stderr}`).not.toContain("FAILED");
    expect(checked.status).toBe(0);
    for (const dialect of ["llmops", "vllm"] as const) {
      const expressions = panelsOf(dialect).flatMap(({ targets }) => targets.map(({ expr }) => expr));
      const rules = expressions.map((expr, i) => ({
        record: `panel${i}`,
        expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$job", ".*"),
      }));
      writeFileSync(join(folder, "panels.yml"), JSON.stringify({ groups: [{ name: "panels", rules }] }));
      const { status, stderr } = spawnSync("promtool", ["check", "rules", "panels.yml"], { cwd: folder, encoding: "utf8" });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    }
  });

  it.skipIf(lacks("amtool"))("of Alertmanager are taken by amtool", () => {
    const { folder } = render("prometheus");
    const { status, stdout, stderr } = spawnSync("amtool", ["check-config", join(folder, "prometheus", "alertmanager.yml")], {
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`).toContain("SUCCESS");
    expect(status).toBe(0);
  });

  it("of Grafana have panels side by side, each with its own number and queries", () => {
    for (const dialect of ["llmops", "vllm"] as const) {
      const panels = panelsOf(dialect);
      expect(panels.length).toBeGreaterThan(6);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const [i, { gridPos, title }] of panels.entries()) {
        const overlaps = panels.slice(i + 1).filter(({ gridPos: other }) => touches(gridPos, other));
        expect(
          overlaps.map((panel) => panel.title),
          title,
        ).toEqual([]);
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      }
    }
  });

  it("of GitHub Actions are workflows", () => {
    const { text, paths } = render("github-actions");
    for (const path of paths) {
      const { context } = parseWorkflow({ name: path, content: text(path) }, new NoOperationTraceWriter());
      expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    }
    const broken = parseWorkflow({ name: "x.yml", content: "on: push\njobs: {a: {steps: 1}}" }, new NoOperationTraceWriter());
    expect(broken.context.errors.getErrors().length).toBeGreaterThan(0);
  });

  it.skipIf(lacks("systemd-analyze"))("of systemd are units systemd takes", () => {
    const { folder, paths } = render("systemd", { llmops: "/bin/true" });
    const { stderr } = spawnSync("systemd-analyze", ["verify", ...paths.map((path) => join(folder, path))], { encoding: "utf8" });
    expect(stderr.split("\n").filter((line) => line.includes("llmops"))).toEqual([]);
  });

  it("of alerts and configuration are read by what they are for", () => {
    const alerts = render("alerts");
    expect(readAlertFile(join(alerts.folder, "alerts.yaml")).rules.length).toBeGreaterThan(6);
    const config = render("config");
    expect(loadSettings({ folder: config.folder, environment: {} }).file).toBe(join(config.folder, "llmops.yaml"));
  });
});

interface PanelModel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string }[];
}

function panelsOf(dialect: "llmops" | "vllm"): PanelModel[] {
  return (JSON.parse(JSON.stringify(grafanaDashboard(dialect))) as { panels: PanelModel[] }).panels;
}

function touches(a: PanelModel["gridPos"], b: PanelModel["gridPos"]): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

interface PodTemplate {
  template: { spec: object };
}
interface RayServiceSpec {
  serveConfigV2: string;
  rayClusterConfig: { headGroupSpec: PodTemplate; workerGroupSpecs: (PodTemplate & { replicas: number })[] };
}

/** Its own API has no published schema here: its pods are checked as pods, its Serve configuration as far as it is ours. */
function checkRayService({ serveConfigV2, rayClusterConfig }: RayServiceSpec): void {
  const { Pod } = require("kubernetes-models/v1") as { Pod: new (manifest: object) => { validate: () => void } };
  const { headGroupSpec, workerGroupSpecs } = rayClusterConfig;
  for (const { template } of [headGroupSpec, ...workerGroupSpecs]) {
    expect(() => new Pod({ metadata: { name: "x" }, spec: template.spec }).validate()).not.toThrow();
  }
  expect(workerGroupSpecs[0]?.replicas).toBe(2);
  const { applications } = parse(serveConfigV2) as {
    applications: { import_path: string; args: { llm_configs: { engine_kwargs: object }[] } }[];
  };
  expect(applications[0]?.import_path).toBe("ray.serve.llm:build_openai_app");
  expect(applications[0]?.args.llm_configs[0]?.engine_kwargs).toMatchObject({ tensor_parallel_size: 2, pipeline_parallel_size: 2 });
}
