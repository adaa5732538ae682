import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bareHost, type FakeHost, shells } from './fake-host.ts';

let host: FakeHost;
beforeEach(() => {
  host = bareHost();
});
afterEach(() => host.remove());

/** `jobs`: what systemd tells at one look after the other, `-` for no job; after the last one it stays so. */
const looks = (command: readonly string[], jobs: readonly string[]): number => {
  const cases = jobs.map((job, at) => `${at + 1}) ${job === '-' ? ':' : `echo '${job}'`} ;;`).join('\n');
  const { stdout, stderr, status } = host.sh(
    command,
    `ovs__systemd() { :; }
     timeout() { shift; "$@"; }
     sleep() { :; }
     systemctl() {
       echo >>"$OVS_ROOT/looks"
       look=$(wc -l <"$OVS_ROOT/looks")
       case $((look)) in
         ${cases}
       esac
     }
     OVS_OWNER=bare
     ovs__await_boot && wc -l <"$OVS_ROOT/looks"`,
  );
  expect(status, stderr).toBe(0);
  return Number(stdout);
};

const RUNNING = '12 rc-local.service start running';

describe.each(shells)('a boot is through, under $shell,', ({ command }) => {
  test.each<[string, readonly string[], number]>([
    ['when three looks in a row find no job at work', [], 3],
    ['not between the end of one job and the beginning of the next', [RUNNING, '-', RUNNING, '-', '-', RUNNING], 9],
    ['whoever waits for us', ['13 multi-user.target start waiting', '14 ovsfleet-tx-1.service start running'], 3],
  ])('%s', (_, jobs, after) => {
    expect(looks(command, jobs)).toBe(after);
  });
});
