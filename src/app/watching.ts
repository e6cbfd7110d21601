import { systemClock } from "../base/clock.js";
import { RetentionWatch } from "../watching/retention-watch.js";
import { Webhooks } from "../watching/webhooks.js";
import type { Core } from "./core.js";
import type { Lifecycle } from "./lifecycle.js";
import { outgoingFetch } from "./outgoing.js";

/** Milliseconds between two looks for deliveries that are to be tried again. */
const RETRY_LOOK_MS = 15_000;

/** Starts telling events: to subscriptions, and to the URLs of the configuration. */
export function startWatching({ config, catalogue, logger }: Pick<Core, "config" | "catalogue" | "logger">, lifecycle: Lifecycle): { readonly watch: RetentionWatch; readonly webhooks: Webhooks } {
  const { webhookUrls: urls, webhookSecret: secret } = config.values;
  const log = catalogue.retentionEvents;
  const fetch = outgoingFetch(config);
  const webhooks = lifecycle.add("webhooks", new Webhooks({
    log, urls, secret, node: config.node, clock: systemClock, logger: logger.child({ area: "webhooks" }), ...(fetch === null ? {} : { fetch }),
  }), (started) => started.stop());
  const watch = lifecycle.add("retention events", new RetentionWatch({
    log, clock: systemClock, logger: logger.child({ area: "retention" }), urls,
    deliver: (event) => {
      if (event.id === null) webhooks.sendUnkept(event);
      else webhooks.wake();
    },
  }), (started) => { started.stop(); });
  lifecycle.add("webhook retries", setInterval(() => { webhooks.wake(); }, RETRY_LOOK_MS).unref(), (timer) => { clearInterval(timer); });
  return { watch, webhooks };
}
