import { describe, expect, it } from 'vitest';
import { conflicting } from '../../../src/execute/leases.ts';
import { on, sh, step, trafficWatched, transaction, verify } from '../../../src/index.ts';
import type { Node } from '../../../src/playbook/index.ts';

const check = verify('seen', { read: sh`echo yes`, want: 'yes' });
const change = step('changed', { read: sh`echo no`, want: 'yes', make: sh`:`, undo: sh`:` });
const swap = trafficWatched({ maxGap: '3s' }, transaction('swap', { confirm: '90s', deadline: '5m' }, change));

const planned = (name: string, nodes: readonly Node[], from?: string) => ({
  host: {
    name,
    groups: [],
    vars: { probe_to: '10.1.1.1', ...(from === undefined ? {} : { probe_from: from }) },
    address: name,
    port: 22,
    user: 'root',
  },
  nodes,
});

describe('a host that another one needs as it is', () => {
  it.each<[string, readonly Node[], readonly Node[], boolean]>([
    ['is the one that probes the traffic', [swap], [change], true],
    ['is the one that is asked', [on('hv02', check)], [change], true],
    ['is needed by nobody who neither probes nor asks', [change], [swap], false],
    ['may be at work as well when it is only checked', [on('hv02', check)], [check], false],
  ])('%s', (_, one, other, apart) => {
    const conflicts = conflicting([planned('hv01', one, 'hv02:guest'), planned('hv02', other)]);
    expect([conflicts('hv01', 'hv02'), conflicts('hv02', 'hv01')]).toEqual([apart, false]);
  });
});
