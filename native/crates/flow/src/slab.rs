//! Where open flows lie: in blocks that never move, one look away from their number.

use crate::flow::Flow;

/// Flows of a block. An allocator that hands out multiples of 64 KiB puts a header before it: 1,024 flows of 320 bytes
/// would take a fifth more than they need.
const BLOCK: usize = 1_020;

/// A place for a flow. Its generation tells a place that is used again from the flow that a timer was set for.
#[allow(
    clippy::large_enum_variant,
    reason = "the places lie in blocks: a box each is what this is instead of"
)]
enum Place {
    Free { generation: u32 },
    Open(Flow),
}

/// Open flows by number.
#[derive(Default)]
pub(crate) struct Slab {
    blocks: Vec<Box<[Place]>>,
    /// Places that were used and are free.
    free: Vec<u32>,
    /// Places that were ever used: those before this number.
    used: u32,
}

impl Slab {
    #[inline]
    fn place(&self, at: u32) -> Option<&Place> {
        self.blocks.get(at as usize / BLOCK)?.get(at as usize % BLOCK)
    }
    #[inline]
    fn place_mut(&mut self, at: u32) -> Option<&mut Place> {
        self.blocks.get_mut(at as usize / BLOCK)?.get_mut(at as usize % BLOCK)
    }

    /// The flow at a number.
    #[inline]
    pub fn get(&self, at: u32) -> Option<&Flow> {
        match self.place(at)? {
            Place::Open(flow) => Some(flow),
            Place::Free { .. } => None,
        }
    }
    /// The flow at a number.
    #[inline]
    pub fn get_mut(&mut self, at: u32) -> Option<&mut Flow> {
        match self.place_mut(at)? {
            Place::Open(flow) => Some(flow),
            Place::Free { .. } => None,
        }
    }

    /// Puts a flow at a free number, which is returned, and tells it its generation.
    pub fn insert(&mut self, mut flow: Flow) -> u32 {
        let at = self.free.pop().unwrap_or_else(|| {
            if self.used as usize == self.blocks.len() * BLOCK {
                self.blocks.push((0..BLOCK).map(|_| Place::Free { generation: 0 }).collect());
            }
            self.used += 1;
            self.used - 1
        });
        let place = &mut self.blocks[at as usize / BLOCK][at as usize % BLOCK];
        if let Place::Free { generation } = place {
            flow.generation = *generation;
        }
        *place = Place::Open(flow);
        at
    }
    /// Ends the flow at a number.
    pub fn remove(&mut self, at: u32) {
        if let Some(flow) = self.get(at) {
            let generation = flow.generation.wrapping_add(1);
            self.blocks[at as usize / BLOCK][at as usize % BLOCK] = Place::Free { generation };
            self.free.push(at);
        }
    }

    /// Open flows with their numbers, in order of number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Flow)> {
        (0..self.used).filter_map(|at| Some((at, self.get(at)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::PacketFacts;
    use crate::settings::FlowSettings;
    use lookback_session::PacketPosition;
    use lookback_wire::{Decoded, FlowKey};

    fn flow() -> Flow {
        let decoded = Decoded::default();
        let settings = FlowSettings::default();
        let packet = PacketFacts {
            frame: &[],
            decoded: &decoded,
            timestamp_ns: 0,
            clock_s: 0,
            clock_before_s: 0,
            link_type: 1,
            captured_length: 0,
            original_length: 0,
            truncated: false,
            ordinal: 0,
            position: PacketPosition::NOWHERE,
            origin: 0,
            earlier: &[],
        };
        Flow::open(&packet, FlowKey::of(&decoded, settings.tracking), false, &settings)
    }

    #[test]
    fn a_place_is_used_again_and_told_from_what_was_there() {
        let mut slab = Slab::default();
        let numbers: Vec<u32> = (0..BLOCK as u32 + 2).map(|_| slab.insert(flow())).collect();
        assert!(numbers.iter().copied().eq(0..BLOCK as u32 + 2), "over the end of a block");
        let before = slab.get(7).map(|flow| flow.generation);
        slab.remove(7);
        slab.remove(7);
        assert!(slab.get(7).is_none());
        assert_eq!(slab.iter().count(), BLOCK + 1);
        assert_eq!((slab.insert(flow()), slab.insert(flow())), (7, BLOCK as u32 + 2));
        assert_ne!(slab.get(7).map(|flow| flow.generation), before);
    }

    #[test]
    fn a_place_takes_no_more_than_a_flow() {
        assert_eq!(size_of::<Place>(), 320);
    }
}
