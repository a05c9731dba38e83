import { Command, Option } from 'commander';
import { diagnose, exitCodeOf, type Finding } from '../doctor/diagnose.ts';
import { defaultVersion, type Read, readDeployment, type Request } from '../doctor/read-deployment.ts';
import { renderGithub, renderJson } from '../doctor/render-machine.ts';
import { renderSarif } from '../doctor/render-sarif.ts';
import { renderText } from '../doctor/render-text.ts';
import { renderRules } from '../doctor/rules-table.ts';
import { SetupError } from '../lab/setup-error.ts';
import { userFolder } from '../lab/user-folder.ts';
import { prove } from './doctor-prove.ts';
import { readReferences } from './doctor-references.ts';

type Format = 'text' | 'json' | 'sarif' | 'github';

interface Options {
  readonly namesrv?: string[];
  readonly controller?: string[];
  readonly broker?: string[];
  readonly proxy?: string[];
  readonly store?: string[];
  readonly controllerStore?: string[];
  readonly version?: string[];
  readonly host?: string[];
  readonly hostsByFolder?: true;
  readonly probe?: string[];
  readonly format: Format;
  readonly strict?: true;
  readonly prove?: true;
  readonly rules?: true;
}

const program = new Command('doctor')
  .description('Finds mistakes in RocketMQ configuration files without starting anything.')
  .argument('[paths...]', 'files, or folders of files: each is taken for what its name or its keys say')
  .option('--namesrv <files...>', 'configuration of NameServers, with or without a controller')
  .option('--controller <files...>', 'configuration of controllers apart')
  .option('--broker <files...>', 'configuration of brokers')
  .option('--proxy <files...>', 'rmq-proxy.json: its ports')
  .option('--store <file=folder...>', 'store folder of a broker, or a copy: identity and epochs')
  .option('--controller-store <file=folder...>', 'folder of a controller, or a copy: whether it has data')
  .option('--version <version...>', `release for all, role=release or file=release (default: ${defaultVersion})`)
  .option('--host <file=host...>', 'machine of a file, where its own addresses do not tell')
  .option('--hosts-by-folder', 'the folder of each file is named after its machine')
  .option('--probe <port...>', 'what health probes dial: port, or host:port')
  .addOption(new Option('--format <format>', 'for whom').choices(['text', 'json', 'sarif', 'github']).default('text'))
  .option('--strict', 'warnings count as errors')
  .option('--prove', 'then run the scenarios that show what the findings lead to, on the reference')
  .option('--rules', 'print every rule as Markdown, and nothing else')
  .addHelpText(
    'after',
    `
Examples:
  npm run doctor -- conf/                                        a folder with the files of all machines
  npm run doctor -- collected/ --hosts-by-folder                 collected/mq-1/broker.conf, collected/mq-2/broker.conf …
  npm run doctor -- --namesrv n.conf --controller c.conf --broker a-0.conf a-1.conf
  npm run doctor -- conf/ --version 5.3.3 broker=5.1.0           releases, by role
  npm run doctor -- conf/ --store a-0.conf=/data/rocketmq/store  brokerIdentity and epochs too
  npm run -s doctor -- conf/ --format sarif > doctor.sarif       -s: without the lines of npm itself

Exit codes: 0 nothing that counts, 1 errors (with --strict: or warnings), 3 usage. A scenario that --prove runs changes nothing.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

function requestOf(paths: readonly string[], options: Options): Request {
  const { namesrv, controller, broker, proxy } = options;
  return {
    // npm runs scripts in the folder of the package, and says where it was called.
    base: userFolder(),
    paths,
    byRole: { namesrv, controller, broker, proxy },
    stores: options.store ?? [],
    controllerStores: options.controllerStore ?? [],
    versions: options.version ?? [],
    hosts: options.host ?? [],
    hostsByFolder: options.hostsByFolder ?? false,
    probes: options.probe ?? [],
  };
}

function render(format: Format, { deployment, passedOver }: Read, findings: readonly Finding[]): string {
  const references = readReferences();
  if (format === 'json') return renderJson(deployment, findings, passedOver, references);
  if (format === 'sarif') return renderSarif(findings, references);
  if (format === 'github') return renderGithub(findings);
  const { isTTY, columns } = process.stdout;
  const style = { colour: isTTY && process.env.NO_COLOR === undefined, columns: Math.max(60, isTTY ? columns : 120) };
  return renderText(deployment, findings, passedOver, references, style);
}

async function doctor(paths: readonly string[], options: Options): Promise<number> {
  if (options.rules) {
    console.log(renderRules(readReferences()));
    return 0;
  }
  const read = readDeployment(requestOf(paths, options));
  const findings = diagnose(read.deployment);
  const text = render(options.format, read, findings);
  if (text !== '') console.log(text);
  // Results of scenarios go where they do not spoil what a machine reads.
  if (options.prove) await prove(findings, readReferences(), (line) => console.error(line));
  return exitCodeOf(findings, options.strict ?? false);
}

program.action(async (paths: string[], options: Options) => {
  try {
    process.exitCode = await doctor(paths, options);
  } catch (thrown) {
    console.error(thrown instanceof SetupError ? thrown.message : thrown);
    process.exitCode = 3;
  }
});
await program.parseAsync();
