import { t as systemClock } from "./clock-COoNNce-.js";
import { r as RetentionWatch, t as Webhooks } from "./webhooks-DP-0HEv3.js";
import { t as outgoingFetch } from "./outgoing-D_PveZHX.js";

// dist/app/watching.js
/** Milliseconds between two looks for deliveries that are to be tried again. */
const RETRY_LOOK_MS = 15e3;
/** Starts telling events: to subscriptions, and to the URLs of the configuration. */
function startWatching({ config, catalogue, logger }, lifecycle) {
	const { webhookUrls: urls, webhookSecret: secret } = config.values;
	const log = catalogue.retentionEvents;
	const fetch = outgoingFetch(config);
	const webhooks = lifecycle.add("webhooks", new Webhooks({
		log,
		urls,
		secret,
		node: config.node,
		clock: systemClock,
		logger: logger.child({ area: "webhooks" }),
		...fetch === null ? {} : { fetch }
	}), (started) => started.stop());
	const watch = lifecycle.add("retention events", new RetentionWatch({
		log,
		clock: systemClock,
		logger: logger.child({ area: "retention" }),
		urls,
		deliver: (event) => {
			if (event.id === null) webhooks.sendUnkept(event);
			else webhooks.wake();
		}
	}), (started) => {
		started.stop();
	});
	lifecycle.add("webhook retries", setInterval(() => {
		webhooks.wake();
	}, RETRY_LOOK_MS).unref(), (timer) => {
		clearInterval(timer);
	});
	return {
		watch,
		webhooks
	};
}

export { startWatching as t };