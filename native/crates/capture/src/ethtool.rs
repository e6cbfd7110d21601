//! What a driver counts of its interface (`ethtool -S`; linux/ethtool.h): names, and numbers in the same order.
#![allow(unsafe_code, reason = "an ioctl on memory that this module owns")]

use crate::socket::interface_request;
use std::os::fd::{AsRawFd, OwnedFd};

/// Most counters of an interface that are read; a driver with queues for every processor of a large host has some ten thousands.
const MOST_COUNTERS: usize = 65_536;
/// Times as many counters as there are that there is memory for, should the driver get more of them between two questions.
const ROOM: usize = 2;
/// Words of 8 bytes of a name (`ETH_GSTRING_LEN`).
const NAME_WORDS: usize = 4;
/// `ETH_SS_STATS`: the set of names that is about statistics.
const STATISTICS_SET: u32 = 1;
/// `SIOCETHTOOL` (linux/sockios.h), and its commands: names of a set, statistics, sizes of sets.
const ETHTOOL: libc::Ioctl = 0x8946;
const GET_STRINGS: u32 = 0x1b;
const GET_STATISTICS: u32 = 0x1d;
const GET_SET_INFO: u32 = 0x37;

/// Names of a driver's counters of an interface; none when it has none, or more than can be read.
pub fn counter_names(interface: &str) -> Option<Vec<String>> {
    let driver = Driver::of(interface)?;
    let count = driver.count()?;
    let mut memory = vec![0; 2 + ROOM * count * NAME_WORDS];
    begin(&mut memory, GET_STRINGS, STATISTICS_SET);
    // `struct ethtool_gstrings`: the number of names, then they.
    memory[1] = pair(count as u32, 0);
    driver.ask(&mut memory)?;
    if parts(memory[1]).0 as usize != count {
        return None;
    }
    let bytes: Vec<u8> = memory.iter().flat_map(|word| word.to_ne_bytes()).skip(12).collect();
    let name = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).trim().to_owned()
    };
    Some(bytes.chunks_exact(NAME_WORDS * 8).take(count).map(name).collect())
}

/// The values of its `expected` counters, in the order of the names; none when there is another number of them, or the
/// interface is gone.
pub fn counter_values(interface: &str, expected: usize) -> Option<Vec<u64>> {
    let driver = Driver::of(interface)?;
    // Their number changes with that of its queues.
    if driver.count()? != expected {
        return None;
    }
    let mut memory = vec![0; 1 + ROOM * expected];
    begin(&mut memory, GET_STATISTICS, expected as u32);
    driver.ask(&mut memory)?;
    if parts(memory[0]).1 as usize != expected {
        return None;
    }
    memory.get(1..=expected).map(<[u64]>::to_vec)
}

/// Two numbers one after the other, as the kernel reads them.
fn pair(first: u32, second: u32) -> u64 {
    let ([a, b, c, d], [e, f, g, h]) = (first.to_ne_bytes(), second.to_ne_bytes());
    u64::from_ne_bytes([a, b, c, d, e, f, g, h])
}

/// As `pair`, the other way.
fn parts(word: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = word.to_ne_bytes();
    (u32::from_ne_bytes([a, b, c, d]), u32::from_ne_bytes([e, f, g, h]))
}

fn begin(memory: &mut [u64], command: u32, second: u32) {
    memory[0] = pair(command, second);
}

/// An interface whose driver is asked.
struct Driver {
    socket: OwnedFd,
    request: libc::ifreq,
}

impl Driver {
    fn of(interface: &str) -> Option<Self> {
        interface_request(interface).map(|(socket, request)| Self { socket, request })
    }

    /// How many counters there are.
    fn count(&self) -> Option<usize> {
        // `struct ethtool_sset_info`: a mask of sets, then the size of each that is in it.
        let mut memory = vec![0; 2 + 32];
        begin(&mut memory, GET_SET_INFO, 0);
        memory[1] = 1 << STATISTICS_SET;
        self.ask(&mut memory)?;
        let count = parts(memory[2]).0 as usize;
        // A set that there is not is cleared from the mask.
        (memory[1] != 0 && (1..=MOST_COUNTERS).contains(&count)).then_some(count)
    }

    /// Has the kernel answer the request that `memory` begins with; the answer takes its place.
    fn ask(&self, memory: &mut [u64]) -> Option<()> {
        let mut request = self.request;
        request.ifr_ifru.ifru_data = memory.as_mut_ptr().cast();
        // SAFETY: a whole ifreq, whose data outlives the call, is aligned for 8 bytes and has room for the sizes of all sets, or for
        // twice as many names or values as were counted before.
        let done = unsafe { libc::ioctl(self.socket.as_raw_fd(), ETHTOOL, &raw mut request) };
        (done == 0).then_some(())
    }
}
