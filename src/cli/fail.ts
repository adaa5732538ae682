import { FleetError } from '../model/error.ts';
import type { Look } from '../render/index.ts';

/** What a user reads when something ended in an error: what happened, and what to type next. */
export const errorText = (error: unknown, look: Look): string => {
  if (error instanceof FleetError) {
    return `${look.paint('bad', 'error:')} ${error.message}\n${look.paint('quiet', `  ${look.glyphs.arrow}`)} ${error.remedy}\n`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${look.paint('bad', 'error:')} This is a mistake of ovsfleet itself:\n${stack}\n  ${look.glyphs.arrow} Run \`ovsfleet resume\` if a run was under way, and report this text.\n`;
};
