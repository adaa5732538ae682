import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { quote } from '../shell/index.ts';

/** Answers a prompt of ssh(1); nothing for one that is not ours to answer. */
export type Answer = (prompt: string) => Promise<string | undefined>;

export interface Askpass {
  /** What makes ssh(1) ask us. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Hands the prompt to us and prints what we say, over a socket in a directory that only we may enter: no argument or variable holds a secret. */
const helper = `
const socket = require('node:net').connect(process.argv[1]);
let answer = '';
socket.on('error', () => process.exit(1));
socket.on('data', (chunk) => { answer += chunk; });
socket.on('end', () => {
  if (answer === '') process.exit(1);
  process.stdout.write(answer);
});
socket.end(process.argv[2] || '');
`;

/** Answers for one ssh(1), which asks by a program that it starts (SSH_ASKPASS). `directory` is private. */
export const askpass = async (directory: string, node: string, answer: Answer): Promise<Askpass> => {
  const socket = join(directory, 'ask');
  const program = join(directory, 'askpass');
  const server = createServer({ allowHalfOpen: true }, (asking) => {
    let prompt = '';
    asking.on('error', () => {});
    asking.on('data', (chunk) => {
      prompt += chunk.toString('utf8');
    });
    asking.on('end', () => {
      answer(prompt).then(
        (said) => asking.end(said === undefined ? '' : `${said}\n`),
        () => asking.end(),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(socket, resolve);
  });
  const script = `#!/bin/sh\nexec ${quote(node)} -e ${quote(helper)} ${quote(socket)} "$1"\n`;
  await writeFile(program, script, { mode: 0o700 });
  return {
    env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' },
    close: () => void server.close(),
  };
};
