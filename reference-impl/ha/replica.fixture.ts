import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import { openStore } from '../store/open.ts';
import { message, storeOptions } from '../store/store.fixture.ts';
import type { AppendResult, MessageStore, StoreOptions } from '../store/types.ts';
import { createAutoSwitchHa } from './auto-switch.ts';
import { createClassicHa } from './classic.ts';
import type { AutoSwitchHaService, ClassicHaService, HaOptions } from './types.ts';

/** A condition with a deadline; the failure says what was seen last. */
export async function until(condition: () => boolean, seen: () => unknown, deadlineMs = 8000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    assert.ok(Date.now() < end, `not in ${deadlineMs} ms; seen last: ${JSON.stringify(seen())}`);
    await pause(2);
  }
}

/** The folder of one test; what the test opened is closed before it goes. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'replica-'));
  readonly #closers: (() => unknown)[] = [];

  constructor(t: TestContext) {
    t.after(async () => {
      for (const close of this.#closers.reverse()) await close();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  closing(close: () => unknown): void {
    this.#closers.push(close);
  }
}

export function haOptions(folder: string, overrides: Partial<HaOptions> = {}): HaOptions {
  return {
    log: silentLog,
    addressBook: directDial,
    bindAddress: '127.0.0.1',
    haListenPort: 0,
    haSendHeartbeatInterval: 200,
    haHousekeepingInterval: 2000,
    haTransferBatchSize: 1000,
    maxHaTransferByteInSecond: Infinity,
    haMaxTimeSlaveNotCatchup: 1500,
    syncFromLastFile: false,
    asyncLearner: false,
    allAckInSyncStateSet: true,
    storePathEpochFile: join(folder, 'epochFileCheckpoint'),
    reconnectMs: 5,
    ...overrides,
  };
}

/** One store with its replication: what a broker has of both. */
export class Replica<Ha extends AutoSwitchHaService | ClassicHaService> {
  readonly id: number;
  readonly store: MessageStore;
  readonly ha: Ha;
  #closed = false;

  private constructor(id: number, store: MessageStore, ha: Ha) {
    this.id = id;
    this.store = store;
    this.ha = ha;
  }

  static async autoSwitch(
    stage: Stage,
    id: number,
    overrides: Partial<HaOptions> = {},
    storeOverrides: Partial<StoreOptions> = {},
  ) {
    const folder = join(stage.folder, String(id));
    const store = await openStore(storeOptions(folder, { confirmOffsetLimitsDispatch: true, ...storeOverrides }));
    const ha = createAutoSwitchHa({ store, options: haOptions(folder, overrides) });
    return Replica.#started(stage, new Replica(id, store, ha));
  }

  static async classic(stage: Stage, id: number, overrides: Partial<HaOptions> = {}) {
    const folder = join(stage.folder, String(id));
    const store = await openStore(storeOptions(folder));
    const ha = createClassicHa({ store, options: haOptions(folder, overrides) });
    return Replica.#started(stage, new Replica(id, store, ha));
  }

  static async #started<R extends Replica<AutoSwitchHaService | ClassicHaService>>(stage: Stage, replica: R) {
    await replica.ha.start();
    stage.closing(() => replica.close());
    return replica;
  }

  get address(): string {
    return `127.0.0.1:${this.ha.port}`;
  }

  /** The whole log as written. */
  get bytes(): Buffer {
    const pieces: Buffer[] = [];
    for (let at = this.store.minPhyOffset; at < this.store.writtenOffset; at += pieces.at(-1)!.length) {
      pieces.push(this.store.readRaw(at, 1 << 20)!);
    }
    return Buffer.concat(pieces);
  }

  put(text: string): AppendResult {
    const result = this.store.append(message({ body: Buffer.from(text) }));
    assert.ok(typeof result === 'object', JSON.stringify(result));
    return result;
  }

  /** Bodies of queue 0 that a consumer can see here. */
  get consumable(): number {
    return this.store.maxOffsetInQueue('TopicA', 0);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.ha.stop();
    await this.store.close();
  }
}

/** A TCP relay that a test can cut after a number of bytes, freeze or close. */
export class Relay {
  /** Bytes that still pass towards the client before the connection is cut. */
  bytesToClient = Infinity;
  #frozen = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: () => string) {
    this.#server = createServer((client) => {
      const [host, port] = target().split(':');
      const upstream = connect(Number(port), host);
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        if (this.#frozen) socket.pause();
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.on('data', (chunk) => upstream.write(chunk));
      upstream.on('data', (chunk) => {
        client.write(chunk.subarray(0, Math.min(chunk.length, this.bytesToClient)));
        this.bytesToClient -= chunk.length;
        if (this.bytesToClient <= 0) client.end(() => client.destroy());
      });
    });
  }

  static async to(stage: Stage, target: () => string): Promise<Relay> {
    const relay = new Relay(target);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    stage.closing(() => relay.close());
    return relay;
  }

  get address(): string {
    const address = this.#server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return `127.0.0.1:${address.port}`;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Nothing passes, nothing is lost. */
  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    for (const socket of this.#sockets) {
      if (frozen) socket.pause();
      else socket.resume();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
