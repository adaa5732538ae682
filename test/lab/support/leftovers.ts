import { readdirSync, readFileSync } from 'node:fs';

const namesIn = (dir: string): readonly string[] => {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
};

const mountPoints = (): readonly string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
};

/** Everything on the machine that bears a lab's name, one line each; empty when nothing of it is left. */
export const leftovers = (lab: string): readonly string[] => {
  const directory = `/var/lib/ovsfleet-lab/${lab}`;
  const hierarchies = ['.', ...namesIn('/sys/fs/cgroup')].map((name) => `/sys/fs/cgroup/${name}/ovsfleet-lab`);
  return [
    ...namesIn('/run/netns').filter((name) => name === `ovsfleet-${lab}` || name.startsWith(`ovsfleet-${lab}.`)),
    ...mountPoints().filter((point) => point.startsWith(`${directory}/`)),
    ...hierarchies.flatMap((path) =>
      namesIn(path)
        .filter((name) => name === lab)
        .map((name) => `${path}/${name}`),
    ),
    ...namesIn('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(commandLine)
      .filter((line) => line.includes(`${directory}/`)),
    ...namesIn('/var/lib/ovsfleet-lab').filter((name) => name === lab),
  ];
};
