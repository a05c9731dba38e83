import { defineConfig, type OxlintOverride } from 'oxlint';

/** Who may import whom. A folder that a layer does not list here is refused by the linter. */
const mayImport: Record<string, readonly string[]> = {
  'reference-impl/base': [],
  'reference-impl/config': ['base'],
  'reference-impl/remoting': ['base'],
  'reference-impl/message': ['base'],
  'reference-impl/raft': ['base'],
  'reference-impl/dledger': ['base', 'remoting', 'raft'],
  'reference-impl/store': ['base', 'message', 'raft', 'dledger'],
  'reference-impl/ha': ['base', 'message', 'store'],
  // Test code: runs whole replicas, with the controller's decisions as the judge.
  'reference-impl/ha/simulation': ['base', 'config', 'remoting', 'message', 'store', 'ha', 'controller', 'broker'],
  'reference-impl/namesrv': ['base', 'config', 'remoting'],
  'reference-impl/controller': ['base', 'config', 'remoting', 'raft', 'dledger'],
  'reference-impl/client': ['base', 'remoting', 'message'],
  'reference-impl/broker': ['base', 'config', 'remoting', 'message', 'raft', 'dledger', 'store', 'ha'],
  'reference-impl/admin': ['base', 'remoting', 'message', 'client'],
};

const referenceLayers = Object.keys(mayImport)
  .map((layer) => layer.replace('reference-impl/', ''))
  .filter((layer) => !layer.includes('/'));

function refuse(files: string, regex: string, message: string): OxlintOverride {
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] } };
}

/**
 * Forbidden targets of a reference layer: every other layer it does not list, everything outside reference-impl, and a
 * simulation, which runs the layer and is no part of it.
 */
function layerOverride(layer: string, allowed: readonly string[]): OxlintOverride {
  const own = layer.replace('reference-impl/', '');
  const refused = [...referenceLayers, 'bin'].filter((other) => other !== own && !allowed.includes(other));
  const node = own === 'raft' ? '^node:|' : '';
  return refuse(
    `${layer}/**/*.ts`,
    `${node}^\\./simulation/|^(\\.\\./)+((${refused.join('|')}|simulation)/|(tools|steps|matrix|features)/)`,
    `${layer} may import only: ${allowed.join(', ') || 'nothing of ours'}${node ? ', and no node: module' : ''}; no simulation`,
  );
}

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'import', 'node', 'promise', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'warn' },
  options: { typeAware: true },
  ignorePatterns: ['node_modules', 'coverage', 'test-results', '.cache'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'off',
    'typescript/consistent-type-imports': 'error',
    'no-empty': ['error', { allowEmptyCatch: false }],
    'no-shadow': 'off',
    'no-await-in-loop': 'off',
    'unicorn/no-array-for-each': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'import/no-unassigned-import': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'no-underscore-dangle': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-named-as-default': 'off',
    'promise/always-return': 'off',
    'unicorn/prefer-set-has': 'off',
  },
  overrides: [
    ...Object.entries(mayImport).map(([layer, allowed]) => layerOverride(layer, allowed)),
    refuse('matrix/**/*.ts', '.*', 'matrix is data: it imports nothing'),
    refuse(
      'tools/check/**/*.ts',
      'reference-impl/(config|remoting|raft|dledger|store|ha|namesrv|controller|client|broker|admin|bin)/|^(\\.\\./)+(lab|cli|report|bench)/',
      'tools/check may import only: base, message',
    ),
    refuse(
      'tools/lab/**/*.ts',
      'reference-impl/(store|raft|dledger|ha|controller|namesrv|broker|bin)/|^(\\.\\./)+(cli|report|bench|rehearse|doctor)/',
      'tools/lab starts bin/* by path and may import only: base, config, remoting, message, client, admin, tools/check',
    ),
    refuse(
      'tools/{report,matrix,cli,bench,rehearse,stock-clients}/**/*.ts',
      'reference-impl/',
      'tools import tools/lab and tools/check, never reference-impl',
    ),
    // The doctor knows the keys and the syntax of configuration files from where they are defined.
    refuse(
      'tools/doctor/**/*.ts',
      'reference-impl/(remoting|message|raft|store|ha|controller|namesrv|client|broker|admin|bin)/|^(\\.\\./)+(cli|report|bench|rehearse)/',
      'tools/doctor may import only: base, config, tools/lab, tools/check',
    ),
    refuse('steps/**/*.ts', 'reference-impl/', 'steps import tools, never reference-impl'),
    { files: ['**/*.test.ts'], rules: { 'typescript/no-floating-promises': 'off', 'no-restricted-imports': 'off' } },
  ],
});
