#!/usr/bin/env node
// What `bin` in package.json names: the same as `npm run switchlab --`, from any folder.
process.argv.splice(2, 0, 'tools/cli/switchlab.ts');
await import('./prelude.mjs');
