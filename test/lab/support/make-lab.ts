import { labUp } from '../../../src/lab/index.ts';

// Makes a light lab of the given name and stays, until it is killed.
await labUp({ name: process.argv[2] ?? '', hosts: { ssh: 1 }, keep: false, log: () => undefined });
process.stdout.write('up\n');
setInterval(() => undefined, 60_000);
