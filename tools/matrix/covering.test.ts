import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, coverWithin } from './covering.ts';

const candidate = fc.record({
  seconds: fc.integer({ min: 1, max: 30 }),
  facets: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 }),
});

test('a choice is within its budget, and whole with what is left out', () => {
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 20 }), fc.integer({ min: 0, max: 200 }), (candidates, budget) => {
      const { chosen, leftOut } = coverWithin(candidates, budget);
      const spent = chosen.reduce((sum, { seconds }) => sum + seconds, 0);
      assert.ok(spent <= budget);
      assert.deepEqual(new Set([...chosen, ...leftOut]), new Set(candidates));
      assert.equal(chosen.length + leftOut.length, candidates.length);
      // Nothing that would still fit is left out.
      for (const { seconds } of leftOut) assert.ok(spent + seconds > budget);
    }),
  );
});

test('what covers most for its seconds comes first', () => {
  const both: Candidate = { seconds: 10, facets: ['a', 'b'] };
  const one: Candidate = { seconds: 6, facets: ['a'] };
  const dear: Candidate = { seconds: 20, facets: ['c'] };
  const cheapAgain: Candidate = { seconds: 1, facets: ['a', 'b'] };
  assert.deepEqual(coverWithin([one, both, dear], 30).chosen, [both, dear]);
  assert.deepEqual(coverWithin([one, both, dear], 16), { chosen: [both, one], leftOut: [dear] });
  assert.deepEqual(coverWithin([one, both, cheapAgain], 7).chosen, [cheapAgain, one]);
});

test('what is shown already is worth nothing', () => {
  const shown: Candidate = { seconds: 1, facets: ['a'] };
  const other: Candidate = { seconds: 2, facets: ['b'] };
  assert.deepEqual(coverWithin([shown, other], 2).chosen, [shown]);
  assert.deepEqual(coverWithin([shown, other], 2, new Set(['a'])).chosen, [other]);
});

test('the same candidates make the same choice', () => {
  const equal = Array.from({ length: 5 }, (_, i): Candidate & { i: number } => ({ seconds: 2, facets: ['a'], i }));
  assert.deepEqual(
    coverWithin(equal, 5).chosen.map(({ i }) => i),
    [0, 1],
  );
});
