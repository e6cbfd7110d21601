//! The flow table of one worker.

use crate::counters::FlowCounters;
use crate::flow::{Flow, PacketFacts, Workbench};
use crate::held::Held;
use crate::identity::StreamIdentity;
use crate::index::FlowIndex;
use crate::settings::FlowSettings;
use crate::slab::Slab;
use crate::tcp::flag;
use crate::timers::Timers;
use crate::unwritten::{Unwritten, UnwrittenFlows};
use lookback_protocols::bytes::hex;
use lookback_protocols::digest::Promise;
use lookback_session::Session;
use lookback_wire::{FlowKey, FlowKind};
use std::collections::VecDeque;

/// Flows that may be over and are looked at with each packet: each brings at most one new one, so that none pile up.
const EXPIRED_WITH_A_PACKET: usize = 32;
/// Bytes that sessions which end with one packet may have left to dissect, together; the last of them may have more.
const REST_AT_ONCE: usize = 96 << 10;

/// In place of [`Flow::closing_at_s`]: it ended, and is in no index.
const ENDED: i64 = i64::MIN;
/// Flows that are looked at for one that may close early.
const LOOKED_AT_FOR_ROOM: usize = 256;
/// Times that this is done for a new flow.
const TRIES_FOR_ROOM: usize = 4;
/// Entries of the timers, and of the list of what no row holds, for each flow there may be. Most of more are of flows that closed, and
/// some of those are taken out with each packet.
const MOST_ENTRIES_EACH: usize = 4;
/// Such entries that are looked at with a packet.
const TIDIED_WITH_A_PACKET: usize = 8;

/// Open flows of one worker of one stream. Holds at most `max_flows`.
pub struct FlowTable {
    settings: FlowSettings,
    index: FlowIndex,
    /// Keyed anew in each process, so that nobody can choose flows that collide.
    hasher: ahash::RandomState,
    flows: Slab,
    timers: Timers,
    bench: Workbench,
    saved: Saved,
    unwritten: UnwrittenFlows,
    /// Flows that ended and have much left to dissect: number and generation.
    ended: VecDeque<(u32, u32)>,
    /// Of all open flows, see [`Flow::held_bytes`].
    held: usize,
}

impl FlowTable {
    /// An empty table for a stream.
    pub fn new(settings: FlowSettings, stream: StreamIdentity) -> Self {
        let bench = Workbench::new(&settings, stream);
        Self {
            settings,
            index: FlowIndex::default(),
            hasher: ahash::RandomState::new(),
            flows: Slab::default(),
            timers: Timers::default(),
            bench,
            saved: Saved::default(),
            unwritten: UnwrittenFlows::default(),
            ended: VecDeque::new(),
            held: 0,
        }
    }

    /// Flows open now.
    pub fn open_flows(&self) -> usize {
        self.index.len()
    }
    /// Bytes that the open flows hold beside their places, each rounded up to 256 or by a two-thousandth.
    pub fn held_bytes(&self) -> usize {
        self.held
    }
    /// Counts so far.
    pub fn counters(&self) -> &FlowCounters {
        &self.bench.counters
    }
    /// How many rows are saved and not yet taken.
    pub fn rows_saved(&self) -> usize {
        self.saved.rows.len()
    }
    /// Rows saved and not yet taken.
    pub fn saved(&mut self) -> &mut Vec<Session> {
        self.saved.settle(&mut self.bench);
        &mut self.saved.rows
    }
    /// Numbers in the stream of the first packets of the open flows, in no order; not of flows that begin with a packet that no
    /// packet file has.
    pub fn open_ordinals(&self) -> Vec<u64> {
        let flows = self.flows.iter().filter(|(_, flow)| flow.begins_in_file);
        flows.map(|(_, flow)| flow.first_ordinal).collect()
    }

    /// The number of the flow with this key.
    fn find(&self, hash: u64, key: &FlowKey) -> Option<u32> {
        self.index.find(hash, |at| self.flows.get(at).is_some_and(|flow| flow.key == *key))
    }

    /// The last second of the stream's clock at which the flow is still open.
    fn open_until(&self, flow: &Flow) -> i64 {
        flow.closing_at_s.min(flow.last_clock_s + self.settings.timeout(flow.kind))
    }
    fn open_until_of(&self, at: u32, generation: u32) -> Option<i64> {
        let flow = self.flows.get(at).filter(|flow| flow.generation == generation)?;
        (flow.closing_at_s != ENDED).then(|| self.open_until(flow))
    }

    /// Adds a packet to its session, after closing what is over by now.
    pub fn packet(&mut self, packet: &PacketFacts<'_>) {
        if packet.decoded.kind == FlowKind::Esp && !self.settings.track_esp {
            self.bench.counters.packets_by_rule += 1;
            return;
        }
        self.expire(packet.clock_before_s, EXPIRED_WITH_A_PACKET);
        self.tidy();
        if self.settings.replay.as_ref().is_some_and(|replay| packet.ordinal < replay.from) {
            return;
        }
        let key = FlowKey::of(packet.decoded, self.settings.tracking);
        let hash = self.hasher.hash_one(key);
        let mut held = self.find(hash, &key);
        if let Some(at) = held
            && (self.is_over(at, packet) || self.is_unknown_in_replay(at, packet))
        {
            self.end(at);
            held = None;
        }
        let at = held.unwrap_or_else(|| self.open(key, hash, packet));
        let Some(flow) = self.flows.get_mut(at) else { return };
        let (generation, closing_before_s) = (flow.generation, flow.closing_at_s);
        // A row has what its packets brought. What is too much for one packet is taken with the next ones first.
        if flow.has_packets()
            && flow.kind == FlowKind::Tcp
            && flow.save_at_s < packet.clock_before_s
            && !flow.has_much_left()
        {
            let row = flow.save(false, &self.settings, &mut self.bench);
            self.saved.keep(&self.settings, &mut self.bench, flow, row);
        }
        flow.packet(packet, &key, &self.settings, &mut self.bench);
        if self.settings.open_rows_after.is_some() {
            let first_us = packet.timestamp_ns.div_euclid(1000);
            if flow.unwritten {
                self.unwritten.lower(first_us);
            } else {
                flow.unwritten = true;
                self.unwritten.push(Unwritten { at, generation, clock_s: packet.clock_s, first_us });
            }
        }
        // Beyond 32 bits nothing counts.
        if flow.segment_packets() >= self.settings.max_packets.min(u32::MAX as usize) as u64
            && !flow.has_much_left()
        {
            let row = flow.save(false, &self.settings, &mut self.bench);
            self.saved.keep(&self.settings, &mut self.bench, flow, row);
        }
        if flow.closing_at_s != closing_before_s {
            self.timers.schedule(flow.closing_at_s, at, generation);
        }
        count_held(&mut self.held, flow);
        if self.held_bytes() > self.settings.max_held_bytes {
            self.free_memory(packet.clock_before_s);
        }
    }

    /// Takes out entries of flows that closed, where there are many: connections that end at once leave theirs behind.
    #[inline]
    fn tidy(&mut self) {
        let most = MOST_ENTRIES_EACH.saturating_mul(self.settings.max_flows);
        if self.timers.len() > most || self.unwritten.len() > most {
            self.take_out_stale(most);
        }
    }

    #[cold]
    fn take_out_stale(&mut self, most: usize) {
        if self.timers.len() > most {
            let flows = &self.flows;
            let is_open =
                |at, generation| flows.get(at).is_some_and(|flow: &Flow| flow.generation == generation);
            self.timers.tidy(TIDIED_WITH_A_PACKET, is_open);
        }
        if self.unwritten.len() > most {
            let flows = &mut self.flows;
            self.unwritten.tidy(TIDIED_WITH_A_PACKET, |entry| Self::still_unwritten(flows, entry).is_some());
        }
    }

    /// Closes flows for the bytes that they hold, some with each packet, so that no packet waits for all of them.
    #[cold]
    fn free_memory(&mut self, clock_s: i64) {
        let rest_before = self.bench.rest_bytes;
        for _ in 0..EXPIRED_WITH_A_PACKET {
            // What one that ended holds becomes less with each packet.
            if self.held_bytes() <= self.settings.max_held_bytes
                || !self.ended.is_empty()
                || self.bench.rest_bytes - rest_before > REST_AT_ONCE
            {
                break;
            }
            let before = self.bench.counters.closed_early;
            self.close_oldest(clock_s);
            self.bench.counters.closed_for_memory += self.bench.counters.closed_early - before;
        }
    }

    /// Saves open rows of the flows whose oldest unwritten packet is `open_rows_after` seconds old at second `clock_s` of
    /// the stream's clock, so that long sessions are seen while they last: at most `most`. Returns whether there are no
    /// more. Bodies are hashed as far as they came, so that a digest does not wait for the end of its session.
    pub fn save_open(&mut self, clock_s: i64, most: usize) -> bool {
        let Some(after) = self.settings.open_rows_after else { return true };
        self.bench.digests.run();
        for _ in 0..most {
            let oldest = self.unwritten.front();
            let Some(entry) = oldest.filter(|entry| entry.clock_s + after <= clock_s) else { return true };
            self.unwritten.pop();
            self.save_unwritten(entry);
        }
        false
    }

    /// Saves open rows of at most `most` flows with packets that no row holds, those that wait longest first.
    pub fn save_open_now(&mut self, most: usize) {
        let mut rows = 0;
        while rows < most
            && let Some(entry) = self.unwritten.pop()
        {
            rows += usize::from(self.save_unwritten(entry));
        }
    }

    /// Saves the open row of a flow, unless its packets are in one. Returns whether it did.
    fn save_unwritten(&mut self, entry: Unwritten) -> bool {
        let Some(flow) = Self::still_unwritten(&mut self.flows, entry) else { return false };
        let row = flow.open_row(&self.settings, &mut self.bench);
        self.saved.keep(&self.settings, &mut self.bench, flow, row);
        true
    }

    /// Time, microseconds since 1970, from which on packets may be in no row, at most a second before the earliest of those;
    /// rows that were saved count as holding theirs. None when every packet is in a row.
    pub fn unwritten_since_us(&mut self) -> Option<i64> {
        while let Some(entry) = self.unwritten.front() {
            if Self::still_unwritten(&mut self.flows, entry).is_some() {
                return self.unwritten.since_us();
            }
            self.unwritten.pop();
        }
        None
    }

    fn still_unwritten(flows: &mut Slab, entry: Unwritten) -> Option<&mut Flow> {
        flows.get_mut(entry.at).filter(|flow| flow.generation == entry.generation && flow.unwritten)
    }

    /// Whether the flow at `at` ended before this packet, which so belongs to another one.
    fn is_over(&self, at: u32, packet: &PacketFacts<'_>) -> bool {
        let Some(flow) = self.flows.get(at) else { return false };
        if self.open_until(flow) < packet.clock_before_s {
            return true;
        }
        let tcp = &packet.decoded.tcp;
        packet.decoded.kind == FlowKind::Tcp
            && flow.tcp.as_ref().is_some_and(|state| state.is_port_reuse(tcp))
    }

    /// Whether a replay must not add this packet to the flow at `at`. Of a session that had ended when the rows were
    /// written, a replay may see only the last packets, and so not that it ended.
    fn is_unknown_in_replay(&self, at: u32, packet: &PacketFacts<'_>) -> bool {
        let Some(replay) = &self.settings.replay else { return false };
        self.flows.get(at).is_some_and(|flow| replay.separates(flow.first_ordinal, packet.ordinal))
    }

    fn open(&mut self, key: FlowKey, hash: u64, packet: &PacketFacts<'_>) -> u32 {
        // Where none is found among many entries of flows that closed, there is one flow too many until a later packet finds one.
        for _ in 0..TRIES_FOR_ROOM {
            if self.index.len() < self.settings.max_flows.max(1) {
                break;
            }
            self.close_oldest(packet.clock_before_s);
        }
        let tcp = &packet.decoded.tcp;
        let swap = packet.decoded.kind == FlowKind::Tcp
            && tcp.flags & (flag::SYN | flag::ACK) == flag::SYN | flag::ACK;
        let flow = Flow::open(packet, key, swap, &self.settings);
        let until = self.open_until(&flow);
        let at = self.flows.insert(flow);
        self.timers.schedule(until, at, self.flows.get(at).map_or(0, |flow| flow.generation));
        let Self { index, flows, hasher, .. } = self;
        index.insert(hash, at, |at| flows.get(at).map_or(0, |flow| hasher.hash_one(flow.key)));
        self.bench.counters.opened += 1;
        at
    }

    /// Ends the flow of a number: no packet finds it any more. It closes at once, or with packets that follow, of any flow, when
    /// what it has left to dissect is too much for one.
    fn end(&mut self, at: u32) {
        if let Some(flow) = self.flows.get_mut(at) {
            flow.skip_holes();
        }
        match self.flows.get_mut(at) {
            Some(flow) if flow.has_much_left() => {
                self.index.remove(self.hasher.hash_one(flow.key), at);
                flow.closing_at_s = ENDED;
                self.ended.push_back((at, flow.generation));
            }
            _ => self.close(at),
        }
    }

    /// Takes a part of what the first flow that ended has left, and closes it after the last one. Whether there is one.
    fn take_part_of_ended(&mut self) -> bool {
        while let Some((at, generation)) = self.ended.front().copied() {
            let flow = self.flows.get_mut(at).filter(|flow| flow.generation == generation);
            if let Some(flow) = flow {
                if flow.take_part(&self.settings, &mut self.bench) {
                    count_held(&mut self.held, flow);
                } else {
                    self.ended.pop_front();
                    self.close(at);
                }
                return true;
            }
            self.ended.pop_front();
        }
        false
    }

    /// Closes the flow of a number and saves its row.
    pub fn close(&mut self, at: u32) {
        let Some(flow) = self.flows.get_mut(at) else { return };
        self.index.remove(self.hasher.hash_one(flow.key), at);
        self.held -= flow.counted.bytes();
        // As when packets bring it about, whichever way it ends.
        flow.skip_holes();
        while flow.take_part(&self.settings, &mut self.bench) {}
        if flow.has_packets() {
            let row = flow.save(true, &self.settings, &mut self.bench);
            self.saved.keep(&self.settings, &mut self.bench, flow, row);
        }
        self.flows.remove(at);
    }

    /// Closes flows that are over at second `clock_s` of the stream's clock, after looking at `most` of those that may be:
    /// fewer when what they left to dissect was much, and none while there is one that has too much left for one packet. Returns
    /// whether there are no more. One that is over and still here gets no packet: its next one finds that out.
    pub fn expire(&mut self, clock_s: i64, most: usize) -> bool {
        if self.take_part_of_ended() {
            return false;
        }
        let mut used = 0;
        let rest_before = self.bench.rest_bytes;
        for _ in 0..most {
            let Some((at, generation)) = self.timers.take_due(clock_s) else { return self.ended.is_empty() };
            let Some(until) = self.open_until_of(at, generation) else { continue };
            if until < clock_s {
                self.end(at);
                if self.bench.work.is_enough(&mut used) || self.bench.rest_bytes - rest_before > REST_AT_ONCE
                {
                    return false;
                }
            } else {
                self.timers.schedule(until, at, generation);
            }
        }
        false
    }

    /// Makes room by closing the flow that would expire first; where many got packets since that was noted, the first of
    /// some of those, so that no packet waits until all were looked at.
    fn close_oldest(&mut self, clock_s: i64) {
        let mut oldest: Option<(i64, u32)> = None;
        for _ in 0..LOOKED_AT_FOR_ROOM {
            let Some((second, (at, generation))) = self.timers.take_first() else { break };
            let Some(until) = self.open_until_of(at, generation) else { continue };
            if until <= second {
                oldest = Some((until, at));
                break;
            }
            self.timers.schedule(until, at, generation);
            if oldest.is_none_or(|(least, _)| until < least) {
                oldest = Some((until, at));
            }
        }
        if let Some((until, at)) = oldest {
            self.bench.counters.closed_early += u64::from(until >= clock_s);
            self.end(at);
        }
    }

    /// The open flows, oldest first, for [`FlowTable::close`] once the stream has ended.
    pub fn remaining(&self) -> Vec<u32> {
        let open = self.flows.iter().map(|(at, flow)| (flow.last_packet_us, flow.first_ordinal, at));
        let mut open: Vec<_> = open.collect();
        open.sort_unstable();
        open.into_iter().map(|(_, _, at)| at).collect()
    }
}

/// Brings what a flow holds up to date in the sum of all.
#[inline]
fn count_held(all: &mut usize, flow: &mut Flow) {
    let held = Held::of(flow.held_bytes());
    if held == flow.counted {
        return;
    }
    *all = *all + held.bytes() - flow.counted.bytes();
    flow.counted = held;
}

/// Rows that were saved.
#[derive(Default)]
struct Saved {
    rows: Vec<Session>,
    /// Digests that rows are still to get, by the number of the row.
    promised: Vec<(u32, Promise)>,
}

impl Saved {
    /// Takes a row of a flow, unless a replay finds it known or a rule leaves it out.
    fn keep(&mut self, settings: &FlowSettings, bench: &mut Workbench, flow: &Flow, row: Session) {
        let promised = bench.digests.promised();
        if settings.replay.as_ref().is_some_and(|replay| !replay.saves(flow.first_ordinal)) {
            return;
        }
        if flow.is_too_short() {
            bench.counters.rows_by_rule += u64::from(row.is_final);
            return;
        }
        let number = self.rows.len() as u32;
        self.promised.extend(promised.map(|promise| (number, promise)));
        self.rows.push(row);
    }

    /// Gives rows the digests that they were promised.
    fn settle(&mut self, bench: &mut Workbench) {
        if self.promised.is_empty() {
            return;
        }
        bench.digests.run_ended();
        for (number, Promise { field, ticket }) in self.promised.drain(..) {
            let row = self.rows.get_mut(number as usize);
            if let (Some(row), Some(digest)) = (row, bench.digests.take(&ticket)) {
                let dropped = row.fields.dropped();
                row.fields.add_text(field, &hex(&digest));
                bench.counters.values_dropped += u64::from(row.fields.dropped() - dropped);
            }
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
