/** The name under which parameters of the configuration reach the commands that have any. */
export const paramsFlag = 'config-params';

/** Parameters of playbooks as the configuration says them. */
export interface ConfiguredParams {
  readonly value: object;
  /** Where they are said. */
  readonly from: string;
  /** What relative paths among them count from. */
  readonly directory: string;
}

/** `null` when the configuration says none. */
export const configuredParams = (setting: unknown): ConfiguredParams | null => {
  if (typeof setting !== 'object' || setting === null) return null;
  if (!('value' in setting && 'from' in setting && 'directory' in setting)) return null;
  const { value, from, directory } = setting;
  if (typeof value !== 'object' || value === null) return null;
  return { value, from: String(from), directory: String(directory) };
};
