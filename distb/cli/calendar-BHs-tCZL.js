import { DateTime } from "luxon";

// dist/index-store/calendar.js
/** Start of the calendar bucket that a time lies in, and of the next: `count` units, counted from 1970 in local time. */
function calendarBucket(ms, unit, count, zone) {
	let start = DateTime.fromMillis(ms, { zone }).startOf(unit);
	if (count > 1) {
		if (unit === "hour") start = start.set({ hour: Math.floor(start.hour / count) * count });
		else {
			const epoch = DateTime.fromObject({ year: 1970 }, { zone }).startOf(unit);
			const passed = Math.round(start.diff(epoch, `${unit}s`).as(`${unit}s`));
			start = epoch.plus({ [`${unit}s`]: Math.floor(passed / count) * count });
		}
	}
	let end = start.plus({ [`${unit}s`]: count });
	if (unit === "hour" && count > 1) end = DateTime.min(end, start.startOf("day").plus({ days: 1 }));
	return {
		start: start.toMillis(),
		end: Math.max(end.toMillis(), start.toMillis() + 1)
	};
}

export { calendarBucket };