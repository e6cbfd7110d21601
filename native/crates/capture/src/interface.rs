//! What the system says about network interfaces, from /sys/class/net.

use std::fs;
use std::path::PathBuf;

/// A network interface of this network namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// The kernel's number for it.
    pub index: u32,
    /// ARPHRD number of its hardware.
    pub hardware_type: u32,
    /// Largest payload in bytes.
    pub mtu: u32,
}

/// Hardware types of the kernel (include/uapi/linux/if_arp.h) and the pcap LINKTYPE of what a raw socket gives.
const LINK_TYPES: [(u32, u16); 7] = [
    (1, 1),        // Ethernet
    (772, 1),      // loopback, which has Ethernet headers
    (512, 101),    // PPP: IP packets
    (65_534, 101), // none (tun): IP packets
    (778, 101),    // GRE over IP
    (801, 105),    // IEEE 802.11
    (803, 127),    // IEEE 802.11 with radiotap
];
/// ARPHRD number of the loopback interface.
pub const LOOPBACK: u32 = 772;

fn directory(name: &str) -> PathBuf {
    PathBuf::from("/sys/class/net").join(name)
}

fn number(name: &str, file: &str) -> Option<u64> {
    fs::read_to_string(directory(name).join(file)).ok()?.trim().parse().ok()
}

impl Interface {
    /// The interface of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        // A name with a slash or dots would leave the directory.
        if name.is_empty() || name.contains('/') || name == "." || name == ".." {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            index: u32::try_from(number(name, "ifindex")?).ok()?,
            hardware_type: u32::try_from(number(name, "type")?).ok()?,
            mtu: u32::try_from(number(name, "mtu").unwrap_or(1500)).unwrap_or(u32::MAX),
        })
    }

    /// The pcap LINKTYPE of its packets, if they are of a kind that is understood.
    pub fn link_type(&self) -> Option<u16> {
        LINK_TYPES.iter().find(|(hardware, _)| *hardware == self.hardware_type).map(|(_, link)| *link)
    }

    /// Packets that the interface lost before the kernel saw them, since it exists; none when it counts nothing.
    pub fn lost(&self) -> Option<u64> {
        let counts = ["rx_missed_errors", "rx_fifo_errors", "rx_over_errors"]
            .map(|counter| number(&self.name, &format!("statistics/{counter}")));
        counts.iter().any(Option::is_some).then(|| counts.into_iter().flatten().sum())
    }
}

/// Names of the interfaces, sorted.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir("/sys/class/net")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| Interface::named(name).is_some())
        .collect();
    names.sort();
    names
}
