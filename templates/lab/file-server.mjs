// Serves the files below a directory over HTTP, and nothing else: file-server.mjs DIRECTORY ADDRESS. Prints its port.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [directory = '.', address = '127.0.0.1'] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://server');
    // Normalized below the root first: no way leads out of the directory.
    const file = join(directory, posix.normalize(`/${decodeURIComponent(pathname)}`));
    const found = await stat(file);
    if (!found.isFile()) throw new Error('no file');
    response.writeHead(200, { 'content-length': found.size, 'last-modified': found.mtime.toUTCString() });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response);
  } catch {
    if (!response.headersSent) response.writeHead(404);
    response.end();
  }
});
server.listen(0, address, () => process.stdout.write(`${server.address().port}\n`));
