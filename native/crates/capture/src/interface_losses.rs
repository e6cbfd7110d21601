//! Packets that an interface lost before the kernel saw them.

use crate::ethtool::{counter_names, counter_values};
use crate::interface::Interface;
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time between two questions to a driver: some ask their hardware for the answer.
const DRIVER_EVERY: Duration = Duration::from_secs(1);

/// Counters of drivers that say how many packets were lost for want of room and that are in none of the kernel's three
/// standard ones: of ixgbe, of mlx5 (at the port), of vmxnet3 (a queue each).
const DRIVER_LOSSES: [&str; 3] = ["rx_no_dma_resources", "rx_discards_phy", "pkts rx OOB"];

/// What is lost at queues: of veth, igb, igc and older virtio_net one counter each, of ena and virtio_net one for all. Some
/// drivers tell of it as the kernel's `rx_fifo_errors`, too.
fn is_queue_loss(name: &str) -> bool {
    let queue = name.strip_prefix("rx_queue_").and_then(|rest| rest.strip_suffix("_drops"));
    name == "rx_drops"
        || queue.is_some_and(|queue| !queue.is_empty() && queue.bytes().all(|b| b.is_ascii_digit()))
}

/// What a driver tells of beside the standard counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct DriverLosses {
    /// In no standard counter.
    apart: u64,
    /// At queues.
    queues: Option<u64>,
}

/// Which of a driver's counters tell of losses.
#[derive(Debug)]
struct Places {
    counters: usize,
    apart: Vec<usize>,
    queues: Vec<usize>,
}

impl Places {
    /// None when none does.
    fn of(names: &[String]) -> Option<Self> {
        let places = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            names.iter().enumerate().filter(|(_, name)| wanted(name)).map(|(at, _)| at).collect()
        };
        let (apart, queues) = (places(&|name| DRIVER_LOSSES.contains(&name)), places(&is_queue_loss));
        (!apart.is_empty() || !queues.is_empty()).then_some(Self { counters: names.len(), apart, queues })
    }

    fn losses(&self, values: &[u64]) -> DriverLosses {
        let sum = |places: &[usize]| places.iter().filter_map(|at| values.get(*at)).sum();
        DriverLosses { apart: sum(&self.apart), queues: (!self.queues.is_empty()).then(|| sum(&self.queues)) }
    }
}

/// What an interface's counters say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    missed: Option<u64>,
    fifo: Option<u64>,
    over: Option<u64>,
    driver: Option<DriverLosses>,
}

impl Counts {
    /// What was lost since the counters said `first`; none when nothing counts.
    fn lost_since(self, first: Self) -> Option<u64> {
        let since = |now: Option<u64>, first: Option<u64>| Some(now?.saturating_sub(first?));
        let missed = since(self.missed, first.missed);
        let driver = self.driver.zip(first.driver).map(|(now, first)| DriverLosses {
            apart: now.apart.saturating_sub(first.apart),
            queues: since(now.queues, first.queues),
        });
        // Drivers use these two for the same thing, many set both (struct rtnl_link_stats64 in linux/if_link.h), and some what
        // they count at queues.
        let overflowed = since(self.fifo, first.fifo)
            .max(since(self.over, first.over))
            .max(driver.and_then(|driver| driver.queues));
        if missed.is_none() && overflowed.is_none() && driver.is_none() {
            return None;
        }
        let apart = driver.map_or(0, |driver| driver.apart);
        Some(missed.unwrap_or(0).saturating_add(overflowed.unwrap_or(0)).saturating_add(apart))
    }

    /// The first value of each counter that has one.
    fn or(self, later: Self) -> Self {
        Self {
            missed: self.missed.or(later.missed),
            fifo: self.fifo.or(later.fifo),
            over: self.over.or(later.over),
            driver: self.driver.or(later.driver),
        }
    }
}

/// Follows what one interface loses. Its driver is asked by a thread, for it may ask its hardware, or wait for others who
/// configure it.
#[derive(Debug)]
pub struct InterfaceLosses {
    interface: Interface,
    first: Counts,
    driver: Arc<Mutex<Option<DriverLosses>>>,
    /// Dropped, it ends the thread that asks the driver; none before that is wanted, and where the system has no thread.
    asks: Option<Sender<()>>,
    has_begun: bool,
}

impl InterfaceLosses {
    /// Of `interface`, from now on.
    pub fn of(interface: &Interface) -> Self {
        let (first, driver) = (Counts::default(), Arc::default());
        let mut losses = Self { interface: interface.clone(), first, driver, asks: None, has_begun: false };
        losses.first = losses.counts();
        losses
    }

    /// Packets lost since this was made, as the driver knew a second ago; none when nothing counts them. The first call makes
    /// the thread, which has the rights of the one that calls.
    pub fn lost(&mut self) -> Option<u64> {
        if !self.has_begun {
            self.has_begun = true;
            self.asks = follow_driver(self.interface.name.clone(), Arc::clone(&self.driver));
        }
        let now = self.counts();
        self.first = self.first.or(now);
        now.lost_since(self.first)
    }

    fn counts(&self) -> Counts {
        let directory = PathBuf::from("/sys/class/net").join(&self.interface.name);
        let number = |file: &str| -> Option<u64> {
            fs::read_to_string(directory.join(file)).ok()?.trim().parse().ok()
        };
        // /sys may show another network namespace, with another interface of the same name.
        let is_ours = number("ifindex") == Some(u64::from(self.interface.index));
        let counter = |name: &str| number(&format!("statistics/{name}")).filter(|_| is_ours);
        Counts {
            missed: counter("rx_missed_errors"),
            fifo: counter("rx_fifo_errors"),
            over: counter("rx_over_errors"),
            driver: *self.driver.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Asks the driver of an interface once a second, until what is returned is dropped; none where the system has no thread.
fn follow_driver(interface: String, told: Arc<Mutex<Option<DriverLosses>>>) -> Option<Sender<()>> {
    let (ends, ended) = channel();
    let look = |interface: &str| counter_names(interface).and_then(|names| Places::of(&names));
    let follow = move || {
        // One that tells of no losses is not asked again.
        let Some(mut places) = look(&interface) else { return };
        loop {
            match counter_values(&interface, places.counters) {
                Some(values) => {
                    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(places.losses(&values));
                }
                // It has more or fewer queues now; what it said before stands until it is asked again.
                None => places = look(&interface).unwrap_or(places),
            }
            if ended.recv_timeout(DRIVER_EVERY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("nic-losses".to_owned()).spawn(follow).ok()?;
    Some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_that_two_counters_tell_of_is_one() {
        let zero = Counts {
            missed: Some(0),
            fifo: Some(0),
            over: Some(0),
            driver: Some(DriverLosses { apart: 0, queues: Some(0) }),
        };
        let lost = |missed, fifo, over, driver: Option<(u64, Option<u64>)>| {
            let driver = driver.map(|(apart, queues)| DriverLosses { apart, queues });
            Counts { missed, fifo, over, driver }.lost_since(zero)
        };
        assert_eq!(lost(None, None, None, None), None);
        assert_eq!(lost(Some(0), None, None, None), Some(0));
        assert_eq!(lost(Some(3), Some(5), Some(5), None), Some(8));
        assert_eq!(lost(None, Some(2), Some(7), None), Some(7));
        assert_eq!(lost(Some(3), Some(5), None, Some((0, Some(5)))), Some(8));
        assert_eq!(lost(Some(3), Some(0), None, Some((10, Some(7)))), Some(20));
        assert_eq!(lost(None, None, None, Some((2, None))), Some(2));
    }

    #[test]
    fn what_was_lost_before_does_not_count_whenever_a_counter_is_first_read() {
        let driver = |apart| Some(DriverLosses { apart, queues: Some(apart) });
        let at_first = Counts { missed: Some(100), fifo: None, over: None, driver: None };
        let then = Counts { missed: Some(101), fifo: Some(50), over: None, driver: driver(70) };
        let first = at_first.or(then);
        assert_eq!(then.lost_since(first), Some(1));
        let later = Counts { missed: Some(101), fifo: Some(52), over: None, driver: driver(73) };
        assert_eq!(later.lost_since(first), Some(1 + 3 + 3));
        // A counter that begins anew takes nothing back.
        assert_eq!(at_first.lost_since(Counts { missed: Some(500), ..at_first }), Some(0));
    }

    #[test]
    fn the_counters_of_a_driver_that_tell_of_losses_are_known() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let virtio =
            names(&["rx_queue_0_packets", "rx_queue_0_drops", "rx_queue_0_xdp_drops", "rx_queue_1_drops"]);
        let places = Places::of(&virtio).expect("counters of losses");
        assert_eq!(places.losses(&[90, 3, 50, 4]), DriverLosses { apart: 0, queues: Some(7) });
        let mlx5 = names(&["rx_packets", "rx_out_of_buffer", "rx_discards_phy", "tx_queue_0_drops"]);
        let places = Places::of(&mlx5).expect("counters of losses");
        assert_eq!(places.losses(&[90, 1, 5, 50]), DriverLosses { apart: 5, queues: None });
        assert!(Places::of(&names(&["rx_packets", "rx_queue__drops", "rx_queue_a_drops"])).is_none());
        // Fewer values than names: what there is.
        assert_eq!(places.losses(&[]), DriverLosses::default());
    }

    #[test]
    fn the_loopback_interface_has_no_driver_to_ask() {
        assert_eq!(counter_names("lo"), None);
        assert_eq!(counter_names("no such interface"), None);
        assert_eq!(counter_values("lo", 3), None);
    }
}
