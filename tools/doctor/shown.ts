/** Keys whose values never leave the machine. */
const secret =
  /secret|password|passwd|accesskey|credential|token|initAuthenticationUser|privatekey|exporterHeader|socksProxyConfig/i;

export function isSecret(key: string): boolean {
  return secret.test(key);
}

/** `key = value` as a finding shows it, secrets masked. */
export function shown(key: string, value: string): string {
  return `${key} = ${isSecret(key) ? '****' : value.trim()}`;
}
