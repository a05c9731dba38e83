import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { createRemotingServer } from '../remoting/server.ts';
import type { ExtFields, RemotingCommand, RemotingServer } from '../remoting/types.ts';

/** One answer of a server as it was recorded. */
interface RecordedAnswer {
  readonly address: string;
  readonly code: number;
  readonly extFields: ExtFields | null;
  readonly requestBody: string | null;
  readonly answer: {
    readonly code: number;
    readonly remark: string | null;
    readonly extFields: ExtFields | null;
    /** Base64, null when there is none. */
    readonly body: string | null;
  };
}

/** One run of the real mqadmin: its arguments, what it printed, and the answers that servers gave at that moment. */
export interface RecordedCommand {
  readonly name: string;
  readonly args: readonly string[];
  readonly nowMs: number;
  readonly exitCode: number;
  readonly output: string;
  readonly answers: readonly RecordedAnswer[];
}

export function readRecorded(version: string): RecordedCommand[] {
  const file = new URL(`../../golden/client/mqadmin-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedCommand[];
}

/** Servers that give the recorded answers, and the address book that leads to them. */
export interface Replay extends AsyncDisposable {
  readonly addressBookFile: string;
}

/** One server per recorded address; a request that was not recorded is refused with 3. */
export async function startReplay(release: Release, recorded: RecordedCommand): Promise<Replay> {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const servers: RemotingServer[] = [];
  const book: Record<string, string> = {};
  for (const address of new Set(recorded.answers.map((answer) => answer.address))) {
    const answers = recorded.answers.filter((answer) => answer.address === address);
    const server = createRemotingServer({ release, log: silentLog, bindAddress: '127.0.0.1', port: 0 });
    for (const code of new Set(answers.map((answer) => answer.code))) {
      server.handle(code, (request) => recordedAnswer(answers, request));
    }
    await server.start();
    servers.push(server);
    book[address] = `127.0.0.1:${server.port}`;
  }
  const addressBookFile = join(folder, 'book.json');
  writeFileSync(addressBookFile, JSON.stringify(book));
  return {
    addressBookFile,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    },
  };
}

function recordedAnswer(answers: readonly RecordedAnswer[], request: RemotingCommand) {
  const bodyText = request.body?.toString() ?? '';
  const found = answers.find(
    ({ code, extFields, requestBody }) =>
      code === request.code && sameFields(extFields ?? {}, request.extFields ?? {}) && (requestBody ?? '') === bodyText,
  );
  if (found === undefined)
    throw new Error(`request ${request.code} ${JSON.stringify(request.extFields)} ${bodyText} was not recorded`);
  const { body, ...rest } = found.answer;
  return { ...rest, body: body === null ? null : Buffer.from(body, 'base64') };
}

/** Same names and values; the times of the request (g: bornTimestamp of a send) and the id of a message aside. */
function sameFields(a: ExtFields, b: ExtFields): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  names.delete('invokeTime');
  names.delete('g');
  const stable = (text: string | undefined) => text?.replace(/UNIQ_KEY.[0-9A-F]+/, '');
  return [...names].every((name) => stable(a[name]) === stable(b[name]));
}
