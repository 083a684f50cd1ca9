import { Duplex } from "node:stream";

/** One end of a connection within the process. */
class PipeEnd extends Duplex {
  /** As sockets have it: where requests come from. */
  readonly remoteAddress: string | undefined;
  other: PipeEnd | undefined;
  /** Continues with what the other end has written and this end could not take. */
  private taken: (() => void) | undefined;

  private readonly isServer: boolean;
  private isEnded = false;

  constructor({ isServer, remoteAddress }: { isServer: boolean; remoteAddress?: string | undefined }) {
    super();
    this.isServer = isServer;
    this.remoteAddress = remoteAddress;
  }

  override _read(): void {
    const { taken } = this;
    this.taken = undefined;
    taken?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.other?.receive(chunk, done);
  }

  override _final(done: () => void): void {
    this.other?.hangUp();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other, taken } = this;
    taken?.();
    // a server that closes a connection has sent what it has written; a client that does wants no more
    if (other && !other.destroyed) process.nextTick(() => (this.isServer ? other.hangUp() : other.destroy()));
    done(error);
  }

  /** Nothing more comes. */
  hangUp(): void {
    if (!this.isEnded && !this.destroyed) this.push(null);
    this.isEnded = true;
  }

  private receive(chunk: Buffer, done: () => void): void {
    if (this.destroyed || this.isEnded || this.push(chunk)) done();
    else this.taken = done;
  }
}

/**
 * A connection within the process: what is written to one end is read at the other, no faster than it is taken there. `remoteAddress` is
 * where the server's end says that it leads.
 */
export function pipe({ remoteAddress }: { remoteAddress: string | undefined }): { client: Duplex; server: Duplex } {
  const [client, server] = [new PipeEnd({ isServer: false }), new PipeEnd({ isServer: true, remoteAddress })];
  client.other = server;
  server.other = client;
  return { client, server };
}
