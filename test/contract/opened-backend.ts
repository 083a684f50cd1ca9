import { MlflowError } from "../../src/lib/tracking/mlflow-error.js";
import type { TrackingBackend } from "../../src/lib/tracking/tracking-backend.js";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";
import type { ServedBackend } from "../helpers/wire-backend.js";

/** A new, empty backend for the suite. */
export interface OpenedBackend {
  /** As clients reach it: itself, or through a server. */
  store: TrackingStore;
  served: ServedBackend;
  /** Itself: a second writer beside the store, and what only an operator may do. */
  backend: TrackingBackend;
  /** Its database has texts without the character NUL alone: others are refused. */
  refusesNul?: boolean;
  close(): Promise<void>;
}

/** MLflow's code of the error that something is refused with. */
export async function errorCodeOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof MlflowError) return thrown.errorCode;
  throw new Error("expected an MlflowError", { cause: thrown });
}
