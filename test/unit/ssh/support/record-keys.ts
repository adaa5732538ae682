/** Records keys one after the other, as a program of its own: `record-keys.ts FILE PREFIX COUNT KEY keep|replace`. */
import { recordKeys } from '../../../../src/ssh/record-keys.ts';

const [file = '', prefix = '', count = '0', key = '', others = 'keep'] = process.argv.slice(2);
for (let index = 0; index < Number(count); index += 1) {
  await recordKeys(
    file,
    [
      {
        name: `${prefix}-${index}`,
        keys: [{ keyType: 'ssh-ed25519', key: Buffer.from(key, 'base64') }],
        others: others === 'replace' ? 'replace' : 'keep',
      },
    ],
    'no',
  );
}
