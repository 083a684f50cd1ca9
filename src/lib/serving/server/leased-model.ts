import type { ServedModel } from "./served-model.js";

/** A loaded model as long as somebody uses it. */
export interface Lease {
  readonly model: ServedModel;
  /** Without effect the second time. */
  readonly release: () => void;
}

/** A loaded model with those who use it: closed once it is retired and the last of them is done. */
export class LeasedModel {
  readonly model: ServedModel;
  usedAt = performance.now();
  private leases = 0;
  private retiring: { promise: Promise<void>; done: () => void } | undefined;
  private readonly onIdle: () => void;

  /** `onIdle` hears each time that nobody uses the model any more. */
  constructor(model: ServedModel, onIdle: () => void) {
    this.model = model;
    this.onIdle = onIdle;
  }

  get isIdle(): boolean {
    return this.leases === 0;
  }

  lease(): Lease {
    this.leases++;
    this.usedAt = performance.now();
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.leases--;
      this.usedAt = performance.now();
      if (!this.isIdle) return;
      this.retiring?.done();
      this.onIdle();
    };
    return { model: this.model, release };
  }

  /** Closes the model as soon as nobody uses it. */
  retire(): Promise<void> {
    this.retiring ??= this.startRetiring();
    return this.retiring.promise;
  }

  private startRetiring(): { promise: Promise<void>; done: () => void } {
    let done: () => void = () => undefined;
    const idle = new Promise<void>((resolve) => (done = resolve));
    if (this.isIdle) done();
    return { promise: idle.then(() => this.model.close()), done };
  }
}
