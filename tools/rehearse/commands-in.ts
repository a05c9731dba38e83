/** A part of a sentence; a command can be copied as it is. */
export interface Part {
  readonly text: string;
  readonly isCommand: boolean;
}

/** A word of a command: quoted, or up to the blank or the punctuation of the sentence around it. */
const word = String.raw`(?:'[^']*'|\S*[^\s.,;:])`;
const command = new RegExp(
  [
    String.raw`mqadmin \w+(?: -\w ${word})*`,
    String.raw`(?:nohup )?sh bin/\w+ (?:-c ${word}|broker|namesrv|controller)(?: &)?`,
    String.raw`cp -a \S+ ${word}`,
    String.raw`rsync -aS --delete \S+ ${word}`,
  ].join('|'),
  'g',
);

/** The parts of a sentence for an operator, in order. */
export function commandsIn(sentence: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { 0: text, index } of sentence.matchAll(command)) {
    parts.push({ text: sentence.slice(at, index), isCommand: false }, { text, isCommand: true });
    at = index + text.length;
  }
  parts.push({ text: sentence.slice(at), isCommand: false });
  return parts.filter(({ text }) => text !== '');
}
