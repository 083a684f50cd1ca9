import { checkArtifactPath } from "../artifact-path.js";
import { invalid } from "../mlflow-error.js";

/**
 * Refuses the source of a model version that a remote client may not name: a local path outside its run's artifacts, or a URI that is
 * relative or climbs. The run is looked up for a local path alone: that of another source may be of another server. Throws
 * INVALID_PARAMETER_VALUE, and what `findRunArtifacts` throws.
 */
export async function checkSource(source: string, findRunArtifacts: () => Promise<string | undefined>): Promise<void> {
  const isLocal = /^file:/i.test(source) || !/^[a-z][a-z0-9+.-]*:/i.test(source);
  if (isLocal) {
    const runArtifactUri = await findRunArtifacts();
    const inRun = runArtifactUri !== undefined && (source === runArtifactUri || source.startsWith(`${runArtifactUri}/`));
    if (inRun) {
      checkRelative(source.slice(runArtifactUri.length + 1), source);
      return;
    }
    // MLflow's clients register prompts and other versions without files under a bare word
    if (/^[\w.-]+$/.test(source) && !source.startsWith(".")) return;
    throw invalid(
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter must be ` +
        "specified and the local path must be contained within the artifact directory of the run specified by the run_id.",
    );
  }
  checkUri(source);
}

function checkUri(source: string): void {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/i.exec(source) ?? [];
  const path = rest.replace(/^\/\/[^/]*/, "");
  if (!["models", "runs"].includes(scheme) && !path.startsWith("/")) {
    throw invalid(`Invalid model version source: '${source}'. It must be an absolute URI.`);
  }
  checkRelative(path.replace(/^\/+/, ""), source);
}

function checkRelative(path: string, source: string): void {
  try {
    checkArtifactPath(path);
  } catch {
    throw invalid(`Invalid model version source: '${source}'. The path may not leave its folder.`);
  }
}
