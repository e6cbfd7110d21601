//! What the system says about network interfaces.

use crate::socket::interface_facts;
use std::fs;

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
    /// Whether it is up.
    pub is_up: bool,
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

impl Interface {
    /// The interface of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let facts = interface_facts(name)?;
        Some(Self {
            name: name.to_owned(),
            index: facts.index,
            hardware_type: facts.hardware_type,
            mtu: facts.mtu,
            is_up: facts.is_up,
        })
    }

    /// The pcap LINKTYPE of its packets, if they are of a kind that is understood.
    pub fn link_type(&self) -> Option<u16> {
        LINK_TYPES.iter().find(|(hardware, _)| *hardware == self.hardware_type).map(|(_, link)| *link)
    }
}

/// Names of the interfaces of this network namespace, sorted.
pub fn names() -> Vec<String> {
    let listed = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let mut names: Vec<String> = listed
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.trim().to_owned())
        .collect();
    names.sort();
    names
}
