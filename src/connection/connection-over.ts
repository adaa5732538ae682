import type { Connection, Transport } from '../model/ports.ts';
import type { Shell, Shells } from '../model/shell.ts';
import { downloadFile } from './download.ts';
import { runProgram } from './run.ts';
import { uploadFile } from './upload.ts';

/** All that is done with a host, by starting commands there. */
export const connectionOver = (shell: Shell): Connection => ({
  host: shell.host,
  run: (program, options) => runProgram(shell, program, options),
  upload: (upload) => uploadFile(shell, upload),
  download: (remote, local, signal) => downloadFile(shell, remote, local, signal),
  close: () => shell.close(),
});

/** Connections by whatever opens shells. */
export const transportOver = (shells: Shells): Transport => ({
  connect: async (host, signal) => connectionOver(await shells.open(host, signal)),
});
