import Handlebars from 'handlebars';
import { FleetError } from '../model/error.ts';
import { templateError } from './template-error.ts';

/** Called with the values written after its name. Its text is escaped as any value is. */
type Helper = (...values: unknown[]) => string | boolean;

export interface RenderOptions {
  /** What errors call the template, e.g. its file. */
  readonly name: string;
  /** `html` makes every value safe as HTML text and in quoted attributes; `none` is for all that is not HTML. */
  readonly escape: 'html' | 'none';
  readonly helpers?: Readonly<Record<string, Helper>>;
}

/** Never part of a text; removed again from what is rendered. */
const SEAM = '\0';

/**
 * Two repairs of the syntax tree. Every block begins with a text, else Handlebars adds its first two unescaped values with
 * `+`: `{{a}}{{b}}` with 1 and 2 would print 3. And what every object inherits (`constructor`) is no name: strict mode
 * would print nothing for it.
 */
const repair = (program: hbs.AST.Program): void => {
  const visitor = new Handlebars.Visitor();
  visitor.Program = (block) => {
    Handlebars.Visitor.prototype.Program.call(visitor, block);
    const seam = { type: 'ContentStatement', value: SEAM, original: SEAM, loc: block.loc };
    block.body.unshift(seam);
  };
  visitor.PathExpression = (path) => {
    const inherited = path.parts.find((part) => Object.hasOwn(Object.prototype, part));
    if (inherited !== undefined) throw new Handlebars.Exception(`"${inherited}" not defined in the data`, path);
  };
  visitor.accept(program);
};

const environment = (helpers: Readonly<Record<string, Helper>>): typeof Handlebars => {
  const own = Handlebars.create();
  own.unregisterHelper('log');
  const each = own.helpers['each'];
  own.registerHelper('each', function (this: unknown, items: unknown, options) {
    // Strict mode looks at {{items}} only: {{#each items}} of a mistyped name would print nothing.
    if (items === undefined) throw new Error('there is nothing of that name to go through with #each');
    return each?.call(this, items, options);
  });
  for (const [name, helper] of Object.entries(helpers)) {
    // Handlebars passes its own options last.
    own.registerHelper(name, (...values: unknown[]) => helper(...values.slice(0, -1)));
  }
  return own;
};

/**
 * Renders a Handlebars template (https://handlebarsjs.com/guide/) with plain data: own properties only, no partials.
 * A name that the data lacks is an error, except in `{{#if name}}` and `{{#unless name}}`, which ask for its presence.
 *
 * Throws `FleetError` (`template.syntax`, `template.failed`) with the template's name, line and column.
 */
export const render = (template: string, data: Readonly<Record<string, unknown>>, options: RenderOptions): string => {
  // Anything but a string is taken for a syntax tree and run as code (CVE-2026-33937).
  if (typeof template !== 'string') {
    throw new FleetError({
      code: 'template.not-text',
      message: `${options.name}: a template must be text`,
      remedy: 'Read the template as UTF-8 text',
    });
  }
  const handlebars = environment(options.helpers ?? {});
  try {
    const program = handlebars.parse(template, { srcName: options.name });
    repair(program);
    const compiled = handlebars.compile(program, { strict: true, noEscape: options.escape === 'none' });
    return compiled(data).replaceAll(SEAM, '');
  } catch (error) {
    throw templateError(error, template, options.name);
  }
};
