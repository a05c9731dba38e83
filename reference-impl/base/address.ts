import { readFileSync } from 'node:fs';
import { SwitchlabError, errorText } from './errors.ts';

/** A parsed `host:port`. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Parses `host:port`; throws ADDRESS_ILLEGAL. */
export function parseAddress(address: string): Endpoint {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).trim();
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || host === '' || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw new SwitchlabError('ADDRESS_ILLEGAL', `"${address}" is not an address.`);
  }
  return { host, port };
}

/** Splits a `a:p;b:p` list; blanks and empty items are dropped. */
export function splitAddresses(list: string): string[] {
  return list
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * Dial override of a process: it advertises and is told logical addresses, and dials what the book names instead.
 * This is how the lab puts each directed link through a proxy of its own.
 */
export interface AddressBook {
  /** Where to connect to reach the logical `address`. */
  dial(address: string): Endpoint;
}

/** @param entries logical `host:port` to dialled `host:port` */
export function addressBook(entries: Readonly<Record<string, string>>): AddressBook {
  return { dial: (address) => parseAddress(entries[address] ?? address) };
}

/** Dials every address as it is. */
export const directDial: AddressBook = addressBook({});

/** Reads a JSON object from logical to dialled address; throws ADDRESS_BOOK_ILLEGAL naming the file. */
export function readAddressBook(file: string): AddressBook {
  try {
    const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) throw new Error('not an object');
    const pairs = Object.entries(entries).map(([logical, dialled]) => {
      parseAddress(logical);
      parseAddress(String(dialled));
      return [logical, String(dialled)] as const;
    });
    return addressBook(Object.fromEntries(pairs));
  } catch (thrown) {
    throw new SwitchlabError('ADDRESS_BOOK_ILLEGAL', `Address book ${file}: ${errorText(thrown)}.`, { cause: thrown });
  }
}
