import { directDial } from '../../../reference-impl/base/address.ts';
import { createLog } from '../../../reference-impl/base/log.ts';
import { SerializeType } from '../../../reference-impl/remoting/types.ts';
import { cpuSeconds } from '../cpu.ts';
import { type MeasureOptions, measureSends } from './measured-sends.ts';
import type { MeasuredApart, SendOrder } from './sends-apart.ts';

// The process that sends-apart.ts starts: takes a SendOrder, prints a MeasuredApart.
const { namesrvAddrs, header, pids, ...load } = JSON.parse(process.argv[2]!) as SendOrder;
const client = { namesrvAddrs, release: 'new', log: createLog('bench', 'error'), addressBook: directDial } as const;
const options: MeasureOptions = { ...load, client, serializeType: SerializeType[header] };

// Warmed up apart, so that CPU time is read just before and after what is measured.
await measureSends({ ...options, warmUpMs: 0, measureMs: load.warmUpMs });
const readAll = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)] as const);
const before = new Map(readAll());
const ownBefore = process.cpuUsage();
const measured = await measureSends({ ...options, warmUpMs: 0 });
const own = process.cpuUsage(ownBefore);
const result: MeasuredApart = {
  ...measured,
  cpuSeconds: Object.fromEntries(readAll().map(([name, seconds]) => [name, seconds - before.get(name)!])),
  ownCpuSeconds: (own.user + own.system) / 1e6,
};
process.stdout.write(JSON.stringify(result));
