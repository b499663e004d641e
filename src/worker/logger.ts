import type { Logger as TemporalLogger, LogLevel } from '@temporalio/worker';
import pino, { type Level, type Logger } from 'pino';

const levels: Record<LogLevel, Level> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/** Structured logs, a line of JSON each, on standard error. ITASK_LOG_LEVEL chooses from which level on. */
export function createLogger(): Logger {
  const level = process.env['ITASK_LOG_LEVEL'] ?? 'info';
  return pino({ level, base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }));
}

/** The same logger, as the SDK wants it. */
export function toTemporalLogger(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta: object = {}) => logger[levels[level]](jsonable(meta), message);
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** Numbers of the SDK's metadata may be bigints, which JSON does not know. */
const jsonable = (meta: object): object =>
  Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
  );
