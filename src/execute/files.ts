import { FleetError } from '../model/error.ts';
import type { Connection } from '../model/ports.ts';
import type { Bring, Fetch, Send } from '../playbook/index.ts';
import type { Services } from './services.ts';

const localOf = async (send: Send, services: Services): Promise<{ readonly file: string; readonly sha256: string }> => {
  if ('artifact' in send.from) {
    const stored = await services.store.find(send.from.artifact);
    if (stored !== null) return stored;
    throw new FleetError({
      code: 'artifacts.missing',
      message: `Build ${send.from.artifact} is not in the store.`,
      remedy:
        'Let the play that builds it run first: leave out --limit and --tags that skip it, and see that group builders has a host of that platform.',
    });
  }
  const { file } = send.from;
  const sha256 = await services.fileDigest(file);
  if (send.sha256 !== null && send.sha256 !== sha256) {
    throw new FleetError({
      code: 'files.digest',
      message: `${file} has sha256 ${sha256}, but ${send.sha256} was asked for.`,
      remedy: 'Fetch the file again, or correct the sha256 if you trust this one.',
    });
  }
  return { file, sha256 };
};

/** Puts files on a host; what is there already is not sent. */
export const sendFiles = async (
  connection: Connection,
  play: number,
  sends: readonly Send[],
  services: Services,
  signal?: AbortSignal,
): Promise<void> => {
  const host = connection.host.name;
  for (const send of sends) {
    const { file, sha256 } = await localOf(send, services);
    const about = { play, host, file: send.remote, direction: 'to-host' } as const;
    let bytes = 0;
    services.bus.emit({ type: 'file.sent', play, host, file: send.remote });
    await services.bus.durable();
    const sent = await connection.upload({
      local: file,
      remote: send.remote,
      sha256,
      mode: send.mode,
      ...(signal === undefined ? {} : { signal }),
      onProgress: (doneBytes, totalBytes) => {
        bytes = totalBytes;
        services.bus.emit({ type: 'file.progress', ...about, doneBytes, totalBytes });
      },
    });
    services.bus.emit({ type: 'file.finished', ...about, bytes, sent, sha256 });
  }
};

/** Fetches builds from a host into the store. */
export const bringFiles = async (
  connection: Connection,
  play: number,
  brings: readonly Bring[],
  services: Services,
  signal?: AbortSignal,
): Promise<void> => {
  for (const bring of brings) {
    const { sha256, bytes } = await connection.download(bring.remote, services.store.fileFor(bring.artifact), signal);
    await services.store.add(bring.artifact, sha256);
    services.bus.emit({
      type: 'file.finished',
      play,
      host: connection.host.name,
      file: bring.remote,
      direction: 'from-host',
      bytes,
      sent: true,
      sha256,
    });
  }
};

/** Copies files of a host into the run's own directory. */
export const fetchFiles = async (
  connection: Connection,
  play: number,
  fetches: readonly Fetch[],
  services: Services,
  signal?: AbortSignal,
): Promise<void> => {
  const host = connection.host.name;
  for (const { remote, as } of fetches) {
    const { sha256, bytes } = await connection.download(remote, services.fetchedTo(host, as), signal);
    services.bus.emit({
      type: 'file.finished',
      play,
      host,
      file: remote,
      direction: 'from-host',
      bytes,
      sent: true,
      sha256,
    });
  }
};
