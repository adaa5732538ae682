import { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { ConnectionFault } from '../model/ports.ts';
import { quote } from '../shell/index.ts';
import { connectProblems } from '../ssh/index.ts';
import { gssapi, ticketRefused } from './ticket.ts';

/** sshd hung up before its banner. */
export class TurnedAway extends Error {
  override readonly name = 'TurnedAway';
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** The line to type that shows what ssh(1) does. */
export const verboseLine = ({ sshOptions, argument }: ConnectionSettings): string =>
  ['ssh', '-v', ...sshOptions.map(quote), '--', quote(argument), 'true'].join(' ');

const told = (
  host: Host,
  settings: ConnectionSettings,
  fault: ConnectionFault,
  code: string,
  what: string,
): ConnectionError =>
  new ConnectionError(fault, {
    code,
    message: `${host.name}: ${what}.`,
    remedy: verboseLine(settings),
    facts: { host: host.name, address: host.address, port: host.port, user: host.user, transport: 'openssh' },
  });

/** What ssh(1) says of a host key that it does not take: one line, both fingerprints and the place where it has them. */
const keyStory = (lines: readonly string[]): string => {
  const shown = lines.find((line) => line.startsWith('SHA256:'))?.replace(/\.$/, '');
  const place = lines.flatMap((line) => /(?:Offending|Known) .* (?:in|at) (\S+:\d+)/.exec(line)?.[1] ?? []).at(0);
  return `${shown === undefined ? '' : `, it shows ${shown}`}${place === undefined ? '' : `, and ${place} has another`}`;
};

/**
 * Why ssh(1) could not connect, from the lines that it logged (those of its debugging left out) and what a ProxyCommand
 * or a jump host's ssh(1) wrote to its stderr.
 */
export const whyFailed = (
  host: Host,
  settings: ConnectionSettings,
  logged: readonly string[],
  stderr: string,
): ConnectionError | TurnedAway => {
  const lines = logged.filter((line) => !/^(debug\d: |OpenSSH_)/.test(line)).map((line) => line.trim());
  const all = [...stderr.split('\n').map((line) => line.trim()), ...lines].filter((line) => line !== '');
  const said = (pattern: RegExp): string | undefined => all.find((line) => pattern.test(line));
  const sentence = (line: string): string => line.replace(/[.\s]+$/, '');
  const ways = said(/Permission denied \(/);
  if (ways !== undefined) {
    const accepted = (/\(([^)]*)\)/.exec(ways)?.[1] ?? '').split(',').filter((way) => way !== '');
    return settings.gssapiLogin === 'yes' && accepted.includes(gssapi)
      ? ticketRefused(host, settings, accepted, logged)
      : connectProblems.authRefused(host, ['what ssh(1) has'], [], accepted, undefined);
  }
  if (said(/Too many authentication failures/) !== undefined) {
    return connectProblems.authRefused(
      host,
      ['what ssh(1) has'],
      [],
      [],
      new Error('Too many authentication failures'),
    );
  }
  if (said(/HOST IDENTIFICATION HAS CHANGED|revoked host key|host key .* revoked/i) !== undefined) {
    const what = `the host key is not the known one${keyStory(all)}. Nothing was sent`;
    return told(host, settings, 'host-key-changed', 'ssh.host-key-changed', what);
  }
  if (said(/Host key verification failed|host key is known for/) !== undefined) {
    const what = sentence(said(/host key is known for/) ?? 'the host key could not be verified');
    return told(host, settings, 'host-key-unknown', 'ssh.host-key-unknown', what);
  }
  const negotiation = said(/Unable to negotiate|no matching/);
  if (negotiation !== undefined) return connectProblems.notUnderstood(host, new Error(sentence(negotiation)));
  if (settings.proxyCommand === null && settings.jump === null) {
    if (said(/Connection refused/) !== undefined) return connectProblems.refused(host, undefined);
    const nameless = said(/Could not resolve hostname/);
    if (nameless !== undefined) return connectProblems.unreachable(host, coded('ENOTFOUND', nameless));
    if (said(/timed out/i) !== undefined) return connectProblems.unreachable(host, coded('ETIMEDOUT', 'timed out'));
    if (said(/No route to host/) !== undefined) return connectProblems.unreachable(host, coded('EHOSTUNREACH', ''));
    if (said(/kex_exchange_identification|Connection (closed|reset) by/) !== undefined) {
      return new TurnedAway(sentence(said(/kex_exchange_identification/) ?? 'it closed the connection'));
    }
  }
  const last = stderr.trim().split('\n').at(-1) || lines.at(-1);
  const way = settings.proxyCommand === null ? 'ssh(1) could not connect' : 'its ProxyCommand made no connection';
  return told(host, settings, 'unreachable', 'ssh.openssh', `${way}${last === undefined ? '' : `: ${sentence(last)}`}`);
};
