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

/// All oddities of a file. At most one entry a name.
#[derive(Clone, Debug, Default)]
pub struct Warnings(Vec<Warning>);

impl Warnings {
    /// Counts one at `offset`.
    pub fn count(&mut self, name: &'static str, offset: u64) {
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
