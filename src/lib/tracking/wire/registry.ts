import { keyed } from "../keyed.js";
import type { ModelVersion, RegisteredModel, Stage } from "../registry-records.js";
import { fromPairs, nonEmpty, toPairs, type WirePair } from "./values.js";

export interface WireModelVersion {
  name: string;
  version: string;
  creation_timestamp?: number;
  last_updated_timestamp?: number;
  user_id?: string;
  current_stage?: Stage;
  description?: string;
  source?: string;
  run_id?: string;
  run_link?: string;
  status?: ModelVersion["status"];
  status_message?: string;
  tags?: WirePair[];
  aliases?: string[];
  model_id?: string;
}

export interface WireRegisteredModel {
  name: string;
  creation_timestamp?: number;
  last_updated_timestamp?: number;
  description?: string;
  latest_versions?: WireModelVersion[];
  tags?: WirePair[];
  aliases?: { alias: string; version: string }[];
}

export function versionToWire(version: ModelVersion): object {
  return {
    name: version.name,
    version: version.version,
    creation_timestamp: version.creationTime,
    last_updated_timestamp: version.lastUpdateTime,
    user_id: version.userId ?? undefined,
    current_stage: version.stage,
    description: version.description,
    source: version.source,
    run_id: version.runId,
    status: version.status,
    status_message: version.statusMessage ?? undefined,
    tags: toPairs(version.tags),
    run_link: version.runLink,
    aliases: nonEmpty(version.aliases),
    model_id: version.modelId ?? undefined,
  };
}

export function versionFromWire(wire: WireModelVersion): ModelVersion {
  const { name, version, description = "", source = "", run_id: runId = "", run_link: runLink = "", status = "READY" } = wire;
  return { name, version, description, source, runId, runLink, status, tags: fromPairs(wire.tags), ...stateFromWire(wire) };
}

function stateFromWire(wire: WireModelVersion) {
  const {
    current_stage: stage = "None",
    aliases = [],
    creation_timestamp: creationTime = 0,
    last_updated_timestamp: lastUpdateTime = 0,
  } = wire;
  const { user_id: userId = null, status_message: statusMessage = null, model_id: modelId = null } = wire;
  return { stage, aliases, creationTime, lastUpdateTime, userId, statusMessage, modelId };
}

export function modelToWire(model: RegisteredModel): object {
  return {
    name: model.name,
    creation_timestamp: model.creationTime,
    last_updated_timestamp: model.lastUpdateTime,
    description: model.description,
    latest_versions: nonEmpty(model.latestVersions.map(versionToWire)),
    tags: toPairs(model.tags),
    aliases: nonEmpty(Object.entries(model.aliases).map(([alias, version]) => ({ alias, version }))),
  };
}

export function modelFromWire(wire: WireRegisteredModel): RegisteredModel {
  return {
    name: wire.name,
    creationTime: wire.creation_timestamp ?? 0,
    lastUpdateTime: wire.last_updated_timestamp ?? 0,
    description: wire.description ?? "",
    tags: fromPairs(wire.tags),
    aliases: keyed((wire.aliases ?? []).map(({ alias, version }) => [alias, version])),
    latestVersions: (wire.latest_versions ?? []).map(versionFromWire),
  };
}
