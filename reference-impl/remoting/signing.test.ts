import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWhole, readGolden } from './golden.ts';
import { signature, signed } from './signing.ts';

test('signs the requests of the ACL hook of both releases', () => {
  for (const version of ['4.9.7', '5.3.3']) {
    for (const { name, hex, decoded } of readGolden(`remoting/acl-${version}.json`)) {
      const { extFields, body } = decodeWhole(Buffer.from(hex, 'hex'));
      const secretKey = String(decoded!.secretKey);
      assert.equal(signature(extFields!, body, secretKey), extFields!.Signature, name);
      const { AccessKey, SecurityToken, Signature: _signature, ...fields } = extFields!;
      const account = { accessKey: AccessKey!, secretKey, ...(SecurityToken && { securityToken: SecurityToken }) };
      assert.deepEqual(signed(fields, body, account), extFields, name);
    }
  }
});

test('orders names by UTF-16 unit and leaves an old signature out', () => {
  const fields = {
    topic: 'TopicTest',
    Zeta: 'z',
    alpha: 'a',
    AccessKey: 'AK',
    SecurityToken: 'TOKEN',
    Signature: 'old',
  };
  assert.equal(signature(fields, Buffer.from('BODY'), 'SK12345678'), 'qUF1F/Ji5RyM/NzexNhk8o4+srU=');
});
