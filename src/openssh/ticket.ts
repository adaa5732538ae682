import { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings, SettingsOf } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { connectProblems } from '../ssh/index.ts';

/** The login by a Kerberos ticket, as servers and PreferredAuthentications call it. */
export const gssapi = 'gssapi-with-mic';

const code = 'ssh.gssapi';

/**
 * What libgssapi says that keeps a ticket from being offered: ssh(1) logs a general sentence after `debug1:`, and below it,
 * on lines of their own, that of the mechanism (gss-genr.c, `ssh_gssapi_error`).
 */
const storyOf = (logged: readonly string[]): string | undefined => {
  const lines = logged.map((line) => line.trim());
  const begun = lines.findIndex((line) => /Next authentication method: gssapi/.test(line));
  const said = (line: string): boolean => line !== '' && !/^debug\d:|Permission denied/.test(line);
  return begun < 0 ? undefined : lines.slice(begun).find(said);
};

/** Methods that take a ticket: sshd may name its key exchange too. */
const takesTicket = (method: string): boolean => method.startsWith('gssapi-');

const methodsIn = (accepted: unknown): readonly string[] =>
  typeof accepted === 'string' && accepted !== '' ? accepted.split(',') : [];

/** Why a host that takes tickets did not let us in, in a message of its own where it takes nothing else. */
export const ticketRefused = (
  host: Host,
  settings: ConnectionSettings,
  accepted: readonly string[],
  logged: readonly string[],
): ConnectionError => {
  const why =
    storyOf(logged) ??
    `the host refused the ticket, for want of a keytab, or because it is none of ${host.user} (~/.k5login)`;
  const alone = settings.loginOrder?.every((method) => method === gssapi) ?? accepted.every(takesTicket);
  if (!alone) {
    return connectProblems.authRefused(host, ['what ssh(1) has'], [`GSSAPI (${why})`], accepted, undefined);
  }
  return new ConnectionError('auth', {
    code,
    message: `${host.name}: ${host.address} does not let ${host.user} in by GSSAPI: ${why}.`,
    remedy: `kinit; klist; then again. Or: ssh -vv -o PreferredAuthentications=${gssapi} -p ${host.port} ${quote(`${host.user}@${host.address}`)} true`,
    facts: {
      host: host.name,
      address: host.address,
      port: host.port,
      user: host.user,
      accepted: accepted.join(','),
      why,
    },
  });
};

/** Settings by which a ticket is all that ssh(1) tries: what was refused once must not count twice against an account. */
export const byTicketAlone =
  (of: SettingsOf): SettingsOf =>
  (host) => {
    const settings = of(host);
    return {
      ...settings,
      loginOrder: [gssapi],
      sshOptions: ['-o', `PreferredAuthentications=${gssapi}`, ...settings.sshOptions],
    };
  };

/**
 * Whether a ticket may open what the ways of ssh2 did not. ssh_config of Debian and Red Hat allows tickets for all
 * hosts, so that it is allowed says nothing of whether it is needed.
 */
export const ticketMayDo = (
  host: Host,
  { gssapiLogin, loginOrder }: ConnectionSettings,
  refused: unknown,
): refused is ConnectionError => {
  if (gssapiLogin === 'no' || loginOrder?.includes(gssapi) === false) return false;
  // A jump host's own refusal is not the host's.
  if (!(refused instanceof ConnectionError) || refused.facts['host'] !== host.name) return false;
  if (refused.code === 'ssh.no-identity') return true;
  return (
    refused.code === 'ssh.auth' &&
    String(refused.facts['accepted'] ?? '')
      .split(',')
      .includes(gssapi)
  );
};

/** What to tell when neither the ways of ssh2 nor a ticket let us in. */
export const neitherWay = (refused: ConnectionError, byTicket: unknown): ConnectionError => {
  if (!(byTicket instanceof ConnectionError) || byTicket.code !== code) return refused;
  if (methodsIn(byTicket.facts['accepted']).every(takesTicket)) return byTicket;
  const { fault, message, remedy, facts } = refused;
  return new ConnectionError(
    fault,
    {
      code: refused.code,
      message: `${message} By GSSAPI neither: ${String(byTicket.facts['why'])}.`,
      remedy: `${remedy}; or kinit`,
      facts,
    },
    byTicket,
  );
};
