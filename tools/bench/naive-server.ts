// The floor that a broker is compared with: takes remoting frames and acknowledges each send at once, without looking at
// it, storing it or bounding anything. It is its own NameServer. Argument: port.
//   frame: length i32 | header encoding u8, header length u24 | header | body
//   binary header: code i16 | language u8 | version i16 | opaque i32 | flag i32 | remark length i32 | ext length i32
import { createServer } from 'node:net';

const port = Number(process.argv[2]);
const getRouteinfoByTopic = 105;
const jsonEncoding = 0;
const route = Buffer.from(
  JSON.stringify({
    brokerDatas: [{ brokerAddrs: { 0: `127.0.0.1:${port}` }, brokerName: 'naive', cluster: 'naive' }],
    filterServerTable: {},
    queueDatas: [{ brokerName: 'naive', perm: 6, readQueueNums: 4, topicSysFlag: 0, writeQueueNums: 4 }],
  }),
);
const nothing: Buffer = Buffer.alloc(0);
const stored = { msgId: '7F00000100002A9F0000000000000000', queueId: '0', queueOffset: '0' };

function jsonHeader(opaque: number): Buffer {
  const common = { code: 0, flag: 1, language: 'OTHER', opaque, serializeTypeCurrentRPC: 'JSON', version: 0 };
  return Buffer.from(JSON.stringify({ ...common, extFields: stored }));
}

function binaryHeader(opaque: number): Buffer {
  const fields = Object.entries(stored).map(([name, value]) => {
    const field = Buffer.alloc(6 + name.length + value.length);
    field.writeInt16BE(name.length, 0);
    field.write(name, 2);
    field.writeInt32BE(value.length, 2 + name.length);
    field.write(value, 6 + name.length);
    return field;
  });
  const header = Buffer.alloc(21);
  header.writeInt32BE(opaque, 5);
  header.writeInt32BE(1, 9);
  header.writeInt32BE(Buffer.concat(fields).length, 17);
  return Buffer.concat([header, ...fields]);
}

function answer(frame: Buffer): Buffer {
  const encoding = frame[4]!;
  const asked = frame.subarray(8, 8 + frame.readUIntBE(5, 3));
  const isJson = encoding === jsonEncoding;
  const { code, opaque } = isJson
    ? (JSON.parse(asked.toString()) as { code: number; opaque: number })
    : { code: asked.readInt16BE(0), opaque: asked.readInt32BE(5) };
  const header = isJson ? jsonHeader(opaque) : binaryHeader(opaque);
  const body = code === getRouteinfoByTopic ? route : nothing;
  const start = Buffer.alloc(8);
  start.writeInt32BE(4 + header.length + body.length, 0);
  start.writeInt32BE(header.length, 4);
  start[4] = encoding;
  return Buffer.concat([start, header, body]);
}

createServer((socket) => {
  let rest = nothing;
  socket.setNoDelay();
  socket.on('error', () => undefined); // a client that went away
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers: Buffer[] = [];
    for (let end = 0; rest.length >= 4 && rest.length >= (end = 4 + rest.readInt32BE(0)); rest = rest.subarray(end)) {
      answers.push(answer(rest.subarray(0, end)));
    }
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
}).listen(port, '127.0.0.1');
