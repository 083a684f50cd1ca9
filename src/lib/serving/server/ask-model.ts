import type { FastifyReply } from "fastify";
import { abortOnDisconnect } from "./answer.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

/** Whatever a model of this process says, of the one that is asked for. Throws what borrowing it throws, and what the work throws. */
export async function askModel<T>(
  service: Service,
  name: string | null | undefined,
  reply: FastifyReply,
  work: (model: ServedModel) => T | Promise<T>,
): Promise<T> {
  const { model, release } = await service.borrow(name ?? undefined, abortOnDisconnect(reply));
  try {
    return await work(model);
  } finally {
    release();
  }
}
