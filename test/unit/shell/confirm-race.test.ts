import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { libraries, nonce, type Sandbox, sandbox } from './support/sandbox.ts';
import { shells } from './support/shells.ts';

const text = (name: string): string =>
  readFileSync(new URL(`../../../templates/host/${name}.sh`, import.meta.url), 'utf8');

let host: Sandbox;
beforeAll(async () => {
  host = await sandbox();
});
afterAll(() => host.close());

const rounds = 50;

/** Two controllers confirm and the host takes back, all at the same moment; whoever is first has it. */
const race = `
  export LC_ALL=C
  fleet_nonce=${nonce}
  ${libraries()('batch')}
  ${text('attach')}
  ${text('transaction')}
  round=0
  while [ $round -lt ${rounds} ]; do
    round=$((round + 1))
    TX=/var/lib/ovsfleet/tx/race-$round
    mkdir -p $TX
    cat /proc/sys/kernel/random/boot_id >$TX/boot
    echo awaiting >$TX/state
    : >$TX/awaiting
    ( until [ -e $TX/go ]; do :; done; fleet_tx_confirm race-$round ) >$TX/a &
    ( until [ -e $TX/go ]; do :; done; fleet_tx_confirm race-$round ) >$TX/b &
    ( until [ -e $TX/go ]; do :; done; if tx_take_back; then echo back; else echo kept; fi ) >$TX/host &
    : >$TX/go
    wait
    said=$(cat $TX/a $TX/b | grep -c "^@${nonce} confirmed ")
    printf '%s %s %s\\n' "$(cd $TX && ls awaiting confirmed expired 2>/dev/null | tr '\\n' ' ')" "$said" "$(cat $TX/host)"
  done
`;

describe.each(shells)('confirming and timing out at the same moment under $name', (shell) => {
  it(`ends as one of them in each of ${rounds} races, and all three agree on which`, async () => {
    const ran = await host.run(shell, race);
    const seen = ran.parts.flatMap((part) => part.text.split('\n')).filter((line) => line.trim() !== '');
    expect(seen).toHaveLength(rounds);
    expect(seen.filter((line) => line !== 'confirmed  1 kept' && line !== 'expired  0 back')).toEqual([]);
    await host.run(shell, 'rm -rf /var/lib/ovsfleet');
  }, 90_000);
});
