//! Which conversations a capture holds, and when each of their packets passes.

use crate::capture_file::{CaptureFile, Format};
use crate::conversation::{Conversation, Network, Pool, Script};
use crate::hosts;
use crate::protocols::{Scene, call, dns, http, plain, tls};
use crate::random::Random;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

/// Start of every capture: 2025-11-25 00:00:00 UTC, microseconds since 1970.
pub const START_US: u64 = 1_764_028_800_000_000;
const DAY_US: u64 = 86_400_000_000;
/// Rate of a capture whose length in time was not asked for, bytes a second: a busy link for downloads, and one with
/// some 1,200 new conversations a second for the mix of short ones.
const fn rate(mix: Mix) -> u64 {
    match mix {
        Mix::Bulk => 40_000_000,
        Mix::Link | Mix::Flow => 8_000_000,
    }
}
/// Most conversations on their way at a time; a new one waits.
const MAX_OPEN: usize = 20_000;
/// Conversations that the average size is estimated from: more where few of them make most of it.
const fn sample(mix: Mix) -> u32 {
    match mix {
        Mix::Link => 8_000,
        Mix::Bulk | Mix::Flow => 400,
    }
}
/// Of a thousand conversations on a link, those that last.
const LASTING: u32 = 28;
/// Two of a thousand segments come twice or late.
const NETWORK: Network = Network { disorder: 20 };

/// What a capture is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// Mostly large downloads: packets of 1,200 bytes and more on average.
    Bulk,
    /// Some 2,000 new conversations and 180,000 packets of 690 bytes for each 125 MB, as a busy link of 1 Gbit/s may have each
    /// second: those of [`Mix::Flow`], and of a hundred three that last: a download, a call or hundreds of questions.
    Link,
    /// Short conversations alone, packets of 250 to 690 bytes on average: nine times as many for the same bytes.
    Flow,
}

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What it is like.
    pub mix: Mix,
    /// Bytes of the file, which is at least so long and hardly longer.
    pub size: u64,
    /// The same seed makes the same file.
    pub seed: u64,
    /// Kind of file.
    pub format: Format,
    /// Days over which the conversations are spread; none: 40 MB/s of downloads, 8 MB/s of the others.
    pub days: Option<u32>,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Bytes of the file.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// Conversations.
    pub conversations: u64,
}

/// The next conversation of a mix.
fn script(mix: Mix, random: &mut Random) -> Script {
    let client = random.below(4_000);
    let ipv6 = random.percent(12);
    let names = match mix {
        Mix::Bulk => 400,
        Mix::Link | Mix::Flow => 12_000,
    };
    let name = hosts::server_name(random, names);
    let draw = random.below(1_000);
    let large = random.between(400_000, 9_000_000);
    let mut scene = Scene { random, client, ipv6, name };
    let s = &mut scene;
    match mix {
        Mix::Link if draw < LASTING => match draw {
            0..4 => http::download(s, large),
            4..8 => tls::download(s, large),
            8..16 => call::call(s, 1_500, true),
            16..20 => call::call(s, 1_500, false),
            _ => plain::database(s, 1_500),
        },
        Mix::Bulk => match draw {
            0..260 => http::download(s, large),
            260..380 => tls::download(s, large),
            380..520 => http::pages(s, 6, 400_000),
            520..600 => tls::version_1_2(s, 4, 200_000),
            600..700 => tls::version_1_3(s, 4, 200_000),
            700..900 => dns::look_up(s),
            900..930 => plain::mail(s),
            930..960 => plain::remote_login(s),
            960..980 => plain::database(s, 5),
            980..990 => plain::echo(s),
            _ => plain::clock(s),
        },
        Mix::Link | Mix::Flow => match draw {
            0..330 => dns::look_up(s),
            330..560 => http::pages(s, 3, 24_000),
            560..650 => tls::version_1_2(s, 1, 12_000),
            650..830 => tls::version_1_3(s, 2, 16_000),
            830..870 => plain::clock(s),
            870..890 => plain::log_line(s),
            890..920 => plain::echo(s),
            920..930 => plain::address_resolution(s),
            930..950 => plain::mail(s),
            950..970 => plain::remote_login(s),
            970..990 => plain::database(s, 5),
            _ => plain::zone_serial(s),
        },
    }
}

/// Conversations of which any packet may be the next.
pub struct Interleaver {
    open: Vec<Option<Conversation>>,
    free: Vec<usize>,
    due: BinaryHeap<Reverse<(u64, usize)>>,
    pool: Pool,
}

impl Interleaver {
    /// None yet; bodies come from `pool`.
    pub fn new(pool: Pool) -> Self {
        Self { open: Vec::new(), free: Vec::new(), due: BinaryHeap::new(), pool }
    }
    /// Conversations on their way.
    pub fn open(&self) -> usize {
        self.due.len()
    }
    /// Adds a conversation.
    pub fn add(&mut self, conversation: Conversation) {
        let Some(due) = conversation.due() else { return };
        let at = self.free.pop().unwrap_or_else(|| {
            self.open.push(None);
            self.open.len() - 1
        });
        self.open[at] = Some(conversation);
        self.due.push(Reverse((due, at)));
    }
    /// Time of the next packet.
    pub fn due(&self) -> Option<u64> {
        self.due.peek().map(|Reverse((due, _))| *due)
    }
    /// Writes the next packet.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write_next<W: Write>(&mut self, file: &mut CaptureFile<W>) -> io::Result<()> {
        let Some(mut first) = self.due.peek_mut() else { return Ok(()) };
        let Reverse((due, at)) = *first;
        let Some(conversation) = &mut self.open[at] else { return Ok(()) };
        file.packet(due, |out| conversation.write(&self.pool, out))?;
        match conversation.due() {
            Some(next) => *first = Reverse((next, at)),
            None => {
                std::collections::binary_heap::PeekMut::pop(first);
                self.open[at] = None;
                self.free.push(at);
            }
        }
        Ok(())
    }
}

/// Bytes of an average conversation of `mix`.
fn average(mix: Mix, seed: u64) -> io::Result<u64> {
    let mut random = Random::new(seed ^ 0x5a5a);
    let mut all = Interleaver::new(Pool::new(seed));
    let mut file = CaptureFile::new(io::sink(), Format::Pcap)?;
    let sample = sample(mix);
    for _ in 0..sample {
        let script = script(mix, &mut random);
        all.add(Conversation::new(script, START_US, NETWORK, &mut random));
        while all.due().is_some() {
            all.write_next(&mut file)?;
        }
    }
    Ok((file.length() / u64::from(sample)).max(1))
}

/// Writes the capture that `plan` describes.
///
/// # Errors
/// Those of `out`.
pub fn write<W: Write>(plan: &Plan, out: W) -> io::Result<Made> {
    let mut random = Random::new(plan.seed);
    let mut all = Interleaver::new(Pool::new(plan.seed));
    let mut file = CaptureFile::new(out, plan.format)?;
    let span_us = plan
        .days
        .map_or(plan.size.saturating_mul(1_000_000) / rate(plan.mix), |days| u64::from(days) * DAY_US);
    let expected = (plan.size / average(plan.mix, plan.seed)?).max(1);
    let gap_us = (span_us / expected).max(1);

    let mut conversations = 0;
    let mut next_us = START_US;
    // New conversations come until the size is reached; those on their way then end as they should.
    loop {
        let full = file.length() >= plan.size;
        if !full && all.open() < MAX_OPEN && all.due().is_none_or(|due| due >= next_us) {
            let script = script(plan.mix, &mut random);
            all.add(Conversation::new(script, next_us, NETWORK, &mut random));
            conversations += 1;
            next_us += random.below_long(2 * gap_us) + 1;
        } else if all.due().is_some() {
            all.write_next(&mut file)?;
        } else {
            break;
        }
    }
    let made = Made { bytes: file.length(), packets: file.packets(), conversations };
    file.finish()?;
    Ok(made)
}
