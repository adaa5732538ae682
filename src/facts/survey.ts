import { type Script, sh, using } from '../shell/index.ts';

/**
 * What a host would build with, what its kernel can, and what of Open vSwitch is on it: for people, who compare and look
 * it up, so that it stays as it was printed.
 */
export type Survey = Readonly<Record<string, string>>;

/** Prints the survey of a host. Nothing of it is stable enough for a playbook. */
export const surveyScript: Script = using(['ovs-base', 'ovs-layout', 'ovs-build-facts'], sh`ovs_survey`);

/** The lines `KEY=VALUE` that a host printed; keys may hold dots, values equals signs. */
export const parseSurvey = (text: string): Survey =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
