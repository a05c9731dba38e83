const brokers: Readonly<Record<number, string>> = {
  2: 'brokers/controller-mode',
  3: 'brokers/controller-mode-three',
};

/** Topology parts of one group of so many replicas with a single controller. */
export function controllerModeGroup(replicas: number): readonly string[] {
  const part = brokers[replicas];
  if (part === undefined) throw new Error(`There is no topology of ${replicas} replicas under a controller.`);
  return ['nameservers/new-with-controller', part];
}
