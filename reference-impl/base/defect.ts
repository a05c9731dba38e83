/**
 * Deliberate defects, for the lab alone: each one breaks a documented promise so that a test can prove that the features
 * notice. A process takes at most one, from `--lab-defect`; none is ever active otherwise.
 */
export const labDefects = {
  OLD_BROKER_SWITCHES: 'An old slave makes itself master when its master is gone.',
  REGISTERS_WITHOUT_CONTROLLER: 'A mode-on broker registers with the NameServer although no controller gave it a role.',
  DROPS_TAIL_AT_SWITCH: 'A new master cuts the last records of its log before it serves.',
} as const;

export type LabDefect = keyof typeof labDefects;
