export { opensshShells } from './openssh-shells.ts';
export type { OpensshOptions } from './options.ts';
export { byTicketAlone, neitherWay, ticketMayDo } from './ticket.ts';
