import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { Exit } from '../model/ports.ts';
import { quote } from '../shell/index.ts';

const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const hostFacts = (host: Host): Readonly<Record<string, string>> => ({ host: host.name });

const ended = (exit: Exit): string => (exit.signal === null ? `exit code ${exit.code}` : exit.signal);

const said = (stderr: string, exit: Exit): string => stderr.trim().split('\n').at(-1) || ended(exit);

const onHost = (host: Host, command: string): string => `ovsfleet exec ${host.name} -- ${quote(command)}`;

export const uploadFailed = (host: Host, remote: string, stderr: string, exit: Exit): FleetError =>
  new FleetError({
    code: 'ssh.upload-failed',
    message: `${host.name}: ${remote} could not be written: ${said(stderr, exit)}. What was there before is unchanged.`,
    remedy: onHost(host, `d=${quote(remote)}; d=$(dirname "$d"); ls -ld "$d"; df "$d"`),
    facts: { ...hostFacts(host), remote },
  });

export const uploadDiffers = (host: Host, local: string, remote: string, sha256: string): FleetError =>
  new FleetError({
    code: 'ssh.upload-differs',
    message:
      `${host.name}: ${local} arrived with another sha256 than ${sha256}, so ${remote} is unchanged: ` +
      'the local file is not the one that was meant.',
    remedy: `sha256sum ${quote(local)}`,
    facts: { ...hostFacts(host), local, remote, sha256 },
  });

export const localUnreadable = (host: Host, local: string, cause: unknown): FleetError =>
  new FleetError(
    {
      code: 'ssh.upload-source',
      message: `${host.name}: ${local} cannot be sent: ${errorMessage(cause)}.`,
      remedy: `ls -l ${quote(local)}`,
      facts: { ...hostFacts(host), local },
    },
    cause,
  );

export const downloadFailed = (host: Host, remote: string, stderr: string, exit: Exit): FleetError =>
  new FleetError({
    code: 'ssh.download-failed',
    message: `${host.name}: ${remote} could not be read: ${said(stderr, exit)}.`,
    remedy: onHost(host, `ls -l ${quote(remote)}`),
    facts: { ...hostFacts(host), remote },
  });

export const downloadDiffers = (host: Host, remote: string): FleetError =>
  new FleetError({
    code: 'ssh.download-differs',
    message: `${host.name}: ${remote} changed while it was read, so it was not kept.`,
    remedy: onHost(host, `lsof ${quote(remote)}; sha256sum ${quote(remote)}`),
    facts: { ...hostFacts(host), remote },
  });

export const localUnwritable = (host: Host, local: string, cause: unknown): FleetError =>
  new FleetError(
    {
      code: 'ssh.download-target',
      message: `${host.name}: its file cannot be written to ${local}: ${errorMessage(cause)}.`,
      remedy: `ls -ld ${quote(local)}; df ${quote(local)}`,
      facts: { ...hostFacts(host), local },
    },
    cause,
  );
