import { join, relative } from 'node:path';
import type { CommandModule } from 'yargs';
import { installTools, type Lab, labUp, listLabs, parseHostCounts, removeLab } from '../../lab/index.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { packageRoot } from '../package-root.ts';
import { labWords } from './lab.ts';

const name = 'demo';
const hosts = 'pkg31=3,agent=2,src=1,builder=1';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const heading = (text: string): void => say(`\n== ${text} ==\n`);

/** Runs this very program in the lab, as an operator would; resolves to its exit status. */
const inLab = (lab: Lab, words: readonly string[]): Promise<number> => {
  say(`$ ovsfleet ${words.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = lab.spawn([process.execPath, ...process.execArgv, process.argv[1] ?? '', ...words]);
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? exitCodes.hostFailed));
  });
};

/** The main job from nothing: a lab of real hosts, the plan, the rolling upgrade under traffic, and the proof after it. */
const demo = async (): Promise<ExitCode> => {
  const began = Date.now();
  heading('A lab of real hosts on this machine (userspace datapath; neutron-server stubbed inside the real agent)');
  await installTools(say);
  if ((await listLabs()).some((lab) => lab.name === name)) await removeLab(name, { log: say });
  const lab = await labUp({ name, hosts: parseHostCounts(hosts), keep: true, log: say });
  const upgrade = relative(process.cwd(), join(packageRoot, 'playbooks', 'upgrade.ts'));
  // Kept from one demo to the next: a build is made once on a machine.
  const fleet = ['-i', lab.inventoryFile];
  const store = ['--store', '/var/cache/ovsfleet-lab/store'];

  heading('The plan: what will be done to which hosts, before anything is');
  await inLab(lab, ['plan', upgrade, ...fleet, ...store]);

  heading('The run: a canary, then waves, guests pinging all the time');
  const code = await inLab(lab, ['run', upgrade, ...fleet, ...store, '-e', 'waves=1,50%,100%', '-e', 'concurrency=2']);

  heading('The same again: nothing to do, no agent touched');
  const again = code === exitCodes.ok ? await inLab(lab, ['plan', upgrade, ...fleet, ...store]) : code;

  heading(`Done in ${Math.round((Date.now() - began) / 1000)} s; the lab stays up`);
  say(labWords(lab));
  return code === exitCodes.ok && again === exitCodes.ok ? exitCodes.ok : exitCodes.hostFailed;
};

/** `ovsfleet demo`: what `npm run demo` runs. */
export const demoCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'demo',
  describe: 'The rolling upgrade on a throwaway lab of real hosts, from nothing',
  builder: (yargs) => yargs.example('$0 demo', 'plans, upgrades and plans again; the lab stays up to look around in'),
  handler: async () => ended(await demo()),
});
