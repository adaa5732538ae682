import type { Argv, CommandModule } from 'yargs';
import { graphText, hostText, hostVarsText, type Inventory, listText, yamlText } from '../../inventory/index.ts';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { openFleet } from '../fleet.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';
import { inventoryOption, lookFor } from '../options.ts';
import { vaultOptions } from '../vault-flags.ts';

const options = <T>(yargs: Argv<T>) =>
  vaultOptions(inventoryOption(yargs))
    .option('list', {
      type: 'boolean',
      describe: 'All groups, hosts and variables as JSON (what happens if nothing is said)',
    })
    .option('graph', { type: 'string', describe: 'The groups as a tree, all of them or those of one: --graph racks' })
    .option('host', { type: 'string', nargs: 1, describe: 'The variables of one host as JSON' })
    .option('yaml', { alias: 'y', type: 'boolean', default: false, describe: 'The inventory as one YAML file' })
    .option('vars', {
      type: 'boolean',
      default: false,
      describe: 'With --graph: variables too. With --host: values as playbooks see them, and where each is written',
    })
    .option('playbook-dir', {
      type: 'string',
      nargs: 1,
      describe: 'Count the group_vars and host_vars of this directory too, as a playbook in it does',
    })
    .option('show-secrets', {
      type: 'boolean',
      default: false,
      describe: 'Print what stands in files that are encrypted whole',
    })
    .example('$0 inventory -i hosts --list', 'what ansible-inventory --list prints')
    .example('$0 inventory -i hosts --graph racks --vars', 'the tree of group racks, with variables')
    .example('$0 inventory -i hosts --host hv07 --vars', 'where each value of hv07 comes from');

const textFor = (inventory: Inventory, argv: Readonly<Record<string, unknown>>): string => {
  const secrets = argv['showSecrets'] === true ? 'shown' : 'hidden';
  const { host, graph } = argv;
  if ([host, graph, argv['list'] === true || undefined].filter((given) => given !== undefined).length > 1) {
    throw new FleetError({
      code: 'input.usage',
      message: 'only one of --list, --graph and --host can be printed.',
      remedy: 'Say one of them: ovsfleet inventory -i … --list',
    });
  }
  if (typeof host === 'string') {
    return argv['vars'] === true ? hostVarsText(inventory, host) : hostText(inventory, host, secrets);
  }
  if (typeof graph === 'string') return graphText(inventory, graph || 'all', argv['vars'] === true ? 'vars' : 'names');
  return argv['yaml'] === true ? yamlText(inventory, secrets).trimEnd() : listText(inventory, secrets);
};

/** `ovsfleet inventory`: what the inventory means, in the words of ansible-inventory. */
export const inventoryCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'inventory',
  describe: 'Show what an inventory means: ovsfleet inventory -i hosts --list | --graph [group] | --host H',
  builder: options,
  handler: async (argv) => {
    const directory = argv['playbookDir'];
    const { inventory } = await openFleet({
      ...fleetFlagsOf(argv),
      ...(typeof directory === 'string' ? { playbookDirectory: directory } : {}),
    });
    const look = lookFor(undefined, process.stderr);
    for (const { message, remedy } of inventory.diagnostics) {
      process.stderr.write(`${look.paint('warn', 'warning:')} ${message}\n  ${look.glyphs.arrow} ${remedy}\n`);
    }
    process.stdout.write(`${textFor(inventory, argv)}\n`);
    ended(exitCodes.ok);
  },
});
