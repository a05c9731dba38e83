import { createHmac } from 'node:crypto';
import type { ExtFields } from './types.ts';

export interface Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

/**
 * The fields of a request with AccessKey, SecurityToken and Signature added.
 * Signed are the values of all fields, in UTF-16 order of their names and without separators, then the body; code, opaque,
 * version and flag are not. Source: `AclClientRPCHook` and `AclUtils`, 4.9.7 and 5.3.3.
 */
export function signed(extFields: ExtFields | null, body: Uint8Array | null, account: Account): ExtFields {
  const fields: ExtFields = { ...extFields, AccessKey: account.accessKey };
  if (account.securityToken !== undefined) fields.SecurityToken = account.securityToken;
  return { ...fields, Signature: signature(fields, body, account.secretKey) };
}

/** Base64 of the HMAC-SHA1 over `fields`, its Signature left out, and `body`. */
export function signature(fields: ExtFields, body: Uint8Array | null, secretKey: string): string {
  const names = Object.keys(fields).filter((name) => name !== 'Signature');
  const text = names
    .sort()
    .map((name) => fields[name])
    .join('');
  const hmac = createHmac('sha1', secretKey).update(text, 'utf8');
  return (body === null ? hmac : hmac.update(body)).digest('base64');
}
