//! A list of Ethernet prefixes or the list of IPv4 blocks, by the first byte; each line is looked up in what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_places::{Makers, Registries};

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    if kind & 1 == 0 {
        let Some(makers) = Makers::read(&text) else { return };
        for line in text.lines() {
            let _ = makers.of(line.split('\t').next().unwrap_or_default());
        }
        return;
    }
    let Some(registries) = Registries::read(&text) else { return };
    for first in 0..=255 {
        assert!(registries.of([first, 0, 0, 0]).is_none_or(|name| !name.is_empty() && name.len() <= text.len()));
    }
});
