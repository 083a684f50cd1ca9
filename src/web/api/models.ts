import { get, MLFLOW } from "./client.js";

/** The names of registered models that contain a text. Throws ApiError. */
export async function findModels(text: string, signal?: AbortSignal): Promise<string[]> {
  const filter = text === "" ? undefined : `name ILIKE '%${text.replaceAll("'", "")}%'`;
  const query = { max_results: 20, filter };
  const { registered_models = [] } = await get<{ registered_models?: { name: string }[] }>(
    `${MLFLOW}/registered-models/search`,
    query,
    signal,
  );
  return registered_models.map(({ name }) => name);
}
