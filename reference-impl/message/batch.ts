import { SwitchlabError } from '../base/errors.ts';
import { viewOf } from '../base/bytes.ts';

// Batch body (SEND_BATCH_MESSAGE), the messages back to back, big-endian:
//   totalSize i32 | magic i32 = 0 | bodyCRC i32 = 0 | flag i32 | bodyLength i32 | body | propertiesLength i16 | properties
// totalSize = 22 + body + properties.

const fixedSize = 22;

/** One message of a batch; topic, queue and born time are those of the request. */
export interface BatchMessage {
  readonly flag: number;
  readonly body: Uint8Array;
  readonly properties: string;
}

/** Bodies are views of `bytes`. Throws BODY_MALFORMED unless the lengths fit exactly. */
export function decodeBatch(bytes: Buffer): BatchMessage[] {
  const view = viewOf(bytes);
  const messages: BatchMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    const totalSize = left < fixedSize ? -1 : view.getInt32(at);
    if (totalSize < fixedSize || totalSize > left) throw malformed(at);
    const bodyLength = view.getInt32(at + 16);
    if (bodyLength < 0 || bodyLength > totalSize - fixedSize) throw malformed(at);
    const propertiesAt = at + 20 + bodyLength;
    const propertiesLength = view.getInt16(propertiesAt);
    if (propertiesLength !== totalSize - fixedSize - bodyLength) throw malformed(at);
    messages.push({
      flag: view.getInt32(at + 12),
      body: bytes.subarray(at + 20, propertiesAt),
      properties: bytes.toString('utf8', propertiesAt + 2, propertiesAt + 2 + propertiesLength),
    });
    at += totalSize;
  }
  return messages;
}

export function encodeBatch(messages: readonly BatchMessage[]): Buffer {
  return Buffer.concat(
    messages.map(({ flag, body, properties }) => {
      const propertiesBytes = Buffer.from(properties);
      const totalSize = fixedSize + body.length + propertiesBytes.length;
      const bytes = Buffer.alloc(totalSize);
      const view = viewOf(bytes);
      view.setInt32(0, totalSize);
      view.setInt32(12, flag);
      view.setInt32(16, body.length);
      bytes.set(body, 20);
      view.setInt16(20 + body.length, propertiesBytes.length);
      bytes.set(propertiesBytes, 22 + body.length);
      return bytes;
    }),
  );
}

function malformed(at: number): SwitchlabError {
  return new SwitchlabError('BODY_MALFORMED', `The batch body has no whole message at byte ${at}.`);
}
