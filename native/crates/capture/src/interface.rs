//! What the system says about network interfaces.

use crate::socket::interface_facts;
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

impl Interface {
    /// The interface of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let facts = interface_facts(name)?;
        Some(Self {
            name: name.to_owned(),
            index: facts.index,
            hardware_type: facts.hardware_type,
            mtu: facts.mtu,
        })
    }

    /// The pcap LINKTYPE of its packets, if they are of a kind that is understood.
    pub fn link_type(&self) -> Option<u16> {
        LINK_TYPES.iter().find(|(hardware, _)| *hardware == self.hardware_type).map(|(_, link)| *link)
    }

    /// Packets that the interface lost before the kernel saw them, since it exists; none when it counts nothing.
    pub fn lost(&self) -> Option<u64> {
        let directory = PathBuf::from("/sys/class/net").join(&self.name);
        let number = |file: &str| -> Option<u64> {
            fs::read_to_string(directory.join(file)).ok()?.trim().parse().ok()
        };
        // /sys may show another network namespace, with another interface of the same name.
        if number("ifindex") != Some(u64::from(self.index)) {
            return None;
        }
        let counter = |name: &str| number(&format!("statistics/{name}"));
        lost_by(counter("rx_missed_errors"), counter("rx_fifo_errors"), counter("rx_over_errors"))
    }
}

/// Packets lost by three counters of an interface, those that there are. Drivers use `fifo` and `over` for the same thing, and
/// many set both (struct rtnl_link_stats64 in linux/if_link.h).
fn lost_by(missed: Option<u64>, fifo: Option<u64>, over: Option<u64>) -> Option<u64> {
    let overflowed = fifo.max(over);
    if missed.is_none() && overflowed.is_none() {
        return None;
    }
    Some(missed.unwrap_or(0).saturating_add(overflowed.unwrap_or(0)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_that_two_counters_tell_of_is_one() {
        assert_eq!(lost_by(None, None, None), None);
        assert_eq!(lost_by(Some(0), None, None), Some(0));
        assert_eq!(lost_by(Some(3), Some(5), Some(5)), Some(8));
        assert_eq!(lost_by(None, Some(2), Some(7)), Some(7));
    }
}
