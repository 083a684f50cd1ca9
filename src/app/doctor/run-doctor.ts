import type { LoadedSettings } from "../../lib/base/config/load-settings.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { cacheFolder, stateFolder } from "../../lib/base/config/mlflow-environment.js";
import { runChecks, type Check, type CheckedFinding, type Finding } from "../../lib/operations/doctor/finding.js";
import { databasePathOf } from "../../lib/tracking/open-local-store.js";
import { isPostgresUri } from "../../lib/tracking/postgres-uri.js";
import type { Host } from "../host/host.js";
import { buildKeys, keyFilePath } from "../serving/build-access.js";
import { engineOptionsOf, findModel } from "../serving/serving-model.js";
import { journalFolder } from "../tracking/with-store.js";

/** Settings that name scorers, judges, and rubrics. */
const NAMING = ["scorers", "judge.method", "judge.rubrics"] as const;

export interface DoctorOptions {
  /** Reads the configuration that is checked; what it throws is a finding. */
  readSettings: () => LoadedSettings;
  /** Loads the model and asks it something. */
  load: boolean;
  /** Where the work would be done. */
  folder: string;
  nodeVersion: string;
  /** Gets each finding as soon as it is there. */
  onFinding?: (finding: CheckedFinding) => void;
}

/** Checks this machine, the configuration, and the services around it. Changes nothing; what is wrong is in the findings. */
export async function runDoctor(options: DoctorOptions, host: Host): Promise<CheckedFinding[]> {
  const findings: CheckedFinding[] = [];
  const found = (finding: CheckedFinding) => {
    findings.push(finding);
    options.onFinding?.(finding);
  };
  let loaded: LoadedSettings | undefined;
  const read: Check = {
    name: "configuration",
    run: () => {
      loaded = options.readSettings();
      return { state: "ok", text: loaded.file ?? "no llmops.yaml here" };
    },
  };
  await runChecks([read], (finding) => (finding.state === "failed" ? found(finding) : undefined));
  // a configuration that is wrong does not keep the rest from being checked
  await runChecks(await checksOf(loaded ?? loadSettings({ environment: {}, folder: stateFolder() }), options, host), found);
  return findings;
}

async function checksOf(loaded: LoadedSettings, { load, folder, nodeVersion }: DoctorOptions, host: Host): Promise<Check[]> {
  const [{ exposureChecks }, { machineChecks }, { modelChecks }, { remoteClocks, serviceChecks }] = await Promise.all([
    import("../../lib/operations/doctor/exposure-checks.js"),
    import("../../lib/operations/doctor/machine-checks.js"),
    import("../../lib/operations/doctor/model-checks.js"),
    import("../../lib/operations/doctor/service-checks.js"),
  ]);
  const { settings } = loaded;
  const trackingUri = settings["tracking.uri"];
  const options = engineOptionsOf(settings);
  return [
    ...(settings.plugins.length > 0 ? [{ name: "plugins", run: () => checkPlugins(settings.plugins) }] : []),
    ...(NAMING.some((name) => loaded.origins[name] !== "default")
      ? [{ name: "scorers and judges", run: () => findNames(loaded, host) }]
      : []),
    ...machineChecks({
      nodeVersion,
      folders: [folder, stateFolder(), cacheFolder()],
      now: Date.now(),
      remoteClocks: () => remoteClocks([trackingUri, ...settings["providers.upstream"]]),
    }),
    ...serviceChecks({ loaded, journalFolder: journalFolder(), trackingUri }),
    ...exposureChecks({
      settings,
      keyFile: keyFilePath(),
      keysAreNeeded: buildKeys(settings, {}, () => undefined).areNeeded,
      stateFolder: stateFolder(),
      database: /^https?:/i.test(trackingUri) || isPostgresUri(trackingUri) ? undefined : databasePathOf(trackingUri),
    }),
    ...modelChecks({
      open: () => findModel(settings, host),
      options,
      timeoutSeconds: settings["server.timeout"],
      load: load
        ? async (file) => {
            const { Engine } = await import("../../lib/inference/engine/engine.js");
            return Engine.load(file, { ...options, slots: 1, signal: host.signal, onNote: host.note });
          }
        : undefined,
    }),
  ];
}

/** Loads the plugins of the project, and says what each adds. */
async function checkPlugins(sources: readonly string[]): Promise<Finding> {
  const { loadPlugins } = await import("../../lib/experiments/plugins/load-plugins.js");
  const { loaded } = await loadPlugins(sources);
  const texts = loaded.map(({ source, plugin: { scorers = {}, samplers = {}, judges = {} } }) => {
    const parts = Object.entries({ scorers, samplers, judges }).map(([kind, part]) => [kind, Object.keys(part).join(", ")]);
    const added = parts.filter(([, names]) => names !== "").map(([kind, names]) => `${kind} ${names}`);
    return `${source}: ${added.length === 0 ? "nothing" : added.join("; ")}`;
  });
  return { state: "ok", text: texts.join(" | ") };
}

/** Finds the scorers, judges, and rubrics that the project names; what is wrong with its plugins is a finding of its own. */
async function findNames(loaded: LoadedSettings, host: Host): Promise<Finding> {
  const { checkNames } = await import("../studies/check-names.js");
  try {
    return { state: "ok", text: (await checkNames(loaded, host.signal)).join(", ") };
  } catch (thrown) {
    if (thrown instanceof LlmopsError && thrown.code.startsWith("PLUGIN_"))
      return { state: "skipped", text: "the plugins cannot be loaded" };
    throw thrown;
  }
}
