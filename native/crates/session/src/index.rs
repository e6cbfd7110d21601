//! Finds values of a session that has many of them.

use crate::encoding::{NUMBER, Raw};
use crate::field::{FieldSpec, Shape};
use ahash::{AHashMap, RandomState};
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hash, Hasher};

/// Where values lie in a buffer, by what they are. Values are compared where they lie, so that the hash decides nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// The values of sets.
    places: HashTable<Place>,
    /// What there is of each field.
    fields: AHashMap<u16, OfField>,
    /// Keyed anew in each process, so that nobody can choose values that collide.
    hasher: RandomState,
}

/// A value of a set. It has its hash, so that a table that grows looks at no value.
#[derive(Clone, Copy, Debug)]
struct Place {
    hash: u32,
    at: u32,
}

#[derive(Clone, Copy, Debug)]
struct OfField {
    count: u32,
    /// Where its first value is.
    first: u32,
}

impl Place {
    /// A table takes its places from the lower bits and what it compares first from the upper ones.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

impl Index {
    /// The index of the values in `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let mut index = Self::default();
        for (at, head, value) in (Raw { bytes, at: 0 }) {
            let number = head & NUMBER;
            let is_of_set = FieldSpec::numbered(number).is_some_and(|field| field.shape == Shape::Set);
            let hash = is_of_set.then(|| index.hash_of(head, value));
            index.note(at, number, hash);
        }
        index
    }

    /// Bytes that it takes.
    pub fn held_bytes(&self) -> usize {
        self.places.allocation_size() + self.fields.capacity() * size_of::<(u16, OfField)>()
    }

    /// Values of a field.
    pub fn count(&self, number: u16) -> usize {
        self.fields.get(&number).map_or(0, |field| field.count as usize)
    }
    /// Where the first value of a field is.
    pub fn first(&self, number: u16) -> Option<usize> {
        self.fields.get(&number).map(|field| field.first as usize)
    }

    /// The hash that a value of a set is found by.
    pub fn hash_of(&self, head: u16, value: &[u8]) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        head.hash(&mut hasher);
        value.hash(&mut hasher);
        hasher.finish() as u32
    }
    /// Whether the set has the value in `bytes`.
    pub fn has(&self, bytes: &[u8], hash: u32, head: u16, value: &[u8]) -> bool {
        let is_it = |place: &Place| {
            let there = Raw { bytes, at: place.at as usize }.next();
            place.hash == hash && there.is_some_and(|(_, of, held)| of == head && held == value)
        };
        self.places.find(Place::spread(hash), is_it).is_some()
    }

    /// Takes note of a value that was added at `at`; one of a set has a hash.
    pub fn note(&mut self, at: usize, number: u16, hash: Option<u32>) {
        // Buffers are bounded far below 32 bits.
        let at = at as u32;
        self.fields.entry(number).or_insert(OfField { count: 0, first: at }).count += 1;
        if let Some(hash) = hash {
            let spread = Place::spread(hash);
            self.places.insert_unique(spread, Place { hash, at }, |place| Place::spread(place.hash));
        }
    }

    /// What was at `from` and behind is at `to` now.
    pub fn shift(&mut self, from: usize, to: usize) {
        let (from, to) = (from as u32, to as u32);
        let of_sets = self.places.iter_mut().map(|place| &mut place.at);
        let first = self.fields.values_mut().map(|field| &mut field.first);
        for at in of_sets.chain(first).filter(|at| **at >= from) {
            *at = *at - from + to;
        }
    }
}
