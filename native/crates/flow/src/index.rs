//! Numbers of flows by the hash of their key.

use hashbrown::HashTable;

/// Tables that share the flows. One that is full is made anew, twice as large, and that looks at the key of each of its flows,
/// which are in no cache: for a million in one table a packet waited 70 ms.
const SHARDS: usize = 256;
/// Above the bits that a table chooses its places by, and below those that it keeps of each entry.
const SHARD_SHIFT: u32 = 48;

/// Four bytes a flow, and as much again for what is free: this is all that a packet of no open flow needs.
pub(crate) struct FlowIndex {
    shards: Vec<HashTable<u32>>,
    length: usize,
}

impl Default for FlowIndex {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| HashTable::new()).collect(), length: 0 }
    }
}

impl FlowIndex {
    /// Flows in it.
    pub fn len(&self) -> usize {
        self.length
    }

    #[inline]
    fn shard(&self, hash: u64) -> Option<&HashTable<u32>> {
        self.shards.get((hash >> SHARD_SHIFT) as usize % SHARDS)
    }
    #[inline]
    fn shard_mut(&mut self, hash: u64) -> Option<&mut HashTable<u32>> {
        self.shards.get_mut((hash >> SHARD_SHIFT) as usize % SHARDS)
    }

    /// The number with this hash for which `is_it` holds.
    #[inline]
    pub fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        self.shard(hash)?.find(hash, |at| is_it(*at)).copied()
    }

    /// Adds a number that is not in it; `hash_of` gives the hash of one that is.
    pub fn insert(&mut self, hash: u64, at: u32, hash_of: impl Fn(u32) -> u64) {
        if let Some(shard) = self.shard_mut(hash) {
            shard.insert_unique(hash, at, |at| hash_of(*at));
            self.length += 1;
        }
    }

    /// Removes a number.
    pub fn remove(&mut self, hash: u64, at: u32) {
        let Some(shard) = self.shard_mut(hash) else { return };
        if let Ok(entry) = shard.find_entry(hash, |held| *held == at) {
            entry.remove();
            self.length -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As spread as a good hash of numbers (splitmix64).
    fn hash(at: u32) -> u64 {
        let mut hash = u64::from(at).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^ (hash >> 31)
    }

    #[test]
    fn numbers_are_found_by_hash_until_they_are_removed_and_no_insertion_looks_at_many() {
        const FLOWS: u32 = 200_000;
        let mut index = FlowIndex::default();
        let looked = std::cell::Cell::new(0);
        let mut most = 0;
        for at in 0..FLOWS {
            looked.set(0);
            index.insert(hash(at), at, |at| {
                looked.set(looked.get() + 1);
                hash(at)
            });
            most = most.max(looked.get());
        }
        assert!(most < 2 * FLOWS as usize / SHARDS, "{most}");
        assert_eq!(index.len(), FLOWS as usize);
        for at in (0..FLOWS).step_by(2) {
            index.remove(hash(at), at);
            index.remove(hash(at), at);
        }
        assert_eq!(index.len(), FLOWS as usize / 2);
        for at in 0..FLOWS {
            assert_eq!(index.find(hash(at), |found| found == at), (at % 2 == 1).then_some(at));
        }
    }
}
