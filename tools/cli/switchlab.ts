import path from 'node:path';
import { Command } from 'commander';
import { commands, renderExamples, type SwitchlabCommand } from './commands.ts';

/** The one entry behind the npm scripts: `npm run <command> -- …` and `switchlab <command> …` are the same. */
const [name, ...rest] = process.argv.slice(2);
const command = commands.find((candidate) => candidate.name === name);
if (command === undefined) explain();
else await dispatch(command, rest);

/** Runs a command in this process, with the arguments that are its own. */
async function dispatch(command: SwitchlabCommand, args: readonly string[]): Promise<void> {
  const script = path.resolve(import.meta.dirname, command.script);
  const isHelp = (arg: string | undefined) => arg === '--help' || arg === '-h';
  const asksForHelp = args.some(isHelp);
  // What comes behind a command of its own, that answers.
  if (isHelp(args[0]) && command.mute) {
    console.log(`${command.name}: ${command.about}.\n${renderExamples(command)}`);
    return;
  }
  if (asksForHelp && !command.mute && command.examples.length > 0) {
    process.on('exit', (code) => {
      if (code === 0) console.log(renderExamples(command));
    });
  }
  process.argv.splice(1, process.argv.length, script, ...args);
  await import(script);
}

/** Lists the commands; one that is unknown gets the nearest name, and exit code 3. */
function explain(): void {
  const program = new Command('switchlab')
    .description('Will this RocketMQ controller-mode deployment behave as documented?')
    .addHelpText(
      'after',
      '\nEach is also an npm script: `npm run conformance -- --target apache:5.3.3`. `switchlab <command> --help` has its options and examples.',
    )
    .helpCommand(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));
  for (const { name: own, about } of commands) program.command(own).description(about);
  program.parse();
}
