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

/// A counter from its first value on. One that begins anew, when queues are made anew or a device is reset, takes nothing back, and
/// what is lost from then on counts.
#[derive(Clone, Copy, Debug, Default)]
struct Followed {
    last: Option<u64>,
    /// None while it has no value.
    since: Option<u64>,
}

impl Followed {
    fn see(&mut self, now: Option<u64>) {
        let Some(now) = now else { return };
        let more = now.saturating_sub(self.last.unwrap_or(now));
        self.since = Some(self.since.unwrap_or(0).saturating_add(more));
        self.last = Some(now);
    }
}

/// An interface's counters from their first values on.
#[derive(Clone, Copy, Debug, Default)]
struct FollowedCounts {
    missed: Followed,
    fifo: Followed,
    over: Followed,
    apart: Followed,
    queues: Followed,
}

impl FollowedCounts {
    fn see(&mut self, now: Counts) {
        self.missed.see(now.missed);
        self.fifo.see(now.fifo);
        self.over.see(now.over);
        self.apart.see(now.driver.map(|driver| driver.apart));
        self.queues.see(now.driver.and_then(|driver| driver.queues));
    }

    /// What was lost so far; none when nothing counts.
    fn lost(&self) -> Option<u64> {
        // Drivers use these two for the same thing, many set both (struct rtnl_link_stats64 in linux/if_link.h), and some what
        // they count at queues.
        let overflowed = self.fifo.since.max(self.over.since).max(self.queues.since);
        let parts = [self.missed.since, overflowed, self.apart.since];
        let counted = parts.iter().any(Option::is_some);
        counted.then(|| parts.into_iter().flatten().fold(0, u64::saturating_add))
    }
}

/// Follows what one interface loses. Its driver is asked by a thread, for it may ask its hardware, or wait for others who
/// configure it.
#[derive(Debug)]
pub struct InterfaceLosses {
    interface: Interface,
    counts: FollowedCounts,
    driver: Arc<Mutex<Option<DriverLosses>>>,
    /// Dropped, it ends the thread that asks the driver; none before that is wanted, and where the system has no thread.
    asks: Option<Sender<()>>,
    has_begun: bool,
}

impl InterfaceLosses {
    /// Of `interface`, from now on.
    pub fn of(interface: &Interface) -> Self {
        let (counts, driver) = (FollowedCounts::default(), Arc::default());
        let mut losses = Self { interface: interface.clone(), counts, driver, asks: None, has_begun: false };
        losses.counts.see(losses.read());
        losses
    }

    /// Packets lost since this was made, as the driver knew a second ago; none when nothing counts them. The first call makes
    /// the thread, which has the rights of the one that calls.
    pub fn lost(&mut self) -> Option<u64> {
        if !self.has_begun {
            self.has_begun = true;
            self.asks = follow_driver(self.interface.name.clone(), Arc::clone(&self.driver));
        }
        self.counts.see(self.read());
        self.counts.lost()
    }

    fn read(&self) -> Counts {
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
        type Count = Option<u64>;
        let lost = |missed: Count, fifo: Count, over: Count, driver: Option<(u64, Count)>| {
            let driver = driver.map(|(apart, queues)| DriverLosses { apart, queues });
            let mut counts = FollowedCounts::default();
            // Only what is there later counts.
            counts.see(Counts {
                missed: missed.and(zero.missed),
                fifo: fifo.and(zero.fifo),
                over: over.and(zero.over),
                driver: driver.and(zero.driver),
            });
            counts.see(Counts { missed, fifo, over, driver });
            counts.lost()
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
        let mut counts = FollowedCounts::default();
        counts.see(Counts { missed: Some(100), ..Counts::default() });
        counts.see(Counts { missed: Some(101), fifo: Some(50), over: None, driver: driver(70) });
        assert_eq!(counts.lost(), Some(1));
        counts.see(Counts { missed: Some(101), fifo: Some(52), over: None, driver: driver(73) });
        assert_eq!(counts.lost(), Some(1 + 3 + 3));
    }

    #[test]
    fn a_counter_that_begins_anew_takes_nothing_back_and_goes_on() {
        let mut counts = FollowedCounts::default();
        for (missed, lost) in [(Some(500), 0), (Some(507), 7), (Some(2), 7), (None, 7), (Some(5), 10)] {
            counts.see(Counts { missed, ..Counts::default() });
            assert_eq!(counts.lost(), Some(lost));
        }
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
