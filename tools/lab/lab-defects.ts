import { labDefects } from '../../reference-impl/base/defect.ts';

/** What the reference can be told to do wrong. */
export const labDefectNames: readonly string[] = Object.keys(labDefects);
