//! Days in the names of packet files.

/// `YYMMDD` of a time, UTC.
pub fn day_name(timestamp_ns: i64) -> String {
    let (year, month, day) = civil_date(timestamp_ns.div_euclid(86_400_000_000_000));
    format!("{:02}{month:02}{day:02}", year.rem_euclid(100))
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
fn civil_date(days: i64) -> (i64, i64, i64) {
    // Years are counted from March, so that the leap day is a year's last.
    let since_march_0 = days + 719_468;
    let era = since_march_0.div_euclid(146_097);
    let of_era = since_march_0.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_names_follow_the_calendar() {
        const DAY_NS: i64 = 86_400_000_000_000;
        assert_eq!(day_name(0), "700101");
        assert_eq!(day_name(11_016 * DAY_NS), "000229");
        assert_eq!(day_name(11_017 * DAY_NS - 1), "000229");
        assert_eq!(day_name(20_781 * DAY_NS), "261124");
    }
}
