//! Joins IP fragments (RFC 791 §3.2, RFC 8200 §4.5) into whole packets.
//!
//! How a completed datagram counts, as session rows of the field show it: the joined frame is *one* packet. It takes the
//! time and the stored position of the fragment that completed it, and its length is headers plus joined payload; the
//! fragments before it are no packets of their own. [`Reassembled::tokens`] names them, so that they can still be found.
//!
//! Overlaps: in IPv4 the bytes that arrived first stay, and the overlap is counted. In IPv6 a fragment that repeats
//! known bytes exactly is ignored, and one that overlaps otherwise discards the datagram (RFC 5722).

use crate::decoded::{Address, Decoded, Fragment};
use std::collections::BTreeMap;

/// Largest payload that an IP datagram can have.
const MAX_PAYLOAD: usize = 65_535;
/// Most pieces of one datagram: the smallest fragment that is not the last carries eight bytes.
const MAX_PIECES: usize = MAX_PAYLOAD / 8 + 1;
/// Most headers kept in front of the payload, link and tunnels included.
const MAX_HEADERS: usize = 4096;
/// Most datagrams given up with one fragment for their age, and as many for room: no fragment waits for thousands.
const GIVEN_UP_AT_ONCE: usize = 32;

/// Bounds of a [`Defragmenter`].
#[derive(Clone, Copy, Debug)]
pub struct DefragmentLimits {
    /// Most incomplete datagrams (`maxFrags`); the oldest is given up for a new one.
    pub datagrams: usize,
    /// Seconds of packet time from the first fragment after which a datagram is given up (`fragsTimeout`).
    pub timeout_s: i64,
    /// Most bytes held for all datagrams together: payload, headers, what is known and which fragments came. The oldest are
    /// given up, or the one at hand where that would be very many.
    pub bytes: usize,
}

impl Default for DefragmentLimits {
    fn default() -> Self {
        Self { datagrams: 10_000, timeout_s: 480, bytes: 64 << 20 }
    }
}

/// What a [`Defragmenter`] counts; all are monotonic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DefragmentCounters {
    /// Fragments given to it.
    pub fragments: u64,
    /// Datagrams completed.
    pub reassembled: u64,
    /// Datagrams given up because their time was over.
    pub timed_out: u64,
    /// Datagrams given up to keep a bound.
    pub evicted: u64,
    /// Fragments that overlapped other bytes than their own.
    pub overlaps: u64,
    /// Fragments, or whole datagrams, refused: past 65,535 bytes, no payload, length not a multiple of eight, ends that
    /// contradict each other.
    pub refused: u64,
    /// Fragments in the datagrams that were given up or refused.
    pub lost_fragments: u64,
}

/// A datagram that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassembled {
    /// Link header to transport payload, with the IP length corrected and the fragment fields cleared. The header
    /// checksum is that of the first fragment.
    pub frame: Vec<u8>,
    /// Where the IP header is; for [`crate::decode_reassembled`].
    pub fragment: Fragment,
    /// The tokens of the fragments that came before the completing one, in order of arrival.
    pub tokens: Vec<u64>,
}

/// What became of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// It waits for others.
    Held,
    /// It completed its datagram.
    Complete(Reassembled),
    /// It cannot be part of any datagram, or ended its datagram (see [`DefragmentCounters::refused`]).
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DatagramKey {
    source: Address,
    destination: Address,
    identification: u32,
    /// IPv4 tells datagrams apart by protocol too; IPv6 does not.
    protocol: u8,
    is_v6: bool,
    /// Fragments of one id on two networks do not mix.
    network: u64,
}

#[derive(Debug)]
struct Datagram {
    /// Payload as far as it is known; grows to the highest end seen.
    payload: Vec<u8>,
    /// Known ranges, sorted and disjoint, not touching each other.
    known: Vec<(u32, u32)>,
    /// Length of the whole payload, once the last fragment came.
    total: Option<u32>,
    /// Everything in front of the payload in the fragment with offset 0, and its positions.
    headers: Option<(Vec<u8>, Fragment)>,
    tokens: Vec<u64>,
    started_s: i64,
    number: u64,
}

/// Joins fragments of one stream. Memory is bounded by [`DefragmentLimits`]; time comes with each packet.
#[derive(Debug, Default)]
pub struct Defragmenter {
    limits: DefragmentLimits,
    /// A tree, because a hash table that grows moves all of them at once.
    datagrams: BTreeMap<DatagramKey, Box<Datagram>>,
    /// By number, so oldest first.
    order: BTreeMap<u64, DatagramKey>,
    number: u64,
    bytes: usize,
    now_s: i64,
    counters: DefragmentCounters,
}

impl Defragmenter {
    /// An empty one with the bounds given.
    pub fn new(limits: DefragmentLimits) -> Self {
        Self { limits, now_s: i64::MIN, ..Self::default() }
    }

    /// Counts so far.
    pub fn counters(&self) -> DefragmentCounters {
        self.counters
    }

    /// Datagrams that wait for fragments.
    pub fn waiting(&self) -> usize {
        self.datagrams.len()
    }

    /// Gives up what waits for too long at second `now_s`; what only waits is looked at with the next fragment otherwise.
    pub fn advance(&mut self, now_s: i64) {
        self.now_s = self.now_s.max(now_s);
        while self.oldest_is_over() {
            self.expire();
        }
    }

    /// The tokens of the fragments that wait for others.
    pub fn waiting_tokens(&self) -> impl Iterator<Item = u64> {
        self.datagrams.values().flat_map(|datagram| datagram.tokens.iter().copied())
    }

    /// Bytes held, as [`DefragmentLimits::bytes`] counts them.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes a frame whose `decoded.fragment` is set.
    ///
    /// `now_s` is the packet's time in seconds; when it goes back, the latest time seen counts. `token` is the caller's
    /// name for the fragment (its position, say).
    pub fn add(&mut self, frame: &[u8], decoded: &Decoded, now_s: i64, token: u64) -> Addition {
        let Some(fragment) = decoded.fragment else { return Addition::Refused };
        self.counters.fragments += 1;
        self.now_s = self.now_s.max(now_s);
        self.expire();
        let payload =
            frame.get(fragment.payload_start as usize..fragment.payload_end as usize).unwrap_or(&[]);
        let end = fragment.offset as usize + payload.len();
        // A fragment that was cut off in the capture can never be joined to a whole.
        if payload.is_empty()
            || end > MAX_PAYLOAD
            || (fragment.more && payload.len() % 8 != 0)
            || decoded.truncated
        {
            self.counters.refused += 1;
            self.counters.lost_fragments += 1;
            return Addition::Refused;
        }
        let key = datagram_key(decoded, &fragment);
        if self.datagrams.get(&key).is_some_and(|datagram| self.is_over(datagram)) {
            self.time_out(&key);
        }
        let datagram = self.datagrams.entry(key).or_insert_with(|| {
            self.number += 1;
            self.order.insert(self.number, key);
            Box::new(Datagram {
                payload: Vec::new(),
                known: Vec::new(),
                total: None,
                headers: None,
                tokens: Vec::new(),
                started_s: self.now_s,
                number: self.number,
            })
        });
        self.bytes -= datagram.bytes();
        let placed = datagram.place(frame, &fragment, payload);
        let is_overlap = matches!(placed, Placed::Overlap);
        let is_refused = matches!(placed, Placed::Contradiction) || (is_overlap && key.is_v6);
        let is_whole = !is_refused && datagram.is_complete();
        if !is_refused && !is_whole {
            datagram.tokens.push(token);
        }
        self.bytes += datagram.bytes();
        self.counters.overlaps += u64::from(is_overlap);
        if is_refused {
            return self.refuse(&key);
        }
        if !is_whole {
            self.keep_bounds(&key);
            return Addition::Held;
        }
        let Some(datagram) = self.remove(&key) else { return Addition::Refused };
        match datagram.join() {
            Some(reassembled) => {
                self.counters.reassembled += 1;
                Addition::Complete(reassembled)
            }
            None => {
                self.counters.refused += 1;
                Addition::Refused
            }
        }
    }

    fn remove(&mut self, key: &DatagramKey) -> Option<Box<Datagram>> {
        let datagram = self.datagrams.remove(key)?;
        self.order.remove(&datagram.number);
        self.bytes -= datagram.bytes();
        Some(datagram)
    }

    fn refuse(&mut self, key: &DatagramKey) -> Addition {
        self.counters.refused += 1;
        if let Some(datagram) = self.remove(key) {
            self.counters.lost_fragments += datagram.tokens.len() as u64 + 1;
        }
        Addition::Refused
    }

    /// The oldest datagram that waits.
    fn oldest(&self) -> Option<DatagramKey> {
        self.order.first_key_value().map(|(_, key)| *key)
    }

    fn is_over(&self, datagram: &Datagram) -> bool {
        self.now_s.saturating_sub(datagram.started_s) > self.limits.timeout_s
    }

    fn time_out(&mut self, key: &DatagramKey) {
        if let Some(datagram) = self.remove(key) {
            self.counters.timed_out += 1;
            self.counters.lost_fragments += datagram.tokens.len() as u64;
        }
    }

    /// Gives up datagrams whose time is over. Those that are left are still here, and get no fragment.
    fn expire(&mut self) {
        for _ in 0..GIVEN_UP_AT_ONCE {
            let Some(key) = self.oldest().filter(|_| self.oldest_is_over()) else { return };
            self.time_out(&key);
        }
    }

    fn oldest_is_over(&self) -> bool {
        let oldest = self.oldest().and_then(|key| self.datagrams.get(&key));
        oldest.is_some_and(|datagram| self.is_over(datagram))
    }

    fn is_beyond_bounds(&self) -> bool {
        self.datagrams.len() > self.limits.datagrams || self.bytes > self.limits.bytes
    }

    /// Makes room after a fragment of the datagram of `key` came.
    fn keep_bounds(&mut self, key: &DatagramKey) {
        for _ in 0..GIVEN_UP_AT_ONCE {
            let oldest = self.oldest().filter(|_| self.is_beyond_bounds());
            let Some(oldest) = oldest else { return };
            self.evict(&oldest);
        }
        if self.is_beyond_bounds() {
            self.evict(key);
        }
    }

    fn evict(&mut self, key: &DatagramKey) {
        if let Some(datagram) = self.remove(key) {
            self.counters.evicted += 1;
            self.counters.lost_fragments += datagram.tokens.len() as u64;
        }
    }
}

fn datagram_key(decoded: &Decoded, fragment: &Fragment) -> DatagramKey {
    let is_v6 = fragment.next_header_position != 0;
    let vlans = decoded.vlans.iter().fold(0u64, |all, (id, _)| all << 12 ^ u64::from(*id));
    DatagramKey {
        source: decoded.source,
        destination: decoded.destination,
        identification: fragment.identification,
        protocol: if is_v6 { 0 } else { fragment.next_header },
        is_v6,
        network: vlans ^ decoded.vni.map_or(0, |vni| (u64::from(vni) | 1 << 24) << 32),
    }
}

enum Placed {
    /// All bytes were missing.
    New,
    /// All bytes were known, and equal.
    Repeated,
    /// Some bytes were known, or known otherwise.
    Overlap,
    /// It goes past the end that another fragment set, or sets another end.
    Contradiction,
}

impl Datagram {
    /// Bytes that it holds.
    fn bytes(&self) -> usize {
        self.payload.len()
            + self.headers.as_ref().map_or(0, |(headers, _)| headers.len())
            + size_of_val(self.known.as_slice())
            + size_of_val(self.tokens.as_slice())
    }

    fn place(&mut self, frame: &[u8], fragment: &Fragment, payload: &[u8]) -> Placed {
        let (start, end) = (fragment.offset, fragment.offset + payload.len() as u32);
        let highest = self.known.last().map_or(0, |(_, end)| *end);
        let is_past_end = self.total.is_some_and(|total| end > total || (!fragment.more && end != total));
        if is_past_end || (!fragment.more && highest > end) || self.tokens.len() >= MAX_PIECES {
            return Placed::Contradiction;
        }
        if !fragment.more {
            self.total = Some(end);
        }
        if start == 0 && self.headers.is_none() {
            let headers = frame.get(..fragment.payload_start as usize).unwrap_or(&[]);
            if headers.len() > MAX_HEADERS {
                return Placed::Contradiction;
            }
            self.headers = Some((headers.to_vec(), *fragment));
        }
        if self.payload.len() < end as usize {
            self.payload.resize(end as usize, 0);
        }
        let placed = self.copy_missing(start, payload);
        self.mark(start, end);
        placed
    }

    /// Copies the bytes that are not known yet.
    fn copy_missing(&mut self, start: u32, payload: &[u8]) -> Placed {
        let end = start + payload.len() as u32;
        let mut at = start;
        let (mut was_known, mut differs) = (false, false);
        let first = self.known.partition_point(|(_, known_end)| *known_end <= start);
        for (known_start, known_end) in self.known.iter().skip(first) {
            if *known_start >= end {
                break;
            }
            copy(&mut self.payload, payload, start, at, *known_start);
            let (from, to) = ((*known_start).max(start), (*known_end).min(end));
            was_known = true;
            differs |= self.payload.get(from as usize..to as usize)
                != payload.get((from - start) as usize..(to - start) as usize);
            at = to;
        }
        let is_whole = was_known && at == end && self.covers(start, end);
        copy(&mut self.payload, payload, start, at, end);
        match (was_known, is_whole && !differs) {
            (false, _) => Placed::New,
            (true, true) => Placed::Repeated,
            (true, false) => Placed::Overlap,
        }
    }

    fn covers(&self, start: u32, end: u32) -> bool {
        self.known.iter().any(|(known_start, known_end)| *known_start <= start && *known_end >= end)
    }

    /// Adds a range to those known, joining it with all it touches.
    fn mark(&mut self, start: u32, end: u32) {
        let first = self.known.partition_point(|(_, known_end)| *known_end < start);
        let last = self.known.partition_point(|(known_start, _)| *known_start <= end);
        let joined = self
            .known
            .get(first..last)
            .unwrap_or(&[])
            .iter()
            .fold((start, end), |(low, high), (known_start, known_end)| {
                (low.min(*known_start), high.max(*known_end))
            });
        self.known.splice(first..last, [joined]);
    }

    fn is_complete(&self) -> bool {
        self.headers.is_some() && self.total.is_some_and(|total| self.known == [(0, total)])
    }

    fn join(self) -> Option<Reassembled> {
        let (mut frame, mut fragment) = self.headers?;
        let header_start = fragment.header_start as usize;
        if fragment.next_header_position == 0 {
            let header = frame.len().checked_sub(header_start)?;
            let total = u16::try_from(header + self.payload.len()).ok()?;
            put16(&mut frame, header_start + 2, total)?;
            put16(&mut frame, header_start + 6, 0)?;
        } else {
            // The fragment header goes, and what named it names the payload.
            frame.truncate(frame.len().checked_sub(8)?);
            *frame.get_mut(fragment.next_header_position as usize)? = fragment.next_header;
            let extensions = frame.len().checked_sub(header_start + 40)?;
            let length = u16::try_from(extensions + self.payload.len()).ok()?;
            put16(&mut frame, header_start + 4, length)?;
        }
        fragment.payload_start = frame.len() as u32;
        frame.extend_from_slice(&self.payload);
        fragment.payload_end = frame.len() as u32;
        fragment.offset = 0;
        fragment.more = false;
        Some(Reassembled { frame, fragment, tokens: self.tokens })
    }
}

/// Copies `from..to` of a datagram from a piece of it that begins at `start`.
fn copy(datagram: &mut [u8], piece: &[u8], start: u32, from: u32, to: u32) {
    if from >= to {
        return;
    }
    let source = piece.get((from - start) as usize..(to - start) as usize);
    let target = datagram.get_mut(from as usize..to as usize);
    if let (Some(source), Some(target)) = (source, target) {
        target.copy_from_slice(source);
    }
}

fn put16(bytes: &mut [u8], at: usize, value: u16) -> Option<()> {
    bytes.get_mut(at..at + 2)?.copy_from_slice(&value.to_be_bytes());
    Some(())
}
