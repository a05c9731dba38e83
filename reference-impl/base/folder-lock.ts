import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwitchlabError } from './errors.ts';

// <folder>/lock: the 4 bytes `lock`; a folder that merely contains the file is not locked.
//
// RocketMQ locks byte 0 of the file with fcntl, which Node cannot do. What a process holds here instead is a listening
// local socket named after the device and inode of that file: the kernel grants it to one process only and takes it
// back when that process ends in any way, SIGKILL included. Whoever connects is told the holder's process id.
// A Java broker that holds its own lock is found in /proc/locks (Linux). The reverse does not work: Java cannot see us.

const answerMsMax = 500;
const attemptsMax = 3;
/** Whether a name ends with the process that holds it. */
const isKernelName = process.platform === 'linux' || process.platform === 'win32';

/** A folder that this process alone has open. */
export interface FolderLock {
  /** Again: nothing more. */
  release(): Promise<void>;
}

/** Locks `folder`, which must exist. Throws STORE_LOCKED, naming the holder when it tells. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock');
  const fd = openSync(path, 'a+');
  try {
    const { dev, ino } = statSync(path);
    const javaHolder = fcntlHolder(ino);
    if (javaHolder !== null) throw locked(path, `process ${javaHolder}`);
    const server = await holdSocket(`rocketmq-store-${dev}-${ino}`, path);
    if (statSync(path).size === 0) writeSync(fd, 'lock');
    // The file stays open: were it deleted, its inode could otherwise name the file of another folder.
    let released: Promise<void> | null = null;
    const release = async (): Promise<void> => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      closeSync(fd);
    };
    return { release: () => (released ??= release()) };
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

async function holdSocket(name: string, lockPath: string): Promise<Server> {
  const address = socketAddress(name);
  let holder = 'nobody';
  for (let i = 0; i < attemptsMax && holder === 'nobody'; i++) {
    const server = await listen(address);
    if (server !== null) return server;
    holder = await askHolder(address);
    // Nobody answers: the holder has just let go, or it died and left its socket file, which abstract sockets and pipes
    // do not have.
    if (holder === 'nobody' && !isKernelName) rmSync(address, { force: true });
  }
  throw locked(lockPath, holder);
}

function socketAddress(name: string): string {
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\?\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

/** Null when another process holds the address. */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(address, () => resolve(server.unref()));
  });
}

function askHolder(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let answer = '';
    const done = (holder: string) => {
      socket.destroy();
      resolve(holder);
    };
    socket.setTimeout(answerMsMax, () => done('a process that does not answer'));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('end', () => done(`process ${answer}`));
    socket.on('error', () => done('nobody'));
  });
}

/** Process that holds an fcntl lock on the inode, as a Java broker does; null without one, or where this cannot be told. */
function fcntlHolder(inode: number): string | null {
  if (process.platform !== 'linux') return null;
  // 1: POSIX  ADVISORY  WRITE 4711 fe:00:131081 0 0
  const line = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .find((text) => text.includes('POSIX') && text.includes('WRITE') && text.split(/\s+/)[5]?.endsWith(`:${inode}`));
  return line === undefined ? null : line.split(/\s+/)[4]!;
}

function locked(path: string, holder: string): SwitchlabError {
  return new SwitchlabError('STORE_LOCKED', `Lock failed,MQ already started: ${path} is held by ${holder}.`);
}
