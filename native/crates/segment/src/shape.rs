//! Rows that use the same fields, together: a column then has its values in few stretches, which take less work and less
//! room. What reads a segment that waits for its merge reads all of it, so no order of times is lost.

use lookback_session::{FieldSpec, Session};

/// The rows by the fields that they use; those that use the same stay in their order.
pub(crate) fn by_shape<'s>(rows: &[&'s Session]) -> Vec<&'s Session> {
    let mut bits = Bits::default();
    let mut shaped: Vec<(u64, &Session)> = rows.iter().map(|row| (bits.shape(row), *row)).collect();
    shaped.sort_by_key(|(shape, _)| *shape);
    shaped.into_iter().map(|(_, row)| row).collect()
}

/// The bit of each field's number, 0 where it was not asked for yet. Numbers differ from run to run, bits do not: the same
/// rows make the same file.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    /// Which fields a row uses, roughly: several fields share a bit.
    fn shape(&mut self, row: &Session) -> u64 {
        row.fields.items().fold(0, |shape, (number, _)| shape | self.of(number))
    }

    #[inline]
    fn of(&mut self, number: u16) -> u64 {
        match self.0.get(usize::from(number)) {
            Some(bit) if *bit != 0 => *bit,
            _ => self.make(number),
        }
    }

    #[cold]
    fn make(&mut self, number: u16) -> u64 {
        let path = FieldSpec::numbered(number).map_or("", |field| field.path);
        // FNV-1a (draft-eastlake-fnv): spreads short texts well, whose last letters are often the same.
        let hash = path.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let at = usize::from(number);
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        let bit = 1 << (hash >> 58);
        if let Some(place) = self.0.get_mut(at) {
            *place = bit;
        }
        bit
    }
}
