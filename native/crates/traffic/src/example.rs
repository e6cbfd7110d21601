//! The capture that ships with the project: a few minutes of a small office, with something in it to find.
//!
//! Among ordinary traffic one client fetches an archive from `updates7.example.net`, logs in to a host it has
//! never spoken to, and mails; a look-back for the name, the address or the file's hash leads from one to the other.

use crate::capture_file::{CaptureFile, Format};
use crate::conversation::{Conversation, Network, Pool, Script};
use crate::mix::{Interleaver, Made, START_US};
use crate::protocols::{Scene, dns, http, plain, tls};
use crate::random::Random;
use std::io::{self, Write};

/// Nine in the morning.
const MORNING_US: u64 = START_US + 9 * 3_600_000_000;
const SEED: u64 = 2_025;
/// The client to find.
const CURIOUS: u32 = 23;

type Speak = fn(&mut Scene<'_>) -> Script;

/// Second, client, IPv6, server, what they say.
const DAY: &[(u32, u32, bool, &str, Speak)] = &[
    (0, 17, false, "gateway", plain::address_resolution),
    (1, 17, false, "www.example.com", dns::look_up_address),
    (1, 17, false, "www.example.com", |s| http::pages(s, 4, 6_000)),
    (4, 18, false, "time.example.net", plain::clock),
    (6, CURIOUS, false, "docs.example.org", dns::look_up_address),
    (6, CURIOUS, false, "docs.example.org", |s| tls::version_1_2(s, 3, 5_000)),
    (9, 31, true, "news.example.net", dns::look_up_address),
    (9, 31, true, "news.example.net", |s| tls::version_1_3(s, 3, 6_000)),
    (12, 18, false, "mail.example.com", plain::mail),
    (15, 17, false, "shop.example.com", dns::look_up),
    (15, 17, false, "shop.example.com", |s| tls::version_1_2(s, 2, 4_000)),
    (19, 40, false, "db1.example.org", |scene| plain::database(scene, 5)),
    (23, 31, true, "api.example.com", |s| http::pages(s, 3, 4_000)),
    (27, 40, false, "log.example.org", plain::log_line),
    (31, CURIOUS, false, "updates7.example.net", dns::look_up_address),
    (31, CURIOUS, false, "updates7.example.net", |s| http::download(s, 42_000)),
    (38, CURIOUS, false, "files3.example.net", plain::echo),
    (45, CURIOUS, false, "files3.example.net", plain::remote_login),
    (52, CURIOUS, false, "mail.example.com", plain::mail),
    (58, 18, false, "wiki.example.org", |s| http::pages(s, 4, 5_000)),
    (63, 17, false, "ns1.example.org", plain::zone_serial),
    (66, 31, false, "www.example.org", |s| tls::version_1_3(s, 2, 5_000)),
    (71, 40, false, "gateway.example.org", plain::echo),
    (75, 18, false, "time.example.net", plain::clock),
    (80, 17, false, "forum.example.net", |s| http::pages(s, 3, 4_000)),
];

/// Writes the example.
///
/// # Errors
/// Those of `out`.
pub fn write<W: Write>(out: W) -> io::Result<Made> {
    let mut random = Random::new(SEED);
    let mut all = Interleaver::new(Pool::new(SEED));
    for &(second, client, ipv6, name, speak) in DAY {
        let mut scene = Scene { random: &mut random, client, ipv6, name: name.to_owned() };
        let script = speak(&mut scene);
        // A look-up comes first where both are of one second.
        let late_us = if script.ends.server.port == 53 { 0 } else { 120_000 };
        let start_us = MORNING_US + u64::from(second) * 1_000_000 + late_us;
        all.add(Conversation::new(script, start_us, Network { disorder: 60 }, &mut random));
    }
    let mut file = CaptureFile::new(out, Format::Pcap)?;
    while all.due().is_some() {
        all.write_next(&mut file)?;
    }
    let made = Made { bytes: file.length(), packets: file.packets(), conversations: DAY.len() as u64 };
    file.finish()?;
    Ok(made)
}
