// kvConfig.json:  {"configTable":{"NAMESPACE":{"key":"value"}}}, rewritten at every change.
import { existsSync, readFileSync } from 'node:fs';
import { SwitchlabError, errorText } from '../base/errors.ts';
import { replaceFile } from '../base/replace-file.ts';
import { fieldsOf, record, textKeyed } from '../remoting/bodies/fields.ts';
import { parseFastjson } from '../remoting/fastjson.ts';
import { writeFastjson } from '../remoting/fastjson-writer.ts';

/** Namespace of the order configuration: topic to `broker-a:4;broker-b:4`. */
export const orderTopicConfigNamespace = 'ORDER_TOPIC_CONFIG';

/** The key-value table of a NameServer, the only thing it keeps on disk. Source: `KVConfigManager`, 4.9.7 and 5.3.3. */
export class KvConfig {
  readonly #file: string;
  readonly #table: Map<string, Map<string, string>>;

  /** Loads `file` when it exists; throws CONFIG_FILE_UNREADABLE naming it. */
  constructor(file: string) {
    this.#file = file;
    this.#table = load(file);
  }

  get(namespace: string, key: string): string | null {
    return this.#table.get(namespace)?.get(key) ?? null;
  }

  /** All of one namespace; a namespace stays after its last key went. */
  namespace(namespace: string): ReadonlyMap<string, string> | null {
    return this.#table.get(namespace) ?? null;
  }

  put(namespace: string, key: string, value: string): void {
    const entries = this.#table.get(namespace);
    if (entries === undefined) this.#table.set(namespace, new Map([[key, value]]));
    else entries.set(key, value);
    this.#persist();
  }

  delete(namespace: string, key: string): void {
    if (this.#table.get(namespace)?.delete(key)) this.#persist();
  }

  #persist(): void {
    replaceFile(this.#file, writeFastjson({ configTable: record(this.#table, (entries) => record(entries, String)) }));
  }
}

function load(file: string): Map<string, Map<string, string>> {
  if (!existsSync(file)) return new Map();
  try {
    const text = readFileSync(file, 'utf8');
    const content = fieldsOf(text.trim() === '' ? null : parseFastjson(text), 'the file');
    return textKeyed(content.configTable, 'configTable', (entries) => textKeyed(entries, 'namespace', String));
  } catch (thrown) {
    throw new SwitchlabError('CONFIG_FILE_UNREADABLE', `${file}: ${errorText(thrown)}`, { cause: thrown });
  }
}
