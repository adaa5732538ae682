/** Flags whose value is options of another program, which begin with a dash. */
const takeOptions = ['--ssh-common-args', '--ssh-extra-args', '--scp-extra-args', '--sftp-extra-args'];

/**
 * The words of a command line with such a flag and its value in one word (`--ssh-common-args=-J bastion`): a parser of words
 * takes what begins with a dash for a flag. What stands after `--` is left alone.
 */
export const withDashedValues = (words: readonly string[]): readonly string[] => {
  const end = words.indexOf('--');
  const ours = end === -1 ? words : words.slice(0, end);
  const joined: string[] = [];
  for (let index = 0; index < ours.length; index += 1) {
    const word = ours[index] ?? '';
    const value = ours[index + 1];
    const takes = takeOptions.includes(word) && value !== undefined;
    joined.push(takes ? `${word}=${value}` : word);
    if (takes) index += 1;
  }
  return [...joined, ...words.slice(ours.length)];
};
