//! Payload of a connection that waits: for an earlier segment, or for a second packet.

use super::distance;
use lookback_session::record::Direction;

/// A segment that came early.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub sequence: u32,
    pub data: Vec<u8>,
}

/// Segments of one direction that wait for an earlier one, the latest first.
#[derive(Debug, Default)]
pub(super) struct Early {
    pub segments: Vec<Pending>,
    pub bytes: usize,
}

impl Early {
    /// Of both directions, with the first segment of one.
    pub fn first(direction: Direction, segment: Pending) -> [Self; 2] {
        let mut both = <[Self; 2]>::default();
        let early = &mut both[direction];
        early.bytes = segment.data.len();
        early.segments.push(segment);
        both
    }

    /// Keeps a segment. Whether one that comes after it was here before.
    pub fn keep(&mut self, sequence: u32, data: &[u8]) -> bool {
        let at = self.segments.partition_point(|held| distance(held.sequence, sequence) > 0);
        let is_late = at < self.segments.len();
        if let Some(held) = self.segments.get_mut(at)
            && held.sequence == sequence
        {
            if data.len() > held.data.len() {
                self.bytes += data.len() - held.data.len();
                held.data = data.to_vec();
            }
            return false;
        }
        self.bytes += data.len();
        self.segments.insert(at, Pending { sequence, data: data.to_vec() });
        is_late
    }
}

impl Waiting {
    /// Bytes of payload that wait.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Alone(_, alone) => alone.data.len(),
            Self::Early(early) => early.iter().map(|early| early.bytes).sum(),
        }
    }
}

/// Most connections never need it.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Payload of a flow's only packet so far, when it is no part of a handshake: it is dissected if it stays alone, or if its
    /// handshake follows.
    Alone(Direction, Pending),
    /// What came early, by direction.
    Early([Early; 2]),
}
