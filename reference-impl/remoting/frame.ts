import { SwitchlabError } from '../base/errors.ts';
import type { FrameSplitter } from './frame-splitter.ts';
import { decodeJsonHeader } from './json-header.ts';
import { decodeRocketmqHeader } from './rocketmq-header.ts';
import { SerializeType, type RemotingCommand } from './types.ts';

/**
 * Decodes the frame that `frames` is at. Its body is a view of the received bytes.
 * Throws FRAME_MALFORMED: a header longer than the frame, an unknown serializeType, a header that does not parse.
 * Source: `RemotingCommand.decode`.
 */
export function decodeFrame(frames: FrameSplitter): RemotingCommand {
  const { bytes, start, end } = frames;
  const headerStart = start + 4;
  const headerEnd = headerStart + bytes.readUIntBE(start + 1, 3);
  if (headerEnd > end) throw new SwitchlabError('FRAME_MALFORMED', 'The header is longer than its frame.');
  const body = headerEnd === end ? null : bytes.subarray(headerEnd, end);
  const serializeType = bytes[start];
  if (serializeType === SerializeType.JSON) return decodeJsonHeader(bytes, headerStart, headerEnd, body);
  if (serializeType === SerializeType.ROCKETMQ) return decodeRocketmqHeader(bytes, headerStart, headerEnd, body);
  throw new SwitchlabError('FRAME_MALFORMED', `The header has serializeType ${serializeType}.`);
}
