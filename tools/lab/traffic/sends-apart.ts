import path from 'node:path';
import { execa } from 'execa';
import { processRegistry } from '../process-registry.ts';
import type { Measured, MeasureOptions } from './measured-sends.ts';

/** What the process of its own is told, as JSON in its one argument. */
export interface SendOrder extends Omit<MeasureOptions, 'client' | 'serializeType'> {
  readonly namesrvAddrs: readonly string[];
  readonly header: 'JSON' | 'ROCKETMQ';
  /** Processes whose CPU time is measured, by name. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface MeasuredApart extends Measured {
  /** CPU seconds that each process used over the measured time. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** The same of the sending process. */
  readonly ownCpuSeconds: number;
}

const program = path.join(import.meta.dirname, 'sends-program.ts');

/** Runs `measureSends` in a process of its own, so that sending takes nothing from whatever the caller does. */
export async function measureSendsApart(order: SendOrder): Promise<MeasuredApart> {
  const registry = await processRegistry();
  const args = ['--disable-warning=ExperimentalWarning', program, JSON.stringify(order)];
  const child = execa(process.execPath, args, { stderr: 'inherit' });
  if (child.pid !== undefined) registry.add(child.pid);
  const { stdout } = await child;
  return JSON.parse(stdout) as MeasuredApart;
}
