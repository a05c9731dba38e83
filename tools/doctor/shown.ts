/** Keys whose values never leave the machine. */
const secret = /secret|password|passwd|accesskey|credential|token|initAuthenticationUser|privatekey/i;

/** `key = value` as a finding shows it, secrets masked. */
export function shown(key: string, value: string): string {
  return `${key} = ${secret.test(key) ? '****' : value.trim()}`;
}
