import type { CommandModule } from 'yargs';
import type { ExitCode } from '../model/exit-code.ts';
import { completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { copyCommand } from './commands/copy.ts';
import { demoCommand } from './commands/demo.ts';
import { execCommand } from './commands/exec.ts';
import { factsCommand } from './commands/facts.ts';
import { fetchCommand } from './commands/fetch.ts';
import { hostsCommand } from './commands/hosts.ts';
import { initCommand } from './commands/init.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { keysCommand } from './commands/keys.ts';
import { labCommand } from './commands/lab.ts';
import { lintCommand } from './commands/lint.ts';
import { pingCommand } from './commands/ping.ts';
import { reportCommand } from './commands/report.ts';
import { planCommand, resumeCommand, runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { txCommand } from './commands/tx.ts';
import { versionCommand } from './commands/version.ts';

/** All commands, in the order in which help tells them. `ended` is told what the process is to end with. */
export const commands = (ended: (code: ExitCode) => void): readonly CommandModule[] => [
  runCommand(ended),
  planCommand(ended),
  resumeCommand(ended),
  runsCommand(ended),
  reportCommand(ended),
  factsCommand(ended),
  execCommand(ended),
  copyCommand(ended),
  fetchCommand(ended),
  pingCommand(ended),
  hostsCommand(ended),
  inventoryCommand(ended),
  keysCommand(ended),
  txCommand(ended),
  configCommand(ended),
  lintCommand(ended),
  initCommand(ended),
  completionCommand(ended),
  versionCommand(ended),
  labCommand(ended),
  demoCommand(ended),
];
