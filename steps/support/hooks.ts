import { After, Before, setDefaultTimeout } from '@cucumber/cucumber';
import type { SwitchlabWorld } from './world.ts';

// Every wait has a deadline of its own, from the profile; this one only ends a step whose deadline is broken.
setDefaultTimeout(10 * 60 * 1000);

Before(async function (this: SwitchlabWorld, { pickle }) {
  this.beginEvidence({ uri: pickle.uri, line: pickle.location?.line ?? 0, name: pickle.name });
  await this.assertSupported(pickle.tags.map(({ name }) => name));
});

After(async function (this: SwitchlabWorld) {
  try {
    // A process that went by itself fails a scenario that did not notice, and one that took it for a fault of the lab.
    this.assertNoUnexpectedExit();
  } finally {
    await this.end();
  }
});
