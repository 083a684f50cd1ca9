import { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";
import { InProcessExecutor } from "../../src/lib/experiments/study/in-process-executor.js";
import { TargetPool } from "../../src/lib/experiments/study/target-pool.js";
import { scriptedTarget } from "../helpers/scripted-target.js";
import { describeExecutor } from "./cell-executor.js";

describeExecutor("in this process", (plan, answer) => {
  const target = scriptedTarget(async (request, signal) => {
    const question = "messages" in request ? String(request.messages.at(-1)?.content) : "";
    const aborted = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
    const said = await Promise.race([answer(question), aborted]);
    if (said instanceof Error) throw new LlmopsError("ENDPOINT_ERROR", said.message);
    return said;
  });
  const targets = new TargetPool(plan, () => Promise.resolve(target));
  return Promise.resolve(new InProcessExecutor(plan, targets, { timeoutMs: 60_000, retries: 0 }));
});
