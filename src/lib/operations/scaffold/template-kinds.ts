import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Eta } from "eta";
import { configTemplate } from "../../base/config/config-template.js";
import { burnRules, defaultAlerts } from "../monitor/alert-rules.js";
import { grafanaDashboard } from "../monitor/grafana-dashboard.js";
import type { Dialect } from "../monitor/measures.js";
import { toPrometheusRules } from "../monitor/prometheus-rules.js";
import { parseSlo } from "../slo/slo.js";
import { VARIABLES, type VariableName, type Variables } from "./variables.js";

/** A file to write. */
export interface ScaffoldFile {
  /** Relative to the folder that was chosen. */
  path: string;
  content: string;
}

interface Piece {
  path: string;
  /** A template of the package, ... */
  template?: string;
  /** ... or what is made here. */
  make?: (variables: Variables) => string;
  /** Variables that what is made here has gaps for. */
  uses?: readonly VariableName[];
}

interface Kind {
  about: string;
  pieces: readonly Piece[];
  /** What to do with the files. */
  next: string;
}

const TEMPLATES = fileURLToPath(new URL("../../../../templates/", import.meta.url));
const eta = new Eta({ autoEscape: false, autoTrim: false, varName: "it" });

const prometheus = (folder: string): Piece[] => [
  { path: join(folder, "prometheus.yml"), template: "deploy/prometheus/prometheus.yml" },
  { path: join(folder, "rules.yml"), make: ({ slo }) => rulesOf(slo, "llmops"), uses: ["slo"] },
];
const alertmanager = (folder: string): Piece => ({
  path: join(folder, "alertmanager.yml"),
  template: "deploy/prometheus/alertmanager.yml",
});
const dashboard = (folder: string, dialect: Dialect): Piece => ({
  path: join(folder, "dashboards", `${dialect}.json`),
  make: () => `${JSON.stringify(grafanaDashboard(dialect), null, 2)}\n`,
});
const grafana = (folder: string): Piece[] => [
  { path: join(folder, "provisioning", "datasources", "prometheus.yml"), template: "deploy/grafana/datasource.yml" },
  { path: join(folder, "provisioning", "dashboards", "llmops.yml"), template: "deploy/grafana/dashboards.yml" },
  dashboard(folder, "llmops"),
  dashboard(folder, "vllm"),
];
const docker: Piece[] = [
  { path: "Dockerfile", template: "deploy/docker/Dockerfile" },
  { path: ".dockerignore", template: "deploy/docker/dockerignore" },
];

/** What `llmops init` can write. */
export const KINDS = {
  config: {
    about: "llmops.yaml: every setting of serve, commented",
    pieces: [{ path: "llmops.yaml", make: configTemplate }],
    next: "Everything in llmops.yaml is commented out: uncomment what should differ, then `llmops serve`.",
  },
  docker: {
    about: "Dockerfile for a clone of llmops",
    pieces: docker,
    next: "docker build -t llmops . && docker run -p 127.0.0.1:8080:8080 llmops",
  },
  compose: {
    about: "compose.yaml with profiles cpu, gpu, mlflow, monitoring, redis, and what they need",
    pieces: [
      ...docker,
      { path: "compose.yaml", template: "deploy/compose/compose.yaml" },
      { path: ".env.example", template: "deploy/compose/env.example" },
      ...prometheus("monitoring/prometheus"),
      alertmanager("monitoring/alertmanager"),
      ...grafana("monitoring/grafana"),
    ],
    next: "Copy .env.example to .env, change its values, then: docker compose --profile cpu up -d",
  },
  kubernetes: {
    about: "Deployment, Service, HPA, PDB, volume, Secret, monitoring; also vLLM on Ray behind llmops",
    pieces: [
      ...["llmops", "secret", "monitoring", "vllm-ray", "kustomization"].map((name) => ({
        ...{ path: `kubernetes/${name}.yaml`, template: `deploy/kubernetes/${name}.yaml` },
        ...(name === "monitoring" && { uses: ["slo"] as const }), // of the rules in it
      })),
    ],
    next: "Set the secret, then: kubectl apply -k kubernetes",
  },
  prometheus: {
    about: "prometheus.yml, alert rules, alertmanager.yml",
    pieces: [...prometheus("prometheus"), alertmanager("prometheus")],
    next: "promtool check config prometheus/prometheus.yml",
  },
  grafana: {
    about: "dashboards of llmops' and vLLM's metrics, provisioned",
    pieces: grafana("grafana"),
    next: "Import a dashboard, or mount grafana/ into Grafana.",
  },
  "github-actions": {
    about: "workflows: an evaluation of pull requests, an hourly check of a server",
    pieces: ["evaluation", "watch"].map((name) => ({
      path: `.github/workflows/${name}.yml`,
      template: `deploy/github-actions/${name}.yml`,
    })),
    next: "Make the baseline once: npx llmops baseline bless main",
  },
  systemd: {
    about: "units for serve and monitor",
    pieces: ["llmops", "llmops-monitor"].map((name) => ({ path: `systemd/${name}.service`, template: `deploy/systemd/${name}.service` })),
    next: "sudo cp systemd/*.service /etc/systemd/system/ && sudo systemctl daemon-reload",
  },
  alerts: {
    about: "alert rules of monitor",
    pieces: [{ path: "alerts.yaml", template: "deploy/alerts/alerts.yaml" }],
    next: "llmops monitor --alerts alerts.yaml",
  },
  rubrics: {
    about: "the judge's rubrics, to change",
    get pieces() {
      return readdirSync(join(TEMPLATES, "rubrics")).map((file) => ({ path: `rubrics/${file}`, template: `rubrics/${file}` }));
    },
    next: "llmops judge --rubric rubrics/accuracy.yaml",
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];

export function kindOf(name: KindName): Kind {
  return KINDS[name];
}

/** The variables the kinds have gaps for. */
export function variablesOf(kinds: readonly KindName[]): VariableName[] {
  const used = kinds.flatMap((kind) =>
    kindOf(kind).pieces.flatMap(({ template, uses = [] }) => [
      ...uses,
      ...(template === undefined ? [] : [...readTemplate(template).matchAll(/\bit\.(\w+)/g)].map(([, name = ""]) => name)),
    ]),
  );
  return (Object.keys(VARIABLES) as VariableName[]).filter((name) => used.includes(name));
}

/** The files of the kinds, each once. */
export function renderKinds(kinds: readonly KindName[], variables: Variables): ScaffoldFile[] {
  const files = kinds.flatMap((kind) => kindOf(kind).pieces.map((piece) => ({ path: piece.path, content: render(piece, variables) })));
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function render({ template, make }: Piece, variables: Variables): string {
  if (template === undefined) return make?.(variables) ?? "";
  const text = readTemplate(template);
  if (!text.includes("<%")) return text;
  const indented = text.includes("it.rules_indented") ? { rules_indented: indent(rulesOf(variables.slo, variables.name)) } : {};
  return eta.renderString(text, { ...variables, ...indented });
}

function readTemplate(path: string): string {
  return readFileSync(join(TEMPLATES, path), "utf8");
}

/** The alert rules as Prometheus takes them, for the series of a job. */
function rulesOf(slo: string, job: string): string {
  const rules = [...defaultAlerts().rules, ...burnRules(parseSlo(slo))];
  return toPrometheusRules(rules, { dialect: "llmops", selector: `job="${job}"` }).yaml;
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, "  ");
}
