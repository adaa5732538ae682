import { describe, expect, test } from 'vitest';
import { ConnectionError } from '../../../src/model/connection-error.ts';
import type { Host } from '../../../src/model/host.ts';
import { byTicketAlone, neitherWay, ticketMayDo } from '../../../src/openssh/index.ts';
import { ticketRefused } from '../../../src/openssh/ticket.ts';
import { plainSettings } from '../ssh/support/connecting.ts';

const host: Host = { name: 'hv01', address: '192.0.2.7', port: 22, user: 'ops', groups: [], vars: {} };
const plain = plainSettings('/nonexistent', undefined);
const allowed = { ...plain(host), gssapiLogin: 'yes' } as const;

const refusal = (code: string, accepted: string, name = 'hv01'): ConnectionError =>
  new ConnectionError('auth', {
    code,
    message: `${name}: no.`,
    remedy: 'ssh-copy-id',
    facts: { host: name, ...(accepted === '' ? {} : { accepted }) },
  });

describe('a ticket is tried after what ssh2 can do', () => {
  test.each([
    ['where the host names tickets', allowed, refusal('ssh.auth', 'publickey,gssapi-with-mic'), true],
    ['where there was nothing else to try', allowed, refusal('ssh.no-identity', ''), true],
    ['but not where the host takes none', allowed, refusal('ssh.auth', 'publickey,password'), false],
    ['nor where ssh_config does not allow it', plain(host), refusal('ssh.auth', 'gssapi-with-mic'), false],
    [
      'nor where PreferredAuthentications leaves it out',
      { ...allowed, loginOrder: ['publickey', 'password'] },
      refusal('ssh.auth', 'gssapi-with-mic'),
      false,
    ],
    ['nor when it was a jump host that refused', allowed, refusal('ssh.auth', 'gssapi-with-mic', 'bastion'), false],
    ['nor when a key file is bad', allowed, refusal('ssh.private-key', 'gssapi-with-mic'), false],
    ['nor when the login was given up', allowed, new DOMException('stop', 'AbortError'), false],
  ])('%s', (_, settings, refused, may) => {
    expect(ticketMayDo(host, settings, refused)).toBe(may);
  });

  test('and nothing else is tried with it, whatever ssh_config prefers', () => {
    const settings = byTicketAlone(() => ({ ...allowed, sshOptions: ['-o', 'PreferredAuthentications=publickey'] }))(
      host,
    );
    expect(settings.loginOrder).toEqual(['gssapi-with-mic']);
    // The first word counts.
    expect(settings.sshOptions.slice(0, 2)).toEqual(['-o', 'PreferredAuthentications=gssapi-with-mic']);
  });
});

describe('why a ticket did not open a host', () => {
  const logOf = (...lines: readonly string[]): readonly string[] => [
    'debug1: Next authentication method: gssapi-with-mic',
    ...lines,
    'debug2: we did not send a packet, disable method',
    'debug1: No more authentication methods to try.',
    'ops@192.0.2.7: Permission denied (gssapi-keyex,gssapi-with-mic).',
  ];
  const general = 'debug1: Unspecified GSS failure.  Minor code may provide more information';

  test.each([
    [
      'there is none',
      logOf('debug1: No credentials were supplied', 'No Kerberos credentials available', '', ''),
      'No Kerberos credentials available',
    ],
    ['it is too old', logOf(general, 'Ticket expired', '', ''), 'Ticket expired'],
    [
      'the host is of no realm',
      logOf(general, 'Server not found in Kerberos database', ''),
      'Server not found in Kerberos database',
    ],
    ['the host does not want it', logOf('debug3: receive packet: type 51'), 'the host refused the ticket'],
  ])('%s', (_, logged, why) => {
    const problem = ticketRefused(host, allowed, ['gssapi-keyex', 'gssapi-with-mic'], logged);
    expect(problem.message).toContain(`hv01: 192.0.2.7 does not let ops in by GSSAPI: ${why}`);
    expect([problem.code, problem.remedy.split(';')[0]]).toEqual(['ssh.gssapi', 'kinit']);
  });

  test('is told besides why the keys did not, where the host takes keys', () => {
    const alone = byTicketAlone(() => allowed)(host);
    const byTicket = ticketRefused(host, alone, ['publickey', 'gssapi-with-mic'], logOf(general, 'Ticket expired', ''));
    const told = neitherWay(refusal('ssh.auth', 'publickey,gssapi-with-mic'), byTicket);
    expect([told.code, told.message]).toEqual(['ssh.auth', 'hv01: no. By GSSAPI neither: Ticket expired.']);
  });

  test('is all that is told where the host takes nothing else, and nothing where it was no ticket that failed', () => {
    const alone = byTicketAlone(() => allowed)(host);
    const first = refusal('ssh.no-identity', '');
    const byTicket = ticketRefused(host, alone, ['gssapi-keyex', 'gssapi-with-mic'], logOf());
    expect(neitherWay(first, byTicket)).toBe(byTicket);
    expect(neitherWay(first, refusal('ssh.auth', 'publickey'))).toBe(first);
  });
});
