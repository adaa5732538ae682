import { expect, test } from 'vitest';
import { openssh } from './support/connecting.ts';
import { startSshd } from './support/sshd.ts';

test('smoke', async () => {
  const sshd = await startSshd();
  const connection = await openssh().connect(sshd.host());
  let said = '';
  const exit = await connection.run('echo hi; exit 3', { onStdout: (c) => { said += Buffer.from(c).toString(); } });
  expect([said, exit]).toEqual(['hi\n', { code: 3, signal: null }]);
  expect(await connection.run('kill -9 $$')).toEqual({ code: null, signal: 'a signal' });
  await connection.close();
  await sshd.stop();
});
