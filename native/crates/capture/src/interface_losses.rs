//! Packets that an interface lost before the kernel saw them.

use crate::ethtool::{counter_names, counter_values};
use crate::interface::Interface;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Time between two questions to a driver: some ask their hardware for the answer.
const DRIVER_EVERY: Duration = Duration::from_secs(1);

/// Counters of drivers that say how many packets were lost for want of room and that are in none of the kernel's three
/// standard ones: of ixgbe, of mlx5 (at the port), of vmxnet3 (a queue each).
const DRIVER_LOSSES: [&str; 3] = ["rx_no_dma_resources", "rx_discards_phy", "pkts rx OOB"];

/// What is lost at queues: of veth, igb, igc and older virtio_net one counter each, of ena and virtio_net one for all. Some drivers tell of it as
/// the kernel's `rx_fifo_errors`, too.
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

/// Follows the losses of one interface.
#[derive(Debug)]
pub struct InterfaceLosses {
    interface: Interface,
    places: Option<Places>,
    driver: DriverLosses,
    asked: Option<Instant>,
}

impl InterfaceLosses {
    /// Of `interface`, whose driver is asked at most once a second.
    pub fn of(interface: &Interface) -> Self {
        let places = counter_names(&interface.name).and_then(|names| Places::of(&names));
        Self { interface: interface.clone(), places, driver: DriverLosses::default(), asked: None }
    }

    /// Packets lost since the interface exists; none when nothing counts them.
    pub fn lost(&mut self) -> Option<u64> {
        self.ask_driver();
        let directory = PathBuf::from("/sys/class/net").join(&self.interface.name);
        let number = |file: &str| -> Option<u64> {
            fs::read_to_string(directory.join(file)).ok()?.trim().parse().ok()
        };
        // /sys may show another network namespace, with another interface of the same name.
        let is_ours = number("ifindex") == Some(u64::from(self.interface.index));
        let counter = |name: &str| number(&format!("statistics/{name}")).filter(|_| is_ours);
        let driver = self.places.as_ref().map(|_| self.driver);
        lost_by(counter("rx_missed_errors"), counter("rx_fifo_errors"), counter("rx_over_errors"), driver)
    }

    fn ask_driver(&mut self) {
        let Some(places) = &self.places else { return };
        if self.asked.is_some_and(|asked| asked.elapsed() < DRIVER_EVERY) {
            return;
        }
        self.asked = Some(Instant::now());
        match counter_values(&self.interface.name, places.counters) {
            Some(values) => self.driver = places.losses(&values),
            // It has more or fewer queues now; what it said before stands until it is asked again.
            None => {
                self.places = counter_names(&self.interface.name)
                    .and_then(|names| Places::of(&names))
                    .or(self.places.take());
            }
        }
    }
}

/// Packets lost by three counters of an interface, those that there are, and by its driver's own. Drivers use `fifo` and `over`
/// for the same thing, many set both (struct rtnl_link_stats64 in linux/if_link.h), and some what they count at queues.
fn lost_by(
    missed: Option<u64>,
    fifo: Option<u64>,
    over: Option<u64>,
    driver: Option<DriverLosses>,
) -> Option<u64> {
    let overflowed = fifo.max(over).max(driver.and_then(|driver| driver.queues));
    if missed.is_none() && overflowed.is_none() && driver.is_none() {
        return None;
    }
    let apart = driver.map_or(0, |driver| driver.apart);
    Some(missed.unwrap_or(0).saturating_add(overflowed.unwrap_or(0)).saturating_add(apart))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_that_two_counters_tell_of_is_one() {
        assert_eq!(lost_by(None, None, None, None), None);
        assert_eq!(lost_by(Some(0), None, None, None), Some(0));
        assert_eq!(lost_by(Some(3), Some(5), Some(5), None), Some(8));
        assert_eq!(lost_by(None, Some(2), Some(7), None), Some(7));
        let driver = |apart, queues| Some(DriverLosses { apart, queues });
        assert_eq!(lost_by(Some(3), Some(5), None, driver(0, Some(5))), Some(8));
        assert_eq!(lost_by(Some(3), Some(0), None, driver(10, Some(7))), Some(20));
        assert_eq!(lost_by(None, None, None, driver(2, None)), Some(2));
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
