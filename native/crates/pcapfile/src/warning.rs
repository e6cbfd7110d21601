//! Oddities of a file, by name, with the first place they were met.

/// One kind of oddity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable name.
    pub name: &'static str,
    /// Times it was met.
    pub count: u64,
    /// Byte offset of the first, in the decompressed file.
    pub first_offset: Option<u64>,
}

/// Every name there is; `docs/formats/packet-files.md` says what each means.
pub const NAMES: [&str; 13] = [
    "truncated-record",
    "garbage-record-length",
    "zeroed-tail",
    "bad-section",
    "damaged-compression",
    "oversize-packet",
    "zero-length-packet",
    "packet-cut-by-snaplen",
    "captured-more-than-original",
    "timestamp-goes-back",
    "no-timestamp",
    "unknown-interface",
    "too-many-interfaces",
];

/// All oddities of a file. At most one entry a name.
#[derive(Clone, Debug, Default)]
pub struct Warnings(Vec<Warning>);

impl Warnings {
    /// Counts one at `offset`.
    pub fn count(&mut self, name: &'static str, offset: u64) {
        debug_assert!(NAMES.contains(&name), "{name} is not in the list");
        match self.0.iter_mut().find(|warning| warning.name == name) {
            Some(warning) => warning.count += 1,
            None => self.0.push(Warning { name, count: 1, first_offset: Some(offset) }),
        }
    }
    /// In order of first appearance.
    pub fn list(&self) -> &[Warning] {
        &self.0
    }
}

#[cfg(test)]
mod test {
    /// The document's table of warnings and the code's list name the same, in the same order.
    #[test]
    fn the_document_lists_every_warning() {
        let document = include_str!("../../../../docs/formats/packet-files.md");
        let table = document.split("| warning | meaning | then |").nth(1).unwrap_or_default();
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let named: Vec<_> = rows.filter_map(|row| row.split('`').nth(1)).collect();
        assert_eq!(named, super::NAMES);
    }
}
