//! Rules of the form `filter:N`, decided by the first packet of a session: `minPacketsSaveBPFs` (rows only of sessions of
//! at least N packets) and `dontSaveBPFs` (only the first N packets go into packet files).

use lookback_capture::SourceError;
use lookback_capture::filter::{Program, WHOLE};
use lookback_flow::settings::LeastPackets;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Rules of one setting at most.
pub const MOST_RULES: usize = 100;
/// Link types that programs are kept for; of further ones no packet matches.
const MOST_LINK_TYPES: usize = 64;
/// LINKTYPE_ETHERNET, for which every rule must compile.
const ETHERNET: u16 = 1;

/// A rule that takes a packet, and its number.
type Compiled = Arc<[(Program, u32)]>;

/// The rules of one setting, in order: the first that matches decides.
#[derive(Debug)]
pub struct PacketRules {
    rules: Vec<(String, u32)>,
    /// Programs by link type, compiled when the first packet of one comes.
    programs: RwLock<BTreeMap<u16, Compiled>>,
}

impl PacketRules {
    /// Rules of filter and number; none when there are none.
    ///
    /// # Errors
    /// `BadFilter` with libpcap's words, or `NoFilterCompiler` when libpcap is not installed.
    pub fn new(rules: &[(String, u32)]) -> Result<Option<Arc<Self>>, SourceError> {
        if rules.is_empty() {
            return Ok(None);
        }
        let rules: Vec<(String, u32)> = rules.iter().take(MOST_RULES).cloned().collect();
        for (filter, _) in &rules {
            Program::compile(filter, ETHERNET, WHOLE)?;
        }
        Ok(Some(Arc::new(Self { rules, programs: RwLock::default() })))
    }

    /// The number of the first rule that matches a frame of `original_length` bytes on the wire.
    pub fn first_match(&self, link_type: u16, frame: &[u8], original_length: u32) -> Option<u32> {
        let known = self.programs.read().unwrap_or_else(PoisonError::into_inner).get(&link_type).cloned();
        let programs = known.unwrap_or_else(|| self.compile(link_type));
        programs
            .iter()
            .find(|(program, _)| program.accepts(frame, original_length))
            .map(|(_, number)| *number)
    }

    fn compile(&self, link_type: u16) -> Compiled {
        // A filter that has no meaning for this kind of packets ("ether host" on a tunnel) matches none of them.
        let compiled: Compiled = self
            .rules
            .iter()
            .filter_map(|(filter, number)| Some((Program::compile(filter, link_type, WHOLE).ok()?, *number)))
            .collect();
        let mut programs = self.programs.write().unwrap_or_else(PoisonError::into_inner);
        if programs.len() < MOST_LINK_TYPES {
            programs.insert(link_type, Arc::clone(&compiled));
        }
        compiled
    }
}

impl LeastPackets for PacketRules {
    fn least(&self, link_type: u16, frame: &[u8], original_length: u32) -> u8 {
        let number = self.first_match(link_type, frame, original_length).unwrap_or(0);
        u8::try_from(number).unwrap_or(u8::MAX)
    }
}
