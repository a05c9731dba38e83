/** What a stage is played for, one after another. */
export const stageSelectors = [
  'once',
  'each NameServer',
  'each controller',
  'each joining controller',
  'each group',
  'each joining group',
  'each slave',
  'each master',
] as const;
export type StageSelector = (typeof stageSelectors)[number];

/**
 * Members that a step is on. In a stage for a group, those of that group; in a stage for one process, `it` is that one;
 * otherwise those of the whole site. `joining` members did not run before the upgrade; the first of them becomes master.
 */
export const stepSelectors = [
  'it',
  'everything',
  'NameServers',
  'controllers',
  'joining controllers',
  'its controller',
  'its NameServer',
  'replicas',
  'master',
  'slaves',
  'first joining broker',
  'joining brokers',
] as const;
export type StepSelector = (typeof stepSelectors)[number];
