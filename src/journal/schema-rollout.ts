import { z } from 'zod';
import type { HookAnswer } from '../model/hook.ts';
import type { Outlook } from '../model/outlook.ts';

export const hookAnswer: z.ZodType<HookAnswer> = z.discriminatedUnion('is', [
  z.object({ is: z.literal('go') }),
  z.object({ is: z.literal('wait'), reason: z.string() }),
  z.object({ is: z.literal('halt'), reason: z.string() }),
]);

export const outlook: z.ZodType<Outlook> = z.object({
  order: z.string(),
  spread: z.string().nullable(),
  canaries: z.number(),
  capacity: z.number(),
  down: z.array(z.string()),
  window: z
    .object({
      zone: z.string().nullable(),
      hosts: z.number(),
      perHostMs: z.number(),
      needMs: z.number(),
      by: z.enum(['told', 'measured', 'deadlines', 'nothing']),
      askedAt: z.number(),
      opensAt: z.number().nullable(),
      closesAt: z.number().nullable(),
      fit: z.number(),
      endsAt: z.number().nullable(),
    })
    .nullable(),
});
