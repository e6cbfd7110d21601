//! By which interface each packet of a packet file of ours came, where sessions are to differ by it (`interfaceOps`).
//!
//! A pcap file cannot tell. So a list lies beside it, `<name>.interfaces` beside `<name>.pcap`: a line `<packet> <interface>`
//! says that from this packet of the file on (counted from 0) they came by that interface. A line is written before the
//! packets that it is about; of two lines of the same packet the later one counts. What is indexed again, after a crash or
//! because a segment was damaged, reads it.

use lookback_pcapfile::NO_LINKS;
use lookback_session::Assignment;
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most interfaces that have fields of their own.
pub const MOST_INTERFACES: usize = 256;
/// Most bytes of a list that are read; a file of 12 GiB whose every batch comes by another interface has less.
const LONGEST_LIST: u64 = 64 << 20;

/// What sessions hold that begin at an interface.
#[derive(Clone, Debug)]
pub struct InterfaceFields {
    /// Name of the interface.
    pub interface: String,
    /// The values; none where the interface is listed for its place only.
    pub fields: Arc<[Assignment]>,
}

impl InterfaceFields {
    /// Of values as the configuration has them.
    ///
    /// # Errors
    /// What is wrong with one of them, in words that name it.
    pub fn parse(interface: &str, given: &[(String, String)]) -> Result<Self, String> {
        let fields = given.iter().map(|(name, value)| {
            let field = crate::fields::declared()
                .find(|field| field.expression == name.as_str() || field.aliases.contains(&name.as_str()));
            let field = field.ok_or_else(|| format!("no field is called {name:?}"))?;
            Assignment::parse(field, value)
                .map_err(|reason| format!("{name}={value} for {interface}: {name} {reason}"))
        });
        Ok(Self { interface: interface.to_owned(), fields: fields.collect::<Result<_, _>>()? })
    }
}

/// Where the list of a packet file lies.
pub fn list_beside(packets: &Path) -> PathBuf {
    packets.with_extension("interfaces")
}

/// The list of a packet file that is being written.
pub(crate) struct OriginWriter {
    path: PathBuf,
    /// Made with the first line.
    file: Option<File>,
    /// Another handle of it, until it is asked for.
    handle: Option<File>,
    /// Origin of the last line.
    last: u16,
}

impl OriginWriter {
    /// Beside the packet file at `packets`.
    pub fn beside(packets: &Path) -> Self {
        Self { path: list_beside(packets), file: None, handle: None, last: 0 }
    }

    /// Says that packets from number `packet` of the file on are of `origin`, whose interface has this name.
    ///
    /// # Errors
    /// When the line cannot be written; part of one may be.
    pub fn note(&mut self, packet: u64, origin: u16, interface: &str) -> std::io::Result<()> {
        if origin == self.last {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut options = OpenOptions::new();
                options.create(true).append(true).mode(0o640).custom_flags(NO_LINKS);
                let file = options.open(&self.path)?;
                self.handle = Some(file.try_clone()?);
                self.file.insert(file)
            }
        };
        // After one that was cut short a line begins anew.
        file.write_all(format!("\n{packet} {interface}\n").as_bytes())?;
        self.last = origin;
        Ok(())
    }

    /// A handle to make the list durable by, once: after the first line that was written or begun.
    pub fn take_handle(&mut self) -> Option<File> {
        self.handle.take()
    }
}

/// The list of a packet file that is read.
#[derive(Debug, Default)]
pub struct Origins {
    /// Packet and origin, in the order of the packets.
    lines: VecDeque<(u64, u16)>,
    now: u16,
}

impl Origins {
    /// Reads the list beside a packet file; empty without one, or where no interface has fields.
    pub fn read(packets: &Path, interfaces: &[String]) -> Self {
        if interfaces.is_empty() {
            return Self::default();
        }
        let mut text = Vec::new();
        let read =
            File::open(list_beside(packets)).and_then(|file| file.take(LONGEST_LIST).read_to_end(&mut text));
        if read.is_err() {
            return Self::default();
        }
        Self::of(&String::from_utf8_lossy(&text), interfaces)
    }

    fn of(text: &str, interfaces: &[String]) -> Self {
        let mut lines: VecDeque<(u64, u16)> = VecDeque::new();
        for line in text.lines() {
            let Some((packet, name)) = line.split_once(' ') else { continue };
            let Ok(packet) = packet.parse() else { continue };
            let known = interfaces.iter().take(MOST_INTERFACES).position(|one| one == name);
            // An interface that the configuration does not name any more has no fields.
            let origin = known.map_or(0, |at| at as u16 + 1);
            // Packets are counted onward: a line that goes back is damaged.
            match lines.back_mut() {
                Some((last, _)) if packet < *last => {}
                Some((last, of)) if packet == *last => *of = origin,
                _ => lines.push_back((packet, origin)),
            }
        }
        Self { lines, now: 0 }
    }

    /// Origin of packet `packet`; asked for each in turn.
    #[inline]
    pub fn of_packet(&mut self, packet: u64) -> u16 {
        while self.lines.front().is_some_and(|(from, _)| *from <= packet) {
            self.now = self.lines.pop_front().map_or(self.now, |(_, origin)| origin);
        }
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interfaces() -> Vec<String> {
        ["in0", "out0"].map(str::to_owned).into()
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let directory = std::env::temp_dir().join(format!("lookback-origins-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let packets = directory.join("node-260101-00000001.pcap");
        let mut writer = OriginWriter::beside(&packets);
        for (packet, origin, name) in
            [(0, 1, "in0"), (3, 1, "in0"), (5, 2, "out0"), (9, 1, "in0"), (9, 2, "out0")]
        {
            writer.note(packet, origin, name).expect("room");
        }
        let mut origins = Origins::read(&packets, &interfaces());
        let all: Vec<u16> = (0..11).map(|packet| origins.of_packet(packet)).collect();
        assert_eq!(all, [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
        assert_eq!(Origins::read(&packets, &[]).of_packet(0), 0);
        std::fs::remove_dir_all(&directory).expect("removed");
    }

    #[test]
    fn damaged_lines_are_passed_over() {
        let text = "\n0 in0\n\n4 ou\n7 out0\n3 in0\nx in0\n9";
        let mut origins = Origins::of(text, &interfaces());
        let all: Vec<u16> = (0..10).map(|packet| origins.of_packet(packet)).collect();
        assert_eq!(all, [1, 1, 1, 1, 0, 0, 0, 2, 2, 2]);
    }

    #[test]
    fn values_that_no_session_can_hold_are_named() {
        let given =
            |name: &str, value: &str| InterfaceFields::parse("in0", &[(name.to_owned(), value.to_owned())]);
        assert!(given("tags", "inside").is_ok());
        assert_eq!(given("tagz", "inside").expect_err("no field"), "no field is called \"tagz\"");
        assert_eq!(given("vlan", "x").expect_err("no number"), "vlan=x for in0: vlan takes a whole number");
        assert!(given("packets", "3").is_err());
    }
}
