/** The personality a reference process takes: `old` = 4.9.7, `new` = 5.3.3. */
export const releases = ['old', 'new'] as const;
export type Release = (typeof releases)[number];

/** Version ordinal (`MQVersion`) that each personality writes into its frames. */
export const versionOrdinal = { old: 407, new: 479 } as const;

/** Name of that ordinal as mqadmin prints it. */
export const versionName = { old: 'V4_9_7', new: 'V5_3_3' } as const;
