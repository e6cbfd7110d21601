import cron from "node-cron";

/** Calls `tick` at the times of a cron expression until the returned function is called. */
export type Ticker = (expression: string, timeZone: string, tick: () => void) => () => Promise<void>;

/** node-cron. It does not keep the process alive. */
export const nodeCronTicker: Ticker = (expression, timeZone, tick) => {
  const task = cron.schedule(expression, () => tick(), { timezone: timeZone, unref: true, suppressMissedWarning: true });
  return async () => {
    await task.destroy();
  };
};
